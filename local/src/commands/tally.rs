//! What has become of the items of an execution, counted as their children end.

use emulator_step_functions::{ChildEnd, ExecutionOutcome};
use generator::Output;
use idlist::{Item, RetiredModels, usd_per_image};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

/// Failed items that are kept one by one; of the others only the first of each kind.
const TOLD: usize = 20;

/// The counts of one execution.
#[derive(Debug, Default, Clone, Serialize)]
pub(crate) struct Tally {
    pub(crate) generated: u64,
    pub(crate) existing: u64,
    /// By error name.
    pub(crate) failed: BTreeMap<String, u64>,
    /// The first of them, and the first of each kind.
    pub(crate) failures: Vec<Failure>,
    /// What the images that were made cost on Bedrock, or would have cost, in US dollars, as far as prices are known.
    pub(crate) usd: f64,
    /// Buckets that have the images.
    #[serde(skip)]
    pub(crate) buckets: BTreeSet<String>,
    /// Items whose children were stopped: their images may be stored nevertheless.
    #[serde(skip)]
    pub(crate) stopped: Vec<Item>,
}

/// An item that failed, and why.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Failure {
    /// Number of the item in its list, from 0.
    pub(crate) index: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rank: Option<String>,
    pub(crate) error: String,
    pub(crate) message: String,
}

/// The tallies of all executions, until they are asked for.
#[derive(Debug, Default)]
pub(crate) struct Tallies(Mutex<HashMap<String, Tally>>);

impl Tallies {
    /// Counts the end of a child.
    pub(crate) fn count(&self, end: ChildEnd<'_>) {
        let mut tallies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tally = tallies.entry(end.parent_arn.to_owned()).or_default();
        match end.outcome {
            ExecutionOutcome::Succeeded { output } => match serde_json::from_str::<Output>(output) {
                Ok(output) => tally.succeeded(output),
                Err(_) => tally.generated += 1,
            },
            ExecutionOutcome::Failed { error, cause } => tally.failed(end, error.as_deref(), cause.as_deref()),
            ExecutionOutcome::TimedOut => tally.failed(end, Some("States.Timeout"), None),
            // A value that is not a valid item has no image.
            ExecutionOutcome::Aborted { .. } => {
                tally.stopped.extend(Item::from_value(&item_of(end.input), RetiredModels::Redirect));
            }
        }
    }

    /// The counts of an execution, which are then forgotten.
    pub(crate) fn take(&self, execution_arn: &str) -> Tally {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(execution_arn).unwrap_or_default()
    }

    /// The items of an execution that have ended so far, and those of them that failed.
    pub(crate) fn so_far(&self, execution_arn: &str) -> (u64, u64) {
        let tallies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tallies.get(execution_arn).map_or((0, 0), |tally| (tally.ended_items(), tally.failed_items()))
    }
}

impl Tally {
    pub(crate) fn failed_items(&self) -> u64 {
        self.failed.values().sum()
    }

    /// Items that have ended, in whatever way but being stopped.
    pub(crate) fn ended_items(&self) -> u64 {
        self.generated + self.existing + self.failed_items()
    }

    fn succeeded(&mut self, output: Output) {
        match output.outcome {
            generator::Outcome::Existing => self.existing += 1,
            generator::Outcome::Generated => self.made(&output.model),
        }
        self.buckets.insert(output.bucket_name);
    }

    /// Counts the images of stopped items that were stored since. `is_stored` looks for an object by bucket and key.
    pub(crate) fn count_stored(&mut self, is_stored: impl Fn(&str, &str) -> bool) {
        for item in std::mem::take(&mut self.stopped) {
            if is_stored(&item.input_bucket_name, &item.object_key()) {
                let model = item.resolved_model(RetiredModels::Redirect);
                self.made(model.map_or("", |model| model.id));
                self.buckets.insert(item.input_bucket_name);
            }
        }
    }

    fn made(&mut self, model_id: &str) {
        self.generated += 1;
        self.usd += usd_per_image(model_id).unwrap_or_default();
    }

    fn failed(&mut self, end: ChildEnd<'_>, error: Option<&str>, cause: Option<&str>) {
        let error = error.unwrap_or("unnamed");
        let of_kind = self.failed.entry(error.to_owned()).or_default();
        *of_kind += 1;
        if self.failures.len() >= TOLD && *of_kind > 1 {
            return;
        }
        let item = item_of(end.input);
        let text = |field: &str| item.get(field).and_then(Value::as_str).map(str::to_owned);
        self.failures.push(Failure {
            index: end.index,
            id: text("id"),
            rank: text("rank"),
            error: error.to_owned(),
            message: sentence_of(cause.unwrap_or_default()),
        });
    }
}

/// The item in the input of a child.
fn item_of(input: &str) -> Value {
    let mut input: Value = serde_json::from_str(input).unwrap_or_default();
    if input.get("id").is_some() {
        // An item by itself, whose field `item` belongs to another system.
        return input;
    }
    input.get_mut("item").map(Value::take).unwrap_or(input)
}

/// The message in a function's error document, or the cause as it is.
pub(crate) fn sentence_of(cause: &str) -> String {
    let document = serde_json::from_str::<Value>(cause).ok();
    let message = document.as_ref().and_then(|document| document.get("errorMessage")?.as_str());
    message.unwrap_or(cause).to_owned()
}
