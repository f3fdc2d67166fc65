//! Putting, reading, copying and deleting objects.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use crate::commit::{WriteCondition, tidied};
use crate::error::Doing;
use crate::writer::ObjectWriter;
use crate::{Attributes, EventName, ObjectInfo, Store, StoreError};

/// The longest key, in bytes of UTF-8. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
const MAX_KEY_BYTES: usize = 1024;

impl Store {
    /// Stores bytes under a key. Replaces the object that has it.
    ///
    /// # Errors
    /// [`StoreError::NoSuchBucket`], [`StoreError::KeyTooLong`], [`StoreError::EntityTooLarge`],
    /// [`StoreError::InvalidRequest`] if something that is not an object stands at its path,
    /// [`StoreError::InvalidBucketName`], [`StoreError::Storage`].
    pub fn put(&self, bucket: &str, key: &str, bytes: &[u8], attributes: Attributes) -> Result<ObjectInfo, StoreError> {
        self.put_from((bucket, key), bytes, attributes)
    }

    /// Moves a file into the store. On failure the file stays where it is.
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
        let object = self.put_from((bucket, key), File::open(path).doing("open", path)?, attributes)?;
        tidied(key, fs::remove_file(path).doing("remove", path));
        Ok(object)
    }

    fn put_from(
        &self,
        target: (&str, &str),
        bytes: impl Read,
        attributes: Attributes,
    ) -> Result<ObjectInfo, StoreError> {
        self.check_bucket_and_key(target.0, target.1)?;
        let mut writer = ObjectWriter::new(self, None, false)?;
        writer.write_file(bytes)?;
        self.commit(target, writer.finish(), attributes, &WriteCondition::Always, EventName::Put)
    }

    /// Copies an object that was opened with [`open_version`](Self::open_version). The copy keeps the attributes unless
    /// others are given.
    pub(crate) fn copy(
        &self,
        (file, object): (File, ObjectInfo),
        (bucket, key): (&str, &str),
        attributes: Option<Attributes>,
    ) -> Result<ObjectInfo, StoreError> {
        self.check_bucket_and_key(bucket, key)?;
        let mut writer = ObjectWriter::new(self, object.checksum.map(|checksum| checksum.algorithm), false)?;
        writer.write_file(file)?;
        let attributes = attributes.unwrap_or(object.attributes);
        self.commit((bucket, key), writer.finish(), attributes, &WriteCondition::Always, EventName::Copy)
    }

    /// Deletes an object if there is one, and the folders that this leaves empty. In a bucket that keeps versions the
    /// object gets a delete marker.
    ///
    /// # Errors
    /// [`StoreError::NoSuchBucket`], [`StoreError::KeyTooLong`], [`StoreError::InvalidBucketName`],
    /// [`StoreError::Storage`].
    pub fn delete(&self, bucket: &str, key: &str) -> Result<(), StoreError> {
        self.delete_if(bucket, key, None, &WriteCondition::Always).map(drop)
    }

    pub(crate) fn check_bucket_and_key(&self, bucket: &str, key: &str) -> Result<(), StoreError> {
        self.check_bucket(bucket)?;
        if key.is_empty() || key.len() > MAX_KEY_BYTES {
            let reason = format!("a key has 1 to {MAX_KEY_BYTES} bytes of UTF-8");
            return Err(StoreError::KeyTooLong(key.chars().take(80).collect(), reason));
        }
        Ok(())
    }
}
