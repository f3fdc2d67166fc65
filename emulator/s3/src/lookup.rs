//! Finds the object of a key: its file and its record, which belong together.

use std::fs::{self, File};
use std::io::Seek as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::error::Doing;
use crate::metadata::{Contents, Fingerprint, MetadataFile, Record};
use crate::object::guess_content_type;
use crate::object_path::ObjectPath;
use crate::versions::version_id;
use crate::writer::md5_of;
use crate::{Attributes, ObjectInfo, Store, StoreError};

/// How often a reader begins again because the object was replaced meanwhile.
pub(crate) const READ_ATTEMPTS: usize = 100;

/// A file changed by hand may keep its time stamp if it is changed again at once; it is remembered only when it has
/// been quiet for so long.
const QUIET: Duration = Duration::from_secs(2);

/// An object that was looked up.
pub(crate) struct Found {
    pub(crate) file: File,
    pub(crate) record: Record,
    /// The file had no record; this one says what was found out about it.
    pub(crate) by_hand: bool,
}

/// What is at the place of an object.
enum Sight {
    Nothing,
    Known(File, Record),
    /// A file without a record that fits it.
    ByHand(File, fs::Metadata),
}

impl Store {
    /// Opens and describes the object of a key. Neither the bucket nor the key is checked.
    ///
    /// The digest of a file that was put there by hand is remembered, so that it is computed once.
    pub(crate) fn find(&self, bucket: &str, key: &str) -> Result<Option<(File, ObjectInfo)>, StoreError> {
        let Some(Found { file, record, by_hand }) = self.look_up(bucket, key)? else { return Ok(None) };
        if by_hand && SystemTime::now() > record.modified() + QUIET {
            let _lock = self.layout().lock_bucket(bucket)?;
            if let Some((_, now)) = ObjectPath::new(self.layout().bucket(bucket), key).find()?
                && record.file.fits(&now)
            {
                let metadata = MetadataFile::new(self.layout(), bucket, key);
                metadata.write(&Contents { records: vec![record.clone()], ..metadata.read()? })?;
            }
        }
        Ok(Some((file, self.describe(bucket, key, record)?)))
    }

    /// As [`find`](Self::find), but nothing is remembered, so that the bucket's lock may be held.
    pub(crate) fn look_up(&self, bucket: &str, key: &str) -> Result<Option<Found>, StoreError> {
        let place = ObjectPath::new(self.layout().bucket(bucket), key);
        for _ in 0..READ_ATTEMPTS {
            let (mut file, seen) = match self.see(&place, bucket, key)? {
                Sight::Nothing => return Ok(None),
                Sight::Known(file, record) => return Ok(Some(Found { file, record, by_hand: false })),
                Sight::ByHand(file, seen) => (file, seen),
            };
            let record = record_by_hand(key, &mut file, &seen)?;
            // Unless it was replaced before its record was read, or changed while it was.
            if let Some((_, now)) = place.find()?
                && same_file(&now, &seen)
            {
                return Ok(Some(Found { file, record, by_hand: true }));
            }
        }
        Err(kept_changing(key))
    }

    /// Opens and describes an object if that takes no longer than a few calls of the system: `None` for a file that was put there by hand, whose
    /// digest is not known. Bucket and key are checked.
    pub(crate) fn open_at_once(&self, bucket: &str, key: &str) -> Result<Option<(File, ObjectInfo)>, StoreError> {
        self.check_bucket_and_key(bucket, key)?;
        match self.see(&ObjectPath::new(self.layout().bucket(bucket), key), bucket, key)? {
            Sight::Nothing => Err(self.missing(bucket, key)?),
            Sight::Known(file, record) => Ok(Some((file, self.describe(bucket, key, record)?))),
            Sight::ByHand(..) => Ok(None),
        }
    }

    fn see(&self, place: &ObjectPath<'_>, bucket: &str, key: &str) -> Result<Sight, StoreError> {
        let metadata = MetadataFile::new(self.layout(), bucket, key);
        for _ in 0..READ_ATTEMPTS {
            let Some((path, found)) = place.find()? else { return Ok(Sight::Nothing) };
            let file = match File::open(&path) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                opened => opened.doing("open", &path)?,
            };
            let seen = file.metadata().doing("look at", &path)?;
            if !same_file(&found, &seen) {
                continue;
            }
            return Ok(match metadata.find(&seen)? {
                Some(record) => Sight::Known(file, record),
                None => Sight::ByHand(file, seen),
            });
        }
        Err(kept_changing(key))
    }

    /// The error for a key that has no object: it may have been deleted in a bucket that keeps versions.
    pub(crate) fn missing(&self, bucket: &str, key: &str) -> Result<StoreError, StoreError> {
        let marker = MetadataFile::new(self.layout(), bucket, key).read()?.delete_marker;
        Ok(match marker {
            None => no_such_key(bucket, key),
            Some(marker) => StoreError::Deleted {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
                version_id: version_id(marker.version_id),
            },
        })
    }

    /// The object that a record speaks of, as a client sees it.
    pub(crate) fn describe(&self, bucket: &str, key: &str, record: Record) -> Result<ObjectInfo, StoreError> {
        let shows_versions = record.version_id.is_some() || self.versioning_of(bucket)?.is_some();
        Ok(describe(key, record, shows_versions))
    }
}

/// The object that a record speaks of. Only a bucket that keeps versions, or did, shows which ones they are.
pub(crate) fn describe(key: &str, record: Record, shows_versions: bool) -> ObjectInfo {
    ObjectInfo {
        key: key.to_owned(),
        size: record.size(),
        last_modified: record.modified().into(),
        etag: record.etag,
        attributes: record.attributes,
        checksum: record.checksum,
        version_id: shows_versions.then(|| version_id(record.version_id)),
    }
}

pub(crate) fn kept_changing(key: &str) -> StoreError {
    StoreError::storage("read", Path::new(key), std::io::Error::other("it is replaced all the time"))
}

pub(crate) fn no_such_key(bucket: &str, key: &str) -> StoreError {
    StoreError::NoSuchKey { bucket: bucket.to_owned(), key: key.to_owned() }
}

pub(crate) fn same_file(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    a.dev() == b.dev() && Fingerprint::of(a) == Fingerprint::of(b)
}

/// What can be said of a file that the store did not write.
fn record_by_hand(key: &str, file: &mut File, seen: &fs::Metadata) -> Result<Record, StoreError> {
    let etag = md5_of(file)?;
    file.rewind().doing("read", Path::new(key))?;
    let attributes = Attributes::of_type(guess_content_type(key));
    Ok(Record { file: Fingerprint::of(seen), etag, checksum: None, attributes, version_id: None })
}
