//! What came of an invocation through Lambda's API.

use super::functions::InvokeError;
use std::fmt;

/// An invocation that has ended. It is displayed as one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoked {
    /// The function's name.
    pub function: String,
    /// Why it failed, as `<error type>: <message>`; of an asynchronous invocation, the last try's.
    pub error: Option<String>,
}

impl fmt::Display for Invoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.error {
            None => write!(f, "{}: invoked by hand, succeeded", self.function),
            Some(error) => write!(f, "{}: invoked by hand, failed with {error}", self.function),
        }
    }
}

impl InvokeError {
    /// The error on one line, with the function's own message.
    pub(crate) fn summary(&self) -> String {
        let Self::Function(error) = self else { return self.to_string() };
        let message = serde_json::from_slice::<serde_json::Value>(&error.payload)
            .ok()
            .and_then(|payload| Some(payload.get("errorMessage")?.as_str()?.lines().next()?.to_owned()));
        match message {
            Some(message) => format!("{}: {message}", error.error_type),
            None => error.error_type.clone(),
        }
    }
}
