//! The lines of `local up`: what became of a list and of an execution, and what to do.

use super::{summary::failed_lines, tally::Tally, tally::sentence_of};
use crate::pipeline::{Delivery, Pipeline, name_of};
use emulator_step_functions::{ExecutionOutcome, ExecutionOverview, ExecutionStatus};
use serde_json::Value;
use std::collections::HashSet;
use trigger::Outcome;

/// Cause of the executions that Ctrl-C stops.
pub(super) const STOPPED: &str = "local was stopped";

/// An execution has begun: `resumed` are the ARNs of those that a kill had interrupted.
pub(super) fn begun(overview: &ExecutionOverview, resumed: &[String]) -> String {
    let name = name_of(&overview.execution_arn);
    if resumed.contains(&overview.execution_arn) && overview.outcome.is_none() {
        return format!("{name}: resumed where local was killed; its counts begin anew");
    }
    match list_of(overview) {
        _ if overview.redrives > 0 => format!("{name}: redriven"),
        Some((_, key)) => format!("{key}: started {name}"),
        None => format!("{name}: started"),
    }
}

/// A notification was answered. `taken` are the executions of which a notification was answered before.
pub(super) fn delivered(pipeline: &Pipeline, delivery: &Delivery, taken: &mut HashSet<String>) -> Vec<String> {
    let key = &delivery.key;
    let output = match &delivery.result {
        Ok(output) => output,
        Err(err) => {
            let failed = format!("{key}: the trigger failed: {err}");
            return match &delivery.given_up {
                Some(path) => vec![failed, format!("{key}: the event is kept in {}", path.display())],
                None => vec![failed, format!("{key}: the next local up tries again")],
            };
        }
    };
    let mut lines = Vec::new();
    for list in &output.lists {
        match &list.outcome {
            // It was told when it began.
            Outcome::Started { execution_arn, .. } if taken.insert(execution_arn.clone()) => {}
            Outcome::Started { execution_name, .. } | Outcome::AlreadyStarted { execution_name } => {
                lines.push(format!("{key}: {execution_name} was started before"));
            }
            Outcome::Rejected { report_bucket, report_key, problems, more_problems } => {
                let report = pipeline.bucket_folder(report_bucket).join(report_key);
                lines.push(format!("{key}: rejected, nothing was started; report: {}", report.display()));
                lines.extend(problems.iter().map(|problem| format!("  {problem}")));
                lines.extend((*more_problems > 0).then(|| format!("  and {more_problems} more, in the report")));
            }
            Outcome::Gone => lines.push(format!("{key}: deleted before it was read")),
        }
    }
    let ignored = output.ignored.iter().filter(|_| !key.starts_with(trigger::STORED_INPUT));
    lines.extend(ignored.map(|record| format!("{key}: ignored, {}", record.reason)));
    lines
}

/// An execution has ended.
pub(super) fn ended(pipeline: &Pipeline, tally: &Tally, overview: &ExecutionOverview) -> Vec<String> {
    let (name, status) = (name_of(&overview.execution_arn), status_of(overview));
    let Tally { generated, existing, .. } = tally;
    let counts = format!("{generated} generated, {existing} already there, {} failed", tally.failed_items());
    let mut lines = vec![format!("{name}: {}, {counts}", status.name())];
    let failure = overview.outcome.as_ref().map(ExecutionOutcome::failure);
    if let (ExecutionStatus::Failed, Some((Some(error), cause))) = (status, failure) {
        let cause = sentence_of(cause.unwrap_or("no cause was given"));
        // What follows is the input, which may hold prompts.
        let cause = cause.split(" in the input '").next().unwrap_or_default();
        lines.push(format!("  {error}: {cause}"));
    }
    lines.extend(failed_lines(&tally.failed, &tally.failures).into_iter().map(|line| format!("  {line}")));
    if overview.redrivable_items > 0 {
        lines.push(format!("  {}", redrive(pipeline, overview)));
    }
    lines
}

/// The executions that Ctrl-C stopped with items that were not made, unless their list began again since.
pub(super) fn left_before(pipeline: &Pipeline) -> Vec<String> {
    let overviews = pipeline.executions.overviews();
    let mut lines = Vec::new();
    for (at, overview) in overviews.iter().enumerate().filter(|(_, overview)| overview.redrivable_items > 0) {
        let cause = overview.outcome.as_ref().and_then(|outcome| outcome.failure().1);
        let list = list_of(overview);
        let began_again = overviews[at + 1..].iter().any(|later| list.is_some() && list_of(later) == list);
        if cause == Some(STOPPED) && !began_again {
            lines.push(format!("{}: {} earlier", name_of(&overview.execution_arn), status_of(overview).name()));
            lines.push(format!("  {}", redrive(pipeline, overview)));
        }
    }
    lines
}

/// The command that makes the rest of an execution.
fn redrive(
    pipeline: &Pipeline,
    ExecutionOverview { execution_arn, redrivable_items, .. }: &ExecutionOverview,
) -> String {
    let items = if *redrivable_items == 1 { "1 item is".to_owned() } else { format!("{redrivable_items} items are") };
    format!(
        "{items} left; make them while local up runs: aws --endpoint-url http://{} stepfunctions redrive-execution --execution-arn {execution_arn}",
        pipeline.address
    )
}

/// Bucket and key of the list in the input of an execution.
fn list_of(overview: &ExecutionOverview) -> Option<(String, String)> {
    let input: Value = serde_json::from_str(&overview.input).ok()?;
    Some((input["bucketName"].as_str()?.to_owned(), input["bucketKey"].as_str()?.to_owned()))
}

fn status_of(overview: &ExecutionOverview) -> ExecutionStatus {
    overview.outcome.as_ref().map_or(ExecutionStatus::Running, ExecutionOutcome::status)
}
