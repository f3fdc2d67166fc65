//! The host check and the origin guard: programs of this machine are answered, web pages of others are not.
//!
//! The endpoints take any credentials, so a page that is open in a browser must not be able to use them. A page of another origin
//! says so in `Origin` or `Sec-Fetch-Site`; one that had its own host name resolve to 127.0.0.1 shows it in `Host`. An address in `Host`
//! is nobody's name, so those that a relay for containers listens on are let in. Names below `localhost` are never another machine's.

use super::host_name::{LOCALHOST, host_of};
use hyper::header::{HOST, HeaderMap, ORIGIN};
use std::net::Ipv4Addr;

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
    is_this_machine(authority) || host_of(authority).ends_with(LOCALHOST) || is_private_address(authority)
}

fn is_this_machine(authority: &str) -> bool {
    matches!(host_of(authority), "127.0.0.1" | "localhost" | "[::1]")
}

/// RFC 1918: Docker's bridge, for example.
fn is_private_address(authority: &str) -> bool {
    host_of(authority).parse::<Ipv4Addr>().is_ok_and(|address| address.is_private())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::{HeaderName, HeaderValue};

    fn with(pairs: &[(&'static str, &str)]) -> Option<&'static str> {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        refusal(&pairs.iter().map(pair).collect())
    }

    #[test]
    fn programs_of_this_machine_come_in() {
        for host in ["127.0.0.1:4566", "localhost:4566", "localhost", "[::1]:80", "172.17.0.1:4566", "a.localhost:1"] {
            assert_eq!(with(&[("host", host)]), None, "{host}");
        }
        assert_eq!(
            with(&[("host", "127.0.0.1:1"), ("origin", "http://127.0.0.1:1"), ("sec-fetch-site", "same-origin")]),
            None
        );
    }

    #[test]
    fn other_names_for_this_machine_and_pages_of_others_do_not() {
        for host in ["evil.example", "127.0.0.1.evil.example:4566", "localhost.evil:1", "", "169.254.169.254"] {
            assert!(with(&[("host", host)]).is_some(), "{host}");
        }
        assert!(with(&[]).is_some());
        for origin in [
            "http://evil.example",
            "https://evil.example:4566",
            "null",
            "http://127.0.0.1.evil.example",
            "http://172.17.0.1",
        ] {
            assert!(with(&[("host", "127.0.0.1"), ("origin", origin)]).is_some(), "{origin}");
        }
        assert!(with(&[("host", "127.0.0.1"), ("sec-fetch-site", "cross-site")]).is_some());
    }
}
