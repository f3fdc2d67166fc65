//! What one item of a list takes at least, model aside: the requests that a function makes for it, answered by servers that know
//! nothing. One is as good as none: it counts the bytes of what it gets, and keeps the file of the image. The other one has the same
//! file, and speaks HTTP and S3 with the crates that `local` has, hyper and s3s; behind them is nothing.
//! `cargo run --release -p local --example scale_floor -- [ITEMS [DIR]]`

// A measurement that can not be made ends.
#![allow(clippy::unwrap_used)]

mod common;

use common::{processor_seconds, read_answer};
use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, service::service_fn};
use hyper_util::rt::TokioIo;
use s3s::dto::{
    ETag, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, PutObjectInput, PutObjectOutput,
};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, HttpError, S3, S3Request, S3Response, S3Result, s3_error};
use std::fs;
use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Items at once, as `local` has them, each on a connection of its own.
const AT_ONCE: usize = 10;
/// Bytes of a picture.
const PICTURE: usize = 43_000;
/// Bytes of an event.
const EVENT: usize = 900;
/// Bytes of an object of claims.
const CLAIMS: usize = 400;
/// What the generator sends with every request of S3, but for the signature, which `local` does not check.
const COMMON: &str = "host: 127.0.0.1:4566\r\nuser-agent: aws-sdk-rust/1.7.0 ua/2.1 api/s3/1.157.0 os/linux lang/rust/1.95.0 exec-env/AWS_Lambda_provided.al2023 m/U,Z,E,N,g\r\nx-amz-user-agent: aws-sdk-rust/1.7.0 ua/2.1 api/s3/1.157.0 os/linux lang/rust/1.95.0 exec-env/AWS_Lambda_provided.al2023 m/U,Z,E,N,g\r\nx-amz-date: 20261128T065453Z\r\nx-amz-content-sha256: UNSIGNED-PAYLOAD\r\namz-sdk-request: attempt=1; max=3\r\namz-sdk-invocation-id: 26a60e6c-eda2-4276-b652-86a7ed0d1096\r\n";
const ETAG: &str = "2113729e29da12ef8be27df3ab930725";

/// What a function asks for one item: the request, and the answer of the server that knows nothing.
struct Exchange {
    request: Vec<u8>,
    answer: Vec<u8>,
    keeps_a_file: bool,
    /// Whether the answer has a body.
    has_body: bool,
}

impl Exchange {
    fn new(line: &str, headers: &str, body: usize, status: &str, answer: usize) -> Self {
        let length = if body == 0 { String::new() } else { format!("content-length: {body}\r\n") };
        let head = format!("{line} HTTP/1.1\r\n{headers}{length}\r\n");
        let has_body = !line.starts_with("HEAD");
        let answered = format!("HTTP/1.1 {status}\r\netag: \"{ETAG}\"\r\ncontent-length: {answer}\r\n\r\n");
        Self {
            request: [head.into_bytes(), vec![b' '; body]].concat(),
            answer: [answered.into_bytes(), vec![b' '; answer]].concat(),
            keeps_a_file: body == PICTURE,
            has_body,
        }
    }

    /// All of an item, in their order. A body of blanks is as good as any other: who stores it does not read it.
    fn all() -> Vec<Self> {
        let bucket = "000000000000-us-east-1-input-image-bucket";
        let claim = format!("/{bucket}/.pace/claim-2a8.json");
        let image = format!("/{bucket}/nomal/A7/image.jpeg");
        let runtime = "/2018-06-01/runtime/invocation";
        let checked = "x-amz-sdk-checksum-algorithm: CRC32\r\n";
        let metadata = "content-type: image/jpeg\r\nx-amz-meta-rank: nomal\r\nx-amz-meta-id: A7\r\nx-amz-meta-model: stability.stable-image-core-v1:1\r\nx-amz-meta-seed: 2849352784\r\nx-amz-meta-request-sha256: dbb8beab0d7ddbe87d77d9144b025ae5aa561ba6d8822b294a98d69b75d36101\r\n";
        let host = "host: 127.0.0.1:4566\r\nuser-agent: aws-lambda-rust/1.1.1\r\n";
        vec![
            Self::new(&format!("GET {runtime}/next"), host, 0, "200 OK", EVENT),
            Self::new(&format!("HEAD {image}"), COMMON, 0, "404 Not Found", 0),
            Self::new(&format!("GET {claim}?x-id=GetObject"), COMMON, 0, "200 OK", CLAIMS),
            Self::new(
                &format!("PUT {claim}?x-id=PutObject"),
                &format!("{COMMON}if-match: \"{ETAG}\"\r\n{checked}"),
                CLAIMS,
                "200 OK",
                0,
            ),
            Self::new(
                &format!("PUT {image}?x-id=PutObject"),
                &format!("{COMMON}{checked}{metadata}"),
                PICTURE,
                "200 OK",
                0,
            ),
            Self::new(
                &format!("POST {runtime}/d1ac5ca7-da55-4691-ac2b-8a53579364b0/response"),
                host,
                240,
                "202 Accepted",
                16,
            ),
        ]
    }
}

/// Where the images are kept.
struct Folder {
    path: PathBuf,
    number: AtomicUsize,
}

impl Folder {
    fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), number: AtomicUsize::new(0) }
    }

    fn keep(&self, image: &[u8]) {
        let item = self.path.join(self.number.fetch_add(1, Ordering::Relaxed).to_string());
        fs::create_dir(&item).unwrap();
        fs::write(item.join("image.jpeg"), image).unwrap();
    }
}

/// Answers what comes on one connection, in turn, and reads nothing of it.
fn serve(mut stream: TcpStream, folder: &Folder) {
    let exchanges = Exchange::all();
    let mut buffer = vec![0; 2 * PICTURE];
    loop {
        for Exchange { request, answer, keeps_a_file, .. } in &exchanges {
            let request = &mut buffer[..request.len()];
            if stream.read_exact(request).is_err() {
                return;
            }
            if *keeps_a_file {
                folder.keep(&request[request.len() - PICTURE..]);
            }
            stream.write_all(answer).unwrap();
        }
    }
}

fn serve_bytes(listener: &TcpListener, folder: Folder) {
    let folder = Arc::new(folder);
    let servers: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let stream = listener.accept().unwrap().0;
            stream.set_nodelay(true).unwrap();
            let folder = Arc::clone(&folder);
            thread::spawn(move || serve(stream, &folder))
        })
        .collect();
    servers.into_iter().for_each(|server| server.join().unwrap());
}

/// S3 with nothing in it.
#[async_trait::async_trait]
impl S3 for Folder {
    async fn head_object(&self, _: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        Err(s3_error!(NoSuchKey))
    }

    async fn get_object(&self, _: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        Ok(S3Response::new(GetObjectOutput {
            body: Some(Body::from(Bytes::from_static(&[b' '; CLAIMS])).into()),
            content_length: Some(CLAIMS as i64),
            e_tag: Some(ETag::Strong(ETAG.into())),
            ..GetObjectOutput::default()
        }))
    }

    async fn put_object(&self, request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let body = Body::from(request.input.body.unwrap()).collect().await.unwrap().to_bytes();
        if body.len() == PICTURE {
            self.keep(&body);
        }
        let e_tag = Some(ETag::Strong(ETAG.into()));
        Ok(S3Response::new(PutObjectOutput { e_tag, ..PutObjectOutput::default() }))
    }
}

/// One request, with the crates.
async fn answer(s3: &S3Service, request: Request<Incoming>) -> Result<Response<Body>, HttpError> {
    if !request.uri().path().starts_with("/2018-06-01/") {
        return s3.call(request.map(Body::from)).await;
    }
    let event = request.method() == hyper::Method::GET;
    request.into_body().collect().await.unwrap();
    let body = if event { Bytes::from_static(&[b' '; EVENT]) } else { Bytes::from_static(b"{\"status\":\"OK\"}\n") };
    Ok(Response::new(Body::from(body)))
}

/// As `local` has them: all connections on the threads of one runtime.
fn serve_with_crates(listener: TcpListener, folder: Folder) {
    let s3 = S3ServiceBuilder::new(folder).build();
    listener.set_nonblocking(true).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let mut connections = tokio::task::JoinSet::new();
        for _ in 0..AT_ONCE {
            let stream = listener.accept().await.unwrap().0;
            stream.set_nodelay(true).unwrap();
            let s3 = s3.clone();
            connections.spawn(async move {
                let service = service_fn(|request| answer(&s3, request));
                let _ =
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
        while connections.join_next().await.is_some() {}
    });
}

/// The functions: so many items, one after the other on each connection.
fn ask(port: u16, items: usize) {
    let functions: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            thread::spawn(move || {
                let exchanges = Exchange::all();
                let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
                stream.set_nodelay(true).unwrap();
                let mut answers = BufReader::new(stream.try_clone().unwrap());
                let mut body = vec![];
                for _ in 0..items / AT_ONCE {
                    for Exchange { request, has_body, .. } in &exchanges {
                        stream.write_all(request).unwrap();
                        read_answer(&mut answers, "", has_body.then_some(&mut body)).unwrap();
                    }
                }
            })
        })
        .collect();
    functions.into_iter().for_each(|function| function.join().unwrap());
}

/// What a server takes for an item.
fn measure(name: &str, items: usize, folder: Option<&str>, serve: impl FnOnce(TcpListener, Folder)) {
    let folder = match folder {
        Some(folder) => tempfile::tempdir_in(folder).unwrap(),
        None => tempfile::tempdir().unwrap(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let before = processor_seconds();
    let mut asking =
        Command::new(std::env::current_exe().unwrap()).args(["ask", &port, &items.to_string()]).spawn().unwrap();
    serve(listener, Folder::new(folder.path()));
    assert!(asking.wait().unwrap().success());
    let after = processor_seconds();
    let asked = items / AT_ONCE * AT_ONCE;
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), asked);
    let [user, system] = [0, 1].map(|at| (after[at] - before[at]) * 1e6 / asked as f64);
    println!("{name}: {items} items, {:.0} us an item, {system:.0} of them the kernel's", user + system);
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [ask_from, port, items] = arguments.as_slice()
        && ask_from == "ask"
    {
        return ask(port.parse().unwrap(), items.parse().unwrap());
    }
    let items: usize = arguments.first().map_or(20_000, |items| items.parse().unwrap());
    let folder = arguments.get(1).map(String::as_str);
    measure("nothing is read", items, folder, |listener, folder| serve_bytes(&listener, folder));
    measure("hyper and s3s", items, folder, serve_with_crates);
}
