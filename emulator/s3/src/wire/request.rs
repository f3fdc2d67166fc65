//! Makes every request an unsigned one, before `s3s` sees it.
//!
//! `s3s` refuses signed requests unless it can check the signature, for which it would need the caller's secret. So
//! signatures are taken off: the `Authorization` header and the query parameters of presigned URLs (versions 4 and 2).
//! What the signature said about the body is kept: its SHA-256, and whether it is `aws-chunked`.

use bytes::Bytes;
use hyper::body::Body as HttpBody;
use hyper::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderValue};
use hyper::{Request, Uri};
use s3s::{Body, S3Error, s3_error};

/// The body is `aws-chunked`, and the header `Content-Length` is the length of what it decodes to; an extension of the
/// request.
#[derive(Debug, Clone)]
pub(crate) struct AwsChunked;

/// The SHA-256 of the body that the signature covers, in hex; an extension of the request.
#[derive(Debug, Clone)]
pub(crate) struct SignedSha256(pub(crate) String);

/// Takes off the signature, and notes what it said about the body.
pub(crate) fn prepare<B>(request: Request<B>) -> Result<Request<Body>, S3Error>
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    B::Error: std::error::Error + Send + Sync + 'static,
{
    let (mut parts, body) = request.into_parts();
    if let Some(uri) = without_signature(&parts.uri) {
        parts.uri = uri;
    }
    parts.headers.remove(AUTHORIZATION);
    let sha256 = parts.headers.remove("x-amz-content-sha256");
    let sha256 = sha256.as_ref().and_then(|value| value.to_str().ok()).unwrap_or_default();
    if sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        parts.extensions.insert(SignedSha256(sha256.to_ascii_lowercase()));
    }
    if remove_aws_chunked(&mut parts.headers) || sha256.starts_with("STREAMING-") {
        let length = decoded_length(&mut parts.headers)?;
        parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        parts.extensions.insert(AwsChunked);
    }
    Ok(Request::from_parts(parts, Body::http_body_unsync(body)))
}

/// The URI without the query parameters of a presigned URL; `None` if it has none.
fn without_signature(uri: &Uri) -> Option<Uri> {
    const VERSION_4: &str = "x-amz-algorithm x-amz-credential x-amz-date x-amz-expires x-amz-signedheaders \
                             x-amz-signature x-amz-security-token x-amz-content-sha256";
    const VERSION_2: &str = "awsaccesskeyid signature expires x-amz-security-token";
    let query = uri.query()?;
    let name = |parameter: &str| parameter.split('=').next().unwrap_or_default().to_ascii_lowercase();
    let has = |wanted: &str| query.split('&').any(|parameter| name(parameter) == wanted);
    // `expires` alone may mean something else.
    let signature = match (has("x-amz-signature"), has("awsaccesskeyid") && has("signature")) {
        (true, _) => VERSION_4,
        (_, true) => VERSION_2,
        _ => return None,
    };
    let is_signature = |parameter: &&str| signature.split(' ').any(|part| part == name(parameter));
    let kept: Vec<&str> = query.split('&').filter(|parameter| !is_signature(parameter)).collect();
    let separator = if kept.is_empty() { "" } else { "?" };
    format!("{}{separator}{}", uri.path(), kept.join("&")).parse().ok()
}

/// Removes `aws-chunked` from the content encodings: it describes the request, not the object.
fn remove_aws_chunked(headers: &mut HeaderMap) -> bool {
    let values: Vec<&str> = headers.get_all(CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok()).collect();
    let all = values.join(",");
    let is_chunked = |encoding: &&str| encoding.trim().eq_ignore_ascii_case("aws-chunked");
    if !all.split(',').any(|encoding| is_chunked(&encoding)) {
        return false;
    }
    let kept: Vec<&str> = all.split(',').filter(|encoding| !is_chunked(encoding)).map(str::trim).collect();
    headers.remove(CONTENT_ENCODING);
    if let Some(value) = HeaderValue::try_from(kept.join(",")).ok().filter(|value| !value.is_empty()) {
        headers.insert(CONTENT_ENCODING, value);
    }
    true
}

fn decoded_length(headers: &mut HeaderMap) -> Result<u64, S3Error> {
    let value = headers.remove("x-amz-decoded-content-length");
    value.as_ref().and_then(|value| value.to_str().ok()?.parse().ok()).ok_or_else(|| {
        s3_error!(
            MissingContentLength,
            "an aws-chunked body needs the header x-amz-decoded-content-length with a number of bytes"
        )
    })
}
