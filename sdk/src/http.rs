//! The HTTP client: HTTP/1.1 with connections that are kept, and time-outs and failures as the SDK wants them told.

use crate::{
    connect::{Ahead, Connect, lead_to_one_host},
    trust,
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        connection::{CaptureSmithyConnection, ConnectionMetadata},
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::{body::SdkBody, retry::ErrorKind};
use hyper_util::{
    client::legacy::{self, connect::capture_connection},
    rt::{TokioExecutor, TokioTimer},
};
use rustls::ClientConfig;
use std::{
    error::Error,
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};
use tokio::time::{error::Elapsed, timeout};

/// The connections of one process, to all services.
///
/// Trusts the certificate authorities of AWS. With `SSL_CERT_FILE` or `SSL_CERT_DIR` set, and outside the commercial regions, it trusts what
/// is in that file or folder, else in the system's store: behind a proxy with a certificate of its own, and for endpoints of one's own.
///
/// HTTP/1.1 alone: both services speak it, no call waits behind another one, and a program without HTTP/2 is smaller and starts sooner. A
/// connection that the other end has closed in the meantime is replaced before anything is sent.
#[derive(Clone, Debug)]
pub struct Connections(Arc<Http>);

impl Default for Connections {
    fn default() -> Self {
        Self(Arc::new(Http::new(trust::tls)))
    }
}

impl Connections {
    /// The HTTP client that has its calls go over these connections.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    /// Opens a connection to every host of these URLs, at the same time, so that the first call to one finds it open: in a function's init there
    /// is more of a processor than in its first invocation. After `patience` it goes on without those that are not open; whoever needs one of
    /// them connects by himself, and tells what is wrong.
    /// <https://serverlessland.com/content/service/lambda/guides/effectively-running-java-on-serverless/init-heavy-lifting>
    pub async fn open(&self, urls: &[&str], patience: Duration) {
        let mut hosts: Vec<http::Uri> = Vec::new();
        for url in urls.iter().filter_map(|url| url.parse().ok()) {
            if !hosts.iter().any(|host| lead_to_one_host(host, &url)) {
                hosts.push(url);
            }
        }
        let open = |host| tokio::spawn(self.0.connect(Some(patience)).ahead(host));
        let opening: Vec<_> = hosts.into_iter().map(open).collect();
        for opened in opening {
            // Whatever came of it.
            let _ = opened.await;
        }
    }
}

impl HttpClient for Connections {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.0.pooled(settings))
    }
}

/// Connections to any number of hosts, kept for later calls.
type Client = legacy::Client<Connect, SdkBody>;

#[derive(Debug)]
struct Http {
    tls: Arc<LazyLock<Arc<ClientConfig>>>,
    ahead: Ahead,
    /// The connections, by the time that connecting may take. As good as always there is one such time.
    pools: Mutex<Vec<(Option<Duration>, Client)>>,
}

impl Http {
    fn new(tls: fn() -> Arc<ClientConfig>) -> Self {
        Self { tls: Arc::new(LazyLock::new(tls)), ahead: Ahead::default(), pools: Mutex::default() }
    }

    fn connect(&self, timeout: Option<Duration>) -> Connect {
        Connect::new(Arc::clone(&self.tls), self.ahead.clone(), timeout)
    }

    fn pooled(&self, settings: &HttpConnectorSettings) -> Pooled {
        let connect_timeout = settings.connect_timeout();
        let mut pools = self.pools.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let found = pools.iter().find(|(timeout, _)| *timeout == connect_timeout).map(|(_, client)| client.clone());
        let client = found.unwrap_or_else(|| {
            let connect = self.connect(connect_timeout);
            let client = legacy::Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connect);
            pools.push((connect_timeout, Client::clone(&client)));
            client
        });
        Pooled { client, read_timeout: settings.read_timeout() }
    }
}

#[derive(Debug)]
struct Pooled {
    client: Client,
    /// How long the beginning of an answer may take.
    read_timeout: Option<Duration>,
}

impl HttpConnector for Pooled {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(err) => return HttpConnectorFuture::ready(Err(ConnectorError::user(err.into()))),
        };
        // The SDK wants to be able to have a connection closed that failed it.
        let connection = capture_connection(&mut request);
        if let Some(capture) = request.extensions().get::<CaptureSmithyConnection>() {
            capture.set_connection_retriever(move || {
                let connection = connection.clone();
                let poison = move || {
                    if let Some(connected) = &*connection.connection_metadata() {
                        connected.poison();
                    }
                };
                Some(ConnectionMetadata::builder().proxied(false).poison_fn(poison).build())
            });
        }
        let answer = self.client.request(request);
        let read_timeout = self.read_timeout;
        HttpConnectorFuture::new(async move {
            let answer = match read_timeout {
                None => answer.await,
                Some(read_timeout) => timeout(read_timeout, answer).await.map_err(|elapsed| {
                    ConnectorError::timeout(format!("no answer within {read_timeout:?}: {elapsed}").into())
                })?,
            };
            let answer = answer.map_err(|err| failure(err.into()))?;
            HttpResponse::try_from(answer.map(SdkBody::from_body_1_x))
                .map_err(|err| ConnectorError::other(err.into(), None))
        })
    }
}

/// What a failure means to the SDK, which tries again after time-outs, failures of the network, and connections that were cut off.
fn failure(err: BoxError) -> ConnectorError {
    if source::<Elapsed>(&*err).is_some() {
        return ConnectorError::timeout(err);
    }
    let http = source::<hyper::Error>(&*err);
    if http.is_some_and(hyper::Error::is_user) {
        return ConnectorError::user(err);
    }
    let closed = http.is_some_and(|err| err.is_closed() || err.is_canceled());
    let connect = source::<legacy::Error>(&*err).is_some_and(legacy::Error::is_connect);
    if closed || connect || source::<std::io::Error>(&*err).is_some() {
        return ConnectorError::io(err);
    }
    let cut_off = http.is_some_and(hyper::Error::is_incomplete_message);
    ConnectorError::other(err, cut_off.then_some(ErrorKind::TransientError))
}

fn source<'a, E: Error + 'static>(err: &'a (dyn Error + 'static)) -> Option<&'a E> {
    std::iter::successors(Some(err), |&err| err.source()).find_map(|err| err.downcast_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_types::byte_stream::ByteStream;
    use rustls::{
        RootCertStore, ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    };
    use std::net::SocketAddr;
    use tokio::{
        io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
        sync::mpsc,
    };

    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndone";

    /// The other end: hands out every connection that is made to it.
    async fn server() -> (SocketAddr, mpsc::UnboundedReceiver<TcpStream>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, received) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                connections.send(connection).unwrap();
            }
        });
        (address, received)
    }

    async fn read_request(connection: &mut (impl AsyncRead + Unpin)) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(connection.read_u8().await.unwrap());
        }
    }

    async fn answer(connection: &mut TcpStream) {
        read_request(connection).await;
        connection.write_all(ANSWER).await.unwrap();
    }

    /// Answers on the next connection, which stays open.
    async fn answer_next(connections: &mut mpsc::UnboundedReceiver<TcpStream>) -> TcpStream {
        let mut connection = connections.recv().await.unwrap();
        answer(&mut connection).await;
        connection
    }

    fn settings() -> HttpConnectorSettings {
        let of = Duration::from_secs;
        HttpConnectorSettings::builder().connect_timeout(of(3)).read_timeout(of(5)).build()
    }

    fn request(url: &str) -> HttpRequest {
        HttpRequest::get(url).unwrap()
    }

    async fn text(answer: HttpResponse) -> Vec<u8> {
        ByteStream::new(answer.into_body()).collect().await.unwrap().to_vec()
    }

    #[tokio::test]
    async fn a_connection_is_used_again_until_the_other_end_closes_it() {
        let (address, mut connections) = server().await;
        let (http, url) = (Http::new(trust::tls), format!("http://{address}/"));
        let ask = async || text(http.pooled(&settings()).call(request(&url)).await.unwrap()).await;

        let first = async {
            let mut first = answer_next(&mut connections).await;
            answer(&mut first).await;
        };
        let twice = async { (ask().await, ask().await) };
        let (asked, ()) = tokio::join!(twice, first);
        assert_eq!(asked, (b"done".to_vec(), b"done".to_vec()));

        // Now it is closed; the client hears of it as soon as it looks.
        tokio::task::yield_now().await;
        assert_eq!(tokio::join!(ask(), answer_next(&mut connections)).0, b"done");
    }

    #[tokio::test]
    async fn the_first_call_finds_a_connection_that_was_opened_ahead() {
        let (address, mut connections) = server().await;
        let ours = Connections(Arc::new(Http::new(trust::tls)));
        let url = format!("http://{address}/");
        ours.open(&[&url, &format!("{url}again")], Duration::from_secs(5)).await;
        let mut opened = connections.recv().await.unwrap();

        let asked = async { text(ours.0.pooled(&settings()).call(request(&url)).await.unwrap()).await };
        assert_eq!(tokio::join!(asked, answer(&mut opened)).0, b"done");
        assert!(connections.try_recv().is_err(), "there was a second connection");
    }

    // With the clock stopped, time passes as soon as nothing else is left to do.
    #[tokio::test(start_paused = true)]
    async fn what_can_not_be_opened_ahead_is_not_waited_for_long_and_opened_when_it_is_needed() {
        let (address, mut connections) = server().await;
        let ours = Connections(Arc::new(Http::new(trust::tls)));
        let begun = tokio::time::Instant::now();
        // Nobody speaks TLS there.
        ours.open(&[&format!("https://{address}/")], Duration::from_secs(1)).await;
        assert_eq!(begun.elapsed().as_secs(), 1);
        connections.recv().await.unwrap();

        let url = format!("http://{address}/");
        let asked = async { text(ours.0.pooled(&settings()).call(request(&url)).await.unwrap()).await };
        assert_eq!(tokio::join!(asked, answer_next(&mut connections)).0, b"done");
    }

    #[tokio::test]
    async fn a_connection_that_the_sdk_gave_up_is_not_used_again() {
        let (address, mut connections) = server().await;
        let (http, url) = (Http::new(trust::tls), format!("http://{address}/"));
        for _ in 0..2 {
            let capture = CaptureSmithyConnection::new();
            let mut request = request(&url);
            request.add_extension(capture.clone());
            let asked = async {
                let answer = http.pooled(&settings()).call(request).await.unwrap();
                capture.get().unwrap().poison();
                text(answer).await
            };
            assert_eq!(tokio::join!(asked, answer_next(&mut connections)).0, b"done");
        }
    }

    #[tokio::test]
    async fn a_connection_that_is_cut_off_is_worth_another_attempt() {
        let (address, mut connections) = server().await;
        let (http, url) = (Http::new(trust::tls), format!("http://{address}/"));
        let cut = async { read_request(&mut connections.recv().await.unwrap()).await };
        let error = tokio::join!(http.pooled(&settings()).call(request(&url)), cut).0.unwrap_err();
        assert!(error.is_io() || error.as_other() == Some(ErrorKind::TransientError), "{error:?}");
    }

    #[tokio::test]
    async fn who_can_not_be_reached_is_a_failure_of_the_network() {
        let unused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let answer = Http::new(trust::tls).pooled(&settings()).call(request(&format!("http://{unused}/"))).await;
        let error = answer.unwrap_err();
        assert!(error.is_io(), "{error:?}");
    }

    // With the clock stopped, time passes as soon as nothing else is left to do.
    #[tokio::test(start_paused = true)]
    async fn an_answer_that_does_not_begin_and_tls_that_does_not_come_about_are_time_outs() {
        let (address, mut connections) = server().await;
        let http = Http::new(trust::tls);
        for (url, seconds) in [(format!("http://{address}/"), 5), (format!("https://{address}/"), 3)] {
            let begun = tokio::time::Instant::now();
            let error = http.pooled(&settings()).call(request(&url)).await.unwrap_err();
            assert!(error.is_timeout(), "{error:?}");
            assert_eq!(begun.elapsed().as_secs(), seconds, "{url}");
            connections.recv().await.unwrap();
        }
    }

    #[tokio::test]
    async fn who_does_not_speak_tls_is_a_failure_of_the_network() {
        let (address, mut connections) = server().await;
        let http = Http::new(trust::tls);
        let plain = async {
            let mut connection = connections.recv().await.unwrap();
            connection.write_all(ANSWER).await.unwrap();
            connection
        };
        let asked = http.pooled(&settings()).call(request(&format!("https://{address}/")));
        let error = tokio::join!(asked, plain).0.unwrap_err();
        assert!(error.is_io(), "{error:?}");
    }

    /// Of 127.0.0.1, signed by itself, valid until 2126, and trusted by these tests alone, as is its key.
    fn certificate() -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(include_bytes!("test-certificate.pem")).unwrap()
    }

    fn trusts_the_certificate() -> Arc<ClientConfig> {
        let mut trusted = RootCertStore::empty();
        trusted.add(certificate()).unwrap();
        trust::trusting(trusted)
    }

    fn acceptor() -> tokio_rustls::TlsAcceptor {
        let key = PrivateKeyDer::from_pem_slice(include_bytes!("test-key.pem")).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate()], key).unwrap()).into()
    }

    #[tokio::test]
    async fn a_long_answer_over_tls_comes_whole() {
        let (address, mut connections) = server().await;
        let body: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_le_bytes).collect();
        let answered = async {
            let mut connection = acceptor().accept(connections.recv().await.unwrap()).await.unwrap();
            read_request(&mut connection).await;
            connection
                .write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes())
                .await
                .unwrap();
            connection.write_all(&body).await.unwrap();
            connection.flush().await.unwrap();
        };
        let http = Http::new(trusts_the_certificate);
        let url = format!("https://{address}/");
        let asked = async { text(http.pooled(&settings()).call(request(&url)).await.unwrap()).await };
        assert!(tokio::join!(asked, answered).0 == body);
    }

    #[tokio::test]
    async fn who_is_not_trusted_is_not_asked() {
        let (address, mut connections) = server().await;
        let http = Http::new(trust::tls);
        let refused = async { acceptor().accept(connections.recv().await.unwrap()).await.map(drop).unwrap_err() };
        let asked = http.pooled(&settings()).call(request(&format!("https://{address}/")));
        let (error, at_the_other_end) = tokio::join!(asked, refused);
        let error = error.unwrap_err();
        assert!(error.is_io(), "{error:?}");
        assert!(format!("{error:?}").contains("UnknownIssuer"), "{error:?}");
        assert!(at_the_other_end.to_string().contains("UnknownCA"), "{at_the_other_end}");
    }
}
