//! Small objects in S3 that all invocations of all functions share: written on the condition that they are still what was read.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>

use aws_sdk_s3::{
    Client,
    config::http::HttpResponse,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    primitives::ByteStream,
};
use std::time::Duration;
use tokio::time::timeout;

/// What an item waits for such an object at most; then it does without.
const PATIENCE: Duration = Duration::from_secs(3);
/// Nobody writes more than this there.
const MOST_BYTES: usize = 64 * 1024;

/// The shared objects of a bucket.
#[derive(Debug, Clone)]
pub(crate) struct SharedObjects {
    s3: Client,
    bucket: String,
}

/// What was read.
pub(crate) struct Read {
    pub(crate) text: Vec<u8>,
    /// The entity tag.
    pub(crate) version: String,
}

/// Why a shared object could not be used.
#[derive(Debug, thiserror::Error)]
#[error("{operation} s3://{bucket}/{key}: {cause}")]
pub struct SharedObjectError {
    operation: &'static str,
    bucket: String,
    key: String,
    cause: String,
}

impl SharedObjects {
    pub(crate) fn new(s3: Client, bucket: String) -> Self {
        Self { s3, bucket }
    }

    pub(crate) fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The object as it is, if there is one.
    pub(crate) async fn read(&self, key: &str) -> Result<Option<Read>, SharedObjectError> {
        let object = match timeout(PATIENCE, self.s3.get_object().bucket(&self.bucket).key(key).send()).await {
            Ok(Ok(object)) => object,
            Ok(Err(err)) if status(&err) == Some(404) && err.code() == Some("NoSuchKey") => return Ok(None),
            Ok(Err(err)) => return Err(self.failed("GetObject", key, &err)),
            Err(elapsed) => return Err(self.failed("GetObject", key, &elapsed)),
        };
        let version = object.e_tag.unwrap_or_default();
        match timeout(PATIENCE, object.body.collect()).await {
            Ok(Ok(text)) => {
                let mut text = text.to_vec();
                text.truncate(MOST_BYTES);
                Ok(Some(Read { text, version }))
            }
            Ok(Err(err)) => Err(self.failed("GetObject", key, &err)),
            Err(elapsed) => Err(self.failed("GetObject", key, &elapsed)),
        }
    }

    /// Replaces what was seen, or nothing. False: somebody else was faster.
    pub(crate) async fn write(
        &self,
        key: &str,
        seen: Option<&String>,
        text: Vec<u8>,
    ) -> Result<bool, SharedObjectError> {
        let put = self.s3.put_object().bucket(&self.bucket).key(key).content_type("application/json");
        let put = match seen {
            Some(version) => put.if_match(version),
            None => put.if_none_match("*"),
        };
        match timeout(PATIENCE, put.body(ByteStream::from(text)).send()).await {
            Ok(Ok(_)) => Ok(true),
            // 412: it changed, 409: it is being changed, 404: what was read is gone.
            Ok(Err(err)) if matches!(status(&err), Some(412 | 409)) => Ok(false),
            Ok(Err(err)) if seen.is_some() && err.code() == Some("NoSuchKey") => Ok(false),
            Ok(Err(err)) => Err(self.failed("PutObject", key, &err)),
            Err(elapsed) => Err(self.failed("PutObject", key, &elapsed)),
        }
    }

    fn failed(&self, operation: &'static str, key: &str, cause: &dyn std::error::Error) -> SharedObjectError {
        let cause = DisplayErrorContext(cause).to_string();
        SharedObjectError { operation, bucket: self.bucket.clone(), key: key.to_owned(), cause }
    }
}

fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}
