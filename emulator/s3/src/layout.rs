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
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::StoreError;
use crate::error::{Doing, found};

/// The folders of one store. Removes the temporary files of its process when it is dropped.
#[derive(Debug)]
pub(crate) struct Layout {
    objects: PathBuf,
    metadata: PathBuf,
    temporary: PathBuf,
    /// Held for as long as the process lives, so that others leave its temporary files alone.
    _temporary_lock: File,
    next_temporary: AtomicU64,
}

impl Layout {
    /// Makes the folders, and removes what processes that were killed left behind.
    pub(crate) fn new(dir: &Path) -> Result<Self, StoreError> {
        let (objects, metadata) = (dir.join("s3"), dir.join("s3-metadata"));
        let temporary = metadata.join(".temporary");
        for folder in [&objects, &metadata.join(".uploads"), &metadata.join(".locks"), &temporary] {
            fs::create_dir_all(folder).doing("create the folder", folder)?;
        }
        let sweep = lock(&temporary.join("sweep"))?;
        sweep_temporary(&temporary)?;
        let name = uuid::Uuid::new_v4().simple().to_string();
        let temporary_lock = lock(&temporary.join(format!("{name}.lock")))?;
        let temporary = temporary.join(name);
        fs::create_dir(&temporary).doing("create the folder", &temporary)?;
        drop(sweep);
        Ok(Self { objects, metadata, temporary, _temporary_lock: temporary_lock, next_temporary: AtomicU64::new(0) })
    }

    /// The folder of all buckets.
    pub(crate) fn buckets(&self) -> &Path {
        &self.objects
    }

    /// The folder of a bucket. The name must have been checked.
    pub(crate) fn bucket(&self, bucket: &str) -> PathBuf {
        self.objects.join(bucket)
    }

    /// The folder of the metadata of a bucket.
    pub(crate) fn bucket_metadata(&self, bucket: &str) -> PathBuf {
        self.metadata.join(bucket)
    }

    /// The folder of all multipart uploads.
    pub(crate) fn uploads(&self) -> PathBuf {
        self.metadata.join(".uploads")
    }

    /// A path for a new temporary file or folder.
    pub(crate) fn temporary(&self) -> Temporary {
        let number = self.next_temporary.fetch_add(1, Ordering::Relaxed);
        Temporary(Some(self.temporary.join(number.to_string())))
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
    for entry in fs::read_dir(temporary).doing("read the folder", temporary)? {
        let path = entry.doing("read the folder", temporary)?.path();
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

/// A temporary path; what is there when it is dropped is removed.
#[derive(Debug)]
pub(crate) struct Temporary(Option<PathBuf>);

impl Temporary {
    pub(crate) fn path(&self) -> &Path {
        self.0.as_deref().unwrap_or(Path::new(""))
    }

    /// Moves the file to its place, over what is there.
    pub(crate) fn rename(mut self, to: &Path) -> Result<(), StoreError> {
        fs::rename(self.path(), to).doing("move a file to", to)?;
        self.0 = None;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _ = fs::remove_file(path);
        }
    }
}
