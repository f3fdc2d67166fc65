//! The function's answer: the outcome of every list of the event.

use crate::event::List;
use serde::{Deserialize, Serialize};

/// The function's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// The event's lists, in its order.
    pub lists: Vec<ListOutcome>,
    /// Records that are not lists to make, in the event's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<Ignored>,
}

/// A record that is not a list to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignored {
    /// The object, or the event if it is not about a new object.
    pub what: String,
    /// Why nothing is made.
    pub reason: String,
}

/// A list and its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListOutcome {
    /// The list's bucket.
    pub bucket_name: String,
    /// The list's key, decoded.
    pub bucket_key: String,
    /// Its outcome.
    #[serde(flatten)]
    pub outcome: Outcome,
}

impl ListOutcome {
    pub(crate) fn new(list: &List, outcome: Outcome) -> Self {
        Self { bucket_name: list.bucket.clone(), bucket_key: list.key.clone(), outcome }
    }
}

/// The outcome of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Outcome {
    /// An execution was started, or is running since an earlier delivery of the same event.
    Started {
        /// Its name.
        execution_name: String,
        /// Its ARN.
        execution_arn: String,
    },
    /// An earlier delivery of the same event started an execution, which has ended.
    AlreadyStarted {
        /// Its name.
        execution_name: String,
    },
    /// The list has problems; nothing was started.
    Rejected {
        /// Bucket of the report.
        report_bucket: String,
        /// Key of the report.
        report_key: String,
        /// The first problems, in words.
        problems: Vec<String>,
        /// Number of further problems, which the report has.
        more_problems: u64,
    },
    /// The list was deleted before it could be read.
    Gone,
}
