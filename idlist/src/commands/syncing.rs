//! Sends a file to the disk while it is still being written, so that little is left to wait for at its end.

use std::fs::File;
use std::io;
use std::panic::resume_unwind;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

/// Bytes that are written before the disk is asked to take them; the operating system alone would begin later.
const SYNC_BYTES: usize = 32 * 1024 * 1024;

/// How much of a file is waiting for the disk. A short file never sees a thread.
pub(crate) struct Syncing {
    waiting: usize,
    thread: Option<(SyncSender<()>, JoinHandle<io::Result<()>>)>,
}

impl Syncing {
    pub(crate) fn new() -> Self {
        Self { waiting: 0, thread: None }
    }

    /// Counts what was written to the file.
    pub(crate) fn wrote(&mut self, bytes: usize, file: &File) -> io::Result<()> {
        self.waiting += bytes;
        if self.waiting < SYNC_BYTES {
            return Ok(());
        }
        self.waiting = 0;
        if self.thread.is_none() {
            self.thread = Some(start(file.try_clone()?)?);
        }
        if let Some((due, _)) = &self.thread {
            // While the disk is busy, the next time takes more.
            let _ = due.try_send(());
        }
        Ok(())
    }

    /// Waits until everything is on the disk. An error is told to one who syncs only, so the thread's is handed on.
    /// <https://man7.org/linux/man-pages/man2/fsync.2.html>
    pub(crate) fn finish(self, file: &File) -> io::Result<()> {
        if let Some((due, handle)) = self.thread {
            drop(due);
            handle.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        }
        file.sync_all()
    }
}

fn start(file: File) -> io::Result<(SyncSender<()>, JoinHandle<io::Result<()>>)> {
    let (due, asked) = sync_channel(1);
    let sync = move || asked.iter().try_for_each(|()| file.sync_data());
    Ok((due, thread::Builder::new().name("syncing".into()).spawn(sync)?))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_short_file_has_no_thread_and_a_long_one_has_one() {
        let mut file = tempfile::tempfile().unwrap();
        let mut syncing = Syncing::new();
        for (bytes, has_thread) in [(10, false), (SYNC_BYTES, true), (SYNC_BYTES, true)] {
            file.write_all(&vec![0; bytes]).unwrap();
            syncing.wrote(bytes, &file).unwrap();
            assert_eq!(syncing.thread.is_some(), has_thread, "{bytes}");
        }
        syncing.finish(&file).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn what_the_disk_refused_meanwhile_is_said_at_the_end() {
        // A socket is written, but cannot be synced.
        let socket = std::os::unix::net::UnixStream::pair().unwrap().0;
        let file = File::from(std::os::fd::OwnedFd::from(socket));
        let mut syncing = Syncing::new();
        syncing.wrote(SYNC_BYTES, &file).unwrap();
        let good = tempfile::tempfile().unwrap();
        assert_eq!(syncing.finish(&good).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
