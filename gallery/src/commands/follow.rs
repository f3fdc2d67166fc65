//! Following a run to its end, with a bar on a terminal and plain lines elsewhere; `gallery watch`.

use super::{Exit, print_json, print_text, run_name, runs};
use crate::Error;
use crate::cli::RunArgs;
use crate::model::{RunStatus, Snapshot, group};
use crate::service::{DropState, Dropped, Gallery, Memory};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// Seconds between two looks; doubled while AWS asks for fewer requests.
const SHORTEST_WAIT: Duration = Duration::from_millis(700);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// Time between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);
/// How long the trigger may take to start an execution.
const TRIGGER_TIME: Duration = Duration::from_secs(180);

pub(super) async fn watch(gallery: &Gallery, args: &RunArgs, json: bool) -> Result<Exit, Error> {
    let name = run_name(gallery, &args.run).await?;
    let snapshot = to_the_end(gallery, &name, json).await?;
    Ok(summary(&snapshot, json))
}

/// Waits for what the trigger makes of an uploaded list, then follows the run.
pub(super) async fn dropped(gallery: &Gallery, dropped: &Dropped, json: bool) -> Result<Exit, Error> {
    let Some(name) = &dropped.run else {
        return Err(Error::Unusable(
            "the list bucket has no versions, so the name of the run is not known; see `gallery runs`".into(),
        ));
    };
    let begun = Instant::now();
    loop {
        match gallery.drop_state(dropped).await {
            Ok(DropState::Started) => break,
            Ok(DropState::Rejected(rejection)) => {
                if json {
                    print_json(&serde_json::json!({"run": name, "rejected": rejection}));
                } else {
                    let problems = rejection.problems.iter().map(|problem| format!("{problem}\n")).collect::<String>();
                    print_text(&format!("The list was rejected; nothing was started.\n{problems}"));
                }
                return Ok(Exit::Problems);
            }
            Ok(DropState::Waiting) => {}
            Err(error) if error.is_passing() => {}
            Err(error) => return Err(error),
        }
        if begun.elapsed() > TRIGGER_TIME {
            let what =
                "the list is uploaded, but the trigger has not started it; `gallery doctor` looks for the reason";
            return Err(Error::Unusable(what.to_owned()));
        }
        tokio::time::sleep(SHORTEST_WAIT).await;
    }
    let snapshot = to_the_end(gallery, name, json).await?;
    Ok(summary(&snapshot, json))
}

async fn to_the_end(gallery: &Gallery, name: &str, json: bool) -> Result<Snapshot, Error> {
    let mut memory = Memory::default();
    let mut wait = SHORTEST_WAIT;
    let bar = (!json && std::io::stderr().is_terminal()).then(|| ProgressBar::new(0).with_style(style()));
    let mut said: Option<Instant> = None;
    loop {
        match gallery.look(name, &mut memory).await {
            Ok((snapshot, _)) => {
                wait = SHORTEST_WAIT;
                if let Some(bar) = &bar {
                    bar.set_length(snapshot.total());
                    bar.set_position(snapshot.done());
                    bar.set_message(message(&snapshot));
                }
                if snapshot.run.status.is_ended() {
                    bar.iter().for_each(ProgressBar::finish_and_clear);
                    return Ok(snapshot);
                }
                if bar.is_none() && !json && said.is_none_or(|at| at.elapsed() > LINE_EVERY) {
                    let line = format!("{} of {} {}", snapshot.done(), snapshot.total(), message(&snapshot));
                    eprintln!("{}", line.trim_end());
                    said = Some(Instant::now());
                }
            }
            Err(error) if error.is_passing() => {
                wait = (wait * 2).min(LONGEST_WAIT);
                bar.iter().for_each(|bar| bar.set_message(error.to_string()));
            }
            Err(error) => return Err(error),
        }
        tokio::time::sleep(wait).await;
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:40} {pos} of {len}  {msg}").unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn message(snapshot: &Snapshot) -> String {
    let failed = match snapshot.run.counts.map_or(snapshot.tally.failed, |counts| counts.failed) {
        0 => String::new(),
        failed => format!("{failed} failed, "),
    };
    let left = snapshot.seconds_left.map_or(String::new(), |seconds| format!("about {seconds:.0} s left"));
    let rate =
        snapshot.per_minute.filter(|rate| *rate >= 0.5).map_or(String::new(), |rate| format!("{rate:.0} a minute, "));
    format!("{failed}{rate}{left}").trim_end_matches([',', ' ']).to_owned()
}

/// Says what came of a run.
fn summary(snapshot: &Snapshot, json: bool) -> Exit {
    let Snapshot { run, tally, failures, .. } = snapshot;
    if json {
        print_json(&serde_json::json!({"run": run, "tally": tally, "failures": failures}));
    } else {
        let mut text = format!(
            "{}: {}. {} made (about {:.2} USD), {} already there, {} failed, {} not made.\n",
            run.title(),
            runs::status(run.status),
            tally.made,
            tally.usd,
            tally.existing,
            tally.failed,
            tally.missing
        );
        for group in group(failures) {
            text += &format!("{} × {}:\n", group.items.len(), group.error);
            for failure in group.items.iter().take(5) {
                text += &format!("  {}/{}: {}\n", failure.rank, failure.id, failure.message);
            }
            let more = group.items.len().saturating_sub(5);
            if more > 0 {
                text += &format!("  and {more} more\n");
            }
        }
        if let (Some(error), RunStatus::Failed) = (&run.error, run.status) {
            text += &format!("{error}: {}\n", run.cause.as_deref().unwrap_or_default());
        }
        print_text(&text);
    }
    let is_good = run.status == RunStatus::Succeeded && tally.failed == 0 && tally.missing == 0;
    if is_good { Exit::Good } else { Exit::Problems }
}
