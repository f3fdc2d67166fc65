//! What `local` prints while it works: lines, and on a terminal one status line below them on standard error.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

/// Time for the last lines to be written at the end. A reader that has stopped reading holds up no exit.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Prints in a thread of its own: a reader that does not read, or has gone, holds up nothing.
pub(crate) struct Console {
    lines: Sender<String>,
    written: Receiver<()>,
    /// Not drawn if the output is not a terminal.
    status: ProgressBar,
    is_on_terminal: bool,
}

impl Console {
    /// `write` writes a line.
    pub(crate) fn new(is_on_terminal: bool, write: fn(&str) -> io::Result<()>) -> Self {
        let (lines, to_write) = mpsc::channel::<String>();
        let (done, written) = mpsc::channel();
        let status = new_bar(if is_on_terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
        // It is shown when something runs.
        status.finish_and_clear();
        let bar = status.clone();
        std::thread::spawn(move || {
            for line in to_write {
                let _ = bar.suspend(|| write(&line));
            }
            let _ = done.send(());
        });
        Self { lines, written, status, is_on_terminal }
    }

    pub(crate) fn is_on_terminal(&self) -> bool {
        self.is_on_terminal
    }

    /// Prints a line.
    pub(crate) fn say(&self, line: impl Into<String>) {
        let _ = self.lines.send(line.into());
    }

    /// Prints lines.
    pub(crate) fn say_all(&self, lines: impl IntoIterator<Item = String>) {
        lines.into_iter().for_each(|line| self.say(line));
    }

    /// Notes that `ended` of `total` items have ended: items a minute at present, and the time that is left.
    pub(crate) fn progress(&self, total: u64, ended: u64) -> (f64, Duration) {
        if self.status.is_finished() {
            self.status.reset();
        }
        self.status.set_length(total);
        self.status.set_position(ended);
        (60.0 * self.status.per_sec(), self.status.eta())
    }

    /// Shows this in the status line, or prints it if the output is not a terminal.
    pub(crate) fn show_status(&self, text: &str) {
        if self.is_on_terminal {
            self.status.set_message(text.to_owned());
        } else {
            self.say(text);
        }
    }

    /// Removes the status line until it is shown again.
    pub(crate) fn clear_status(&self) {
        if !self.status.is_finished() {
            self.status.finish_and_clear();
        }
    }

    /// Removes the status line, and waits for the last lines to be written.
    pub(crate) fn end(self) {
        self.clear_status();
        drop(self.lines);
        let _ = self.written.recv_timeout(LAST_LINES);
    }
}

fn new_bar(target: ProgressDrawTarget) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, target);
    let colours = if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) { "" } else { ".cyan/blue" };
    let template = format!("{{msg}} {{wide_bar{colours}}}");
    match ProgressStyle::with_template(&template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
