//! What can go wrong in the object store, under the names that S3 gives it.

use std::io;
use std::path::{Path, PathBuf};

use hyper::StatusCode;
use s3s::S3ErrorCode;

/// A failure of the object store. [`code`](Self::code) is the S3 error code that clients see.
///
/// Codes and statuses: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The name breaks one of S3's rules for bucket names.
    #[error("the bucket name `{0}` is not allowed: {1}")]
    InvalidBucketName(String, &'static str),
    /// There is no such bucket.
    #[error("the bucket `{0}` does not exist; create it first")]
    NoSuchBucket(String),
    /// The bucket still holds something.
    #[error("the bucket `{0}` is not empty: {1}; delete that first")]
    BucketNotEmpty(String, String),
    /// There is no such object.
    #[error("the bucket `{0}` has no object with the key `{1}`")]
    NoSuchKey(String, String),
    /// The current version of the object is a delete marker, whose version id comes last.
    #[error("the object `{1}` of the bucket `{0}` was deleted; older versions of it can be read by version id")]
    Deleted(String, String, String),
    /// The object has no such version.
    #[error("the object `{1}` of the bucket `{0}` has no version `{2}`; it never had, or it was deleted")]
    NoSuchVersion(String, String, String),
    /// The version asked for is a delete marker, which has no bytes.
    #[error("the version `{1}` of the object `{0}` is a delete marker, which cannot be read")]
    DeleteMarker(String, String),
    /// The key is empty or over 1,024 bytes, or its path is too long for the file system.
    #[error("the key `{0}` cannot be stored: {1}")]
    KeyTooLong(String, String),
    /// A condition of the request (`If-Match`, `If-None-Match`, …) does not hold.
    #[error("the condition {1} does not hold for the object `{0}`")]
    PreconditionFailed(String, &'static str),
    /// The bytes are not those that the client's digest or checksum describes.
    #[error("the {0} given is {1}, but the bytes that arrived have {2}; send the object again")]
    BadDigest(&'static str, String, String),
    /// The object has more bytes than the store allows.
    #[error("an object may have at most {0} bytes here")]
    EntityTooLarge(u64),
    /// A part that is not the last is smaller than 5 MiB.
    #[error("part {0} has {1} bytes; every part but the last must have at least 5 MiB")]
    EntityTooSmall(u32, u64),
    /// There is no such multipart upload.
    #[error("there is no multipart upload `{1}` for the key `{0}`; it was completed, aborted or never started")]
    NoSuchUpload(String, String),
    /// A part named at completion was not uploaded, or with other bytes.
    #[error("part {0} was not uploaded with the ETag or checksum given; upload it again")]
    InvalidPart(u32),
    /// The parts named at completion are not in ascending order.
    #[error("the list of parts must be in ascending order without repeats; part {0} is out of order")]
    InvalidPartOrder(u32),
    /// The request cannot be carried out as it is written.
    #[error("{0}")]
    InvalidRequest(String),
    /// The file system failed: at which action, on which path, and why.
    #[error("could not {0} `{path}`: {2}", path = .1.display())]
    Storage(&'static str, PathBuf, #[source] io::Error),
}

impl StoreError {
    /// S3's error code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidBucketName(..) => "InvalidBucketName",
            Self::NoSuchBucket(..) => "NoSuchBucket",
            Self::BucketNotEmpty(..) => "BucketNotEmpty",
            Self::NoSuchKey(..) | Self::Deleted(..) => "NoSuchKey",
            Self::NoSuchVersion(..) => "NoSuchVersion",
            Self::DeleteMarker(..) => "MethodNotAllowed",
            Self::KeyTooLong(..) => "KeyTooLongError",
            Self::PreconditionFailed(..) => "PreconditionFailed",
            Self::BadDigest("x-amz-content-sha256", ..) => "XAmzContentSHA256Mismatch",
            Self::BadDigest(..) => "BadDigest",
            Self::EntityTooLarge(..) => "EntityTooLarge",
            Self::EntityTooSmall(..) => "EntityTooSmall",
            Self::NoSuchUpload(..) => "NoSuchUpload",
            Self::InvalidPart(..) => "InvalidPart",
            Self::InvalidPartOrder(..) => "InvalidPartOrder",
            Self::InvalidRequest(..) => "InvalidRequest",
            Self::Storage(..) => "InternalError",
        }
    }

    /// The HTTP status that S3 gives this error.
    pub fn status(&self) -> u16 {
        let status = S3ErrorCode::from_bytes(self.code().as_bytes()).and_then(|code| code.status_code());
        // `s3s` knows all codes but XAmzContentSHA256Mismatch.
        status.unwrap_or(StatusCode::BAD_REQUEST).as_u16()
    }
}

/// Turns an [`io::Error`] into a [`StoreError`] that says what was being done to which path.
pub(crate) trait Doing<T> {
    fn doing(self, action: &'static str, path: &Path) -> Result<T, StoreError>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, action: &'static str, path: &Path) -> Result<T, StoreError> {
        self.map_err(|source| {
            if source.kind() == io::ErrorKind::InvalidFilename {
                let shown: String = path.display().to_string().chars().take(80).collect();
                return StoreError::KeyTooLong(shown + "…", "the file system takes no path this long".to_owned());
            }
            StoreError::Storage(action, path.to_owned(), source)
        })
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
