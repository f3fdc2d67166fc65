//! Errors of the API, named and worded as AWS does.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::ACTIONS;
use crate::engine::store::StartExecutionError;
use crate::model::redrive::RedriveError;

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ApiError {
    /// The value of `X-Amz-Target`.
    #[error("the action {0} is not served here; Step Functions serves {actions}", actions = ACTIONS.join(", "))]
    UnknownOperation(String),
    #[error("the request is not JSON: {0}")]
    Serialization(String),
    #[error("the request is not valid: {0}")]
    Validation(String),
    #[error("Invalid Arn: '{0}'")]
    InvalidArn(String),
    #[error("Invalid Token: '{0}'")]
    InvalidToken(String),
    #[error("Execution Does Not Exist: '{0}'")]
    ExecutionDoesNotExist(String),
    #[error("State Machine Does Not Exist: '{0}'")]
    StateMachineDoesNotExist(String),
    #[error("Resource not found: '{0}'")]
    ResourceNotFound(String),
    #[error("what is kept on disk could not be read: {0}")]
    NotRead(String),
    #[error(transparent)]
    Start(#[from] StartExecutionError),
    #[error(transparent)]
    Redrive(#[from] RedriveError),
}

impl ApiError {
    /// The name of the error, which clients make into a type.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::UnknownOperation(_) => "UnknownOperationException",
            Self::Serialization(_) => "SerializationException",
            Self::Validation(_) => "ValidationException",
            Self::InvalidArn(_) => "InvalidArn",
            Self::InvalidToken(_) => "InvalidToken",
            Self::ExecutionDoesNotExist(_) => "ExecutionDoesNotExist",
            Self::StateMachineDoesNotExist(_) => "StateMachineDoesNotExist",
            Self::ResourceNotFound(_) => "ResourceNotFound",
            Self::Start(StartExecutionError::InvalidName(_)) => "InvalidName",
            Self::Start(StartExecutionError::InvalidExecutionInput(_)) => "InvalidExecutionInput",
            Self::Start(StartExecutionError::ExecutionAlreadyExists(_)) => "ExecutionAlreadyExists",
            Self::Redrive(RedriveError::ExecutionDoesNotExist(_)) => "ExecutionDoesNotExist",
            Self::Redrive(RedriveError::ExecutionNotRedrivable(_)) => "ExecutionNotRedrivable",
            Self::NotRead(_)
            | Self::Start(StartExecutionError::NotKept(_))
            | Self::Redrive(RedriveError::NotKept(_)) => "InternalServerError",
        }
    }

    /// The HTTP status: the request's fault, or that of this machine, which a client may try again.
    pub(super) fn status(&self) -> StatusCode {
        match self.name() {
            "InternalServerError" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// The body of the answer.
    pub(super) fn to_json(&self) -> Value {
        let mut body = json!({ "__type": self.name(), "message": self.to_string() });
        if let Self::ResourceNotFound(arn) = self {
            body["resourceName"] = json!(arn);
        }
        body
    }
}
