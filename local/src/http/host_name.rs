//! The host name of a request, and the bucket in it: requests in virtual-hosted style become path style.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>

use hyper::Request;
use hyper::header::{HOST, HeaderMap, HeaderValue};

/// Names below this one are the machine's own. RFC 6761, 6.3
pub(super) const LOCALHOST: &str = ".localhost";

/// The host in `host[:port]`.
pub(super) fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// The bucket in `<bucket>.localhost`, `<bucket>.s3.localhost` or `<bucket>.s3.<region>.localhost`.
pub(super) fn bucket_of(headers: &HeaderMap) -> Option<&str> {
    let name = host_of(headers.get(HOST)?.to_str().ok()?).strip_suffix(LOCALHOST)?;
    if name == "s3" || name.starts_with("s3.") {
        return None;
    }
    let without_region = name.rsplit_once('.').map_or(name, |(rest, _region)| rest);
    Some(name.strip_suffix(".s3").or(without_region.strip_suffix(".s3")).unwrap_or(name))
}

/// Moves the bucket from the host name into the path.
pub(super) fn to_path_style<B>(request: &mut Request<B>) {
    let Some(bucket) = bucket_of(request.headers()) else { return };
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    if let Ok(uri) = format!("/{bucket}{path}").parse() {
        *request.uri_mut() = uri;
        request.headers_mut().insert(HOST, HeaderValue::from_static("localhost"));
    }
}
