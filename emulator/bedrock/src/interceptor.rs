//! What an owner of the stand-in can do around each call: inject a fault, and learn what came of it.

use super::{BedrockFault, ItemName};

/// Intercepts the calls of a stand-in.
pub trait Interceptor: std::fmt::Debug + Send + Sync {
    /// The fault of the next attempt at an item, or none. `identity` is [`ItemName::identity`].
    ///
    /// Calls that the quota or the check of the request turned away are not attempts: their number depends on the hour.
    fn fault(&self, identity: u64) -> Option<BedrockFault>;

    /// A call for `item` has its result, and is not yet answered; `caller_waits` says whether the caller still waits for the answer.
    /// Returns a header to add to the response.
    fn ended(&self, item: &ItemName, outcome: CallOutcome, caller_waits: bool) -> Option<(&'static str, String)>;
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    /// An image was made, so Bedrock would charge it. The answer may have a fault all the same: `Slow` or `Truncated`.
    Paid(Option<BedrockFault>),
    /// Above the requests a minute of [`Options::throttle`](super::Options::throttle).
    Throttled,
    /// Refused for a word of [`Options::filter`](super::Options::filter), or by a fault of that kind.
    Filtered,
    /// By an error or a fault; refused requests are among them.
    Failed(BedrockFault),
}

impl CallOutcome {
    /// As the ledger calls it.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Paid(_) => "Image".to_owned(),
            Self::Failed(fault) => fault.name(),
            Self::Throttled | Self::Filtered => format!("{self:?}"),
        }
    }
}
