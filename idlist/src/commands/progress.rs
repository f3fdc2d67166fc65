//! How far a long command is: on stderr, if that is a terminal, from two seconds on.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::time::{Duration, Instant};

/// Commands that are done by then say nothing.
const QUIET: Duration = Duration::from_secs(2);

/// Time between two lines.
const PAUSE: Duration = Duration::from_millis(200);

/// A reader or writer whose bytes are counted.
pub(crate) struct Progress<T> {
    inner: T,
    /// Bytes that there will be, if that is known.
    total: Option<u64>,
    done: u64,
    /// When to say something next; never if nobody looks.
    next: Option<Instant>,
    begin: Instant,
    shown: bool,
}

impl<T> Progress<T> {
    pub(crate) fn new(inner: T, total: Option<u64>) -> Self {
        let begin = Instant::now();
        let next = io::stderr().is_terminal().then(|| begin + QUIET);
        Self { inner, total, done: 0, next, begin, shown: false }
    }

    fn add(&mut self, bytes: usize) {
        self.done += bytes as u64;
        let Some(next) = self.next else { return };
        let now = Instant::now();
        if now >= next {
            self.next = Some(now + PAUSE);
            self.shown = true;
            eprint!("\r{}", line(self.done, self.total, now - self.begin));
        }
    }
}

/// Takes the line off the terminal.
impl<T> Drop for Progress<T> {
    fn drop(&mut self) {
        if self.shown {
            eprint!("\r{:60}\r", "");
        }
    }
}

impl<'a> Progress<&'a File> {
    /// A file, read from where it is.
    pub(crate) fn of_file(file: &'a File) -> Self {
        let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file);
        Self::new(file, metadata.map(|metadata| metadata.len()))
    }
}

/// What is shown, always of the same width.
fn line(done: u64, total: Option<u64>, elapsed: Duration) -> String {
    let megabytes = done / 1_000_000;
    let share = match total.filter(|total| *total > 0) {
        Some(total) => format!("{:3} % of {} MB", done * 100 / total, total / 1_000_000),
        None => format!("{megabytes} MB"),
    };
    format!("{:60}", format!("{share}, {} s", elapsed.as_secs()))
}

impl<R: Read> Read for Progress<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.add(read);
        Ok(read)
    }
}

impl<W: Write> Write for Progress<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.add(written);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_the_share_if_the_total_is_known() {
        let seconds = Duration::from_secs(3);
        assert_eq!(line(50_000_000, Some(200_000_000), seconds).trim_end(), " 25 % of 200 MB, 3 s");
        assert_eq!(line(50_000_000, None, seconds).trim_end(), "50 MB, 3 s");
        assert_eq!(line(0, Some(0), seconds).len(), 60);
    }
}
