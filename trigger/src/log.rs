//! What the function writes about its work: one JSON line per list, and CloudWatch metrics.

use crate::{
    error::Error,
    output::{ListOutcome, Outcome},
    record::ListObject,
};
use idlist::Report;
use lambda_runtime::tracing::subscriber::{
    self, Layer, filter::LevelFilter, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt,
};
use tracing::{error, info, warn};

/// Sends log lines to standard output as JSON. The level is `AWS_LAMBDA_LOG_LEVEL`, else `RUST_LOG`, else `INFO`.
/// The runtime's own line about a failed invocation is left out: [`failed`] writes it, with the list.
pub(crate) fn init() {
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").or_else(|_| std::env::var("RUST_LOG")).ok();
    let level = level.and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO);
    let targets = Targets::new().with_default(level).with_target("lambda_runtime::layers::panic", LevelFilter::OFF);
    let lines = subscriber::fmt::layer().json().flatten_event(true).with_target(false).with_span_list(false);
    subscriber::registry().with(lines.with_filter(targets)).init();
}

/// Tells what came of a list; a rejection has its own line.
pub(crate) fn done(list: &ListOutcome) {
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

/// Tells of a rejected list: how much is wrong, the first problem, and where the whole report is.
pub(crate) fn rejected(list: &ListObject, report: &Report, report_key: &str) {
    metrics::counter!("ListsRejected").increment(1);
    error!(
        bucketName = list.bucket,
        bucketKey = list.key,
        reportKey = report_key,
        items = report.items,
        problems = report.problem_count,
        "the list is rejected: {}",
        headline(report)
    );
}

fn headline(report: &Report) -> String {
    let broken = report.broken.as_ref().map(ToString::to_string);
    broken.or_else(|| report.problems.first().map(ToString::to_string)).unwrap_or_default()
}

/// Tells of a record that is no list.
pub(crate) fn ignored(event_name: &str) {
    info!(eventName = event_name, "record ignored");
}

/// Tells of a failure that Lambda's retries may save.
pub(crate) fn failed(list: Option<&ListObject>, err: &Error) {
    let (bucket, key) = list.map(|list| (list.bucket.as_str(), list.key.as_str())).unwrap_or_default();
    error!(bucketName = bucket, bucketKey = key, errorType = err.kind.name(), "{err}");
}
