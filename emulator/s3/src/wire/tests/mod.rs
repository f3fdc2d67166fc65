//! What a client notices: plain HTTP requests over a real connection.

mod lists;
mod objects;
mod payloads;
mod uploads;
mod versions;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::{S3Endpoint, Store};

/// An endpoint on a port of its own, over a fresh folder with the bucket `b-1`.
struct Server {
    _dir: TempDir,
    store: Store,
    address: SocketAddr,
}

/// What came back.
struct Received {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Server {
    fn start() -> Self {
        Self::with_limit_and_region(crate::DEFAULT_MAX_OBJECT_BYTES, "us-east-1")
    }

    fn with_limit_and_region(max_object_bytes: u64, region: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(dir.path(), max_object_bytes).unwrap();
        store.create_bucket("b-1").unwrap();
        let endpoint = S3Endpoint::new(store.clone(), region);
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
                sender.send(listener.local_addr().unwrap()).unwrap();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    let endpoint = endpoint.clone();
                    let service = service_fn(move |request| {
                        let endpoint = endpoint.clone();
                        async move { Ok::<_, Infallible>(endpoint.call(request).await) }
                    });
                    tokio::spawn(
                        http1::Builder::new().half_close(true).serve_connection(TokioIo::new(stream), service),
                    );
                }
            });
        });
        Self { _dir: dir, store, address: receiver.recv().unwrap() }
    }

    /// Sends one request. The content length is added unless the headers say how the body ends.
    fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Received {
        let mut request = format!("{method} {target} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        if !headers.iter().any(|(name, _)| matches!(*name, "content-length" | "transfer-encoding")) {
            request.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream.write_all(b"\r\n").unwrap();
        // An answer may come, and the connection close, before the whole body is sent.
        let _ = stream.write_all(body);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        Received::parse(&bytes)
    }

    fn get(&self, target: &str) -> Received {
        self.send("GET", target, &[], b"")
    }

    fn put(&self, target: &str, body: &[u8]) -> Received {
        self.send("PUT", target, &[], body)
    }
}

impl Received {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .map(|line| line.split_once(": ").unwrap_or((line.trim_end_matches(':'), "")))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Self { status, headers, body: bytes[end + 4..].to_vec() }
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The texts of all elements of this name, in order.
    fn elements(&self, name: &str) -> Vec<&str> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        self.text().split(&open).skip(1).map(|rest| rest.split(&close).next().unwrap()).collect()
    }

    /// The error's status and code.
    fn error(&self) -> (u16, &str) {
        (self.status, self.elements("Code").first().copied().unwrap_or_default())
    }
}
