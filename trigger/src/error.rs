//! Why an invocation fails. Lambda retries it; if that does not help, the event and the error go to the on-failure queue.

use lambda_runtime::Diagnostic;

/// The kind of a failure; its [name](ErrorKind::name) is the Lambda `errorType`. A bad list is not a failure: it is rejected, because a retry cannot help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The payload, or a record in it, is not an S3 event.
    InvalidEvent,
    /// The list could not be read from S3.
    ListNotRead,
    /// The report of a rejected list could not be stored.
    ReportNotStored,
    /// Step Functions did not start the execution.
    ExecutionNotStarted,
    /// A bug of this function.
    Internal,
}

impl ErrorKind {
    /// The stable name: the Lambda `errorType`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidEvent => "InvalidEvent",
            Self::ListNotRead => "ListNotRead",
            Self::ReportNotStored => "ReportNotStored",
            Self::ExecutionNotStarted => "ExecutionNotStarted",
            Self::Internal => "Internal",
        }
    }
}

/// A failure, and a sentence that says of which list, what happened and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What alarms and logs filter on.
    pub kind: ErrorKind,
    /// What a person reads.
    pub message: String,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        Diagnostic { error_type: error.kind.name().into(), error_message: error.message }
    }
}
