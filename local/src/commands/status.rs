//! How far executions are: one status line on a terminal, else a line now and then.

use super::{console::Console, tally::Tallies, tally::Tally};
use crate::pipeline::{Pipeline, RESULT_BUCKET};
use emulator_step_functions::{Counts, Progress};
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, SystemTime};
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// Seconds over which the rate is measured.
const RATE_OVER: u64 = 60;

/// The executions that run.
pub(crate) struct Status {
    running: BTreeMap<String, watch::Receiver<Progress>>,
    /// Items of executions that have ended: the rate counts them too.
    before: u64,
    rate: Rate,
    ticks: Interval,
    may_repeat: bool,
    last: String,
}

impl Status {
    /// The status line is drawn, and where there is no terminal a line is printed, at most every so often. Where lines may not repeat,
    /// none is said twice.
    pub(crate) fn new(console: &Console, status_every: Duration, line_every: Duration, may_repeat: bool) -> Self {
        let every = if console.is_on_terminal() { status_every } else { line_every };
        let mut ticks = interval_at(Instant::now() + every, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (running, rate, last) = Default::default();
        Self { running, before: 0, rate, ticks, may_repeat, last }
    }

    pub(crate) fn begun(&mut self, execution_arn: &str, progress: Option<watch::Receiver<Progress>>) {
        self.running.extend(progress.map(|progress| (execution_arn.to_owned(), progress)));
    }

    pub(crate) fn ended(&mut self, execution_arn: &str, tally: &Tally) {
        self.running.remove(execution_arn);
        self.before += tally.ended_items();
    }

    /// Returns when it is time to show it.
    pub(crate) async fn tick(&mut self) {
        self.ticks.tick().await;
    }

    pub(crate) fn show(&mut self, console: &Console, pipeline: &Pipeline, tallies: &Tallies) {
        let (mut counts, mut ended, mut failed) = (Counts::default(), 0, 0);
        for (execution_arn, progress) in &self.running {
            let of_it = progress.borrow().counts;
            counts.total += of_it.total;
            counts.waiting += of_it.waiting;
            let so_far = tallies.so_far(execution_arn);
            (ended, failed) = (ended + so_far.0, failed + so_far.1);
        }
        let per_minute = self.rate.per_minute(Instant::now(), self.before + ended);
        if self.running.is_empty() {
            console.clear_status();
            return;
        }
        let quota = if counts.waiting > 0 { quota_of(pipeline) } else { None };
        let mut text = describe(counts, (ended, failed), per_minute, quota.as_deref());
        if self.running.len() > 1 {
            text = format!("{} executions: {text}", self.running.len());
        }
        if console.is_on_terminal() || self.may_repeat || text != self.last {
            console.show_status(counts.total, ended, &text);
        }
        self.last = text;
    }
}

/// Items that ended lately.
#[derive(Default)]
struct Rate(VecDeque<(Instant, u64)>);

impl Rate {
    /// Items a minute, of the last minute; `None` as long as too little is known.
    fn per_minute(&mut self, now: Instant, ended: u64) -> Option<f64> {
        self.0.push_back((now, ended));
        while self.0.len() > 1 && now - self.0[0].0 > Duration::from_secs(RATE_OVER) {
            self.0.pop_front();
        }
        let (since, before) = *self.0.front()?;
        let seconds = (now - since).as_secs_f64();
        (seconds >= 2.0 && ended > before).then(|| (ended - before) as f64 * 60.0 / seconds)
    }
}

/// Counts in words: of all items, those that have ended and those of them that failed.
fn describe(counts: Counts, (ended, failed): (u64, u64), per_minute: Option<f64>, waits_for: Option<&str>) -> String {
    let mut text = format!("{ended} of {}", counts.total);
    if failed > 0 {
        text.push_str(&format!(", {failed} failed"));
    }
    if let Some(per_minute) = per_minute {
        let minutes = counts.total.saturating_sub(ended) as f64 / per_minute;
        text.push_str(&format!(", {per_minute:.0}/min, {} left", time(minutes)));
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
    Some(format!("the quota of {model_id}, next slot in {seconds:.0} s"))
}

fn time(minutes: f64) -> String {
    let seconds = (minutes * 60.0).ceil() as u64;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h {:02} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_there_is_is_told_and_it_fits_a_line() {
        let counts = Counts { total: 10, ..Counts::default() };
        assert_eq!(describe(counts, (3, 0), None, None), "3 of 10");
        let waiting = Counts { waiting: 2, ..counts };
        let expected = "6 of 10, 1 failed, 60/min, 4 s left, 2 waiting to try again";
        assert_eq!(describe(waiting, (6, 1), Some(60.0), None), expected);
        let quota = "the quota of Stable Image Core, next slot in 12 s";
        let expected = "6 of 10, 1/min, 4 min left, waiting for the quota of Stable Image Core, next slot in 12 s";
        assert_eq!(describe(waiting, (6, 0), Some(1.0), Some(quota)), expected);
    }

    #[test]
    fn the_rate_is_that_of_the_last_minute() {
        let (mut rate, start) = (Rate::default(), Instant::now());
        assert_eq!(rate.per_minute(start, 0), None);
        assert_eq!(rate.per_minute(start + Duration::from_secs(30), 30), Some(60.0));
        assert_eq!(rate.per_minute(start + Duration::from_secs(90), 60), Some(30.0));
    }
}
