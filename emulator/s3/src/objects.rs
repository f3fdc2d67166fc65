//! Putting, reading, copying and deleting objects.

use std::fs::{self, File};
use std::path::Path;

use crate::commit::{Commit, tidied};
use crate::error::Doing;
use crate::object_path::look;
use crate::writer::{ObjectWriter, Written};
use crate::{Attributes, EventName, ObjectInfo, Store, StoreError, WriteCondition};

/// The longest key, in bytes of UTF-8. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
pub const MAX_KEY_BYTES: usize = 1024;

impl Store {
    /// Stores bytes under a key, over what is there.
    ///
    /// # Errors
    /// [`StoreError::NoSuchBucket`], [`StoreError::KeyTooLong`], [`StoreError::EntityTooLarge`],
    /// [`StoreError::PathBlocked`], [`StoreError::InvalidBucketName`], [`StoreError::Storage`].
    pub fn put(&self, bucket: &str, key: &str, bytes: &[u8], attributes: Attributes) -> Result<ObjectInfo, StoreError> {
        self.check_bucket_and_key(bucket, key)?;
        let mut writer = ObjectWriter::new(self, None, false)?;
        writer.write(bytes)?;
        let (condition, event_name) = (&WriteCondition::Always, EventName::Put);
        self.commit(Commit { bucket, key, written: writer.finish(), etag: None, attributes, condition, event_name })
    }

    /// Moves a file into the store, over what is there. The file stays where it is if that fails.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn put_file(
        &self,
        bucket: &str,
        key: &str,
        path: &Path,
        attributes: Attributes,
    ) -> Result<ObjectInfo, StoreError> {
        self.check_bucket_and_key(bucket, key)?;
        let temporary = self.layout().temporary();
        let is_file = look(path)?.is_some_and(|seen| seen.is_file());
        if !is_file || fs::hard_link(path, temporary.path()).is_err() {
            fs::copy(path, temporary.path()).doing("copy", path)?;
        }
        let written = Written::adopt(self, temporary)?;
        let (condition, event_name) = (&WriteCondition::Always, EventName::Put);
        let object = self.commit(Commit { bucket, key, written, etag: None, attributes, condition, event_name })?;
        tidied(key, fs::remove_file(path).doing("remove", path));
        Ok(object)
    }

    /// Copies a version of an object, without a version id the current one. The copy keeps the attributes unless others
    /// are given.
    ///
    /// # Errors
    /// As [`put`](Self::put) and [`open_version`](Self::open_version).
    pub fn copy(
        &self,
        source: (&str, &str, Option<&str>),
        target: (&str, &str),
        attributes: Option<Attributes>,
        condition: &WriteCondition,
    ) -> Result<ObjectInfo, StoreError> {
        let ((bucket, key), event_name) = (target, EventName::Copy);
        self.check_bucket_and_key(bucket, key)?;
        let (mut file, object) = self.open_version(source.0, source.1, source.2)?;
        let mut writer = ObjectWriter::new(self, object.checksum.map(|checksum| checksum.algorithm), false)?;
        writer.write_from(&mut file)?;
        let (written, attributes) = (writer.finish(), attributes.unwrap_or(object.attributes));
        self.commit(Commit { bucket, key, written, etag: None, attributes, condition, event_name })
    }

    /// Describes an object.
    ///
    /// # Errors
    /// [`StoreError::NoSuchKey`], [`StoreError::NoSuchBucket`], [`StoreError::KeyTooLong`],
    /// [`StoreError::InvalidBucketName`], [`StoreError::Storage`].
    pub fn head(&self, bucket: &str, key: &str) -> Result<ObjectInfo, StoreError> {
        self.open(bucket, key).map(|(_, object)| object)
    }

    /// Opens an object for reading. What is read stays the same while the object is replaced or deleted.
    ///
    /// # Errors
    /// As [`head`](Self::head).
    pub fn open(&self, bucket: &str, key: &str) -> Result<(File, ObjectInfo), StoreError> {
        self.check_bucket_and_key(bucket, key)?;
        match self.find(bucket, key)? {
            Some(opened) => Ok(opened),
            None => Err(self.missing(bucket, key)?),
        }
    }

    /// Deletes an object, and the folders that this leaves empty. `false`: there was none. In a bucket that keeps versions
    /// the object gets a delete marker.
    ///
    /// # Errors
    /// [`StoreError::NoSuchBucket`], [`StoreError::KeyTooLong`], [`StoreError::InvalidBucketName`],
    /// [`StoreError::Storage`].
    pub fn delete(&self, bucket: &str, key: &str) -> Result<bool, StoreError> {
        self.delete_if(bucket, key, None, &WriteCondition::Always).map(|deletion| deletion.existed)
    }

    pub(crate) fn check_bucket_and_key(&self, bucket: &str, key: &str) -> Result<(), StoreError> {
        self.check_bucket(bucket)?;
        if key.is_empty() || key.len() > MAX_KEY_BYTES {
            let key = key.chars().take(80).collect();
            let reason = format!("a key has 1 to {MAX_KEY_BYTES} bytes of UTF-8");
            return Err(StoreError::KeyTooLong { key, reason });
        }
        Ok(())
    }

    /// Refuses an object that is announced as too large, before its bytes are sent.
    pub(crate) fn check_size(&self, size: u64) -> Result<(), StoreError> {
        let limit = self.max_object_bytes();
        if size > limit { Err(StoreError::EntityTooLarge { limit }) } else { Ok(()) }
    }
}
