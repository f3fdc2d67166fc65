//! Bodies between the network and the disk, with flat memory: a request's into a file, a file into an answer.

use std::fs::File;
use std::io::{self, BufRead, Seek as _, SeekFrom};
use std::ops::Range;

use http_body_util::BodyExt as _;
use s3s::dto::StreamingBlob;
use s3s::{Body, S3Error, S3Result};
use tokio::io::AsyncReadExt as _;
use tokio::task::spawn_blocking;
use tokio_util::io::{ReaderStream, StreamReader, SyncIoBridge};

use crate::Store;
use crate::wire::service::Service;
use crate::writer::PIECE;

impl Service {
    /// Runs work that waits for the disk outside the threads of the runtime.
    pub(crate) async fn blocking<T: Send + 'static, E: Into<S3Error> + Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, E> + Send + 'static,
    ) -> S3Result<T> {
        let store = self.store.clone();
        spawn_blocking(move || work(&store)).await.map_err(S3Error::internal_error)?.map_err(Into::into)
    }

    /// Runs work that reads a request's body and waits for the disk.
    pub(crate) async fn receive<T: Send + 'static>(
        &self,
        body: Option<StreamingBlob>,
        work: impl FnOnce(&Store, &mut dyn BufRead) -> S3Result<T> + Send + 'static,
    ) -> S3Result<T> {
        let body = body.map_or_else(Body::empty, Body::from).map_err(io::Error::other).into_data_stream();
        let mut body = SyncIoBridge::new(StreamReader::new(body));
        self.blocking(move |store| work(store, &mut body)).await
    }
}

/// Reads a range of a file as an answer's body.
pub(crate) fn send(mut file: File, range: &Range<u64>) -> S3Result<StreamingBlob> {
    file.seek(SeekFrom::Start(range.start)).map_err(S3Error::internal_error)?;
    let bytes = tokio::fs::File::from_std(file).take(range.end - range.start);
    Ok(StreamingBlob::wrap(ReaderStream::with_capacity(bytes, PIECE)))
}
