//! The counts of a Map Run, and what watchers are told.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::execution_outcome::{ExecutionOutcome, ExecutionStatus};

/// Items of a Map Run by what has become of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Items read from the list so far; all, once the first child has started.
    pub total: u64,
    /// Not started.
    pub pending: u64,
    /// Being worked on, with those that wait.
    pub running: u64,
    /// Of the running, those in a Wait state or before a retry.
    pub waiting: u64,
    /// Done.
    pub succeeded: u64,
    /// Ended with an error.
    pub failed: u64,
    /// Ended by a time limit.
    pub timed_out: u64,
    /// Stopped.
    pub aborted: u64,
    /// Not successful before the Map Run was redriven, and not started again yet.
    pub pending_redrive: u64,
    /// Written to files of results.
    pub results_written: u64,
}

impl Counts {
    /// The count of those that ended so.
    pub(crate) fn ended(&mut self, status: ExecutionStatus) -> &mut u64 {
        match status {
            ExecutionStatus::Succeeded => &mut self.succeeded,
            ExecutionStatus::TimedOut => &mut self.timed_out,
            ExecutionStatus::Aborted => &mut self.aborted,
            ExecutionStatus::Failed | ExecutionStatus::Running => &mut self.failed,
        }
    }
}

/// How far an execution is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// Its status.
    pub status: ExecutionStatus,
    /// The state it is in, or was in last.
    pub state: Option<Arc<str>>,
    /// Items of its latest Map Run; all zero before.
    pub counts: Counts,
}

/// The end of a child workflow execution, for who wants to count or show them.
#[derive(Debug, Clone, Copy)]
pub struct ChildEnd<'a> {
    /// ARN of the execution that the Map Run belongs to.
    pub parent_arn: &'a str,
    /// ARN of the child.
    pub execution_arn: &'a str,
    /// Number of the item in its list, from 0.
    pub index: u64,
    /// Input of the child: the item, as the ItemSelector made it. JSON text.
    pub input: &'a str,
    /// What came of it.
    pub outcome: &'a ExecutionOutcome,
}
