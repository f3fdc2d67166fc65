//! What can go wrong in the object store, under the names that S3 gives it.

use std::io;
use std::path::{Path, PathBuf};

/// A failure of the object store. [`code`](Self::code) is the S3 error code that clients see.
///
/// Codes and statuses: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The name breaks S3's rules for bucket names.
    #[error("the bucket name `{bucket}` is not allowed: {reason}")]
    InvalidBucketName {
        /// The name as given.
        bucket: String,
        /// The rule it breaks.
        reason: &'static str,
    },
    /// There is no such bucket.
    #[error("the bucket `{bucket}` does not exist; create it first")]
    NoSuchBucket {
        /// The bucket asked for.
        bucket: String,
    },
    /// The bucket still holds something.
    #[error("the bucket `{bucket}` is not empty: {held}; delete that first")]
    BucketNotEmpty {
        /// The bucket to be deleted.
        bucket: String,
        /// What it still holds.
        held: String,
    },
    /// There is no such object.
    #[error("the bucket `{bucket}` has no object with the key `{key}`")]
    NoSuchKey {
        /// The bucket asked for.
        bucket: String,
        /// The key asked for.
        key: String,
    },
    /// The current version of the object is a delete marker.
    #[error("the object `{key}` of the bucket `{bucket}` was deleted; older versions of it can be read by version id")]
    Deleted {
        /// The bucket asked for.
        bucket: String,
        /// The key asked for.
        key: String,
        /// The version id of the delete marker.
        version_id: String,
    },
    /// The object has no such version.
    #[error(
        "the object `{key}` of the bucket `{bucket}` has no version `{version_id}`; it never had, or it was deleted"
    )]
    NoSuchVersion {
        /// The bucket asked for.
        bucket: String,
        /// The key asked for.
        key: String,
        /// The version asked for, cut to a readable length.
        version_id: String,
    },
    /// The version asked for is a delete marker, which has no bytes.
    #[error("the version `{version_id}` of the object `{key}` is a delete marker, which cannot be read")]
    DeleteMarker {
        /// The key asked for.
        key: String,
        /// The version asked for.
        version_id: String,
    },
    /// The key is empty or over 1,024 bytes, or its path is too long for the file system.
    #[error("the key `{key}` cannot be stored: {reason}")]
    KeyTooLong {
        /// The key as given, cut to a readable length.
        key: String,
        /// Which limit it breaks.
        reason: String,
    },
    /// Something in the folder that is no object stands where the key's file or folder would be.
    #[error("the key `{key}` cannot be stored: `{}` is in the way ({what}); move it elsewhere", path.display())]
    PathBlocked {
        /// The key as given.
        key: String,
        /// What stands in the way.
        path: PathBuf,
        /// What kind of thing it is.
        what: &'static str,
    },
    /// A condition of the request (`If-Match`, `If-None-Match`, …) does not hold.
    #[error("the condition {condition} does not hold for the object `{key}`")]
    PreconditionFailed {
        /// The key asked for.
        key: String,
        /// The condition, by its header.
        condition: &'static str,
    },
    /// The bytes are not those that the client's digest or checksum describes.
    #[error("the {digest} given is {expected}, but the bytes that arrived have {found}; send the object again")]
    BadDigest {
        /// Which digest or checksum.
        digest: &'static str,
        /// What the client announced.
        expected: String,
        /// What was computed.
        found: String,
    },
    /// The object is larger than the store allows.
    #[error("an object may have at most {limit} bytes here")]
    EntityTooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// A part that is not the last is smaller than 5 MiB.
    #[error("part {part} has {size} bytes; every part but the last must have at least 5 MiB")]
    EntityTooSmall {
        /// Number of the part.
        part: u32,
        /// Its size in bytes.
        size: u64,
    },
    /// There is no such multipart upload.
    #[error("there is no multipart upload `{upload}` for the key `{key}`; it was completed, aborted or never started")]
    NoSuchUpload {
        /// The key asked for.
        key: String,
        /// The upload id as given.
        upload: String,
    },
    /// A part named at completion was not uploaded, or with other bytes.
    #[error("part {part} was not uploaded with the ETag or checksum given; upload it again")]
    InvalidPart {
        /// Number of the part.
        part: u32,
    },
    /// The parts named at completion are not in ascending order.
    #[error("the list of parts must be in ascending order without repeats; part {part} is out of order")]
    InvalidPartOrder {
        /// Number of the part.
        part: u32,
    },
    /// The request cannot be carried out as it is written.
    #[error("{0}")]
    InvalidRequest(String),
    /// The file system failed.
    #[error("could not {action} `{}`: {source}", path.display())]
    Storage {
        /// What was being done.
        action: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl StoreError {
    pub(crate) fn storage(action: &'static str, path: &Path, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::InvalidFilename {
            let shown: String = path.display().to_string().chars().take(80).collect();
            return Self::KeyTooLong {
                key: shown + "…", reason: "the file system takes no path this long".to_owned()
            };
        }
        Self::Storage { action, path: path.to_owned(), source }
    }

    /// S3's error code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidBucketName { .. } => "InvalidBucketName",
            Self::NoSuchBucket { .. } => "NoSuchBucket",
            Self::BucketNotEmpty { .. } => "BucketNotEmpty",
            Self::NoSuchKey { .. } | Self::Deleted { .. } => "NoSuchKey",
            Self::NoSuchVersion { .. } => "NoSuchVersion",
            Self::DeleteMarker { .. } => "MethodNotAllowed",
            Self::KeyTooLong { .. } => "KeyTooLongError",
            Self::PreconditionFailed { .. } => "PreconditionFailed",
            Self::BadDigest { digest: "x-amz-content-sha256", .. } => "XAmzContentSHA256Mismatch",
            Self::BadDigest { .. } => "BadDigest",
            Self::EntityTooLarge { .. } => "EntityTooLarge",
            Self::EntityTooSmall { .. } => "EntityTooSmall",
            Self::NoSuchUpload { .. } => "NoSuchUpload",
            Self::InvalidPart { .. } => "InvalidPart",
            Self::InvalidPartOrder { .. } => "InvalidPartOrder",
            Self::PathBlocked { .. } | Self::InvalidRequest(_) => "InvalidRequest",
            Self::Storage { .. } => "InternalError",
        }
    }

    /// The HTTP status that S3 gives this error.
    pub fn status(&self) -> u16 {
        match self {
            Self::NoSuchBucket { .. }
            | Self::NoSuchKey { .. }
            | Self::Deleted { .. }
            | Self::NoSuchVersion { .. }
            | Self::NoSuchUpload { .. } => 404,
            Self::DeleteMarker { .. } => 405,
            Self::BucketNotEmpty { .. } => 409,
            Self::PreconditionFailed { .. } => 412,
            Self::Storage { .. } => 500,
            _ => 400,
        }
    }
}

/// Turns an [`io::Error`] into a [`StoreError`] that says what was being done to which path.
pub(crate) trait Doing<T> {
    fn doing(self, action: &'static str, path: &Path) -> Result<T, StoreError>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, action: &'static str, path: &Path) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::storage(action, path, source))
    }
}

/// `Ok(None)` in place of an error that says that a file or folder is not there.
pub(crate) fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}
