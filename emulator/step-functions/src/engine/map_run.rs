//! A Map Run: how many of its items have come how far.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use time::OffsetDateTime;
use tokio::sync::watch;

use crate::engine::state_machine::StateMachine;
use crate::journal::map_run_record::{MapRunEnd, MapRunRecord};
use crate::language::definition::Map;
use crate::model::counts::{Counts, Progress};
use crate::model::execution_outcome::ExecutionStatus;
use crate::model::redrive::Redrive;
use crate::model::timestamp::now;

/// A Map Run, running or ended.
#[derive(Debug)]
pub(crate) struct MapRun {
    pub(crate) arn: String,
    pub(crate) label: String,
    /// ARN of the execution whose Map state it is.
    pub(crate) execution_arn: String,
    pub(crate) started: OffsetDateTime,
    /// If it was redriven, the latest time.
    pub(crate) redrive: Option<Redrive>,
    pub(crate) max_concurrency: u64,
    pub(crate) tolerated_failure_count: u64,
    pub(crate) tolerated_failure_percentage: f64,
    counts: Mutex<Counts>,
    /// Of the execution: where its watchers see the counts.
    progress: watch::Sender<Progress>,
    end: OnceLock<(ExecutionStatus, OffsetDateTime)>,
    /// How many files of results there are in the bucket, by status.
    result_files: Mutex<BTreeMap<String, usize>>,
}

impl MapRun {
    pub(crate) fn new(
        arn: String,
        started: OffsetDateTime,
        execution_arn: &str,
        progress: watch::Sender<Progress>,
        map: &Map,
    ) -> Self {
        Self {
            arn,
            label: map.label.clone(),
            execution_arn: execution_arn.to_owned(),
            started,
            redrive: None,
            max_concurrency: map.max_concurrency,
            tolerated_failure_count: map.tolerance.count.unwrap_or(0),
            tolerated_failure_percentage: map.tolerance.percentage.unwrap_or(0.0),
            counts: Mutex::default(),
            progress,
            end: OnceLock::new(),
            result_files: Mutex::default(),
        }
    }

    /// The last part of the ARN, a UUID.
    pub(crate) fn id(&self) -> &str {
        self.arn.rsplit(':').next().unwrap_or_default()
    }

    /// ARN under which AWS shows the children's states as a state machine.
    pub(crate) fn child_machine_arn(&self, machine: &StateMachine) -> String {
        machine.arn_of("stateMachine", &format!("/{}", self.label))
    }

    pub(crate) fn counts(&self) -> Counts {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the counts, also for those who watch the execution.
    pub(crate) fn count(&self, change: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut counts);
        self.progress.send_modify(|progress| progress.counts = *counts);
    }

    /// Status, and when it ended, if it has.
    pub(crate) fn status(&self) -> (ExecutionStatus, Option<OffsetDateTime>) {
        self.end.get().map_or((ExecutionStatus::Running, None), |&(status, at)| (status, Some(at)))
    }

    pub(crate) fn close(&self, status: ExecutionStatus) {
        // A Map Run is closed once, at the end of `run`.
        let _ = self.end.set((status, now()));
    }

    pub(crate) fn result_files(&self) -> BTreeMap<String, usize> {
        self.result_files.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_result_files(&self, files: BTreeMap<String, usize>) {
        *self.result_files.lock().unwrap_or_else(PoisonError::into_inner) = files;
    }
}

impl MapRun {
    /// What is to be kept of it.
    pub(crate) fn summary(&self) -> MapRunRecord {
        MapRunRecord {
            arn: self.arn.clone(),
            label: self.label.clone(),
            started: self.started,
            redrive: self.redrive,
            max_concurrency: self.max_concurrency,
            tolerated_failure_count: self.tolerated_failure_count,
            tolerated_failure_percentage: self.tolerated_failure_percentage,
            counts: self.counts(),
            end: self.end.get().map(|&(status, at)| MapRunEnd { status, at }),
            result_files: self.result_files(),
        }
    }

    /// A Map Run of an earlier process.
    pub(crate) fn known(
        summary: MapRunRecord,
        execution_arn: &str,
        progress: watch::Sender<Progress>,
        execution_has_ended: bool,
    ) -> Self {
        let end = OnceLock::new();
        // While its execution runs, it will be carried on.
        if let Some(MapRunEnd { status, at }) = summary.end.filter(|_| execution_has_ended) {
            let _ = end.set((status, at));
        }
        Self {
            arn: summary.arn,
            label: summary.label,
            execution_arn: execution_arn.to_owned(),
            started: summary.started,
            redrive: summary.redrive,
            max_concurrency: summary.max_concurrency,
            tolerated_failure_count: summary.tolerated_failure_count,
            tolerated_failure_percentage: summary.tolerated_failure_percentage,
            counts: Mutex::new(summary.counts),
            progress,
            end,
            result_files: Mutex::new(summary.result_files),
        }
    }
}
