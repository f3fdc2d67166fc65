//! HTTP servers on 127.0.0.1, with TLS or without.

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::{rt::TokioExecutor, rt::TokioIo, server::conn::auto};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::{fs, path::Path, sync::Arc};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What answers the requests of one server.
pub trait Answers: Send + Sync + 'static {
    /// The answer; never an error, a problem is kept for the end of the run.
    fn answer(&self, request: Request<Incoming>) -> impl Future<Output = Response<Full<Bytes>>> + Send;
}

/// TLS with the certificate in the folder.
pub fn tls(folder: &Path, http2: bool) -> Result<TlsAcceptor, crate::Problem> {
    let certificate = CertificateDer::from(fs::read(folder.join("certificate.der"))?);
    let key = PrivateKeyDer::try_from(fs::read(folder.join("key.der"))?)?;
    let mut config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key)?;
    config.alpn_protocols = if http2 { vec![b"h2".to_vec(), b"http/1.1".to_vec()] } else { vec![b"http/1.1".to_vec()] };
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Serves on a free port until the process ends, and returns the address.
pub async fn start(answers: Arc<impl Answers>, tls: Option<TlsAcceptor>) -> std::io::Result<std::net::SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection(stream, answers.clone(), tls.clone()));
        }
    });
    Ok(address)
}

/// What breaks off, broke off at the function: its run fails by itself.
async fn connection(stream: TcpStream, answers: Arc<impl Answers>, tls: Option<TlsAcceptor>) {
    let service = service_fn(move |request| {
        let answers = answers.clone();
        async move { Ok::<_, std::convert::Infallible>(answers.answer(request).await) }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    let _ = stream.set_nodelay(true);
    match tls {
        None => {
            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
        }
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                let _ = builder.serve_connection(TokioIo::new(stream), service).await;
            }
        }
    }
}
