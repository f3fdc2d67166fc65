//! Connections: TCP, and TLS over it for `https`; some of them made before they are needed.

use aws_smithy_runtime_api::box_error::BoxError;
use hyper_util::{
    client::legacy::connect::{Connected, Connection, HttpConnector},
    rt::TokioIo,
};
use rustls::{ClientConfig, pki_types::ServerName};
use std::{
    io::{IoSlice, Result},
    pin::Pin,
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::{Duration, SystemTime},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, BufReader, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;
use tower_service::Service;

/// Bytes that are taken from a connection at once. rustls alone asks the system for 4 KiB at a time: 700 times for an image of 2 MB.
const READ_AT_ONCE: usize = 64 * 1024;

/// How long a connection that was made ahead is good for. Nobody watches it, and the other end closes what is not used. By the clock on the wall,
/// which goes on while a function's environment is frozen.
const AHEAD_FOR: Duration = Duration::from_secs(4);

/// The TLS configuration, made when it is first needed.
type Tls = Arc<LazyLock<Arc<ClientConfig>>>;

/// Makes connections for hyper.
#[derive(Clone, Debug)]
pub(crate) struct Connect {
    tcp: HttpConnector,
    tls: Tls,
    ahead: Ahead,
    timeout: Option<Duration>,
}

/// Connections that were made before they are needed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ahead(Arc<Mutex<Vec<Made>>>);

#[derive(Debug)]
struct Made {
    uri: http::Uri,
    at: SystemTime,
    stream: Stream,
}

/// Whether the same connection does for both.
pub(crate) fn lead_to_one_host(one: &http::Uri, other: &http::Uri) -> bool {
    one.scheme() == other.scheme() && one.authority() == other.authority()
}

impl Ahead {
    fn all(&self) -> MutexGuard<'_, Vec<Made>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, uri: http::Uri, stream: Stream) {
        self.all().push(Made { uri, at: SystemTime::now(), stream });
    }

    fn take(&self, uri: &http::Uri) -> Option<Stream> {
        let mut all = self.all();
        all.retain(|made| made.at.elapsed().is_ok_and(|age| age < AHEAD_FOR));
        let found = all.iter().position(|made| lead_to_one_host(&made.uri, uri))?;
        Some(all.swap_remove(found).stream)
    }
}

impl Connect {
    /// Connecting may take so long, TLS included.
    pub(crate) fn new(tls: Tls, ahead: Ahead, timeout: Option<Duration>) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        Self { tcp, tls, ahead, timeout }
    }

    /// Makes a connection for the first who needs one to there.
    pub(crate) async fn ahead(mut self, uri: http::Uri) -> std::result::Result<(), BoxError> {
        let stream = self.call(uri.clone()).await?.into_inner();
        self.ahead.keep(uri, stream);
        Ok(())
    }
}

impl Service<http::Uri> for Connect {
    type Response = TokioIo<Stream>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<std::result::Result<(), Self::Error>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: http::Uri) -> Self::Future {
        if let Some(stream) = self.ahead.take(&uri) {
            return Box::pin(std::future::ready(Ok(TokioIo::new(stream))));
        }
        let tcp = self.tcp.call(uri.clone());
        let tls = (uri.scheme() == Some(&http::uri::Scheme::HTTPS)).then(|| Arc::clone(&self.tls));
        let connecting = async move {
            let tcp = tcp.await?.into_inner();
            let Some(tls) = tls else { return Ok(TokioIo::new(Stream::Plain(tcp))) };
            // An IPv6 address is in brackets in a URI, and is not in a certificate.
            let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
            let name = ServerName::try_from(host)?.to_owned();
            let tcp = BufReader::with_capacity(READ_AT_ONCE, tcp);
            let stream = tokio_rustls::TlsConnector::from(Arc::clone(&**tls)).connect(name, tcp).await?;
            Ok(TokioIo::new(Stream::Tls(Box::new(stream))))
        };
        match self.timeout {
            None => Box::pin(connecting),
            Some(timeout) => Box::pin(async move { tokio::time::timeout(timeout, connecting).await? }),
        }
    }
}

/// A connection.
#[derive(Debug)]
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<BufReader<TcpStream>>>),
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

/// Calls a method of whatever the stream is.
macro_rules! inner {
    ($stream:expr, $method:ident $(, $argument:expr)*) => {
        match $stream.get_mut() {
            Stream::Plain(stream) => Pin::new(stream).$method($($argument),*),
            Stream::Tls(stream) => Pin::new(stream).$method($($argument),*),
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        inner!(self, poll_read, context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        inner!(self, poll_write, context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        inner!(self, poll_flush, context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        inner!(self, poll_shutdown, context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        inner!(self, poll_write_vectored, context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_connection_that_was_made_ahead_is_taken_once_and_by_those_who_want_to_go_there_unless_it_is_old() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let connection = async || Stream::Plain(TcpStream::connect(listener.local_addr().unwrap()).await.unwrap());
        let uri = |text: &'static str| http::Uri::from_static(text);
        let (ahead, there) = (Ahead::default(), uri("https://bucket.s3.us-west-2.amazonaws.com/rank/id"));

        ahead.keep(uri("https://bucket.s3.us-west-2.amazonaws.com/"), connection().await);
        for elsewhere in ["https://s3.us-west-2.amazonaws.com/", "http://bucket.s3.us-west-2.amazonaws.com/"] {
            assert!(ahead.take(&uri(elsewhere)).is_none(), "{elsewhere}");
        }
        assert!(ahead.take(&there).is_some());
        assert!(ahead.take(&there).is_none());

        let old = Made { uri: there.clone(), at: SystemTime::now() - AHEAD_FOR, stream: connection().await };
        ahead.all().push(old);
        assert!(ahead.take(&there).is_none());
    }
}
