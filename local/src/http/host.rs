//! The host of a request: which are served, and the bucket in its name.
//!
//! The host check and the origin guard: programs of this machine are answered, web pages of others are not.
//! The endpoints take any credentials, so a page that is open in a browser must not be able to use them. A page of another origin
//! says so in `Origin` or `Sec-Fetch-Site`; one that had its own host name resolve to 127.0.0.1 shows it in `Host`. An address in `Host`
//! is nobody's name, so those that a relay for containers listens on are let in. Names below `localhost` are never another machine's.

use hyper::Request;
use hyper::header::{HOST, HeaderMap, HeaderValue, ORIGIN};
use std::net::Ipv4Addr;

/// Names below this one are the machine's own. RFC 6761, 6.3
const LOCALHOST: &str = ".localhost";

/// Why a request is refused; `None` lets it in.
pub(super) fn refusal(headers: &HeaderMap) -> Option<&'static str> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if !text(HOST.as_str()).is_some_and(is_served) {
        return Some("this host name is not served; use 127.0.0.1, localhost, *.localhost or a private IP address");
    }
    let origin = text(ORIGIN.as_str());
    if origin.is_some_and(|origin| !origin.strip_prefix("http://").is_some_and(is_this_machine)) {
        return Some("requests of web pages of other origins are not answered");
    }
    if text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Some("requests of web pages of other sites are not answered");
    }
    None
}

fn is_served(authority: &str) -> bool {
    let host = host_of(authority);
    // RFC 1918: Docker's bridge, for example.
    let is_private_address = || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_private());
    is_this_machine(authority) || host.ends_with(LOCALHOST) || is_private_address()
}

fn is_this_machine(authority: &str) -> bool {
    matches!(host_of(authority), "127.0.0.1" | "localhost" | "[::1]")
}

/// The host in `host[:port]`.
fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// The bucket in `<bucket>.localhost`, `<bucket>.s3.localhost` or `<bucket>.s3.<region>.localhost`.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
pub(super) fn bucket_of(headers: &HeaderMap) -> Option<&str> {
    let name = host_of(headers.get(HOST)?.to_str().ok()?).strip_suffix(LOCALHOST)?;
    if name == "s3" || name.starts_with("s3.") {
        return None;
    }
    let without_region = name.rsplit_once('.').map_or(name, |(rest, _region)| rest);
    Some(name.strip_suffix(".s3").or(without_region.strip_suffix(".s3")).unwrap_or(name))
}

/// Moves the bucket from the host name into the path: requests in virtual-hosted style become path style.
pub(super) fn to_path_style<B>(request: &mut Request<B>) {
    let Some(bucket) = bucket_of(request.headers()) else { return };
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    if let Ok(uri) = format!("/{bucket}{path}").parse() {
        *request.uri_mut() = uri;
        request.headers_mut().insert(HOST, HeaderValue::from_static("localhost"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderName;

    fn is_let_in(headers: &[(&'static str, &str)]) -> bool {
        let header = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        refusal(&headers.iter().map(header).collect()).is_none()
    }

    #[test]
    fn only_programs_and_pages_of_this_machine_come_in() {
        let own = ["127.0.0.1:4566", "localhost:4566", "localhost", "[::1]:80", "172.17.0.1:4566", "a.localhost:1"];
        let other = ["evil.example", "127.0.0.1.evil.example:4566", "localhost.evil:1", "", "169.254.169.254"];
        for host in own.into_iter().chain(other) {
            assert_eq!(is_let_in(&[("host", host)]), own.contains(&host), "{host}");
        }
        assert!(!is_let_in(&[]));
        let host = ("host", "127.0.0.1:1");
        assert!(is_let_in(&[host, ("origin", "http://127.0.0.1:1"), ("sec-fetch-site", "same-origin")]));
        for origin in ["null", "https://evil.example:4566", "http://127.0.0.1.evil.example", "http://172.17.0.1"] {
            assert!(!is_let_in(&[host, ("origin", origin)]), "{origin}");
        }
    }
}
