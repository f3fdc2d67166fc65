//! Asynchronous invocation: at least once, with Lambda's two retries, and what they cannot save is kept.
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>

use super::functions::{Functions, InvokeError};
use bytes::Bytes;
use std::time::Duration;

/// Waits before the second and the third try.
const RETRY_AFTER: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(120)];

impl Functions {
    /// Delivers an event as an event source does, trying again where the function fails.
    ///
    /// # Errors
    /// The last failure, after the last try.
    pub async fn deliver(&self, function: &str, event: Bytes) -> Result<Vec<u8>, InvokeError> {
        for wait in RETRY_AFTER {
            match self.invoke(function, event.clone()).await {
                Err(InvokeError::Function(_)) => tokio::time::sleep(wait.div_f64(self.speed)).await,
                answer => return answer,
            }
        }
        self.invoke(function, event).await
    }
}
