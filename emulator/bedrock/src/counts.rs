//! What the stand-in has done so far.

use std::collections::BTreeMap;

/// Calls since the start, each counted under one way to end.
///
/// `calls` is the sum of `paid`, `throttled`, `filtered` and all of `failed`, once no call is under way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All calls.
    pub calls: u64,
    /// An image was made, whether or not its answer came through; Bedrock would charge these.
    pub paid: u64,
    /// Above the requests a minute of [`Options::throttle`](super::Options::throttle).
    pub throttled: u64,
    /// Refused for a word of [`Options::filter`](super::Options::filter), or by a fault of that kind.
    pub filtered: u64,
    /// All others by the name of their error or fault, refused requests among them.
    pub failed: BTreeMap<&'static str, u64>,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallOutcome {
    /// With the fault that the answer has all the same.
    Paid(Option<&'static str>),
    Throttled,
    Filtered,
    Failed(&'static str),
}

impl CallOutcome {
    /// As the ledger calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Paid(_) => "Image",
            Self::Throttled => "Throttled",
            Self::Filtered => "Filtered",
            Self::Failed(name) => name,
        }
    }
}

impl Counts {
    pub(super) fn count(&mut self, outcome: CallOutcome) {
        match outcome {
            CallOutcome::Paid(_) => self.paid += 1,
            CallOutcome::Throttled => self.throttled += 1,
            CallOutcome::Filtered => self.filtered += 1,
            CallOutcome::Failed(name) => *self.failed.entry(name).or_default() += 1,
        }
    }
}
