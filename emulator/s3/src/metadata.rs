//! What is known about an object besides its bytes, kept in a file of its own that names the bytes it speaks of.
//!
//! An object is two files, and no file system replaces two files at once. So the metadata file says which file it
//! describes, by size and modification time; the time is set by the store, in nanoseconds, and never used twice. It
//! may describe two: while an object is replaced, the file that is there and the one that is about to be.
//!
//! 1. The new bytes are written to a temporary file, which gets its time stamp.
//! 2. The metadata file is replaced (by a rename) by one with two records: the new file's and the present file's.
//! 3. The new bytes are renamed to their place. This single step replaces the object: from here on the file that is
//!    found is the new one, and the record that fits it is the new one.
//!
//! A process killed before 3 leaves the old object with its own record, one killed after it the new one with its own.
//! The record that fits no file is dropped at the next write. An object is deleted bytes first. Steps 2 and 3 happen
//! under the bucket's [lock](crate::layout::Layout::lock_bucket). A reader opens the bytes first and then looks
//! for their record; without one it looks whether the object was replaced meanwhile, and if so begins again.
//!
//! A file without a fitting record was put there or changed by hand. It is an object too, with what can be seen from
//! the file. What is kept of [older versions](crate::versions) stands in the metadata file as well.
//!
//! The threat is a process that is killed, not a machine that loses power: nothing waits for the disk (`fsync`).

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use s3s::crypto::{Checksum as _, Sha256};
use serde::{Deserialize, Serialize};

use crate::checksum::Checksum;
use crate::error::{Doing, found};
use crate::layout::Layout;
use crate::lookup::Entry;
use crate::sequencer::Stamp;
use crate::versions::{DeleteMarker, Version};
use crate::{Attributes, StoreError};

/// Ends the name of the folder of a key's older versions, beside its metadata file.
const VERSIONS: &str = "versions";

/// Tells one file from every other that was or will be in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fingerprint {
    pub(crate) size: u64,
    pub(crate) modified: Stamp,
    /// Only where the time alone is not ours to rely on: a file that was put there by hand, or a file system that
    /// keeps coarser times. Elsewhere left out, so that a folder that is copied with its times keeps its metadata.
    #[serde(default)]
    inode: Option<u64>,
}

impl Fingerprint {
    /// Sets the file's time to this stamp, which makes it unique.
    pub(crate) fn stamp(file: &File, stamp: Stamp) -> io::Result<Self> {
        file.set_modified(stamp.time())?;
        let seen = file.metadata()?;
        let exact = seen.modified()? == stamp.time();
        Ok(Self { inode: (!exact).then(|| seen.ino()), ..Self::of(&seen) })
    }

    /// The fingerprint of a file that the store did not write.
    pub(crate) fn of(seen: &fs::Metadata) -> Self {
        Self { size: seen.len(), modified: modified(seen), inode: Some(seen.ino()) }
    }

    /// Whether this is the file.
    pub(crate) fn fits(&self, seen: &fs::Metadata) -> bool {
        self.size == seen.len() && self.modified == modified(seen) && self.inode.is_none_or(|inode| inode == seen.ino())
    }
}

fn modified(seen: &fs::Metadata) -> Stamp {
    Stamp::of(seen.modified().unwrap_or(UNIX_EPOCH))
}

/// What is known about one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) file: Fingerprint,
    pub(crate) etag: String,
    #[serde(default)]
    pub(crate) checksum: Option<Checksum>,
    #[serde(default)]
    pub(crate) attributes: Attributes,
    /// `None` is the null version: it was stored while its bucket kept no versions.
    #[serde(default)]
    pub(crate) version_id: Option<String>,
}

/// What a metadata file says.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Contents {
    /// The key it is of.
    pub(crate) key: String,
    /// What the object's file is or is about to be. The record that fits the file is the one of the current version.
    pub(crate) records: Vec<Record>,
    /// The current version if there is no file.
    #[serde(default)]
    pub(crate) delete_marker: Option<DeleteMarker>,
    /// Older versions, newest first. One with the id of the current version counts for nothing.
    #[serde(default)]
    pub(crate) noncurrent: Vec<Version>,
}

/// The path of the metadata file of a key.
pub(crate) fn metadata_path(layout: &Layout, bucket: &str, key: &str) -> PathBuf {
    let digest = hex::encode(Sha256::checksum(key.as_bytes()));
    layout.bucket_metadata(bucket).join(&digest[..2]).join(format!("{digest}.json"))
}

impl Entry<'_> {
    /// What the metadata file says; nothing if there is none.
    pub(crate) fn read_metadata(&self) -> Result<Contents, StoreError> {
        Ok(read(&self.metadata)?.unwrap_or_else(|| Contents { key: self.key.to_owned(), ..Contents::default() }))
    }

    /// The record of this file, if there is one.
    pub(crate) fn find_record(&self, seen: &fs::Metadata) -> Result<Option<Record>, StoreError> {
        Ok(self.read_metadata()?.records.into_iter().find(|record| record.file.fits(seen)))
    }

    /// The folder of the files of older versions.
    pub(crate) fn versions_folder(&self) -> PathBuf {
        self.metadata.with_extension(VERSIONS)
    }

    /// Replaces what the metadata file says.
    pub(crate) fn write_metadata(&self, contents: &Contents) -> Result<(), StoreError> {
        self.store.layout.write_json(&self.metadata, contents)
    }

    /// Removes the metadata file.
    pub(crate) fn remove_metadata(&self) -> Result<(), StoreError> {
        found(fs::remove_file(&self.metadata)).doing("remove", &self.metadata).map(drop)
    }
}

/// What a metadata file says; `None` if there is none, or one that cannot be read.
fn read(path: &Path) -> Result<Option<Contents>, StoreError> {
    let Some(bytes) = found(fs::read(path)).doing("read", path)? else { return Ok(None) };
    match serde_json::from_slice(&bytes) {
        Ok(contents) => Ok(Some(contents)),
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "unreadable metadata file is passed over");
            Ok(None)
        }
    }
}

/// The keys of a bucket that have, or had, a folder of older versions. `folder` is the one of the bucket's metadata.
pub(crate) fn keys_with_versions(folder: &Path) -> Result<Vec<String>, StoreError> {
    let mut keys = Vec::new();
    for group in files_of(folder)? {
        for path in files_of(&group)? {
            if path.extension().is_some_and(|extension| extension == VERSIONS) {
                keys.extend(read(&path.with_extension("json"))?.map(|contents| contents.key));
            }
        }
    }
    Ok(keys)
}

/// The paths in a folder; none if it is not there or not a folder.
pub(crate) fn files_of(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let Some(entries) = found(fs::read_dir(folder)).doing("read the folder", folder)? else { return Ok(Vec::new()) };
    entries.map(|entry| entry.map(|entry| entry.path()).doing("read the folder", folder)).collect()
}
