//! Bodies between the network and the disk, with flat memory: a request's into a file, a file into an answer.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use s3s::{Body, S3Error, S3ErrorCode, S3Result};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::wire::convert::s3_error;
use crate::wire::request::BodyError;
use crate::writer::{ObjectWriter, PIECE, Written};
use crate::{ObjectInfo, Store, StoreError};

/// Pieces that may wait between network and disk.
const WAITING: usize = 4;

/// Runs work that waits for the disk outside the threads of the runtime.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> S3Result<T> {
    spawn_blocking(work).await.map_err(S3Error::internal_error)?.map_err(s3_error)
}

/// Opens and describes an object. Only where that may take long does another thread do it: to hand over takes longer than to do it.
pub(crate) async fn open(
    store: &Store,
    bucket: String,
    key: String,
    version_id: Option<String>,
) -> S3Result<(File, ObjectInfo)> {
    if version_id.is_none()
        && let Some(opened) = store.open_at_once(&bucket, &key).map_err(s3_error)?
    {
        return Ok(opened);
    }
    let store = store.clone();
    blocking(move || store.open_version(&bucket, &key, version_id.as_deref())).await
}

/// So much is read or written on the thread that asks for it.
pub(crate) const AT_ONCE: u64 = PIECE as u64;

/// A body up to this size is read before the disk is asked for anything, so that it is asked once. Of a larger one as much may wait anyway.
pub(crate) const SMALL: u64 = (WAITING * PIECE) as u64;

/// Reads a small body to its end.
pub(crate) async fn read(mut body: Body) -> S3Result<Vec<Bytes>> {
    let mut pieces = Vec::new();
    while let Some(frame) = body.frame().await {
        pieces.extend(frame.map_err(|error| body_error(error.as_ref()))?.into_data());
    }
    Ok(pieces)
}

/// Writes a request's body.
pub(crate) async fn receive(mut body: Body, mut writer: ObjectWriter) -> S3Result<Written> {
    let (sender, mut receiver) = mpsc::channel::<Bytes>(WAITING);
    let writing = spawn_blocking(move || {
        while let Some(bytes) = receiver.blocking_recv() {
            writer.write(&bytes)?;
        }
        Ok(writer.finish())
    });
    let mut received = Ok(());
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => {
                // A closed channel: writing has failed, and says why below.
                if let Ok(bytes) = frame.into_data()
                    && sender.send(bytes).await.is_err()
                {
                    break;
                }
            }
            Err(error) => {
                received = Err(body_error(error.as_ref()));
                break;
            }
        }
    }
    drop(sender);
    let written = writing.await.map_err(S3Error::internal_error)?.map_err(s3_error)?;
    received.map(|()| written)
}

fn body_error(error: &(dyn std::error::Error + Send + Sync + 'static)) -> S3Error {
    let code = match error.downcast_ref::<BodyError>() {
        Some(BodyError::BrokenChunks(_)) => S3ErrorCode::InvalidRequest,
        _ => S3ErrorCode::IncompleteBody,
    };
    S3Error::with_message(code, error.to_string())
}

/// Reads a range of a file as an answer's body: one of a single piece at once.
pub(crate) fn send(file: File, range: Range<u64>) -> Body {
    let (sender, receiver) = mpsc::channel(WAITING);
    let left = range.end - range.start;
    if left <= AT_ONCE {
        // The channel has room for it.
        let _ = sender.try_send(read_piece(&file, range));
    } else {
        spawn_blocking(move || {
            for start in range.clone().step_by(PIECE) {
                let piece = read_piece(&file, start..range.end);
                let is_read = piece.is_ok();
                // Nobody may be listening any more.
                if sender.blocking_send(piece).is_err() || !is_read {
                    break;
                }
            }
        });
    }
    Body::http_body(FileBody { receiver, left })
}

/// Reads the first piece of a range.
fn read_piece(file: &File, range: Range<u64>) -> io::Result<Bytes> {
    let size = usize::try_from(range.end - range.start).unwrap_or(PIECE).min(PIECE);
    let mut piece = vec![0; size];
    file.read_exact_at(&mut piece, range.start)?;
    Ok(piece.into())
}

struct FileBody {
    receiver: mpsc::Receiver<io::Result<Bytes>>,
    left: u64,
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.receiver.poll_recv(context).map(|received| {
            received.map(|piece| {
                let piece = piece?;
                self.left = self.left.saturating_sub(piece.len() as u64);
                Ok(Frame::data(piece))
            })
        })
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
