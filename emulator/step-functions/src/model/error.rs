//! Errors of a state, and the names that Step Functions reserves.

use serde_json::{Value, json};

/// Wildcard for every error but [`RUNTIME`] and [`DATA_LIMIT_EXCEEDED`].
pub(crate) const ALL: &str = "States.ALL";
/// A Task ran too long. Here only a function can say so.
pub(crate) const TIMEOUT: &str = "States.Timeout";
/// Wildcard for every error but [`TIMEOUT`], [`RUNTIME`] and [`DATA_LIMIT_EXCEEDED`].
pub(crate) const TASK_FAILED: &str = "States.TaskFailed";
/// A state could not be carried out, for example since a path leads nowhere. Never retried, never caught.
pub(crate) const RUNTIME: &str = "States.Runtime";
/// A payload is larger than 256 KiB.
pub(crate) const DATA_LIMIT_EXCEEDED: &str = "States.DataLimitExceeded";
/// `ResultPath` cannot be applied to the input.
pub(crate) const RESULT_PATH_MATCH_FAILURE: &str = "States.ResultPathMatchFailure";
/// An intrinsic function was called with arguments that it cannot work with.
pub(crate) const INTRINSIC_FAILURE: &str = "States.IntrinsicFailure";
/// No rule of a Choice state matched and it has no `Default`.
pub(crate) const NO_CHOICE_MATCHED: &str = "States.NoChoiceMatched";
/// The list of a Map state could not be read.
pub(crate) const ITEM_READER_FAILED: &str = "States.ItemReaderFailed";
/// The results of a Map state could not be written.
pub(crate) const RESULT_WRITER_FAILED: &str = "States.ResultWriterFailed";
/// More items failed than the Map state tolerates.
pub(crate) const EXCEED_TOLERATED_FAILURE_THRESHOLD: &str = "States.ExceedToleratedFailureThreshold";

/// The reserved names. An `ErrorEquals` with any other name in `States.` is refused.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>
pub(crate) const RESERVED: [&str; 15] = [
    ALL,
    TIMEOUT,
    TASK_FAILED,
    RUNTIME,
    DATA_LIMIT_EXCEEDED,
    RESULT_PATH_MATCH_FAILURE,
    INTRINSIC_FAILURE,
    NO_CHOICE_MATCHED,
    ITEM_READER_FAILED,
    RESULT_WRITER_FAILED,
    EXCEED_TOLERATED_FAILURE_THRESHOLD,
    "States.HeartbeatTimeout",
    "States.Permissions",
    "States.ParameterPathFailure",
    "States.BranchFailed",
];

/// Why a state failed, as `Catch` and the execution's end show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StateError {
    /// The error name that `ErrorEquals` is compared with.
    pub(crate) error: String,
    /// A sentence for people, or the whole error document of a function.
    pub(crate) cause: String,
    /// No wildcard covers it.
    pub(crate) is_terminal: bool,
}

impl StateError {
    pub(crate) fn new(error: &str, cause: impl Into<String>) -> Self {
        Self::of_service(error.to_owned(), cause.into())
    }

    /// An error with the name and cause that a service gave it.
    pub(crate) fn of_service(error: String, cause: String) -> Self {
        let is_terminal = error == RUNTIME || error == DATA_LIMIT_EXCEEDED;
        Self { error, cause, is_terminal }
    }

    /// `States.Runtime` with this cause.
    pub(crate) fn runtime(cause: impl Into<String>) -> Self {
        Self::new(RUNTIME, cause)
    }

    /// The error output that a catcher places with its `ResultPath`.
    pub(crate) fn output(&self) -> Value {
        json!({ "Error": self.error, "Cause": self.cause })
    }
}
