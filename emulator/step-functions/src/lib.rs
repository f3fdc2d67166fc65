#![doc = include_str!("../README.md")]
//! [`Definition`] parses and checks; [`Executions`] starts, shows and stops; [`Executions::handle`] speaks the AWS JSON
//! 1.0 protocol. Where the documentation of AWS is silent, the module that decides says so. Items are read one by one, at
//! most `MaxConcurrency` children are in flight, results go to files as they come, and a child is forgotten when it ends.

mod api;
mod context;
mod ended;
mod execution;
mod executions;
mod history;
mod items;
mod language;
mod log;
mod machine;
mod map_run;
mod model;
mod position;
mod redrive;
mod results;
mod stop;
mod store;
mod task;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::io::Read;
use std::path::Path;

pub use execution::{ChildEnd, Counts, ExecutionStatus, Outcome, Progress};
pub use executions::{Executions, Interrupted, Settings, StartError, StateMachine};
pub use language::definition::{Definition, DefinitionError};
pub use language::payload::MAX_PAYLOAD_BYTES;
pub use language::substitute::{SubstitutionError, substitute};
pub use redrive::RedriveError;

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
