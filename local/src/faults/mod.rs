//! Fault injection: what goes wrong on demand in the model, S3, the functions and notifications; and the ledger of all of it.
//!
//! The requests of the functions carry a header, and only those go wrong: what the user's own AWS CLI asks for never does. What is to
//! happen in a function's process is told to it in a header of an answer, see [`client`].

mod bedrock;
pub mod client;
mod invocations;
mod kinds;
mod ledger;
mod plan;
mod share;

pub use kinds::{FunctionFault, Moment, S3Fault};
pub use ledger::{Entry, item_of_key, read_ledger};
pub(crate) use plan::{FAULTS, STAND_IN};
pub use plan::{FaultPlan, FaultPlanError};
pub use share::{Fault, FaultError, Kind};

pub(crate) use ledger::Ledger;
use share::{drawn, hash};

use emulator_bedrock::{BedrockFault, ItemName};
use invocations::{Invocations, identity};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Draws the faults, and writes the ledger if there is one.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    model: Vec<Fault<BedrockFault>>,
    s3: Vec<Fault<S3Fault>>,
    function: Vec<Fault<FunctionFault>>,
    duplicate_events: f64,
    seed: u64,
    ledger: Option<Ledger>,
    /// By the identity of an item, or of a call of S3.
    attempts: Mutex<HashMap<u64, u32>>,
    invocations: Mutex<Invocations>,
}

impl Faults {
    pub(crate) fn new(plan: &FaultPlan, ledger: Option<Ledger>) -> Self {
        Self {
            model: plan.fail.clone(),
            s3: plan.fail_s3.clone(),
            function: plan.fail_function.clone(),
            duplicate_events: plan.duplicate_events.unwrap_or(0.0),
            seed: plan.fault_seed.unwrap_or(0),
            ledger,
            ..Self::default()
        }
    }

    /// Whether the functions' requests have to be told from others.
    pub(crate) fn concern_functions(&self) -> bool {
        !self.s3.is_empty() || !self.function.is_empty() || self.ledger.is_some()
    }

    /// Writes into the ledger, if there is one.
    pub(crate) fn note(&self, entry: impl FnOnce() -> Entry) {
        if let Some(ledger) = &self.ledger {
            ledger.write(&entry());
        }
    }

    /// How a function's call of S3 goes wrong, if it does. Every try of the SDK is one.
    pub(crate) fn of_s3(&self, operation: &str, bucket: &str, key: &str) -> Option<S3Fault> {
        if self.s3.is_empty() {
            return None;
        }
        let identity = hash(&[operation.as_bytes(), bucket.as_bytes(), key.as_bytes()]);
        let fault = drawn(&self.s3, "s3", self.seed, identity, self.attempt(identity))?;
        let [operation, bucket, key] = [operation, bucket, key].map(str::to_owned);
        self.note(|| Entry::S3Fault { operation, fault, bucket, key });
        Some(fault)
    }

    /// The function begins to work on an item. Returns its number if functions go wrong: [`Faults::waits`] is then to be told if it waits.
    pub(crate) fn invoked(&self, item: &ItemName) -> Option<u64> {
        let item = identity(item).filter(|_| !self.function.is_empty())?;
        self.invocations().begin(&self.function, self.seed, item);
        Some(item)
    }

    /// The function has answered that the item of this number waits for its slot.
    pub(crate) fn waits(&self, item: u64) {
        self.invocations().wait(item);
    }

    /// What happens now to the function that works on this item.
    pub(crate) fn inject(&self, item: &ItemName, now: Moment) -> Option<FunctionFault> {
        if self.function.is_empty() {
            return None;
        }
        let fault = self.invocations().inject(identity(item)?, now)?;
        self.note(|| Entry::FunctionFault { item: item.clone(), fault, moment: now });
        Some(fault)
    }

    /// Whether the notification with this sequencer comes twice.
    pub(crate) fn is_duplicated(&self, sequencer: &str) -> bool {
        let twice = Fault::new(self.duplicate_events, ());
        twice.is_ok_and(|twice| drawn(&[twice], "notification", self.seed, hash(&[sequencer.as_bytes()]), 1).is_some())
    }

    /// The number, from 1, of the attempt that begins now.
    fn attempt(&self, identity: u64) -> u32 {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let attempt = attempts.entry(identity).or_default();
        *attempt += 1;
        *attempt
    }

    fn invocations(&self) -> std::sync::MutexGuard<'_, Invocations> {
        self.invocations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
