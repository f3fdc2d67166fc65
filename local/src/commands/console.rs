//! What `local up` prints: lines on standard output, and on a terminal one status line below them.

use super::progress::new_bar;
use indicatif::ProgressBar;
use std::io::{IsTerminal, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

/// Time for the last lines to be written at the end. A reader that has stopped reading holds up no exit.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Prints in a thread of its own: a reader that does not read, or has gone, holds up nothing.
pub(crate) struct Console {
    lines: Sender<String>,
    written: Receiver<()>,
    status: Option<ProgressBar>,
}

impl Console {
    pub(crate) fn new() -> Self {
        let (lines, to_write) = mpsc::channel::<String>();
        let (done, written) = mpsc::channel();
        let status = (std::io::stdout().is_terminal() && std::io::stderr().is_terminal()).then(new_bar);
        // It is shown when something runs.
        status.as_ref().inspect(|status| status.finish_and_clear());
        let bar = status.clone();
        std::thread::spawn(move || {
            for line in to_write {
                let write = || writeln!(std::io::stdout(), "{line}");
                let _ = bar.as_ref().map_or_else(write, |bar| bar.suspend(write));
            }
            let _ = done.send(());
        });
        Self { lines, written, status }
    }

    /// Prints a line.
    pub(crate) fn say(&self, line: impl Into<String>) {
        let _ = self.lines.send(line.into());
    }

    /// Prints lines.
    pub(crate) fn say_all(&self, lines: impl IntoIterator<Item = String>) {
        lines.into_iter().for_each(|line| self.say(line));
    }

    /// Shows in the status line that `ended` of `total` items have ended. `false` where there is no terminal.
    pub(crate) fn show_status(&self, total: u64, ended: u64, text: &str) -> bool {
        let Some(status) = &self.status else { return false };
        if status.is_finished() {
            status.reset();
        }
        status.set_length(total);
        status.set_position(ended);
        status.set_message(text.to_owned());
        true
    }

    /// Removes the status line until it is shown again.
    pub(crate) fn clear_status(&self) {
        if let Some(status) = self.status.as_ref().filter(|status| !status.is_finished()) {
            status.finish_and_clear();
        }
    }

    /// Waits for the last lines to be written.
    pub(crate) fn end(self) {
        drop(self.lines);
        let _ = self.written.recv_timeout(LAST_LINES);
    }
}
