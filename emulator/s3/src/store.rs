//! The store itself: its buckets, and who is told of new objects.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::{fmt, fs, io};

use time::OffsetDateTime;

use crate::bucket_name::check_bucket_name;
use crate::error::{Doing, found};
use crate::layout::Layout;
use crate::metadata::files_of;
use crate::object_path::{look, real_folder};
use crate::sequencer::Sequencer;
use crate::version_list::{VersionInfo, VersionQuery};
use crate::{ObjectCreated, StoreError};

/// The size over which S3 takes no object in a single PutObject: 5 GiB.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html>
pub const DEFAULT_MAX_OBJECT_BYTES: u64 = 5 * 1024 * 1024 * 1024;

/// An object store over a folder. Cloning it is cheap; all clones are the same store.
///
/// The methods block on the file system. Several processes may use one folder at the same time.
#[derive(Debug, Clone)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    layout: Layout,
    sequencer: Sequencer,
    max_object_bytes: u64,
    notify: OnceLock<Box<dyn Notify>>,
}

/// Who is notified of new objects. The methods are called under the bucket's lock, so in the order of the sequencers.
pub trait Notify: fmt::Debug + Send + Sync + 'static {
    /// Keeps the notification of an object that is about to be put in place.
    ///
    /// # Errors
    /// The PUT fails with them, and nothing is stored: S3 accepts no object that it could not notify of.
    fn keep(&self, created: &ObjectCreated) -> io::Result<()>;

    /// Delivers the notification: the object is in place.
    fn deliver(&self, created: &ObjectCreated);

    /// Drops the notification: the object could not be put in place.
    fn withdraw(&self, created: &ObjectCreated);
}

impl Store {
    /// Opens the store in the folder `dir`, which is made if it is not there. Objects over `max_object_bytes` are
    /// refused; [`DEFAULT_MAX_OBJECT_BYTES`] is S3's own limit for a PutObject.
    ///
    /// # Errors
    /// [`StoreError::Storage`] if the folders cannot be made.
    pub fn new(dir: &Path, max_object_bytes: u64) -> Result<Self, StoreError> {
        let layout = Layout::new(dir)?;
        Ok(Self(Arc::new(Inner { layout, sequencer: Sequencer::default(), max_object_bytes, notify: OnceLock::new() })))
    }

    /// Names who is notified of every object that this store creates from now on: by PutObject, CopyObject,
    /// CompleteMultipartUpload or a call in this process. Files put into the folder by hand, or by another process, make no
    /// notification. The first that is named stays.
    pub fn notify(&self, notify: impl Notify) {
        let _ = self.0.notify.set(Box::new(notify));
    }

    pub(crate) fn notified(&self) -> Option<&dyn Notify> {
        self.0.notify.get().map(Box::as_ref)
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.0.layout
    }

    pub(crate) fn sequencer(&self) -> &Sequencer {
        &self.0.sequencer
    }

    pub(crate) fn max_object_bytes(&self) -> u64 {
        self.0.max_object_bytes
    }

    /// Creates a bucket. `false`: it was there already.
    ///
    /// # Errors
    /// [`StoreError::InvalidBucketName`], [`StoreError::InvalidRequest`] if a file has its name, [`StoreError::Storage`].
    pub fn create_bucket(&self, bucket: &str) -> Result<bool, StoreError> {
        check_bucket_name(bucket)?;
        let _lock = self.layout().lock_bucket(bucket)?;
        let path = self.layout().bucket(bucket);
        match look(&path)? {
            None => fs::create_dir(&path).doing("create the bucket", &path).map(|()| true),
            Some(seen) if seen.is_dir() => Ok(false),
            Some(_) => {
                let message = format!(
                    "the bucket `{bucket}` cannot be created: `{}` is not a folder; move it elsewhere",
                    path.display()
                );
                Err(StoreError::InvalidRequest(message))
            }
        }
    }

    /// Whether there is a bucket of this name.
    ///
    /// # Errors
    /// [`StoreError::InvalidBucketName`], [`StoreError::Storage`].
    pub fn bucket_exists(&self, bucket: &str) -> Result<bool, StoreError> {
        check_bucket_name(bucket)?;
        Ok(real_folder(&self.layout().bucket(bucket), &[])?.is_some())
    }

    /// The names of all buckets, sorted, and when each was created. Every folder with a valid name is a bucket.
    pub(crate) fn list_buckets(&self) -> Result<Vec<(String, OffsetDateTime)>, StoreError> {
        let mut buckets = Vec::new();
        for path in files_of(self.layout().buckets())? {
            let Some(seen) = look(&path)?.filter(fs::Metadata::is_dir) else { continue };
            if let Some(name) = path.file_name().and_then(OsStr::to_str)
                && check_bucket_name(name).is_ok()
            {
                let created = seen.created().or_else(|_| seen.modified()).doing("look at", &path)?;
                buckets.push((name.to_owned(), created.into()));
            }
        }
        buckets.sort();
        Ok(buckets)
    }

    /// Deletes a bucket that holds no version of an object, and no file that is not an object.
    pub(crate) fn delete_bucket(&self, bucket: &str) -> Result<(), StoreError> {
        self.check_bucket(bucket)?;
        let _lock = self.layout().lock_bucket(bucket)?;
        let path = self.layout().bucket(bucket);
        let not_empty = |held: String| StoreError::BucketNotEmpty(bucket.to_owned(), held);
        let first = self.list_versions(bucket, VersionQuery { limit: 1, ..VersionQuery::default() })?;
        if let Some(VersionInfo { key, version_id, .. }) = first.versions.first() {
            return Err(not_empty(format!("it has the object `{key}` (version id `{version_id}`)")));
        }
        if let Some(left) = remove_empty_folders(&path)? {
            return Err(not_empty(format!("`{}` is not an object, but there", left.display())));
        }
        let metadata = self.layout().bucket_metadata(bucket);
        found(fs::remove_dir_all(&metadata)).doing("remove", &metadata).map(drop)
    }

    pub(crate) fn check_bucket(&self, bucket: &str) -> Result<(), StoreError> {
        match self.bucket_exists(bucket)? {
            true => Ok(()),
            false => Err(StoreError::NoSuchBucket(bucket.to_owned())),
        }
    }
}

/// Removes a folder with all empty folders in it, or says what it met that is not a folder.
fn remove_empty_folders(folder: &Path) -> Result<Option<PathBuf>, StoreError> {
    for path in files_of(folder)? {
        let left = match look(&path)? {
            Some(seen) if seen.is_dir() => remove_empty_folders(&path)?,
            seen => seen.map(|_| path),
        };
        if left.is_some() {
            return Ok(left);
        }
    }
    fs::remove_dir(folder).doing("remove the folder", folder)?;
    Ok(None)
}
