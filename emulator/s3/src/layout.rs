//! The folders of a store, its locks and its temporary files.
//!
//! ```text
//! DIR/s3/<bucket>/<key>                                 the objects, as files
//! DIR/s3-metadata/<bucket>/<2 hex digits>/<hash>.json   what is known about them besides their bytes
//! DIR/s3-metadata/<bucket>/<2 hex digits>/<hash>.versions/<version id>   the bytes of their older versions
//! DIR/s3-metadata/<bucket>/versioning                   whether the bucket keeps versions
//! DIR/s3-metadata/.uploads/<upload id>/                 parts of multipart uploads
//! DIR/s3-metadata/.temporary/<process>/                 files being written
//! DIR/s3-metadata/.locks/<bucket>                       one lock a bucket, held while an object is put in place
//! ```
//!
//! Bucket names never begin with a dot, so the names above cannot meet. Both folders must be on one file system:
//! objects are renamed from one to the other.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::NamedTempFile;

use crate::StoreError;
use crate::error::{Doing, found};
use crate::metadata::files_of;

/// The folders of one store. Removes the temporary files of its process when it is dropped.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The folder of all buckets.
    pub(crate) buckets: PathBuf,
    metadata: PathBuf,
    temporary: PathBuf,
    /// Held for as long as the process lives, so that others leave its temporary files alone.
    _temporary_lock: File,
}

impl Layout {
    /// Makes the folders, and removes what processes that were killed left behind.
    pub(crate) fn new(dir: &Path) -> Result<Self, StoreError> {
        let (buckets, metadata) = (dir.join("s3"), dir.join("s3-metadata"));
        let temporary = metadata.join(".temporary");
        for folder in [&buckets, &metadata.join(".uploads"), &metadata.join(".locks"), &temporary] {
            fs::create_dir_all(folder).doing("create the folder", folder)?;
        }
        let sweep = lock(&temporary.join("sweep"))?;
        sweep_temporary(&temporary)?;
        let name = uuid::Uuid::new_v4().simple().to_string();
        let temporary_lock = lock(&temporary.join(format!("{name}.lock")))?;
        let temporary = temporary.join(name);
        fs::create_dir(&temporary).doing("create the folder", &temporary)?;
        drop(sweep);
        Ok(Self { buckets, metadata, temporary, _temporary_lock: temporary_lock })
    }

    /// The folder of a bucket. The name must have been checked.
    pub(crate) fn bucket(&self, bucket: &str) -> PathBuf {
        self.buckets.join(bucket)
    }

    /// The folder of the metadata of a bucket.
    pub(crate) fn bucket_metadata(&self, bucket: &str) -> PathBuf {
        self.metadata.join(bucket)
    }

    /// The file that says that a bucket keeps versions.
    pub(crate) fn versioning(&self, bucket: &str) -> PathBuf {
        self.bucket_metadata(bucket).join("versioning")
    }

    /// The folder of a multipart upload.
    pub(crate) fn upload(&self, id: &str) -> PathBuf {
        self.metadata.join(".uploads").join(id)
    }

    /// A new temporary file, which is removed when it is dropped.
    pub(crate) fn temporary(&self) -> Result<NamedTempFile, StoreError> {
        self.temporary_by(|path| File::create_new(path))
    }

    /// As [`temporary`](Self::temporary), with a file that `new` makes at the path that it is given.
    pub(crate) fn temporary_by(&self, new: impl FnMut(&Path) -> io::Result<File>) -> Result<NamedTempFile, StoreError> {
        tempfile::Builder::new().make_in(&self.temporary, new).doing("create a file in", &self.temporary)
    }

    /// Replaces a file, which is never seen half written, and makes its folder.
    pub(crate) fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let mut temporary = self.temporary()?;
        temporary.write_all(bytes).doing("write", temporary.path())?;
        let folder = path.parent().unwrap_or(Path::new(""));
        fs::create_dir_all(folder).doing("create the folder", folder)?;
        put_in_place(temporary, path)
    }

    /// As [`write`](Self::write), with a value as JSON.
    pub(crate) fn write_json(&self, path: &Path, value: &impl Serialize) -> Result<(), StoreError> {
        let json = serde_json::to_vec(value).map_err(io::Error::other).doing("write", path)?;
        self.write(path, &json)
    }

    /// Waits until nobody else changes which file an object of this bucket is. Holds over threads and processes, and
    /// ends with the process.
    pub(crate) fn lock_bucket(&self, bucket: &str) -> Result<File, StoreError> {
        lock(&self.metadata.join(".locks").join(bucket))
    }
}

impl Drop for Layout {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.temporary);
        let _ = fs::remove_file(self.temporary.with_extension("lock"));
    }
}

fn lock(path: &Path) -> Result<File, StoreError> {
    // Not truncated: that is work for a file system, though the file is empty.
    let opened = File::options().write(true).create(true).truncate(false).open(path);
    let file = opened.doing("create the lock file", path)?;
    file.lock().doing("lock", path)?;
    Ok(file)
}

/// Removes the temporary files of processes that are gone: those whose lock is free.
fn sweep_temporary(temporary: &Path) -> Result<(), StoreError> {
    for path in files_of(temporary)? {
        if path.extension().is_none_or(|extension| extension != "lock") {
            continue;
        }
        let file = File::open(&path).doing("open", &path)?;
        if file.try_lock().is_ok() {
            let files = path.with_extension("");
            found(fs::remove_dir_all(&files)).doing("remove", &files)?;
            fs::remove_file(&path).doing("remove", &path)?;
        }
    }
    Ok(())
}

/// Moves a temporary file to its place, over what is there.
pub(crate) fn put_in_place(temporary: NamedTempFile, path: &Path) -> Result<(), StoreError> {
    temporary.persist(path).map_err(io::Error::from).doing("move a file to", path).map(drop)
}
