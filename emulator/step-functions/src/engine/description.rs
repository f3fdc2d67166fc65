//! A Map Run in words: as DescribeMapRun answers it, and as a Task of the state machine gets it.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::engine::map_run::MapRun;
use crate::model::timestamp::iso;

/// The answer of DescribeMapRun; `date` writes a date.
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html>
pub(crate) fn describe(map_run: &MapRun, date: impl Fn(OffsetDateTime) -> Value) -> Value {
    let record = map_run.record();
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
        "executionArn": map_run.execution_arn,
        "executionCounts": counts,
        "itemCounts": counts,
        "mapRunArn": map_run.arn,
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
