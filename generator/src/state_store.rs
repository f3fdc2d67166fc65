//! Small JSON objects in S3 that all invocations share, changed by conditional writes.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html>

use aws_sdk_s3::{
    Client,
    config::http::HttpResponse,
    config::timeout::TimeoutConfig,
    error::{ProvideErrorMetadata, SdkError},
    operation::get_object::GetObjectError,
    primitives::ByteStream,
};
use std::time::Duration;

/// Time-out of one operation, with its retries. On failure the item proceeds without the object.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(3);

/// The state objects of one bucket.
#[derive(Debug, Clone)]
pub(crate) struct StateStore {
    s3: Client,
    bucket: String,
}

/// Why a state object could not be used.
#[derive(Debug, thiserror::Error)]
#[error("{operation} s3://{bucket}/{key}: {cause}")]
pub struct StateError {
    operation: &'static str,
    bucket: String,
    key: String,
    cause: String,
}

impl StateStore {
    pub(crate) fn new(s3: &Client, bucket: String) -> Self {
        let timeouts = TimeoutConfig::builder().operation_timeout(OPERATION_TIMEOUT).build();
        let config = s3.config().to_builder().timeout_config(timeouts).build();
        Self { s3: Client::from_conf(config), bucket }
    }

    /// The object and its entity tag; `None` when there is none.
    pub(crate) async fn read(&self, key: &str) -> Result<Option<(Vec<u8>, String)>, StateError> {
        let object = match self.s3.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(object) => object,
            Err(err) if err.as_service_error().is_some_and(GetObjectError::is_no_such_key) => return Ok(None),
            Err(err) => return Err(self.error("GetObject", key, &err)),
        };
        let e_tag = object.e_tag.unwrap_or_default();
        let body = tokio::time::timeout(OPERATION_TIMEOUT, object.body.collect()).await;
        let body = body.map_err(|err| self.error("GetObject", key, &err))?;
        Ok(Some((body.map_err(|err| self.error("GetObject", key, &err))?.to_vec(), e_tag)))
    }

    /// Creates the object, or replaces the version `seen`. Returns the new entity tag; `None` on a version conflict.
    pub(crate) async fn write(
        &self,
        key: &str,
        seen: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Option<String>, StateError> {
        let put = self.s3.put_object().bucket(&self.bucket).key(key).content_type("application/json");
        let put = match seen {
            Some(e_tag) => put.if_match(e_tag),
            None => put.if_none_match("*"),
        };
        match put.body(ByteStream::from(body)).send().await {
            Ok(put) => Ok(Some(put.e_tag.unwrap_or_default())),
            // 412: another version is there; 409: it is being written; NoSuchKey: the version that was seen has been deleted.
            Err(err)
                if matches!(status(&err), Some(409 | 412)) || seen.is_some() && err.code() == Some("NoSuchKey") =>
            {
                Ok(None)
            }
            Err(err) => Err(self.error("PutObject", key, &err)),
        }
    }

    /// Deletes the version `seen` of the object; any other version stays.
    pub(crate) async fn delete(&self, key: &str, seen: &str) -> Result<(), StateError> {
        match self.s3.delete_object().bucket(&self.bucket).key(key).if_match(seen).send().await {
            Ok(_) => Ok(()),
            Err(err) if matches!(status(&err), Some(404 | 409 | 412)) => Ok(()),
            Err(err) => Err(self.error("DeleteObject", key, &err)),
        }
    }

    fn error(&self, operation: &'static str, key: &str, cause: &(dyn std::error::Error + 'static)) -> StateError {
        StateError { operation, bucket: self.bucket.clone(), key: key.to_owned(), cause: aws::chain(cause) }
    }
}

fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}
