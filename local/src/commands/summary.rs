//! What came of a run: as `--json` prints it, and in words with what to do.

use super::{tally::Failure, tally::Tally};
use emulator_step_functions::ExecutionStatus;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// What came of a run.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunOutcome {
    /// `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED`, or `REJECTED` for a list that was not started.
    pub(crate) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) execution_arn: Option<String>,
    /// Error name and cause of an execution that did not succeed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<String>,
    /// Of the items that have ended.
    #[serde(flatten)]
    pub(crate) tally: Tally,
    /// Items that were under way when the execution ended, and items that were never started.
    pub(crate) unfinished: u64,
    /// Calls of the stand-in; `null` when the real Bedrock was called.
    pub(crate) model_calls: Option<u64>,
    /// Those of them that made an image, which Bedrock would charge.
    pub(crate) paid_calls: Option<u64>,
    /// Folders that hold the pictures.
    pub(crate) images: Vec<PathBuf>,
    /// Folder of the result files; of a rejected list, the report.
    pub(crate) results: Option<PathBuf>,
    /// The report of a rejected list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) report: Option<idlist::Report>,
    pub(crate) seconds: f64,
    /// By Ctrl-C.
    #[serde(skip)]
    pub(crate) interrupted: bool,
}

impl RunOutcome {
    /// 0 when every item has its image, 130 after Ctrl-C as shells have it, else 1.
    pub(crate) fn exit_code(&self) -> u8 {
        if self.interrupted {
            return 130;
        }
        u8::from(
            self.status != ExecutionStatus::Succeeded.name() || !self.tally.failed.is_empty() || self.unfinished > 0,
        )
    }
}

/// Error name of an execution of which more items failed than it tolerates.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>
const TOLERANCE_EXCEEDED: &str = "States.ExceedToleratedFailureThreshold";

impl fmt::Display for RunOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tally = &self.tally;
        if let Some(report) = &self.report {
            writeln!(f, "The list is rejected; nothing was started.\n\n{report}")?;
            return match &self.results {
                Some(path) => writeln!(f, "report      {}", path.display()),
                None => Ok(()),
            };
        }
        writeln!(f, "{:<11} in {}", self.status, duration(self.seconds))?;
        if let Some(error) = &self.error {
            writeln!(f, "error       {error}: {}", self.cause.as_deref().unwrap_or("no cause was given"))?;
            if error == TOLERANCE_EXCEEDED {
                writeln!(
                    f,
                    "            it stopped early because of --tolerated-failure-percentage (100 tries every item)"
                )?;
            }
        }
        let failed = tally.failed_items();
        for line in failed_lines(&tally.failed, &tally.failures) {
            let blank = if line.starts_with(' ') { "" } else { "\n" };
            writeln!(f, "{blank}{line}")?;
        }
        if self.unfinished > 0 {
            let unfinished = self.unfinished;
            writeln!(f, "\n{unfinished} unfinished. Run the same list again: it makes only what is missing.")?;
        }
        writeln!(f, "\ngenerated   {}\nexisting    {}\nfailed      {failed}", tally.generated, tally.existing)?;
        match self.model_calls {
            Some(calls) => writeln!(
                f,
                "model calls {calls} of the stand-in, which charges nothing; would have cost {:.2} USD on Bedrock",
                tally.usd
            )?,
            None => writeln!(f, "cost        about {:.2} USD", tally.usd)?,
        }
        for folder in &self.images {
            writeln!(f, "images      {}", folder.display())?;
        }
        if let Some(folder) = &self.results {
            writeln!(f, "results     {}", folder.display())?;
        }
        Ok(())
    }
}

/// The failed items by kind: for each kind how many, what to do, and one of them as an example.
pub(super) fn failed_lines(failed: &BTreeMap<String, u64>, failures: &[Failure]) -> Vec<String> {
    let mut lines = Vec::new();
    for (error, count) in failed {
        lines.push(format!("{count} failed: {error}. {}", advice(error)));
        if let Some(failure) = failures.iter().find(|failure| failure.error == *error) {
            let name = failure.id.as_deref().unwrap_or("without an id");
            let rank = failure.rank.as_deref().map(|rank| format!(" of rank {rank}")).unwrap_or_default();
            // The function's message names its item already.
            let message = failure.message.strip_prefix(&format!("item {name}{rank}: ")).unwrap_or(&failure.message);
            let example = if *count > 1 { "for example item" } else { "item" };
            lines.push(format!("  {example} {}, {name}{rank}: {message}", failure.index));
        }
    }
    lines
}

fn duration(seconds: f64) -> String {
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let whole = std::time::Duration::from_secs_f64(seconds).as_secs();
    format!("{} min {:02} s", whole / 60, whole % 60)
}

/// What helps: the same list again, once the cause is gone, or a change.
fn advice(error: &str) -> &'static str {
    match error {
        "InvalidItem" => "Correct the items in the list, then run it again.",
        "ModelNotAvailable" => "Use a model that Bedrock has in this region, then run the list again.",
        "ModelRejected" => "Change the items as the message says, then run the list again.",
        "ContentFiltered" => "Change the prompts, or give the items another seed, then run the list again.",
        "SourceMissing" => "Make the missing pictures first, then run the list again: it makes only what is missing.",
        "AccessDenied" => "Grant what the message names, then run the list again: it makes only what is missing.",
        "Internal" => "This is a bug: please report it with the message.",
        _ => "Run the same list again: it makes only what is missing.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome() -> RunOutcome {
        let failure = Failure {
            index: 4,
            id: Some("A5".into()),
            rank: Some("vip".into()),
            error: "ContentFiltered".into(),
            message: "item A5 of rank vip: the filter refused it".into(),
        };
        let failed = [("ContentFiltered".to_owned(), 1)].into();
        RunOutcome {
            status: "SUCCEEDED",
            tally: Tally { generated: 7, existing: 2, failed, failures: vec![failure], usd: 0.28, ..Tally::default() },
            model_calls: Some(8),
            images: vec!["/d/s3/images".into()],
            results: Some("/d/s3/results/x".into()),
            seconds: 61.5,
            ..RunOutcome::default()
        }
    }

    #[test]
    fn the_summary_tells_everything_once() {
        let expected = "\
SUCCEEDED   in 1 min 01 s

1 failed: ContentFiltered. Change the prompts, or give the items another seed, then run the list again.
  item 4, A5 of rank vip: the filter refused it

generated   7
existing    2
failed      1
model calls 8 of the stand-in, which charges nothing; would have cost 0.28 USD on Bedrock
images      /d/s3/images
results     /d/s3/results/x
";
        assert_eq!(outcome().to_string(), expected);
    }

    #[test]
    fn an_execution_that_stopped_early_names_the_option() {
        let stopped = RunOutcome { status: "FAILED", error: Some(TOLERANCE_EXCEEDED.into()), ..outcome() };
        assert!(stopped.to_string().contains("--tolerated-failure-percentage"));
    }

    #[test]
    fn items_that_failed_or_did_not_finish_show_in_the_exit_code() {
        let complete = || RunOutcome { tally: Tally::default(), ..outcome() };
        assert_eq!((outcome().exit_code(), complete().exit_code()), (1, 0));
        assert_eq!(RunOutcome { unfinished: 1, ..complete() }.exit_code(), 1);
        assert_eq!(RunOutcome { interrupted: true, ..outcome() }.exit_code(), 130);
        assert_eq!(RunOutcome { status: "ABORTED", ..complete() }.exit_code(), 1);
    }

    #[test]
    fn every_kind_has_advice_and_the_same_list_helps_only_where_nothing_has_to_change() {
        for kind in generator::ErrorKind::ALL {
            let same = advice(kind.name()).starts_with("Run the same list again");
            let passes = ["ModelThrottled", "ModelFailed", "StorageFailed"].contains(&kind.name());
            assert_eq!(same, passes, "{}", kind.name());
        }
        assert!(advice("States.Timeout").starts_with("Run the same list again"));
    }
}
