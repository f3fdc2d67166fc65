//! Finds the object of a key: its file and its record, which belong together.

use std::fs::{self, File};
use std::io::Seek as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::s3::error::Doing;
use crate::s3::metadata::{Fingerprint, MetadataFile, Record};
use crate::s3::object::guess_content_type;
use crate::s3::place::Place;
use crate::s3::writer::md5_of;
use crate::s3::{Attributes, ObjectInfo, Store, StoreError};

/// How often a reader begins again because the object was replaced meanwhile.
const READ_ATTEMPTS: usize = 100;

/// A file changed by hand may keep its time stamp if it is changed again at once; it is remembered only when it has
/// been quiet for so long.
const QUIET: Duration = Duration::from_secs(2);

/// An object that was looked up.
pub(crate) struct Found {
    pub(crate) file: File,
    pub(crate) object: ObjectInfo,
    /// What was found out about a file without a record.
    pub(crate) by_hand: Option<Record>,
}

/// What is at the place of an object.
enum Sight {
    Nothing,
    Known(File, ObjectInfo),
    /// A file without a record that fits it.
    ByHand(File, fs::Metadata),
}

impl Store {
    /// Opens and describes the object of a key. Neither the bucket nor the key is checked.
    ///
    /// The digest of a file that was put there by hand is remembered, so that it is computed once.
    pub(crate) fn find(&self, bucket: &str, key: &str) -> Result<Option<(File, ObjectInfo)>, StoreError> {
        let Some(found) = self.look_up(bucket, key)? else { return Ok(None) };
        if let Some(record) = found.by_hand
            && SystemTime::now() > SystemTime::from(found.object.last_modified) + QUIET
        {
            let _lock = self.layout().lock_bucket(bucket)?;
            if let Some((_, now)) = Place::new(self.layout().bucket(bucket), key).find()?
                && record.file.fits(&now)
            {
                MetadataFile::new(self.layout(), bucket, key).write(vec![record])?;
            }
        }
        Ok(Some((found.file, found.object)))
    }

    /// As [`find`](Self::find), but nothing is remembered, so that the bucket's lock may be held.
    pub(crate) fn look_up(&self, bucket: &str, key: &str) -> Result<Option<Found>, StoreError> {
        let place = Place::new(self.layout().bucket(bucket), key);
        for _ in 0..READ_ATTEMPTS {
            let (mut file, seen) = match self.see(&place, bucket, key)? {
                Sight::Nothing => return Ok(None),
                Sight::Known(file, object) => return Ok(Some(Found { file, object, by_hand: None })),
                Sight::ByHand(file, seen) => (file, seen),
            };
            let modified = seen.modified().doing("look at", Path::new(key))?;
            let record = record_by_hand(key, &mut file, &seen)?;
            // Unless it was replaced before its record was read, or changed while it was.
            if let Some((_, now)) = place.find()?
                && same_file(&now, &seen)
            {
                let object = describe(key, &record, seen.len(), modified);
                return Ok(Some(Found { file, object, by_hand: Some(record) }));
            }
        }
        Err(kept_changing(key))
    }

    /// Opens and describes an object if that takes no longer than a few calls of the system: `None` for a file that was put there by hand, whose
    /// digest is not known. Bucket and key are checked.
    pub(crate) fn open_at_once(&self, bucket: &str, key: &str) -> Result<Option<(File, ObjectInfo)>, StoreError> {
        self.check_bucket_and_key(bucket, key)?;
        match self.see(&Place::new(self.layout().bucket(bucket), key), bucket, key)? {
            Sight::Nothing => Err(no_such_key(bucket, key)),
            Sight::Known(file, object) => Ok(Some((file, object))),
            Sight::ByHand(..) => Ok(None),
        }
    }

    fn see(&self, place: &Place<'_>, bucket: &str, key: &str) -> Result<Sight, StoreError> {
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
                Some(record) => {
                    let modified = seen.modified().doing("look at", &path)?;
                    Sight::Known(file, describe(key, &record, seen.len(), modified))
                }
                None => Sight::ByHand(file, seen),
            });
        }
        Err(kept_changing(key))
    }
}

fn kept_changing(key: &str) -> StoreError {
    StoreError::storage("read", Path::new(key), std::io::Error::other("it is replaced all the time"))
}

pub(crate) fn no_such_key(bucket: &str, key: &str) -> StoreError {
    StoreError::NoSuchKey { bucket: bucket.to_owned(), key: key.to_owned() }
}

fn same_file(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    a.dev() == b.dev() && Fingerprint::of(a) == Fingerprint::of(b)
}

/// What can be said of a file that the store did not write.
fn record_by_hand(key: &str, file: &mut File, seen: &fs::Metadata) -> Result<Record, StoreError> {
    let etag = md5_of(file)?;
    file.rewind().doing("read", Path::new(key))?;
    let attributes = Attributes::of_type(guess_content_type(key));
    Ok(Record { file: Fingerprint::of(seen), etag, checksum: None, attributes })
}

pub(crate) fn describe(key: &str, record: &Record, size: u64, modified: SystemTime) -> ObjectInfo {
    ObjectInfo {
        key: key.to_owned(),
        size,
        etag: record.etag.clone(),
        last_modified: modified.into(),
        attributes: record.attributes.clone(),
        checksum: record.checksum.clone(),
    }
}
