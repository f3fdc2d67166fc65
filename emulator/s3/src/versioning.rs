//! Whether a bucket keeps versions of its objects.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/manage-versioning-examples.html>

use std::fs;
use std::io;
use std::path::PathBuf;

use crate::error::{Doing, found};
use crate::{Store, StoreError};

/// The versioning state of a bucket. A bucket that never had one has none, and cannot go back to that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versioning {
    /// Every write makes a new version.
    Enabled,
    /// Every write makes the null version; the versions that are there stay.
    Suspended,
}

impl Versioning {
    /// The name in requests and answers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Suspended => "Suspended",
        }
    }

    /// The state of this [name](Self::name).
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Enabled, Self::Suspended].into_iter().find(|versioning| versioning.name() == name)
    }
}

impl Store {
    /// The versioning state of a bucket; `None` if it never had one.
    pub(crate) fn versioning(&self, bucket: &str) -> Result<Option<Versioning>, StoreError> {
        self.check_bucket(bucket)?;
        self.versioning_of(bucket)
    }

    /// Sets the versioning state of a bucket.
    ///
    /// # Errors
    /// [`StoreError::NoSuchBucket`], [`StoreError::InvalidBucketName`], [`StoreError::Storage`].
    pub fn put_versioning(&self, bucket: &str, versioning: Versioning) -> Result<(), StoreError> {
        self.check_bucket(bucket)?;
        let _lock = self.layout().lock_bucket(bucket)?;
        let folder = self.layout().bucket_metadata(bucket);
        fs::create_dir_all(&folder).doing("create the folder", &folder)?;
        let temporary = self.layout().temporary();
        fs::write(temporary.path(), versioning.name()).doing("write", temporary.path())?;
        temporary.rename(&self.versioning_file(bucket))
    }

    /// As [`versioning`](Self::versioning), of a bucket that is known to exist.
    pub(crate) fn versioning_of(&self, bucket: &str) -> Result<Option<Versioning>, StoreError> {
        let path = self.versioning_file(bucket);
        let Some(name) = found(fs::read_to_string(&path)).doing("read", &path)? else { return Ok(None) };
        let unknown = || io::Error::new(io::ErrorKind::InvalidData, "it must be `Enabled` or `Suspended`");
        Versioning::from_name(name.trim()).ok_or_else(unknown).doing("understand", &path).map(Some)
    }

    fn versioning_file(&self, bucket: &str) -> PathBuf {
        self.layout().bucket_metadata(bucket).join("versioning")
    }
}
