//! Connections: TCP, and TLS over it for `https`.

use aws_smithy_runtime_api::box_error::BoxError;
use hyper_util::{
    client::legacy::connect::{Connected, Connection, HttpConnector},
    rt::TokioIo,
};
use rustls::{ClientConfig, pki_types::ServerName};
use std::{
    io::{IoSlice, Result},
    pin::Pin,
    sync::{Arc, LazyLock},
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, BufReader, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;
use tower_service::Service;

/// Bytes that are taken from a connection at once. rustls alone asks the system for 4 KiB at a time: 700 times for an image of 2 MB.
const READ_AT_ONCE: usize = 64 * 1024;

/// The TLS configuration, made when it is first needed.
type Tls = Arc<LazyLock<Arc<ClientConfig>>>;

/// Makes connections for hyper.
#[derive(Clone, Debug)]
pub(crate) struct Connect {
    tcp: HttpConnector,
    tls: Tls,
    timeout: Option<Duration>,
}

impl Connect {
    /// Connecting may take so long, TLS included.
    pub(crate) fn new(tls: Tls, timeout: Option<Duration>) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        Self { tcp, tls, timeout }
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
