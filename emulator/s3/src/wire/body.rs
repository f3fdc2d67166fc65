//! Bodies between the network and the disk, with flat memory: a request's into a file, a file into an answer.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf as _, Bytes};
use http_body_util::BodyExt as _;
use hyper::body::{Body as HttpBody, Frame};
use s3s::{Body, S3Error, S3Result};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::writer::PIECE;

/// Pieces that may wait between network and disk.
const WAITING: usize = 4;

/// Runs work that waits for the disk outside the threads of the runtime.
pub(crate) async fn blocking<T: Send + 'static, E: Into<S3Error> + Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> S3Result<T> {
    spawn_blocking(work).await.map_err(S3Error::internal_error)?.map_err(Into::into)
}

/// Runs work that reads a request's body and waits for the disk.
pub(crate) async fn receive<T: Send + 'static>(
    mut body: Body,
    work: impl FnOnce(&mut Received) -> S3Result<T> + Send + 'static,
) -> S3Result<T> {
    let (sender, receiver) = mpsc::channel(WAITING);
    let working = spawn_blocking(move || work(&mut Received { receiver, piece: Bytes::new(), ended: false }));
    loop {
        let frame = tokio::select! {
            frame = body.frame() => frame,
            // The work has ended, and says why below; the client may wait for that before it sends more.
            () = sender.closed() => break,
        };
        let sent = match frame {
            None => Ok(End),
            Some(Ok(frame)) => frame.into_data().map_or(Ok(Piece(Bytes::new())), |bytes| Ok(Piece(bytes))),
            Some(Err(error)) => Err(io::Error::new(io::ErrorKind::UnexpectedEof, error)),
        };
        let is_last = !matches!(sent, Ok(Piece(_)));
        if sender.send(sent).await.is_err() || is_last {
            break;
        }
    }
    working.await.map_err(S3Error::internal_error)?
}

/// What goes from the network to the disk. The end is said: a channel that is merely closed is a request that was given up.
enum Sent {
    Piece(Bytes),
    End,
}
use Sent::{End, Piece};

/// A request's body as it arrives.
pub(crate) struct Received {
    receiver: mpsc::Receiver<io::Result<Sent>>,
    piece: Bytes,
    ended: bool,
}

impl BufRead for Received {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.piece.is_empty() && !self.ended {
            match self.receiver.blocking_recv() {
                Some(Ok(Piece(piece))) => self.piece = piece,
                Some(Ok(End)) => self.ended = true,
                Some(Err(error)) => return Err(error),
                None => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the request was given up")),
            }
        }
        Ok(&self.piece)
    }

    fn consume(&mut self, size: usize) {
        self.piece.advance(size);
    }
}

impl Read for Received {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.fill_buf()?.read(buffer)?;
        self.consume(size);
        Ok(size)
    }
}

/// Reads a range of a file as an answer's body.
pub(crate) fn send(file: File, range: Range<u64>) -> Body {
    let (sender, receiver) = mpsc::channel(WAITING);
    spawn_blocking(move || {
        for start in range.clone().step_by(PIECE) {
            let size = usize::try_from(range.end - start).unwrap_or(PIECE).min(PIECE);
            let mut piece = vec![0; size];
            let read = file.read_exact_at(&mut piece, start).map(|()| Bytes::from(piece));
            let is_read = read.is_ok();
            // Nobody may be listening any more.
            if sender.blocking_send(read).is_err() || !is_read {
                break;
            }
        }
    });
    Body::http_body(FileBody(receiver))
}

struct FileBody(mpsc::Receiver<io::Result<Bytes>>);

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0.poll_recv(context).map(|received| received.map(|piece| piece.map(Frame::data)))
    }
}
