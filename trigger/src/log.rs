//! What the function writes about its work: one JSON line per list, and CloudWatch metrics.

use crate::{
    Error,
    event::List,
    output::{Ignored, ListOutcome, Outcome},
};
use idlist::Report;
use tracing::{error, info, warn};

/// Logs the outcome of a list; a rejection has a line of its own.
pub(crate) fn outcome(list: &ListOutcome) {
    let (bucket_name, bucket_key) = (&list.bucket_name, &list.bucket_key);
    match &list.outcome {
        Outcome::Started { execution_name, .. } => {
            metrics::counter!("ListsStarted").increment(1);
            info!(
                bucketName = bucket_name,
                bucketKey = bucket_key,
                executionName = execution_name,
                "execution started"
            );
        }
        Outcome::AlreadyStarted { execution_name } => {
            info!(bucketName = bucket_name, bucketKey = bucket_key, executionName = execution_name, "started before");
        }
        Outcome::Gone => {
            warn!(bucketName = bucket_name, bucketKey = bucket_key, "the list was deleted before it was read");
        }
        Outcome::Rejected { .. } => {}
    }
}

/// Logs what is valid in a list and probably not meant.
pub(crate) fn hints(list: &List, hints: &str) {
    warn!(bucketName = list.bucket, bucketKey = list.key, "{hints}");
}

/// Logs a rejected list: how much is wrong, the first problem, and where the whole report is.
pub(crate) fn rejected(list: &List, report: &Report, report_key: &str, first_problem: &str) {
    metrics::counter!("ListsRejected").increment(1);
    error!(
        bucketName = list.bucket,
        bucketKey = list.key,
        reportKey = report_key,
        items = report.items,
        problems = report.problem_count,
        hints = report.hint_count,
        "the list is rejected: {first_problem}"
    );
}

/// Logs a record that is not a list to make.
pub(crate) fn ignored(record: &Ignored) {
    info!(what = record.what, reason = record.reason, "record ignored");
}

/// Logs a failure that the retries of Lambda may repair.
pub(crate) fn failed(list: Option<&List>, err: &Error) {
    let (bucket, key) = list.map(|list| (list.bucket.as_str(), list.key.as_str())).unwrap_or_default();
    error!(bucketName = bucket, bucketKey = key, errorType = err.kind.name(), "{err}");
}
