//! A Map Run: how many of its items have come how far.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::engine::state_machine::StateMachine;
use crate::journal::map_run_record::{MapRunEnd, MapRunRecord};
use crate::model::counts::{Counts, Progress};
use crate::model::execution_outcome::ExecutionStatus;
use crate::model::timestamp::now;

/// A Map Run, running or ended.
#[derive(Debug)]
pub(crate) struct MapRun {
    pub(crate) arn: String,
    pub(crate) label: String,
    /// ARN of the execution whose Map state it is.
    pub(crate) execution_arn: String,
    record: Mutex<MapRunRecord>,
    /// Of the execution: where its watchers see the counts.
    progress: watch::Sender<Progress>,
}

impl MapRun {
    pub(crate) fn new(record: MapRunRecord, execution_arn: &str, progress: watch::Sender<Progress>) -> Self {
        let (arn, label, execution_arn) = (record.arn.clone(), record.label.clone(), execution_arn.to_owned());
        Self { arn, label, execution_arn, record: Mutex::new(record), progress }
    }

    /// The last part of the ARN, a UUID.
    pub(crate) fn id(&self) -> &str {
        self.arn.rsplit(':').next().unwrap_or_default()
    }

    /// ARN under which AWS shows the children's states as a state machine.
    pub(crate) fn child_machine_arn(&self, machine: &StateMachine) -> String {
        machine.arn_of("stateMachine", &format!("/{}", self.label))
    }

    /// What is known of it, and kept; nothing changes while it is held.
    pub(crate) fn record(&self) -> MutexGuard<'_, MapRunRecord> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the counts, also for those who watch the execution.
    pub(crate) fn count(&self, change: impl FnOnce(&mut Counts)) {
        let mut record = self.record();
        change(&mut record.counts);
        self.progress.send_modify(|progress| progress.counts = record.counts);
    }

    pub(crate) fn close(&self, status: ExecutionStatus) {
        self.record().end = Some(MapRunEnd { status, at: now() });
    }
}
