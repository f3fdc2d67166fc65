//! Following a run to its end, with a bar on a terminal and plain lines elsewhere; `gallery watch`.

use super::{Exit, listed, print_json, print_text, run_name, runs, say, say_line};
use crate::Error;
use crate::cli::RunArgs;
use crate::model::{RunStatus, Snapshot, group};
use crate::service::{DropState, Dropped, Gallery, Memory};
use idlist::{Argument, message};
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
        return Err(Error::Unusable(message!(
            "bucket-without-versions",
            "the list bucket has no versions, so the name of the run is not known; see `gallery runs`"
        )));
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
                    let rejected = message!("list-rejected", "The list was rejected; nothing was started.");
                    print_text(&(say_line(&rejected) + &problems));
                }
                return Ok(Exit::Problems);
            }
            Ok(DropState::Waiting) => {}
            Err(error) if error.is_passing() => {}
            Err(error) => return Err(error),
        }
        if begun.elapsed() > TRIGGER_TIME {
            return Err(Error::Unusable(message!(
                "not-started",
                "the list is uploaded, but the trigger has not started it; `gallery doctor` looks for the reason"
            )));
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
                    bar.set_message(details(&snapshot));
                }
                if snapshot.run.status.is_ended() {
                    bar.iter().for_each(ProgressBar::finish_and_clear);
                    return Ok(snapshot);
                }
                if bar.is_none() && !json && said.is_none_or(|at| at.elapsed() > LINE_EVERY) {
                    let line = format!("{} {}", progress(snapshot.done(), snapshot.total()), details(&snapshot));
                    eprintln!("{}", line.trim_end());
                    said = Some(Instant::now());
                }
            }
            Err(error) if error.is_passing() => {
                wait = (wait * 2).min(LONGEST_WAIT);
                bar.iter().for_each(|bar| bar.set_message(say(&error.message())));
            }
            Err(error) => return Err(error),
        }
        tokio::time::sleep(wait).await;
    }
}

fn style() -> ProgressStyle {
    let template = format!("{{bar:40}} {}  {{msg}}", progress("{pos}", "{len}"));
    ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// How many items of all are done.
fn progress(done: impl Into<Argument>, total: impl Into<Argument>) -> String {
    say(&message!("done-of-total", "{done} of {total}", done = done.into(), total = total.into()))
}

/// What else is known of a run that goes on.
fn details(snapshot: &Snapshot) -> String {
    let failed = snapshot.run.counts.map_or(snapshot.tally.failed, |counts| counts.failed);
    let failed = (failed > 0).then(|| message!("number-failed", "{failed} failed", failed));
    let rate = snapshot.per_minute.filter(|rate| *rate >= 0.5);
    let rate = rate.map(|rate| message!("rate", "{rate} a minute", rate = format!("{rate:.0}")));
    let left = snapshot.seconds_left;
    let left = left.map(|left| message!("seconds-left", "about {seconds} s left", seconds = format!("{left:.0}")));
    let details = [failed, rate, left].into_iter().flatten();
    details.reduce(listed).map_or(String::new(), |details| say(&details))
}

/// Says what came of a run.
fn summary(snapshot: &Snapshot, json: bool) -> Exit {
    let Snapshot { run, tally, failures, .. } = snapshot;
    if json {
        print_json(&serde_json::json!({"run": run, "tally": tally, "failures": failures}));
    } else {
        let mut text = say_line(&message!(
            "summary-of-run",
            "{run}: {status}. {made} made (about {usd} USD), {existing} already there, {failed} failed, {missing} not made.",
            run = run.title(),
            status = runs::status(run.status),
            made = tally.made,
            usd = format!("{:.2}", tally.usd),
            existing = tally.existing,
            failed = tally.failed,
            missing = tally.missing,
        ));
        for group in group(failures) {
            let (number, error) = (group.items.len(), &group.error);
            text += &say_line(&message!("failures-of-kind", "{number} × {error}:", number, error));
            for failure in group.items.iter().take(5) {
                text += &format!("  {}/{}: {}\n", failure.rank, failure.id, failure.message);
            }
            let more = group.items.len().saturating_sub(5);
            if more > 0 {
                text += &format!("  {}", say_line(&message!("and-more-failures", "and {more} more", more)));
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
