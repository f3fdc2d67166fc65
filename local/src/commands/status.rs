//! How far the executions of `local up` are: one status line on a terminal, else a line now and then.

use super::{console::Console, progress::Rate, progress::describe, progress::quota_of, tally::Tallies, tally::Tally};
use crate::pipeline::Pipeline;
use emulator_step_functions::{Counts, Progress};
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// How often the status line is drawn, and how often a line is printed where there is no terminal.
const STATUS_EVERY: Duration = Duration::from_millis(250);
const LINE_EVERY: Duration = Duration::from_secs(30);

/// The executions that run.
pub(crate) struct Status {
    running: BTreeMap<String, watch::Receiver<Progress>>,
    /// Items of executions that have ended: the rate counts them too.
    before: u64,
    rate: Rate,
    ticks: Interval,
    last: String,
}

impl Status {
    pub(crate) fn new() -> Self {
        let every = if std::io::stdout().is_terminal() { STATUS_EVERY } else { LINE_EVERY };
        let mut ticks = interval_at(Instant::now() + every, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { running: BTreeMap::new(), before: 0, rate: Rate::default(), ticks, last: String::new() }
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
        let (mut counts, mut so_far) = (Counts::default(), (0, 0, 0));
        for (execution_arn, progress) in &self.running {
            let of_it = progress.borrow().counts;
            counts.total += of_it.total;
            counts.waiting += of_it.waiting;
            let (generated, existing, failed) = tallies.so_far(execution_arn);
            so_far = (so_far.0 + generated, so_far.1 + existing, so_far.2 + failed);
        }
        let ended = so_far.0 + so_far.1 + so_far.2;
        let per_minute = self.rate.per_minute(Instant::now(), self.before + ended);
        if self.running.is_empty() {
            console.clear_status();
            return;
        }
        let quota = if counts.waiting > 0 { quota_of(pipeline) } else { None };
        let mut text = describe(counts, so_far, per_minute, quota.as_deref());
        if self.running.len() > 1 {
            text = format!("{} executions: {text}", self.running.len());
        }
        // Where there is no terminal, nothing is said twice.
        if !console.show_status(counts.total, ended, &text) && text != self.last {
            console.say(text.clone());
        }
        self.last = text;
    }
}
