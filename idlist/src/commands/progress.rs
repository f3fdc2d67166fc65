//! How far a long command is: on stderr, if that is a terminal, from two seconds on.

use std::fmt::Write;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// A bar for bytes; `total` is their number, if it is known.
pub(crate) fn bar(total: Option<u64>) -> ProgressBar {
    let text = |state: &ProgressState, text: &mut dyn Write| {
        let (bytes, seconds) = (state.pos(), state.elapsed().as_secs());
        let _ = match state.len().filter(|total| *total > 0) {
            _ if seconds < 2 => Ok(()),
            Some(total) => write!(text, "{:3} % of {} MB, {seconds} s", bytes * 100 / total, total / 1_000_000),
            None => write!(text, "{} MB, {seconds} s", bytes / 1_000_000),
        };
    };
    let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{text}") {
        Ok(style) => bar.with_style(style.with_key("text", text)),
        Err(_) => bar,
    }
}
