//! A Map Run: how many of its items have come how far, and its description.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use tokio::sync::watch;

use crate::engine::state_machine::StateMachine;
use crate::journal::map_run_record::{MapRunEnd, MapRunRecord};
use crate::model::counts::{Counts, Progress};
use crate::model::execution_outcome::ExecutionStatus;
use crate::model::timestamp::{iso, now};

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

    /// The answer of DescribeMapRun; `date` writes a date.
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html>
    pub(crate) fn describe(&self, date: impl Fn(OffsetDateTime) -> Value) -> Value {
        let record = self.record();
        let counts = record.counts;
        // Without an ItemBatcher every item has an execution of its own, so both counts are the same.
        let counts = json!({
            "aborted": counts.aborted,
            "failed": counts.failed,
            "failuresNotRedrivable": 0,
            "pending": counts.pending,
            "pendingRedrive": counts.pending_redrive,
            "resultsWritten": counts.results_written,
            "running": counts.running,
            "succeeded": counts.succeeded,
            "timedOut": counts.timed_out,
            "total": counts.total,
        });
        let mut description = json!({
            "executionArn": self.execution_arn,
            "executionCounts": counts,
            "itemCounts": counts,
            "mapRunArn": self.arn,
            "maxConcurrency": record.max_concurrency,
            "redriveCount": record.redrives(),
            "startDate": date(record.started),
            "status": record.status().name(),
            "toleratedFailureCount": 0,
            "toleratedFailurePercentage": record.tolerated_failure_percentage,
        });
        if let Some(redrive) = record.redrive {
            description["redriveDate"] = date(redrive.at);
        }
        if let Some(end) = record.end {
            description["stopDate"] = date(end.at);
        }
        description
    }

    /// The result of the resource `aws-sdk:sfn:describeMapRun`: names begin with a capital, dates are text.
    pub(crate) fn as_sdk_output(&self) -> Value {
        capitalised(self.describe(|time| Value::String(iso(time))))
    }
}

fn capitalised(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let capital = |name: String| name[..1].to_ascii_uppercase() + &name[1..];
            object.into_iter().map(|(name, value)| (capital(name), capitalised(value))).collect::<Map<_, _>>().into()
        }
        other => other,
    }
}
