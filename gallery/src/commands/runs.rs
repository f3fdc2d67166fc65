//! `gallery runs` and `gallery stop`.

use super::{Exit, padded, print_json, print_text, run_name, say, say_line};
use crate::Error;
use crate::cli::{RunArgs, RunsArgs};
use crate::model::{Run, RunStatus, date};
use crate::service::Gallery;
use idlist::{Message, message};

pub(super) async fn run(gallery: &Gallery, args: &RunsArgs, json: bool) -> Result<Exit, Error> {
    let mut page = gallery.aws.list_runs(args.limit, None).await?;
    for run in &mut page.runs {
        *run = gallery.aws.describe_run(&run.name).await?;
    }
    if json {
        print_json(&page);
    } else if page.runs.is_empty() {
        print_text(&say_line(&message!("no-runs", "There are no runs yet. `gallery drop LIST` starts one.")));
    } else {
        print_text(&page.runs.iter().map(line).collect::<String>());
    }
    Ok(Exit::Good)
}

/// A run on one line.
fn line(run: &Run) -> String {
    let counts = run.counts.unwrap_or_default();
    let (done, total, failed) = (counts.succeeded, counts.total, counts.failed);
    let counts = match failed {
        0 => message!("done-of-total", "{done} of {total}", done, total),
        failed => message!("done-of-total-and-failed", "{done} of {total}, {failed} failed", done, total, failed),
    };
    let (status, counts) = (padded(&say(&status(run.status)), 9), padded(&say(&counts), 24));
    format!("{}  {status}  {counts}  {}\n", date(run.started), run.name)
}

/// A status as people read it.
pub(super) fn status(status: RunStatus) -> Message {
    match status {
        RunStatus::Running => message!("running", "running"),
        RunStatus::Succeeded => message!("done", "done"),
        RunStatus::Failed => message!("failed", "failed"),
        RunStatus::TimedOut => message!("timed-out", "timed out"),
        RunStatus::Stopped => message!("stopped", "stopped"),
    }
}

pub(super) async fn stop(gallery: &Gallery, args: &RunArgs, json: bool) -> Result<Exit, Error> {
    let name = run_name(gallery, &args.run).await?;
    gallery.aws.stop_run(&name).await?;
    if json {
        print_json(&serde_json::json!({"run": name, "stopped": true}));
    } else {
        print_text(&say_line(&message!(
            "run-is-stopped",
            "{name} is stopped. Drop its list again to go on: what is made is not paid again.",
            name,
        )));
    }
    Ok(Exit::Good)
}
