//! What the engine asks of others: Lambda and S3.

use std::future::Future;
use std::io::Read;
use std::path::Path;

use crate::model::error::StateError;

/// What a state machine calls.
pub trait Services: Send + Sync + 'static {
    /// Invokes a Lambda function and waits for its answer, a JSON document. `function` is a name or an ARN, as the
    /// definition has it.
    fn invoke(&self, function: &str, payload: Vec<u8>) -> impl Future<Output = Result<Vec<u8>, TaskError>> + Send;

    /// Stores an object. The answer is the output of `s3:PutObject`, for example `{"ETag": …, "VersionId": …}`.
    fn put_object(
        &self,
        bucket: &str,
        key: &str,
        content_type: Option<&str>,
        body: Vec<u8>,
    ) -> impl Future<Output = Result<serde_json::Value, TaskError>> + Send;

    /// Describes an object, or a version of one. The answer is the output of `s3:HeadObject`, for example
    /// `{"ContentLength": …, "ETag": …, "VersionId": …}`.
    fn head_object(
        &self,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
    ) -> impl Future<Output = Result<serde_json::Value, TaskError>> + Send;

    /// Opens an object, or a version of one, for reading from its beginning. Reads may block; they happen on a thread of their own.
    fn open_object(
        &self,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
    ) -> impl Future<Output = Result<Box<dyn Read + Send>, TaskError>> + Send;

    /// Moves a finished file of results into a bucket.
    fn put_file(&self, bucket: &str, key: &str, path: &Path) -> impl Future<Output = Result<(), TaskError>> + Send;
}

/// A call that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}: {cause}")]
pub struct TaskError {
    /// The name that `ErrorEquals` is compared with: of a function the `errorType`, else for example
    /// `Lambda.TooManyRequestsException` or `S3.NoSuchBucketException`.
    pub error: String,
    /// A sentence, or the whole error document of a function as JSON text.
    pub cause: String,
}

impl From<TaskError> for StateError {
    fn from(TaskError { error, cause }: TaskError) -> Self {
        Self::of_service(error, cause)
    }
}
