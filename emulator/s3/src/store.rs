//! The store itself: its buckets, and who is told of new objects.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use time::OffsetDateTime;

use crate::bucket_name::check_bucket_name;
use crate::error::{Doing, found};
use crate::keys::Keys;
use crate::layout::Layout;
use crate::object_path::{look, real_folder};
use crate::sequencer::Sequencer;
use crate::{ObjectCreated, StoreError, VersionInfo, VersionQuery};

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

/// A bucket as ListBuckets answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketInfo {
    /// Its name.
    pub name: String,
    /// When it was created.
    pub created: OffsetDateTime,
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
                let path = path.display();
                let message =
                    format!("the bucket `{bucket}` cannot be created: `{path}` is no folder; move it elsewhere");
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

    /// All buckets, sorted by name. Every folder with a proper name is one.
    ///
    /// # Errors
    /// [`StoreError::Storage`].
    pub fn list_buckets(&self) -> Result<Vec<BucketInfo>, StoreError> {
        let folder = self.layout().buckets();
        let mut buckets = Vec::new();
        for entry in fs::read_dir(folder).doing("read the folder", folder)? {
            let entry = entry.doing("read the folder", folder)?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let Some(seen) = look(&entry.path())?.filter(fs::Metadata::is_dir) else { continue };
            if check_bucket_name(&name).is_ok() {
                let created = seen.created().or_else(|_| seen.modified()).doing("look at", &entry.path())?;
                buckets.push(BucketInfo { name, created: created.into() });
            }
        }
        buckets.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(buckets)
    }

    /// Deletes an empty bucket.
    ///
    /// # Errors
    /// [`StoreError::NoSuchBucket`]; [`StoreError::BucketNotEmpty`] if there is an object or a version of one in it, or a file that is none;
    /// [`StoreError::InvalidBucketName`], [`StoreError::Storage`].
    pub fn delete_bucket(&self, bucket: &str) -> Result<(), StoreError> {
        self.check_bucket(bucket)?;
        let _lock = self.layout().lock_bucket(bucket)?;
        let path = self.layout().bucket(bucket);
        let not_empty = |held: String| StoreError::BucketNotEmpty { bucket: bucket.to_owned(), held };
        if let Some(key) = Keys::new(&path, "", None)?.next()? {
            return Err(not_empty(format!("it has the object `{key}`")));
        }
        if let Some(version) =
            self.list_versions(bucket, VersionQuery { limit: 1, ..VersionQuery::default() })?.versions.first()
        {
            let VersionInfo { key, version_id, .. } = version;
            return Err(not_empty(format!("it has the version `{version_id}` of the object `{key}`")));
        }
        if let Some(left) = remove_empty_folders(&path)? {
            return Err(not_empty(format!("`{}` is no object, but there", left.display())));
        }
        let metadata = self.layout().bucket_metadata(bucket);
        found(fs::remove_dir_all(&metadata)).doing("remove", &metadata)?;
        Ok(())
    }

    pub(crate) fn check_bucket(&self, bucket: &str) -> Result<(), StoreError> {
        match self.bucket_exists(bucket)? {
            true => Ok(()),
            false => Err(StoreError::NoSuchBucket { bucket: bucket.to_owned() }),
        }
    }
}

/// Removes a folder with all empty folders in it, or says what it met that is no folder.
fn remove_empty_folders(folder: &Path) -> Result<Option<std::path::PathBuf>, StoreError> {
    for entry in fs::read_dir(folder).doing("read the folder", folder)? {
        let path = entry.doing("read the folder", folder)?.path();
        let left = match look(&path)? {
            Some(seen) if seen.is_dir() => remove_empty_folders(&path)?,
            Some(_) => Some(path),
            None => None,
        };
        if left.is_some() {
            return Ok(left);
        }
    }
    fs::remove_dir(folder).doing("remove the folder", folder)?;
    Ok(None)
}
