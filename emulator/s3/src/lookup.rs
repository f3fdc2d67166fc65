//! One key of one bucket, and its object: a file and a record, which belong together.

use std::fs::{self, File};
use std::io::{self, Seek as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::error::{Doing, found};
use crate::metadata::{Contents, Fingerprint, Record, metadata_path};
use crate::object::guess_content_type;
use crate::object_path::ObjectPath;
use crate::versions::version_id;
use crate::writer::md5_of;
use crate::{Attributes, ObjectInfo, Store, StoreError};

/// How often a reader begins again because the object was replaced meanwhile.
pub(crate) const READ_ATTEMPTS: usize = 100;

/// A file changed by hand may keep its time stamp if it is changed again at once; its digest is remembered only when
/// it has been quiet for this long.
const QUIET: Duration = Duration::from_secs(2);

/// A key of a bucket, and where everything about it is kept.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) store: &'a Store,
    pub(crate) bucket: &'a str,
    pub(crate) key: &'a str,
    pub(crate) place: ObjectPath<'a>,
    /// The path of its metadata file.
    pub(crate) metadata: PathBuf,
}

/// An object that was looked up.
pub(crate) struct Found {
    pub(crate) file: File,
    pub(crate) seen: fs::Metadata,
    pub(crate) record: Record,
    /// The file had no record; this one says what was found out about it.
    by_hand: bool,
}

impl Store {
    /// The entry of a key. Neither the bucket nor the key is checked.
    pub(crate) fn entry<'a>(&'a self, bucket: &'a str, key: &'a str) -> Entry<'a> {
        let place = ObjectPath::new(self.layout.bucket(bucket), key);
        Entry { store: self, bucket, key, place, metadata: metadata_path(&self.layout, bucket, key) }
    }
}

impl Entry<'_> {
    /// Opens and describes the object.
    ///
    /// The digest of a file that was put there by hand is remembered, so that it is computed once.
    pub(crate) fn find(&self) -> Result<Option<(File, ObjectInfo)>, StoreError> {
        let Some(Found { file, record, by_hand, .. }) = self.look_up()? else { return Ok(None) };
        if by_hand && SystemTime::now() > record.file.modified.time() + QUIET {
            let _lock = self.store.layout.lock_bucket(self.bucket)?;
            if self.place.find()?.is_some_and(|(_, now)| record.file.fits(&now)) {
                self.write_metadata(&Contents { records: vec![record.clone()], ..self.read_metadata()? })?;
            }
        }
        Ok(Some((file, self.describe(record)?)))
    }

    /// As [`find`](Self::find), but nothing is remembered, so that the bucket's lock may be held.
    pub(crate) fn look_up(&self) -> Result<Option<Found>, StoreError> {
        for _ in 0..READ_ATTEMPTS {
            let Some((path, expected)) = self.place.find()? else { return Ok(None) };
            let Some(file) = found(File::open(&path)).doing("open", &path)? else { continue };
            let seen = file.metadata().doing("look at", &path)?;
            if !same_file(&expected, &seen) {
                continue;
            }
            if let Some(record) = self.find_record(&seen)? {
                return Ok(Some(Found { file, seen, record, by_hand: false }));
            }
            let record = record_by_hand(self.key, &file, &seen)?;
            // Unless it was replaced before its record was read, or changed while it was.
            if self.place.find()?.is_some_and(|(_, now)| same_file(&now, &seen)) {
                return Ok(Some(Found { file, seen, record, by_hand: true }));
            }
        }
        self.kept_changing()
    }

    /// The error for a key that has no object: it may have been deleted in a bucket that keeps versions.
    pub(crate) fn missing(&self) -> Result<StoreError, StoreError> {
        let (bucket, key) = (self.bucket.to_owned(), self.key.to_owned());
        Ok(match self.read_metadata()?.delete_marker {
            None => StoreError::NoSuchKey(bucket, key),
            Some(marker) => StoreError::Deleted(bucket, key, version_id(marker.version_id)),
        })
    }

    /// The object that a record describes, as a client sees it.
    pub(crate) fn describe(&self, record: Record) -> Result<ObjectInfo, StoreError> {
        // Only a bucket that keeps versions shows which ones they are.
        let keeps_versions = self.store.keeps_versions(self.bucket)?;
        Ok(ObjectInfo {
            key: self.key.to_owned(),
            size: record.file.size,
            last_modified: record.file.modified.time().into(),
            etag: record.etag,
            attributes: record.attributes,
            checksum: record.checksum,
            version_id: keeps_versions.then(|| version_id(record.version_id)),
        })
    }

    pub(crate) fn kept_changing<T>(&self) -> Result<T, StoreError> {
        Err(io::Error::other("it is replaced all the time")).doing("read", Path::new(self.key))
    }
}

pub(crate) fn same_file(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    a.dev() == b.dev() && Fingerprint::of(a) == Fingerprint::of(b)
}

/// What can be said of a file that the store did not write.
fn record_by_hand(key: &str, mut file: &File, seen: &fs::Metadata) -> Result<Record, StoreError> {
    let etag = md5_of(file)?;
    file.rewind().doing("read", Path::new(key))?;
    let attributes = Attributes::of_type(guess_content_type(key));
    Ok(Record { file: Fingerprint::of(seen), etag, checksum: None, attributes, version_id: None })
}
