//! How far executions are: one status line on a terminal, else a line now and then.

use super::{console::Console, tally::Tallies, tally::Tally};
use crate::pipeline::{Pipeline, RESULT_BUCKET};
use emulator_step_functions::{Counts, Progress};
use indicatif::HumanDuration;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// The executions that run.
pub(crate) struct Status {
    running: BTreeMap<String, watch::Receiver<Progress>>,
    /// Items of executions that ended while others ran, and those of them that failed.
    before: (u64, u64),
    ticks: Interval,
    last: String,
}

impl Status {
    /// Draws the status line every `status_every`. If the output is not a terminal, prints a line every `line_every` if it has changed.
    pub(crate) fn new(console: &Console, status_every: Duration, line_every: Duration) -> Self {
        let every = if console.is_on_terminal() { status_every } else { line_every };
        let mut ticks = interval_at(Instant::now() + every, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (running, before, last) = Default::default();
        Self { running, before, ticks, last }
    }

    pub(crate) fn begun(&mut self, execution_arn: &str, progress: Option<watch::Receiver<Progress>>) {
        self.running.extend(progress.map(|progress| (execution_arn.to_owned(), progress)));
    }

    pub(crate) fn ended(&mut self, execution_arn: &str, tally: &Tally) {
        self.running.remove(execution_arn);
        self.before = (self.before.0 + tally.ended_items(), self.before.1 + tally.failed_items());
    }

    /// Returns when it is time to show it.
    pub(crate) async fn tick(&mut self) {
        self.ticks.tick().await;
    }

    pub(crate) fn show(&mut self, console: &Console, pipeline: &Pipeline, tallies: &Tallies) {
        if self.running.is_empty() {
            self.before = (0, 0);
            return console.clear_status();
        }
        let (mut ended, mut failed) = self.before;
        let mut counts = Counts { total: ended, ..Counts::default() };
        for (execution_arn, progress) in &self.running {
            let of_it = progress.borrow().counts;
            counts.total += of_it.total;
            counts.waiting += of_it.waiting;
            let so_far = tallies.so_far(execution_arn);
            (ended, failed) = (ended + so_far.0, failed + so_far.1);
        }
        let rate = console.progress(counts.total, ended);
        let quota = if counts.waiting > 0 { quota_of(pipeline) } else { None };
        let mut text = describe(counts, (ended, failed), rate, quota.as_deref());
        if self.running.len() > 1 {
            text = format!("{} executions: {text}", self.running.len());
        }
        if console.is_on_terminal() || text != self.last {
            console.show_status(&text);
        }
        self.last = text;
    }
}

/// Counts in words: of all items, those that have ended and those of them that failed.
fn describe(
    counts: Counts,
    (ended, failed): (u64, u64),
    (per_minute, left): (f64, Duration),
    waits_for: Option<&str>,
) -> String {
    let mut text = format!("{ended} of {}", counts.total);
    if failed > 0 {
        text.push_str(&format!(", {failed} failed"));
    }
    if per_minute >= 0.5 {
        text.push_str(&format!(", {per_minute:.0}/min, {:#} left", HumanDuration(left)));
    }
    match (counts.waiting, waits_for) {
        (0, _) => {}
        (waiting, None) => text.push_str(&format!(", {waiting} waiting to try again")),
        (_, Some(quota)) => text.push_str(&format!(", waiting for {quota}")),
    }
    text
}

/// What items wait for, if the rate limiter makes them wait.
fn quota_of(pipeline: &Pipeline) -> Option<String> {
    let folder = pipeline.bucket_folder(RESULT_BUCKET).join(generator::RATE_LIMITS);
    let files = std::fs::read_dir(folder).ok()?.flatten();
    let latest = files.max_by_key(|file| file.metadata().and_then(|metadata| metadata.modified()).ok())?.path();
    let model_id = latest.file_stem()?.to_str()?;
    let seconds = generator::rate_limit::next_slot(&std::fs::read(&latest).ok()?, SystemTime::now());
    let model = idlist::models::find(model_id).map_or(model_id, |model| model.name);
    Some(format!("the quota of {model}, next slot in {seconds:.0} s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_there_is_is_told_and_it_fits_a_line() {
        let counts = Counts { total: 10, ..Counts::default() };
        assert_eq!(describe(counts, (3, 0), (0.0, Duration::ZERO), None), "3 of 10");
        let waiting = Counts { waiting: 2, ..counts };
        let expected = "6 of 10, 1 failed, 60/min, 4s left, 2 waiting to try again";
        assert_eq!(describe(waiting, (6, 1), (60.0, Duration::from_secs(4)), None), expected);
        let long = Counts { total: 10_000, waiting: 1, ..counts };
        let quota = "the quota of core, next slot in 12 s";
        let expected = "9999 of 10000, 60/min, 3h left, waiting for the quota of core, next slot in 12 s";
        assert_eq!(describe(long, (9_999, 0), (60.0, Duration::from_secs(10_800)), Some(quota)), expected);
        assert!(expected.len() <= 80);
    }
}
