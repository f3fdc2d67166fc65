//! Fault injection: what goes wrong on demand in the model, S3, the functions and notifications; and the ledger of all of it.
//!
//! The requests of the functions carry a header, and only those go wrong: what the user's own AWS CLI asks for never does. What is to
//! happen in a function's process is told to it in a header of an answer, see `client`.

pub(crate) mod client;
mod kinds;
mod ledger;
mod plan;
mod share;

pub use kinds::{FunctionFault, Moment, S3Fault};
pub(crate) use ledger::Ledger;
pub use ledger::{Entry, item_of_key};
pub(crate) use plan::{FaultPlan, STAND_IN};
pub use share::Kind;

use emulator_bedrock::{BedrockFault, CallOutcome, Interceptor, ItemName, hash};
use share::{Fault, drawn};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Draws the faults, and writes the ledger if there is one.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) plan: FaultPlan,
    pub(crate) ledger: Option<Ledger>,
    /// Attempts at a call of the model or of S3, and faults of an item's invocations, by their identities.
    counts: Mutex<HashMap<u64, u32>>,
}

impl Faults {
    pub(crate) fn new(plan: FaultPlan, ledger: Option<Ledger>) -> Self {
        Self { plan, ledger, ..Self::default() }
    }

    /// Writes into the ledger, if there is one.
    pub(crate) fn note(&self, entry: impl FnOnce() -> Entry) {
        if let Some(ledger) = &self.ledger {
            ledger.write(&entry());
        }
    }

    /// How a function's call of S3 goes wrong, if it does. Every try of the SDK is one.
    pub(crate) fn of_s3(&self, operation: &str, bucket: &str, key: &str) -> Option<S3Fault> {
        let identity = hash(&[operation.as_bytes(), bucket.as_bytes(), key.as_bytes()]);
        let fault = self.of_next_attempt(&self.plan.fail_s3, "s3", identity)?;
        let [operation, bucket, key] = [operation, bucket, key].map(str::to_owned);
        self.note(|| Entry::S3Fault { operation, fault, bucket, key });
        Some(fault)
    }

    /// What happens now to the function that works on this item. Which fault comes next, and at which moment, follows from the seed, the
    /// item and the number of faults that it had: not from how often it comes back, which depends on the other items.
    pub(crate) fn inject(&self, item: &ItemName, now: Moment) -> Option<FunctionFault> {
        // Without a name it is not recognised.
        item.id.as_ref().and(item.rank.as_ref()).filter(|_| !self.plan.fail_function.is_empty())?;
        let identity = hash(&[b"function", &item.identity(b"").to_be_bytes()]);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get(&identity).map_or(1, |count| count + 1);
        let fault = drawn(&self.plan.fail_function, "function", self.plan.fault_seed, identity, count)?;
        let moments = Moment::ALL.map(|moment| Fault { share: 0.25, kind: moment });
        if drawn(&moments, "moment", self.plan.fault_seed, identity, count) != Some(now) {
            return None;
        }
        counts.insert(identity, count);
        self.note(|| Entry::FunctionFault { item: item.clone(), fault, moment: now });
        Some(fault)
    }

    /// Whether the notification with this sequencer comes twice.
    pub(crate) fn is_duplicated(&self, sequencer: &str) -> bool {
        let twice = Fault { share: self.plan.duplicate_events, kind: () };
        drawn(&[twice], "notification", self.plan.fault_seed, hash(&[sequencer.as_bytes()]), 1).is_some()
    }

    /// The fault of the attempt that begins now at what `identity` names.
    fn of_next_attempt<K: Kind>(&self, faults: &[Fault<K>], topic: &str, identity: u64) -> Option<K> {
        // What never fails is not counted.
        if faults.is_empty() {
            return None;
        }
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let attempt = counts.entry(identity).or_default();
        *attempt += 1;
        drawn(faults, topic, self.plan.fault_seed, identity, *attempt)
    }
}

impl Interceptor for Faults {
    fn fault(&self, identity: u64) -> Option<BedrockFault> {
        self.of_next_attempt(&self.plan.fail, "fault", identity)
    }

    fn ended(&self, item: &ItemName, outcome: CallOutcome, caller_waits: bool) -> Option<(&'static str, String)> {
        self.note(|| Entry::Answered {
            item: item.clone(),
            answer: outcome.name(),
            paid: matches!(outcome, CallOutcome::Paid(_)),
            fault: match outcome {
                CallOutcome::Paid(_) if !caller_waits => Some("CallerLeft".to_owned()),
                CallOutcome::Paid(fault) => fault.map(BedrockFault::name),
                _ => None,
            },
        });
        let is_whole = matches!(outcome, CallOutcome::Paid(None | Some(BedrockFault::Slow(_))));
        let fault = is_whole.then(|| self.inject(item, Moment::Paid)).flatten()?;
        Some((client::FAULT, fault.shown()))
    }
}
