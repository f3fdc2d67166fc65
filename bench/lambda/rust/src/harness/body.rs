//! Request bodies: read, and compared with what they should be, without keeping them.

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::{body::Incoming, header::HeaderValue};

/// Reads a body to its end.
pub async fn drain(body: Incoming) {
    let _ = body.collect().await;
}

/// Whether a body holds exactly these bytes, in chunks with a trailer (`aws-chunked`) or as it is.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html>
pub async fn is(body: Incoming, encoding: Option<&HeaderValue>, expected: &[u8]) -> bool {
    if encoding.is_some_and(|encoding| encoding.as_bytes().starts_with(b"aws-chunked")) {
        let Ok(body) = body.collect().await else { return false };
        return holds_chunks_of(body.to_bytes(), expected);
    }
    let (mut body, mut left) = (body, expected);
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return false };
        if let Some(data) = frame.data_ref() {
            let Some(rest) = left.strip_prefix(&data[..]) else { return false };
            left = rest;
        }
    }
    left.is_empty()
}

fn holds_chunks_of(mut body: Bytes, expected: &[u8]) -> bool {
    let mut left = expected;
    loop {
        let Some(line) = body.windows(2).position(|two| two == b"\r\n") else { return false };
        let head = body.split_to(line + 2);
        let size = head[..line].split(|byte| *byte == b';').next().unwrap_or_default();
        let size = std::str::from_utf8(size).ok().and_then(|size| usize::from_str_radix(size, 16).ok());
        match size {
            Some(0) => return left.is_empty(),
            Some(size) if size + 2 <= body.len() => {
                let Some(rest) = left.strip_prefix(&body.split_to(size + 2)[..size]) else { return false };
                left = rest;
            }
            _ => return false,
        }
    }
}
