//! What one item of a list takes at least, model and state machine aside: the requests that a function makes for it, answered by
//! servers that are less than S3. One is as good as none: it counts the bytes of what it gets, and keeps the file of the image. One has
//! the least that objects in files need: it reads what it gets, follows no link, gives an ETag and takes a condition on it, and keeps
//! objects whole or not at all, with what is known about them; it has no locks, events, limits or checks of names. One speaks HTTP
//! and S3 with the crates that `local` has, hyper and s3s; behind them is nothing but the file of the image.
//! `cargo run --release -p local --example scale_floor -- [ITEMS [DIR [BYTES]]]`; a picture has 43,000 bytes if not said

// A measurement that can not be made ends.
#![allow(clippy::unwrap_used)]

mod common;

use common::{processor_seconds, read_answer};
use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, service::service_fn};
use hyper_util::rt::TokioIo;
use s3s::crypto::{Checksum, Md5};
use s3s::dto::{
    ETag, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, PutObjectInput, PutObjectOutput,
};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, HttpError, S3, S3Request, S3Response, S3Result, s3_error};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Items at once, as `local` has them, each on a connection of its own.
const AT_ONCE: usize = 10;
/// Bytes of an event.
const EVENT: usize = 900;
/// An object of claims. A body of blanks is as good as any other: who stores it does not read it.
const CLAIMS: [u8; 400] = [b' '; 400];
/// Its ETag.
const ETAG: &str = "407d750bad11e9de41ee98d191ef2abc";
const ACCEPTED: &[u8] = b"{\"status\":\"OK\"}\n";
/// What the generator sends with every request of S3, but for the signature, which `local` does not check.
const COMMON: &str = "host: 127.0.0.1:4566\r\nuser-agent: aws-sdk-rust/1.7.0 ua/2.1 api/s3/1.157.0 os/linux lang/rust/1.95.0 exec-env/AWS_Lambda_provided.al2023 m/U,Z,E,N,g\r\nx-amz-user-agent: aws-sdk-rust/1.7.0 ua/2.1 api/s3/1.157.0 os/linux lang/rust/1.95.0 exec-env/AWS_Lambda_provided.al2023 m/U,Z,E,N,g\r\nx-amz-date: 20261128T065453Z\r\nx-amz-content-sha256: UNSIGNED-PAYLOAD\r\namz-sdk-request: attempt=1; max=3\r\namz-sdk-invocation-id: 26a60e6c-eda2-4276-b652-86a7ed0d1096\r\n";

/// What a function asks for one item: the request, and the answer of the server that knows nothing.
struct Exchange {
    request: Vec<u8>,
    answer: Vec<u8>,
    is_image: bool,
    /// Whether the answer has a body.
    has_body: bool,
}

impl Exchange {
    fn new(line: &str, headers: &str, body: &[u8], status: &str, answer: usize) -> Self {
        let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        let head = format!("{line} HTTP/1.1\r\n{headers}{length}\r\n");
        let answered = format!("HTTP/1.1 {status}\r\netag: \"{ETAG}\"\r\ncontent-length: {answer}\r\n\r\n");
        Self {
            request: [head.as_bytes(), body].concat(),
            answer: [answered.into_bytes(), vec![b' '; answer]].concat(),
            is_image: line.starts_with("PUT") && line.contains("image.jpeg"),
            has_body: !line.starts_with("HEAD"),
        }
    }

    /// All of the item with this number, in their order.
    fn all(number: usize, picture: usize) -> Vec<Self> {
        let bucket = "000000000000-us-east-1-input-image-bucket";
        let claim = format!("/{bucket}/.pace/claim-{:03}.json", number % AT_ONCE);
        let image = format!("/{bucket}/nomal/A{number:08}/image.jpeg");
        let runtime = "/2018-06-01/runtime/invocation";
        let checked = "x-amz-sdk-checksum-algorithm: CRC32\r\n";
        let metadata = "content-type: image/jpeg\r\nx-amz-meta-rank: nomal\r\nx-amz-meta-id: A7\r\nx-amz-meta-model: stability.stable-image-core-v1:1\r\nx-amz-meta-seed: 2849352784\r\nx-amz-meta-request-sha256: dbb8beab0d7ddbe87d77d9144b025ae5aa561ba6d8822b294a98d69b75d36101\r\n";
        let host = "host: 127.0.0.1:4566\r\nuser-agent: aws-lambda-rust/1.1.1\r\n";
        vec![
            Self::new(&format!("GET {runtime}/next"), host, &[], "200 OK", EVENT),
            Self::new(&format!("HEAD {image}"), COMMON, &[], "404 Not Found", 0),
            Self::new(&format!("GET {claim}?x-id=GetObject"), COMMON, &[], "200 OK", CLAIMS.len()),
            Self::new(
                &format!("PUT {claim}?x-id=PutObject"),
                &format!("{COMMON}if-match: \"{ETAG}\"\r\n{checked}"),
                &CLAIMS,
                "200 OK",
                0,
            ),
            Self::new(
                &format!("PUT {image}?x-id=PutObject"),
                &format!("{COMMON}{checked}{metadata}"),
                &vec![b' '; picture],
                "200 OK",
                0,
            ),
            Self::new(
                &format!("POST {runtime}/d1ac5ca7-da55-4691-ac2b-8a53579364b0/response"),
                host,
                &[b' '; 240],
                "202 Accepted",
                ACCEPTED.len(),
            ),
        ]
    }
}

/// Where objects are kept.
struct Folder {
    objects: PathBuf,
    /// What is known about them, and what is not whole yet.
    others: PathBuf,
    /// Bytes of a picture.
    picture: usize,
    number: AtomicUsize,
}

impl Folder {
    fn new(path: &Path, picture: usize) -> Self {
        let [objects, others] = ["objects", "others"].map(|name| path.join(name));
        for folder in [&objects, &others] {
            fs::create_dir(folder).unwrap();
        }
        Self { objects, others, picture, number: AtomicUsize::new(0) }
    }

    fn number(&self) -> String {
        self.number.fetch_add(1, Ordering::Relaxed).to_string()
    }

    /// Keeps an image, and asks nothing.
    fn keep(&self, image: &[u8]) {
        let item = self.objects.join(self.number());
        fs::create_dir(&item).unwrap();
        fs::write(item.join("image.jpeg"), image).unwrap();
    }

    /// The file of an object; nothing is found through a link.
    fn find(&self, key: &str) -> Option<PathBuf> {
        let mut path = self.objects.clone();
        for name in key.split('/') {
            path.push(name);
            path.symlink_metadata().ok().filter(|seen| !seen.is_symlink())?;
        }
        Some(path)
    }

    /// An object, and its ETag.
    fn get(&self, key: &str) -> Option<(Vec<u8>, String)> {
        let path = self.find(key)?;
        Some((fs::read(path).unwrap(), self.etag(key)))
    }

    /// Keeps an object whole or not at all, with what is known about it, unless there is one with another ETag. Gives the new one.
    fn put(&self, key: &str, if_match: &str, headers: &str, body: &[u8]) -> Option<String> {
        let etag: String = Md5::checksum(body).iter().map(|byte| format!("{byte:02x}")).collect();
        let temporary = self.others.join(self.number());
        fs::write(&temporary, body).unwrap();
        match self.find(key) {
            Some(_) if self.etag(key) != if_match => return None,
            Some(_) => {}
            None => fs::create_dir_all(self.objects.join(key).parent().unwrap()).unwrap(),
        }
        fs::write(self.known(key), format!("{etag}\n{headers}")).unwrap();
        fs::rename(temporary, self.objects.join(key)).unwrap();
        Some(etag)
    }

    fn known(&self, key: &str) -> PathBuf {
        self.others.join(key.replace('/', "-"))
    }

    fn etag(&self, key: &str) -> String {
        fs::read_to_string(self.known(key)).unwrap().lines().next().unwrap().to_owned()
    }
}

/// Answers what comes on one connection, in turn, and reads nothing of it.
fn answer_unread(mut stream: TcpStream, folder: &Folder) {
    let exchanges = Exchange::all(0, folder.picture);
    let mut buffer = vec![0; 4_000 + folder.picture];
    loop {
        for Exchange { request, answer, is_image, .. } in &exchanges {
            let request = &mut buffer[..request.len()];
            if stream.read_exact(request).is_err() {
                return;
            }
            if *is_image {
                folder.keep(&request[request.len() - folder.picture..]);
            }
            stream.write_all(answer).unwrap();
        }
    }
}

/// Answers what comes on one connection with the least that objects in files need.
fn answer_from_files(mut stream: TcpStream, folder: &Folder) {
    let mut requests = BufReader::with_capacity(64 * 1024, stream.try_clone().unwrap());
    let (mut target, mut line, mut body) = (String::new(), String::new(), vec![]);
    loop {
        target.clear();
        if requests.read_line(&mut target).unwrap_or(0) == 0 {
            return;
        }
        let (mut length, mut if_match, mut kept) = (0, String::new(), String::new());
        loop {
            line.clear();
            requests.read_line(&mut line).unwrap();
            match line.trim_end().split_once(": ") {
                None => break,
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(("if-match", value)) => if_match = value.trim_matches('"').to_owned(),
                Some((name, _)) if name == "content-type" || name.starts_with("x-amz-meta-") => kept += &line,
                Some(_) => {}
            }
        }
        body.resize(length, 0);
        requests.read_exact(&mut body).unwrap();
        let mut words = target.split([' ', '?']);
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let (status, etag, body) = match (method, path.trim_start_matches('/')) {
            ("GET", path) if path.starts_with("2018-06-01/") => ("200 OK", String::new(), vec![b' '; EVENT]),
            ("POST", _) => ("202 Accepted", String::new(), ACCEPTED.to_vec()),
            ("PUT", key) => match folder.put(key, &if_match, &kept, &body) {
                Some(etag) => ("200 OK", etag, vec![]),
                None => ("412 Precondition Failed", String::new(), vec![]),
            },
            (_, key) => match folder.get(key) {
                Some((body, etag)) => ("200 OK", etag, body),
                None => ("404 Not Found", String::new(), vec![]),
            },
        };
        let length = body.len();
        let head = format!("HTTP/1.1 {status}\r\netag: \"{etag}\"\r\ncontent-length: {length}\r\n\r\n");
        stream.write_all(&[head.into_bytes(), body].concat()).unwrap();
    }
}

/// A thread for every connection.
fn serve_on_threads(listener: &TcpListener, folder: &Arc<Folder>, answer: fn(TcpStream, &Folder)) {
    let servers: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let stream = listener.accept().unwrap().0;
            stream.set_nodelay(true).unwrap();
            let folder = Arc::clone(folder);
            thread::spawn(move || answer(stream, &folder))
        })
        .collect();
    servers.into_iter().for_each(|server| server.join().unwrap());
}

/// S3 with nothing in it.
struct Nothing(Arc<Folder>);

#[async_trait::async_trait]
impl S3 for Nothing {
    async fn head_object(&self, _: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        Err(s3_error!(NoSuchKey))
    }

    async fn get_object(&self, _: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        Ok(S3Response::new(GetObjectOutput {
            body: Some(Body::from(Bytes::from_static(&CLAIMS)).into()),
            content_length: Some(CLAIMS.len() as i64),
            e_tag: Some(ETag::Strong(ETAG.into())),
            ..GetObjectOutput::default()
        }))
    }

    async fn put_object(&self, request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let body = Body::from(request.input.body.unwrap()).collect().await.unwrap().to_bytes();
        if request.input.key.ends_with("image.jpeg") {
            self.0.keep(&body);
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
    let body = Bytes::from_static(if event { &[b' '; EVENT] } else { ACCEPTED });
    Ok(Response::new(Body::from(body)))
}

/// As `local` has them: all connections on the threads of one runtime.
fn serve_with_crates(listener: TcpListener, folder: Arc<Folder>) {
    let s3 = S3ServiceBuilder::new(Nothing(folder)).build();
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
fn ask(port: u16, items: usize, picture: usize) {
    let functions: Vec<_> = (0..AT_ONCE)
        .map(|first| {
            thread::spawn(move || {
                let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
                stream.set_nodelay(true).unwrap();
                let mut answers = BufReader::new(stream.try_clone().unwrap());
                let mut body = vec![];
                for number in (first..items).step_by(AT_ONCE) {
                    for Exchange { request, has_body, .. } in Exchange::all(number, picture) {
                        stream.write_all(&request).unwrap();
                        read_answer(&mut answers, "", has_body.then_some(&mut body)).unwrap();
                    }
                }
            })
        })
        .collect();
    functions.into_iter().for_each(|function| function.join().unwrap());
}

fn count_images(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| if path.is_dir() { count_images(&path) } else { usize::from(path.ends_with("image.jpeg")) })
        .sum()
}

/// What a server takes for an item.
fn measure(
    name: &str,
    [items, picture]: [usize; 2],
    folder: Option<&str>,
    serve: impl FnOnce(TcpListener, Arc<Folder>),
) {
    let folder = match folder {
        Some(folder) => tempfile::tempdir_in(folder).unwrap(),
        None => tempfile::tempdir().unwrap(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let before = processor_seconds();
    let mut asking = Command::new(std::env::current_exe().unwrap())
        .args(["ask", &port, &items.to_string(), &picture.to_string()])
        .spawn()
        .unwrap();
    serve(listener, Arc::new(Folder::new(folder.path(), picture)));
    assert!(asking.wait().unwrap().success());
    let after = processor_seconds();
    assert_eq!(count_images(folder.path()), items);
    let [user, system] = [0, 1].map(|at| (after[at] - before[at]) * 1e6 / items as f64);
    println!("{name}: {items} items, {:.0} us an item, {system:.0} of them the kernel's", user + system);
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [ask_from, port, items, picture] = arguments.as_slice()
        && ask_from == "ask"
    {
        return ask(port.parse().unwrap(), items.parse().unwrap(), picture.parse().unwrap());
    }
    let number = |at: usize, or| arguments.get(at).map_or(or, |number| number.parse().unwrap());
    let of = [number(0, 20_000), number(2, 43_000)];
    let folder = arguments.get(1).map(String::as_str);
    measure("nothing is read", of, folder, |listener, folder| serve_on_threads(&listener, &folder, answer_unread));
    measure("objects in files", of, folder, |listener, folder| serve_on_threads(&listener, &folder, answer_from_files));
    measure("hyper and s3s", of, folder, serve_with_crates);
}
