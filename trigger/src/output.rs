//! What the function answers: what came of every list of the event.

use serde::{Deserialize, Serialize};

/// The function's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// The event's lists, in its order.
    pub lists: Vec<ListOutcome>,
}

/// A list, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListOutcome {
    /// The list's bucket.
    pub bucket_name: String,
    /// The list's key, decoded.
    pub bucket_key: String,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of a list.
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
    },
    /// The list was deleted before it could be read.
    Gone,
}
