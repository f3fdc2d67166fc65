//! What an owner of the stand-in can do around each call: inject a fault, and learn what came of it.

use super::{BedrockFault, ItemName};

/// Intercepts the calls of a stand-in. The methods that are not implemented do nothing.
pub trait Interceptor: std::fmt::Debug + Send + Sync {
    /// The fault of the next attempt at an item, or none. `identity` is [`ItemName::identity`].
    ///
    /// Calls that the quota or the check of the request turned away are not attempts: their number depends on the hour.
    fn fault(&self, identity: u64) -> Option<BedrockFault> {
        let _ = identity;
        None
    }

    /// A call has its result, and is not yet answered. Returns a header to add to the response.
    fn ended(&self, call: &EndedCall<'_>) -> Option<(&'static str, String)> {
        let _ = call;
        None
    }
}

/// Intercepts nothing.
#[derive(Debug)]
pub(super) struct NoInterceptor;

impl Interceptor for NoInterceptor {}

/// A call and what came of it.
#[derive(Clone, Copy, Debug)]
pub struct EndedCall<'a> {
    /// The item that it was for.
    pub item: &'a ItemName,
    /// `Image`, or the name of what came instead.
    pub result: &'static str,
    /// Whether Bedrock would charge it: an image was made.
    pub is_paid: bool,
    /// The fault of an answer that has an image all the same: `Slow` or `Truncated`.
    pub fault: Option<&'static str>,
    /// Whether the caller still waits for the answer.
    pub caller_waits: bool,
}
