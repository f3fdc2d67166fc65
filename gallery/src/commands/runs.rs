//! `gallery runs` and `gallery stop`.

use super::{Exit, print_json, print_text, run_name};
use crate::Error;
use crate::cli::{RunArgs, RunsArgs};
use crate::model::{Run, RunStatus, date};
use crate::service::Gallery;

pub(super) async fn run(gallery: &Gallery, args: &RunsArgs, json: bool) -> Result<Exit, Error> {
    let mut page = gallery.aws.list_runs(args.limit, None).await?;
    for run in &mut page.runs {
        *run = gallery.aws.describe_run(&run.name).await?;
    }
    if json {
        print_json(&page);
    } else if page.runs.is_empty() {
        print_text("There are no runs yet. `gallery drop LIST` starts one.\n");
    } else {
        print_text(&page.runs.iter().map(line).collect::<String>());
    }
    Ok(Exit::Good)
}

/// A run on one line.
fn line(run: &Run) -> String {
    let counts = run.counts.unwrap_or_default();
    let failed = if counts.failed > 0 { format!(", {} failed", counts.failed) } else { String::new() };
    let status = status(run.status);
    let counts = format!("{} of {}{failed}", counts.succeeded, counts.total);
    format!("{}  {status:<9}  {counts:<24}  {}\n", date(run.started), run.name)
}

/// A status as people read it.
pub(super) fn status(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Running => "running",
        RunStatus::Succeeded => "done",
        RunStatus::Failed => "failed",
        RunStatus::TimedOut => "timed out",
        RunStatus::Stopped => "stopped",
    }
}

pub(super) async fn stop(gallery: &Gallery, args: &RunArgs, json: bool) -> Result<Exit, Error> {
    let name = run_name(gallery, &args.run).await?;
    gallery.aws.stop_run(&name).await?;
    if json {
        print_json(&serde_json::json!({"run": name, "stopped": true}));
    } else {
        print_text(&format!("{name} is stopped. Drop its list again to go on: what is made is not paid again.\n"));
    }
    Ok(Exit::Good)
}
