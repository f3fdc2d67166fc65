//! Writes on a thread of its own, so that making the next part and writing the last overlap.

use std::io::{self, Write};
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

/// Bytes that are written at a time.
const BUFFER_BYTES: usize = 256 * 1024;

/// Full buffers that may lie before the thread.
const BUFFERS_AHEAD: usize = 4;

/// A buffered writer. What fits into one buffer never sees a thread.
pub(crate) struct Behind<W> {
    buffer: Vec<u8>,
    state: State<W>,
}

enum State<W> {
    Here(W),
    Thread {
        buffers: SyncSender<Vec<u8>>,
        emptied: Receiver<Vec<u8>>,
        handle: JoinHandle<io::Result<W>>,
    },
    /// Writing failed, and that was said.
    Failed,
}

impl<W: Write + Send + 'static> Behind<W> {
    pub(crate) fn new(writer: W) -> Self {
        Self { buffer: Vec::with_capacity(BUFFER_BYTES), state: State::Here(writer) }
    }

    /// Writes what is left and gives the writer back.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        let mut writer = self.state.back()?;
        writer.write_all(&self.buffer)?;
        Ok(writer)
    }

    fn send(&mut self) -> io::Result<()> {
        if let State::Here(_) = self.state {
            let writer = self.state.back()?;
            self.state = State::start(writer)?;
        }
        let State::Thread { buffers, emptied, .. } = &self.state else { return Err(State::<W>::failed()) };
        let mut empty = emptied.try_recv().unwrap_or_else(|_| Vec::with_capacity(BUFFER_BYTES));
        empty.clear();
        // The thread has gone only if writing failed.
        if buffers.send(std::mem::replace(&mut self.buffer, empty)).is_err() {
            self.state.back()?;
        }
        Ok(())
    }
}

impl<W: Write + Send + 'static> State<W> {
    fn start(mut writer: W) -> io::Result<Self> {
        let (buffers, full) = sync_channel::<Vec<u8>>(BUFFERS_AHEAD);
        let (empty, emptied) = sync_channel(BUFFERS_AHEAD);
        let write = move || {
            for buffer in full {
                writer.write_all(&buffer)?;
                // One too many is let go.
                let _ = empty.try_send(buffer);
            }
            Ok(writer)
        };
        let handle = thread::Builder::new().name("writing".into()).spawn(write)?;
        Ok(Self::Thread { buffers, emptied, handle })
    }

    /// The writer, when the thread has written everything.
    fn back(&mut self) -> io::Result<W> {
        match std::mem::replace(self, Self::Failed) {
            Self::Here(writer) => Ok(writer),
            Self::Thread { buffers, handle, .. } => {
                drop(buffers);
                handle.join().unwrap_or_else(|panic| resume_unwind(panic))
            }
            Self::Failed => Err(Self::failed()),
        }
    }

    fn failed() -> io::Error {
        io::Error::other("writing failed before")
    }
}

impl<W: Write + Send + 'static> Write for Behind<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER_BYTES {
            self.send()?;
        }
        Ok(bytes.len())
    }

    /// Everything reaches the writer with [`Behind::finish`] only.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes, and then has no more room.
    struct Room(usize, Vec<u8>);

    impl Write for Room {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.1.len() + bytes.len() > self.0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.1.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(lines: u32, room: usize) -> io::Result<Vec<u8>> {
        let mut behind = Behind::new(Room(room, Vec::new()));
        for line in 0..lines {
            writeln!(behind, "{line}")?;
        }
        Ok(behind.finish()?.1)
    }

    #[test]
    fn everything_is_written_in_order() {
        for lines in [0, 10, 1_000_000] {
            let expected: String = (0..lines).map(|line| format!("{line}\n")).collect();
            assert!(written(lines, usize::MAX).unwrap() == expected.as_bytes(), "{lines}");
        }
    }

    #[test]
    fn what_the_writer_says_is_said_by_a_later_write_or_the_end() {
        for room in [0, 1_000, 3 * BUFFER_BYTES] {
            assert_eq!(written(1_000_000, room).unwrap_err().kind(), io::ErrorKind::StorageFull, "{room}");
        }
        assert_eq!(written(10, 5).unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
