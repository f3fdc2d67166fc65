//! Who may use the page: this machine's browser, not pages of others; and the headers that keep it so.

use super::layout::View;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// Nothing but the page's own files: no inline script, no other origin.
const POLICY: &str = "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The secret that changing requests carry: a page of another origin cannot read it.
#[derive(Debug, Clone)]
pub(super) struct Token(String);

impl Token {
    pub(super) fn new() -> Self {
        Self(uuid::Uuid::new_v4().simple().to_string())
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    pub(super) fn is(&self, text: &str) -> bool {
        // As long as each other and random: how far they agree tells nothing of use.
        self.0 == text
    }
}

/// Turns strangers away, and adds the headers to every answer.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let view = View::of(request.headers(), request.uri());
    let mut response = match turned_away(request.method(), request.headers()) {
        Some(reason) => view.problem(StatusCode::FORBIDDEN, reason),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Why a request is turned away; `None` lets it in.
fn turned_away(method: &Method, headers: &HeaderMap) -> Option<&'static str> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let host = text("host").unwrap_or_default();
    if !is_this_machine(host) {
        return Some("the Host header names another machine; use 127.0.0.1 or localhost");
    }
    if text("origin").is_some_and(|origin| origin.strip_prefix("http://") != Some(host)) {
        return Some("requests of web pages of other origins are not answered");
    }
    let is_visit = method == Method::GET && text("sec-fetch-mode") == Some("navigate");
    if text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) && !is_visit {
        return Some("requests of web pages of other sites are not answered");
    }
    None
}

fn is_this_machine(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    matches!(host, "127.0.0.1" | "localhost" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    fn with(method: &Method, pairs: &[(&'static str, &str)]) -> bool {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        turned_away(method, &pairs.iter().map(pair).collect()).is_none()
    }

    #[test]
    fn lets_in_only_pages_of_its_own() {
        let own = ("host", "127.0.0.1:4570");
        assert!(with(&Method::GET, &[("host", "localhost:1")]));
        assert!(with(&Method::POST, &[own, ("origin", "http://127.0.0.1:4570"), ("sec-fetch-site", "same-origin")]));
        assert!(with(&Method::GET, &[own, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]));
        assert!(!with(&Method::GET, &[own, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")]));
        assert!(!with(&Method::POST, &[own, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]));
        for host in ["evil.example", "127.0.0.1.evil.example:4570", "", "172.17.0.1"] {
            assert!(!with(&Method::GET, &[("host", host)]), "{host}");
        }
        for origin in ["null", "http://evil.example", "http://127.0.0.1:1", "https://127.0.0.1:4570"] {
            assert!(!with(&Method::POST, &[own, ("origin", origin)]), "{origin}");
        }
    }
}
