//! DescribeMapRun and ListMapRuns, and the description of a Map Run as a Task of the state machine gets it.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::error::ApiError;
use super::page::page;
use crate::map_run::MapRun;
use crate::model::timestamp::{epoch_seconds, iso};
use crate::{Executions, Services};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeMapRun {
    map_run_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListMapRuns {
    execution_arn: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

impl<S: Services> Executions<S> {
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html>
    pub(super) fn describe_map_run(&self, request: &DescribeMapRun) -> Result<Value, ApiError> {
        Ok(describe(&*self.map_run(&request.map_run_arn)?, epoch_seconds))
    }

    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListMapRuns.html>
    pub(super) fn list_map_runs(&self, request: &ListMapRuns) -> Result<Value, ApiError> {
        self.execution(&request.execution_arn)?;
        let mut map_runs = self.0.store.map_runs(&request.execution_arn);
        map_runs.sort_by_cached_key(|map_run| std::cmp::Reverse(key(map_run)));
        page(
            "mapRuns",
            map_runs,
            request.max_results,
            request.next_token.as_deref(),
            key,
            |map_run, token| Ok(*key(map_run) < *token),
            |map_run| {
                let mut summary = json!({
                    "executionArn": map_run.parent.arn,
                    "mapRunArn": map_run.arn,
                    "stateMachineArn": map_run.child_machine_arn(&self.0.machine),
                    "startDate": epoch_seconds(map_run.started),
                });
                if let (_, Some(stopped)) = map_run.status() {
                    summary["stopDate"] = epoch_seconds(stopped);
                }
                summary
            },
        )
    }

    pub(super) fn map_run(&self, arn: &str) -> Result<Arc<MapRun>, ApiError> {
        self.0.store.map_run(arn).ok_or_else(|| ApiError::ResourceNotFound(arn.to_owned()))
    }
}

/// Orders Map Runs by their start.
fn key(map_run: &Arc<MapRun>) -> String {
    format!("{:020}-{}", map_run.started.unix_timestamp_nanos(), map_run.arn)
}

fn describe(map_run: &MapRun, date: impl Fn(OffsetDateTime) -> Value) -> Value {
    let counts = map_run.counts();
    let (status, stopped) = map_run.status();
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
        "executionArn": map_run.parent.arn,
        "executionCounts": counts,
        "itemCounts": counts,
        "mapRunArn": map_run.arn,
        "maxConcurrency": map_run.max_concurrency,
        "redriveCount": map_run.redrive.map_or(0, |redrive| redrive.count),
        "startDate": date(map_run.started),
        "status": status.name(),
        "toleratedFailureCount": map_run.tolerated_failure_count,
        "toleratedFailurePercentage": map_run.tolerated_failure_percentage,
    });
    if let Some(redrive) = map_run.redrive {
        description["redriveDate"] = date(redrive.at);
    }
    if let Some(stopped) = stopped {
        description["stopDate"] = date(stopped);
    }
    description
}

/// The result of the resource `aws-sdk:sfn:describeMapRun`: names begin with a capital, dates are text.
pub(crate) fn as_sdk_output(map_run: &MapRun) -> Value {
    capitalised(describe(map_run, |time| Value::String(iso(time))))
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
