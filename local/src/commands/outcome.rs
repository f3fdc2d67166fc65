//! What came of a run, as it is printed with `--json`.

use super::tally::Tally;
use emulator_step_functions::ExecutionStatus;
use serde::Serialize;
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
