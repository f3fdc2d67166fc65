//! The store itself: its buckets, and who is told of new objects.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::{fmt, fs, io};

use time::OffsetDateTime;

use crate::bucket_name::check_bucket_name;
use crate::error::{Doing, found};
use crate::layout::Layout;
use crate::listing::{VersionInfo, VersionQuery};
use crate::metadata::files_of;
use crate::object_path::{look, real_folder};
use crate::sequencer::Sequencer;
use crate::{ObjectCreated, StoreError};

/// The size over which S3 takes no object in a single PutObject: 5 GiB.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html>
pub const DEFAULT_MAX_OBJECT_BYTES: u64 = 5 * 1024 * 1024 * 1024;

/// What the file says that tells of a bucket that keeps versions.
const VERSIONING_ENABLED: &str = "Enabled";

/// An object store over a folder. Cloning it is cheap; all clones are the same store.
///
/// The methods block on the file system. Several processes may use one folder at the same time.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) layout: Arc<Layout>,
    pub(crate) sequencer: Arc<Sequencer>,
    pub(crate) max_object_bytes: u64,
    pub(crate) notified: Arc<OnceLock<Box<dyn Notify>>>,
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
        let layout = Arc::new(Layout::new(dir)?);
        Ok(Self { layout, sequencer: Arc::default(), max_object_bytes, notified: Arc::default() })
    }

    /// Names who is notified of every object that this store creates from now on: by PutObject, CopyObject,
    /// CompleteMultipartUpload or a call in this process. Files put into the folder by hand, or by another process, make no
    /// notification. The first that is named stays.
    pub fn notify(&self, notify: impl Notify) {
        let _ = self.notified.set(Box::new(notify));
    }

    /// Creates a bucket. `false`: it was there already.
    ///
    /// # Errors
    /// [`StoreError::InvalidBucketName`], [`StoreError::InvalidRequest`] if a file has its name, [`StoreError::Storage`].
    pub fn create_bucket(&self, bucket: &str) -> Result<bool, StoreError> {
        check_bucket_name(bucket)?;
        let _lock = self.layout.lock_bucket(bucket)?;
        let path = self.layout.bucket(bucket);
        match look(&path)? {
            None => fs::create_dir(&path).doing("create the bucket", &path).map(|()| true),
            Some(seen) if seen.is_dir() => Ok(false),
            Some(_) => {
                let blocked = format!("`{}` is not a folder; move it elsewhere", path.display());
                Err(StoreError::InvalidRequest(format!("the bucket `{bucket}` cannot be created: {blocked}")))
            }
        }
    }

    /// Whether there is a bucket of this name.
    ///
    /// # Errors
    /// [`StoreError::InvalidBucketName`], [`StoreError::Storage`].
    pub fn bucket_exists(&self, bucket: &str) -> Result<bool, StoreError> {
        check_bucket_name(bucket)?;
        Ok(real_folder(&self.layout.bucket(bucket), &[])?.is_some())
    }

    /// The names of all buckets, sorted, and when each was created. Every folder with a valid name is a bucket.
    pub(crate) fn list_buckets(&self) -> Result<Vec<(String, OffsetDateTime)>, StoreError> {
        let mut buckets = Vec::new();
        for path in files_of(&self.layout.buckets)? {
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
        let _lock = self.layout.lock_bucket(bucket)?;
        let path = self.layout.bucket(bucket);
        let not_empty = |held: String| StoreError::BucketNotEmpty(bucket.to_owned(), held);
        let first = self.list_versions(bucket, VersionQuery { limit: 1, ..VersionQuery::default() })?.0;
        if let Some(VersionInfo { key, version, .. }) = first.first() {
            return Err(not_empty(format!("it has the object `{key}` (version id `{}`)", version.id())));
        }
        if let Some(left) = remove_empty_folders(&path)? {
            return Err(not_empty(format!("`{}` is not an object, but there", left.display())));
        }
        let metadata = self.layout.bucket_metadata(bucket);
        found(fs::remove_dir_all(&metadata)).doing("remove", &metadata).map(drop)
    }

    /// Makes a bucket keep the versions of its objects from now on.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/manage-versioning-examples.html>
    ///
    /// # Errors
    /// [`StoreError::NoSuchBucket`], [`StoreError::InvalidBucketName`], [`StoreError::Storage`].
    pub fn enable_versioning(&self, bucket: &str) -> Result<(), StoreError> {
        self.check_bucket(bucket)?;
        let _lock = self.layout.lock_bucket(bucket)?;
        self.layout.write(&self.layout.versioning(bucket), VERSIONING_ENABLED.as_bytes())
    }

    /// Whether a bucket, which is known to exist, keeps versions.
    pub(crate) fn keeps_versions(&self, bucket: &str) -> Result<bool, StoreError> {
        let path = self.layout.versioning(bucket);
        let Some(status) = found(fs::read_to_string(&path)).doing("read", &path)? else { return Ok(false) };
        let unknown = || io::Error::other(format!("it must be `{VERSIONING_ENABLED}`"));
        (status.trim() == VERSIONING_ENABLED).then_some(true).ok_or_else(unknown).doing("understand", &path)
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
