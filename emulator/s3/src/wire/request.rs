//! Makes every request an unsigned one with a plain body, before `s3s` sees it.
//!
//! `s3s` refuses signed requests unless it can check the signature, for which it would need the caller's secret. So
//! signatures are taken off: the `Authorization` header and the query parameters of presigned URLs (versions 4 and 2).
//! What the signature said about the body is kept: its SHA-256, and that it is `aws-chunked`, which is decoded here.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use hyper::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderValue};
use hyper::{Request, Uri};
use s3s::{Body, S3Error, S3ErrorCode};

use crate::wire::chunked::{BrokenChunks, Decoder};

const CONTENT_SHA256: &str = "x-amz-content-sha256";
const DECODED_LENGTH: &str = "x-amz-decoded-content-length";

/// What is known about a body besides its bytes; an extension of the request.
#[derive(Debug, Clone, Default)]
pub(crate) struct BodyFacts {
    /// The SHA-256 that the signature covers, in hex.
    pub(crate) sha256: Option<String>,
    trailers: Arc<Mutex<Vec<(String, String)>>>,
}

impl BodyFacts {
    /// A trailer, once the whole body has been read.
    pub(crate) fn trailer(&self, name: &str) -> Option<String> {
        let trailers = self.trailers.lock().unwrap_or_else(PoisonError::into_inner);
        trailers.iter().find(|(trailer, _)| trailer == name).map(|(_, value)| value.clone())
    }
}

/// Why a body could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error(transparent)]
    BrokenChunks(#[from] BrokenChunks),
    #[error("the body ended early, or has not as many bytes as x-amz-decoded-content-length says")]
    Incomplete,
    #[error("the connection broke: {0}")]
    Connection(Box<dyn std::error::Error + Send + Sync>),
}

/// Takes off the signature, and decodes the body.
pub(crate) fn prepare<B>(request: Request<B>) -> Result<Request<Body>, S3Error>
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (mut parts, body) = request.into_parts();
    if let Some(uri) = without_signature(&parts.uri) {
        parts.uri = uri;
    }
    parts.headers.remove(AUTHORIZATION);
    let content_sha256 = parts.headers.remove(CONTENT_SHA256);
    let content_sha256 = content_sha256.as_ref().and_then(|value| value.to_str().ok()).unwrap_or_default();

    let chunked = remove_aws_chunked(&mut parts.headers) || content_sha256.starts_with("STREAMING-");
    let decoded_length = chunked.then(|| decoded_length(&mut parts.headers)).transpose()?;
    let is_digest = content_sha256.len() == 64 && content_sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    let facts = BodyFacts { sha256: is_digest.then(|| content_sha256.to_ascii_lowercase()), trailers: Arc::default() };
    let body = PlainBody {
        inner: body,
        decoder: decoded_length.map(|left| Chunks { decoder: Decoder::default(), left, input: Bytes::new() }),
        trailers: facts.trailers.clone(),
    };
    parts.extensions.insert(facts);
    Ok(Request::from_parts(parts, Body::http_body_unsync(body)))
}

/// The URI without the query parameters of a presigned URL; `None` if it has none.
fn without_signature(uri: &Uri) -> Option<Uri> {
    let query = uri.query()?;
    let name = |parameter: &str| parameter.split('=').next().unwrap_or_default().to_ascii_lowercase();
    let has = |wanted: &str| query.split('&').any(|parameter| name(parameter) == wanted);
    // Names that only mean a signature if there is one.
    let version_2: &[&str] = if has("awsaccesskeyid") && has("signature") {
        &["awsaccesskeyid", "signature", "expires", "x-amz-security-token"]
    } else {
        &[]
    };
    let version_4 = [
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-signedheaders",
        "x-amz-signature",
        "x-amz-security-token",
        "x-amz-content-sha256",
    ];
    let is_signature = |parameter: &&str| {
        let name = name(parameter);
        version_4.contains(&name.as_str()) || version_2.contains(&name.as_str())
    };
    let kept: Vec<&str> = query.split('&').filter(|parameter| !is_signature(parameter)).collect();
    let path_and_query =
        if kept.is_empty() { uri.path().to_owned() } else { format!("{}?{}", uri.path(), kept.join("&")) };
    path_and_query.parse().ok()
}

/// Removes `aws-chunked` from the content encodings: it describes the request, not the object.
fn remove_aws_chunked(headers: &mut HeaderMap) -> bool {
    let encodings: Vec<String> = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|encoding| encoding.trim().to_owned())
        .collect();
    let kept: Vec<&str> =
        encodings.iter().map(String::as_str).filter(|encoding| !encoding.eq_ignore_ascii_case("aws-chunked")).collect();
    if kept.len() == encodings.len() {
        return false;
    }
    headers.remove(CONTENT_ENCODING);
    if let Ok(value) = HeaderValue::try_from(kept.join(","))
        && !value.is_empty()
    {
        headers.insert(CONTENT_ENCODING, value);
    }
    true
}

/// Takes the length of the decoded body, and makes it the content length.
fn decoded_length(headers: &mut HeaderMap) -> Result<u64, S3Error> {
    let value = headers.remove(DECODED_LENGTH);
    let length = value.as_ref().and_then(|value| value.to_str().ok()?.parse().ok()).ok_or_else(|| {
        S3Error::with_message(
            S3ErrorCode::MissingContentLength,
            "an aws-chunked body needs the header x-amz-decoded-content-length with a number of bytes",
        )
    })?;
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    Ok(length)
}

/// A request body without its encoding.
struct PlainBody<B> {
    inner: B,
    decoder: Option<Chunks>,
    trailers: Arc<Mutex<Vec<(String, String)>>>,
}

struct Chunks {
    decoder: Decoder,
    /// Bytes that the decoded body still has to give.
    left: u64,
    input: Bytes,
}

impl Chunks {
    fn next_data(&mut self) -> Result<Option<Bytes>, BodyError> {
        let data = self.decoder.decode(&mut self.input)?;
        let size = data.as_ref().map_or(0, Bytes::len) as u64;
        self.left = self.left.checked_sub(size).ok_or(BodyError::Incomplete)?;
        Ok(data)
    }
}

impl<B> HttpBody for PlainBody<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        loop {
            if let Some(chunks) = &mut this.decoder
                && let Some(data) = chunks.next_data()?
            {
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
            let frame = match ready!(Pin::new(&mut this.inner).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                Some(Err(error)) => return Poll::Ready(Some(Err(BodyError::Connection(error.into())))),
                None => {
                    if let Some(chunks) = &this.decoder {
                        if !chunks.decoder.is_complete() || chunks.left > 0 {
                            return Poll::Ready(Some(Err(BodyError::Incomplete)));
                        }
                        let mut trailers = this.trailers.lock().unwrap_or_else(PoisonError::into_inner);
                        *trailers = chunks.decoder.trailers().to_vec();
                    }
                    return Poll::Ready(None);
                }
            };
            match (&mut this.decoder, frame.into_data()) {
                (Some(chunks), Ok(data)) => chunks.input = data,
                (None, Ok(data)) => return Poll::Ready(Some(Ok(Frame::data(data)))),
                (_, Err(_trailers)) => {}
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.decoder {
            None => self.inner.size_hint(),
            Some(chunks) => SizeHint::with_exact(chunks.left),
        }
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt as _, Full};

    use super::*;

    fn request(uri: &str, headers: &[(&str, &str)], body: &str) -> Request<Full<Bytes>> {
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Full::from(body.to_owned())).unwrap()
    }

    #[test]
    fn the_query_of_a_presigned_url_is_taken_off() {
        for (signed, plain) in [
            (
                "/b/k?X-Amz-Algorithm=A&X-Amz-Credential=c%2Fd&X-Amz-Date=1&X-Amz-Expires=9&X-Amz-SignedHeaders=host&X-Amz-Signature=0",
                "/b/k",
            ),
            (
                "/b/k?versionId=null&X-Amz-Signature=0&response-content-type=a%20b",
                "/b/k?versionId=null&response-content-type=a%20b",
            ),
            ("/b/k?AWSAccessKeyId=a&Signature=b%3D&Expires=1", "/b/k"),
            ("/b/k?Signature=b", "/b/k?Signature=b"),
            ("/b?list-type=2&prefix=x-amz-date", "/b?list-type=2&prefix=x-amz-date"),
        ] {
            let request = prepare(request(signed, &[], "")).unwrap();
            assert_eq!(request.uri(), plain);
        }
    }

    #[tokio::test]
    async fn a_chunked_body_is_decoded_and_its_trailers_are_kept() {
        let headers = [
            ("authorization", "AWS4-HMAC-SHA256 …"),
            ("content-encoding", "gzip, aws-chunked"),
            ("content-length", "99"),
            ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
            ("x-amz-decoded-content-length", "3"),
        ];
        let request = prepare(request("/b/k", &headers, "3\r\nabc\r\n0\r\nx-amz-checksum-crc32:v\r\n\r\n")).unwrap();
        assert_eq!(request.headers()["content-encoding"], "gzip");
        assert_eq!(request.headers()["content-length"], "3");
        assert!(!request.headers().contains_key("authorization"));
        let facts = request.extensions().get::<BodyFacts>().unwrap().clone();
        assert_eq!(request.into_body().collect().await.unwrap().to_bytes(), "abc");
        assert_eq!(facts.trailer("x-amz-checksum-crc32").as_deref(), Some("v"));
    }

    #[tokio::test]
    async fn a_chunked_body_of_another_length_than_announced_is_refused() {
        for length in ["2", "4"] {
            let headers = [("content-encoding", "aws-chunked"), ("x-amz-decoded-content-length", length)];
            let request = prepare(request("/b/k", &headers, "3\r\nabc\r\n0\r\n\r\n")).unwrap();
            assert!(request.into_body().collect().await.is_err(), "{length}");
        }
    }

    #[test]
    fn a_chunked_body_without_its_length_is_refused() {
        let error = prepare(request("/b/k", &[("content-encoding", "aws-chunked")], "")).unwrap_err();
        assert_eq!(error.code(), &S3ErrorCode::MissingContentLength);
    }

    #[test]
    fn the_digest_of_a_signed_body_is_kept() {
        let digest = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";
        let request = prepare(request("/b/k", &[("x-amz-content-sha256", digest)], "")).unwrap();
        assert_eq!(request.extensions().get::<BodyFacts>().unwrap().sha256, Some(digest.to_ascii_lowercase()));
        let request = prepare(self::request("/b/k", &[("x-amz-content-sha256", "UNSIGNED-PAYLOAD")], "")).unwrap();
        assert_eq!(request.extensions().get::<BodyFacts>().unwrap().sha256, None);
    }
}
