//! What a client notices: requests as they come from HTTP, and the answers.

mod lists;
mod objects;
mod payloads;
mod uploads;
mod versions;

use std::io;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::Request;
use hyper::header::{HeaderMap, HeaderValue};
use tokio::runtime::Runtime;

use crate::S3Endpoint;
use crate::tests::Fixture;

/// An endpoint over a fresh folder with the bucket `b-1`.
struct Server {
    fixture: Fixture,
    endpoint: S3Endpoint,
    runtime: Runtime,
}

/// What came back.
struct Received {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Server {
    fn start() -> Self {
        Self::with_limit(crate::DEFAULT_MAX_OBJECT_BYTES)
    }

    fn with_limit(max_object_bytes: u64) -> Self {
        let fixture = Fixture::with_limit(max_object_bytes);
        let endpoint = S3Endpoint::new(fixture.store.clone(), "us-east-1");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { fixture, endpoint, runtime }
    }

    fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Received {
        self.send_part(method, target, headers, body, usize::MAX)
    }

    /// Sends a request over a connection that breaks after so many bytes of the body.
    fn send_part(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8], arrives: usize) -> Received {
        let mut request = Request::builder().method(method).uri(target).header("content-length", body.len());
        for (name, value) in headers.iter().chain(&[("host", "127.0.0.1:4566")]) {
            request = request.header(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let body = Limited::new(Full::new(Bytes::copy_from_slice(body)), arrives).map_err(io::Error::other);
        self.runtime.block_on(async {
            let (parts, body) = self.endpoint.call(request.body(body).unwrap()).await.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            Received { status: parts.status.as_u16(), headers: parts.headers, body }
        })
    }

    fn get(&self, target: &str) -> Received {
        self.send("GET", target, &[], b"")
    }

    fn put(&self, target: &str, body: &[u8]) -> Received {
        self.send("PUT", target, &[], body)
    }

    fn delete(&self, target: &str) -> Received {
        self.send("DELETE", target, &[], b"")
    }

    fn head(&self, target: &str) -> Received {
        self.send("HEAD", target, &[], b"")
    }
}

impl Received {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| std::str::from_utf8(value.as_bytes()).unwrap())
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
