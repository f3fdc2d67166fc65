//! What is kept of a Map Run after the process that ran it, for DescribeMapRun.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::MapRun;
use crate::execution::{Counts, Execution, ExecutionStatus};
use crate::model::timestamp::nanos;
use crate::redrive::Redrive;

/// A Map Run as the log of its execution has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    pub(crate) arn: String,
    label: String,
    #[serde(with = "nanos")]
    started: OffsetDateTime,
    redrive: Option<Redrive>,
    max_concurrency: u64,
    tolerated_failure_count: u64,
    tolerated_failure_percentage: f64,
    counts: Counts,
    end: Option<End>,
    result_files: BTreeMap<String, usize>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct End {
    status: ExecutionStatus,
    #[serde(with = "nanos")]
    at: OffsetDateTime,
}

impl MapRun {
    /// What is to be kept of it.
    pub(super) fn summary(&self) -> Summary {
        Summary {
            arn: self.arn.clone(),
            label: self.label.clone(),
            started: self.started,
            redrive: self.redrive,
            max_concurrency: self.max_concurrency,
            tolerated_failure_count: self.tolerated_failure_count,
            tolerated_failure_percentage: self.tolerated_failure_percentage,
            counts: self.counts(),
            end: self.end.get().map(|&(status, at)| End { status, at }),
            result_files: self.result_files(),
        }
    }

    /// A Map Run of an earlier process.
    pub(crate) fn known(summary: Summary, parent: &Arc<Execution>) -> Self {
        let end = OnceLock::new();
        // While its execution runs, it will be carried on.
        if let Some(End { status, at }) = summary.end.filter(|_| parent.end().is_some()) {
            let _ = end.set((status, at));
        }
        Self {
            arn: summary.arn,
            label: summary.label,
            parent: Arc::clone(parent),
            started: summary.started,
            redrive: summary.redrive,
            max_concurrency: summary.max_concurrency,
            tolerated_failure_count: summary.tolerated_failure_count,
            tolerated_failure_percentage: summary.tolerated_failure_percentage,
            counts: Mutex::new(summary.counts),
            end,
            result_files: Mutex::new(summary.result_files),
        }
    }
}
