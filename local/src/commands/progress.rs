//! Shows how far an execution is: a bar on a terminal, else a line now and then.

use crate::pipeline::{Pipeline, RESULT_BUCKET};
use emulator_step_functions::{Counts, ExecutionStatus, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::VecDeque;
use std::io::IsTerminal;
use std::time::{Duration, SystemTime};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// How often the bar, and the line, are drawn at most.
const BAR_EVERY: Duration = Duration::from_millis(100);
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Seconds over which the rate is measured.
const RATE_OVER: u64 = 60;

/// Follows an execution to its end on standard error. `so_far` counts what has ended: generated, existing, failed; `quota` says what items
/// wait for.
pub(crate) async fn follow(
    progress: watch::Receiver<Progress>,
    so_far: impl Fn() -> (u64, u64, u64),
    quota: impl Fn() -> Option<String>,
) {
    let on_terminal = std::io::stderr().is_terminal();
    let every = if on_terminal { BAR_EVERY } else { LINE_EVERY };
    let mut ended = progress.clone();
    let mut ticks = interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let bar = if on_terminal { new_bar() } else { ProgressBar::hidden() };
    let mut rate = Rate::default();
    loop {
        tokio::select! {
            _ = ended.wait_for(|progress| progress.status != ExecutionStatus::Running) => break,
            _ = ticks.tick() => {
                let counts = progress.borrow().counts;
                let so_far = so_far();
                let per_minute = rate.per_minute(Instant::now(), so_far.0 + so_far.1 + so_far.2);
                let waits_for = if counts.waiting > 0 { quota() } else { None };
                let text = describe(counts, so_far, per_minute, waits_for.as_deref());
                if on_terminal {
                    bar.set_length(counts.total);
                    bar.set_position(counts.succeeded + counts.failed + counts.timed_out);
                    bar.set_message(text);
                } else {
                    eprintln!("{text}");
                }
            }
        }
    }
    bar.finish_and_clear();
}

pub(super) fn new_bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let colours = if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) { "" } else { ".cyan/blue" };
    let template = format!("{{bar:10{colours}}} {{percent:>3}} %  {{wide_msg}}");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar
}

/// Items that ended lately.
#[derive(Default)]
pub(super) struct Rate(VecDeque<(Instant, u64)>);

impl Rate {
    /// Items a minute, of the last minute; `None` as long as too little is known.
    pub(super) fn per_minute(&mut self, now: Instant, ended: u64) -> Option<f64> {
        self.0.push_back((now, ended));
        while self.0.len() > 1 && now - self.0[0].0 > Duration::from_secs(RATE_OVER) {
            self.0.pop_front();
        }
        let (since, before) = *self.0.front()?;
        let seconds = (now - since).as_secs_f64();
        (seconds >= 2.0 && ended > before).then(|| (ended - before) as f64 * 60.0 / seconds)
    }
}

/// Counts in words: generated, existing and failed items of all.
pub(super) fn describe(
    counts: Counts,
    (generated, existing, failed): (u64, u64, u64),
    per_minute: Option<f64>,
    waits_for: Option<&str>,
) -> String {
    let ended = generated + existing + failed;
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
pub(super) fn quota_of(pipeline: &Pipeline) -> Option<String> {
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
        assert_eq!(describe(counts, (3, 0, 0), None, None), "3 of 10");
        let waiting = Counts { waiting: 2, ..counts };
        let expected = "6 of 10, 1 failed, 60/min, 4 s left, 2 waiting to try again";
        assert_eq!(describe(waiting, (3, 2, 1), Some(60.0), None), expected);
        let quota = "the quota of Stable Image Core, next slot in 12 s";
        let expected = "6 of 10, 1/min, 4 min left, waiting for the quota of Stable Image Core, next slot in 12 s";
        assert_eq!(describe(waiting, (6, 0, 0), Some(1.0), Some(quota)), expected);
    }

    #[test]
    fn the_rate_is_that_of_the_last_minute() {
        let (mut rate, start) = (Rate::default(), Instant::now());
        assert_eq!(rate.per_minute(start, 0), None);
        assert_eq!(rate.per_minute(start + Duration::from_secs(30), 30), Some(60.0));
        assert_eq!(rate.per_minute(start + Duration::from_secs(90), 60), Some(30.0));
    }
}
