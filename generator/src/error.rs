//! What can go wrong with one item: the kinds that the state machine, an alarm or a person acts on.

use lambda_runtime::Diagnostic;
use serde_json::Value;

/// The kind of a failure. Its [name](ErrorKind::name) is the Lambda `errorType`, which is what `ErrorEquals` in the state machine
/// sees, and part of the public interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The item breaks the rules of the list.
    InvalidItem,
    /// The model id is unknown, retired, or not available in this region.
    ModelNotAvailable,
    /// Bedrock calls the request invalid.
    ModelRejected,
    /// The model's filter rejected the prompt or the image.
    ContentFiltered,
    /// A picture that goes to the model does not exist yet.
    SourceMissing,
    /// Bedrock or S3 denies, the bucket does not exist, or the account may not call the model.
    AccessDenied,
    /// A quota or a passing shortage of the model's capacity.
    ModelThrottled,
    /// The model failed, timed out, could not be reached, or answered with something that is not an image.
    ModelFailed,
    /// S3 failed for a passing reason.
    StorageFailed,
    /// A bug of this function.
    Internal,
}

/// How often the state machine retries after a kind of failure. The backoff rate is 2.0 with full jitter for every kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// `MaxAttempts` of the retrier: attempts after the first one.
    pub max_attempts: u32,
    /// `IntervalSeconds` of the retrier: seconds before the first of them.
    pub interval_seconds: u32,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::InvalidItem,
        Self::ModelNotAvailable,
        Self::ModelRejected,
        Self::ContentFiltered,
        Self::SourceMissing,
        Self::AccessDenied,
        Self::ModelThrottled,
        Self::ModelFailed,
        Self::StorageFailed,
        Self::Internal,
    ];

    /// The stable name: the Lambda `errorType`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidItem => "InvalidItem",
            Self::ModelNotAvailable => "ModelNotAvailable",
            Self::ModelRejected => "ModelRejected",
            Self::ContentFiltered => "ContentFiltered",
            Self::SourceMissing => "SourceMissing",
            Self::AccessDenied => "AccessDenied",
            Self::ModelThrottled => "ModelThrottled",
            Self::ModelFailed => "ModelFailed",
            Self::StorageFailed => "StorageFailed",
            Self::Internal => "Internal",
        }
    }

    /// What the state machine's retriers do about it; `None` fails the item. A test holds this against `sam/statemachine.asl.json`.
    #[must_use]
    pub const fn retries(self) -> Option<Retries> {
        match self {
            Self::ModelThrottled => Some(Retries { max_attempts: 6, interval_seconds: 5 }),
            Self::ModelFailed => Some(Retries { max_attempts: 3, interval_seconds: 3 }),
            Self::StorageFailed => Some(Retries { max_attempts: 5, interval_seconds: 2 }),
            Self::InvalidItem
            | Self::ModelNotAvailable
            | Self::ModelRejected
            | Self::ContentFiltered
            | Self::SourceMissing
            | Self::AccessDenied
            | Self::Internal => None,
        }
    }
}

/// A failure of one item: its kind, and a sentence that says which item, what happened and what to do. Never holds the prompt.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What the state machine acts on.
    pub kind: ErrorKind,
    /// What a person reads.
    pub message: String,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// Puts the item in front of the message, as far as it can be named.
    pub(crate) fn of_item(self, item: &Value) -> Self {
        let text = |field: &str| item.get(field).and_then(Value::as_str);
        let name = match (text("id"), text("rank")) {
            (Some(id), Some(rank)) => format!("item {id} of rank {rank}"),
            (Some(id), None) => format!("item {id}"),
            (None, _) => "an item without an id".into(),
        };
        Self { message: format!("{name}: {}", self.message), ..self }
    }
}

impl From<Error> for Diagnostic {
    fn from(error: Error) -> Self {
        Diagnostic { error_type: error.kind.name().into(), error_message: error.message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_type_is_the_name_of_the_kind() {
        let item = serde_json::json!({"id": "A1", "rank": "vip"});
        let diagnostic = Diagnostic::from(Error::new(ErrorKind::ModelThrottled, "too fast").of_item(&item));
        assert_eq!(diagnostic.error_type, "ModelThrottled");
        assert_eq!(diagnostic.error_message, "item A1 of rank vip: too fast");
    }

    #[test]
    fn names_cannot_be_mistaken_for_those_of_aws() {
        for kind in ErrorKind::ALL {
            assert!(kind.name().chars().all(|c| c.is_ascii_alphabetic()), "{}", kind.name());
        }
    }
}
