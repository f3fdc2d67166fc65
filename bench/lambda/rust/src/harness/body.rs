//! Request bodies: read, or compared with what they should be without being kept.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::{HeaderMap, body::Incoming};

/// Reads a body to its end.
pub async fn drain(body: Incoming) {
    let _ = body.collect().await;
}

/// The content of a body; `None` when it breaks off.
pub async fn content(body: Incoming, headers: &HeaderMap) -> Option<Bytes> {
    let body = body.collect().await.ok()?.to_bytes();
    if is_chunked(headers) { decode_chunks(body) } else { Some(body) }
}

/// Whether a body holds exactly these bytes.
pub async fn is(body: Incoming, headers: &HeaderMap, expected: &[u8]) -> bool {
    if is_chunked(headers) {
        return content(body, headers).await.is_some_and(|content| content == expected);
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

/// Whether a body comes in chunks with a trailer.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html>
fn is_chunked(headers: &HeaderMap) -> bool {
    headers.get("content-encoding").is_some_and(|encoding| encoding.as_bytes().starts_with(b"aws-chunked"))
}

fn decode_chunks(mut body: Bytes) -> Option<Bytes> {
    let mut content = BytesMut::new();
    loop {
        let line = body.windows(2).position(|two| two == b"\r\n")?;
        let head = body.split_to(line + 2);
        let size = head[..line].split(|byte| *byte == b';').next()?;
        match usize::from_str_radix(std::str::from_utf8(size).ok()?, 16).ok()? {
            0 => return Some(content.freeze()),
            size if size + 2 <= body.len() => content.extend_from_slice(&body.split_to(size + 2)[..size]),
            _ => return None,
        }
    }
}
