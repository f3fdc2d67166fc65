//! Shows how far an execution is: a bar on a terminal, else a line now and then.

use emulator_step_functions::{Counts, ExecutionStatus, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// How often the bar, and the line, are drawn at most.
const BAR_EVERY: Duration = Duration::from_millis(100);
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Follows an execution to its end on standard error. `so_far` counts what has ended: generated, existing, failed.
pub(crate) async fn follow(progress: watch::Receiver<Progress>, so_far: impl Fn() -> (u64, u64, u64)) {
    let on_terminal = std::io::stderr().is_terminal();
    let every = if on_terminal { BAR_EVERY } else { LINE_EVERY };
    let mut ended = progress.clone();
    let mut ticks = interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let bar = if on_terminal { new_bar() } else { ProgressBar::hidden() };
    loop {
        tokio::select! {
            _ = ended.wait_for(|progress| progress.status != ExecutionStatus::Running) => break,
            _ = ticks.tick() => {
                let counts = progress.borrow().counts;
                let text = describe(counts, so_far());
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

fn new_bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let colours = if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) { "" } else { ".cyan/blue" };
    let template = format!("{{bar:30{colours}}} {{percent:>3}} %  {{msg}}  {{elapsed}}");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar
}

fn describe(counts: Counts, (generated, existing, failed): (u64, u64, u64)) -> String {
    let mut text = format!("{} of {} items: {generated} generated", generated + existing + failed, counts.total);
    for (count, what) in [(existing, "already there"), (failed, "failed"), (counts.waiting, "waiting to try again")] {
        if count > 0 {
            text.push_str(&format!(", {count} {what}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_there_is_is_told() {
        let counts = Counts { total: 10, ..Counts::default() };
        assert_eq!(describe(counts, (3, 0, 0)), "3 of 10 items: 3 generated");
        let waiting = Counts { waiting: 2, ..counts };
        let expected = "6 of 10 items: 3 generated, 2 already there, 1 failed, 2 waiting to try again";
        assert_eq!(describe(waiting, (3, 2, 1)), expected);
    }
}
