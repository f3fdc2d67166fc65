//! The frame of every page, and how numbers, times and faults are written.

use super::text::{Language, Texts, fill};
use crate::Error;
use crate::model::RunStatus;
use crate::say::say;
use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts};
use axum::response::{IntoResponse, Response};
use idlist::{Locale, Message};
use maud::{DOCTYPE, Markup, html};
use std::convert::Infallible;

/// Seconds after which the browser asks again, when AWS did not answer.
const ASK_AGAIN: &str = "10";

/// Who looks: the language, and the address that was asked for.
#[derive(Clone)]
pub(super) struct View {
    pub(super) language: Language,
    pub(super) t: &'static Texts,
    here: String,
    /// The address may be asked for again.
    is_visit: bool,
}

impl View {
    pub(super) fn of(headers: &HeaderMap, uri: &Uri) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let language = Language::of(text(header::COOKIE), text(header::ACCEPT_LANGUAGE));
        let here = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Self { language, t: language.texts(), here, is_visit: false }
    }

    /// As [`View::of`], for a request whose page may load itself again.
    pub(super) fn of_visit(parts: &Parts) -> Self {
        Self { is_visit: parts.method == Method::GET, ..Self::of(&parts.headers, &parts.uri) }
    }

    /// A whole page.
    pub(super) fn page(&self, title: &str, body: &Markup) -> Response {
        let other = if self.language == Language::English { "ja" } else { "en" };
        let back: String = form_urlencoded::byte_serialize(self.here.as_bytes()).collect();
        let page = html! {
            (DOCTYPE)
            html lang=(self.language.code()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (title) " – gallery" }
                    link rel="icon" href="/icon.svg";
                    link rel="stylesheet" href="/style.css";
                    script src="/script.js" defer {}
                }
                body {
                    a.skip href="#content" { (self.t.skip) }
                    header.top {
                        a.brand href="/" { span.mark aria-hidden="true" {} "gallery" }
                        a.language lang=(other) href={ "/language/" (other) "?to=" (back) } { (self.t.other_language) }
                    }
                    main #content { (body) }
                }
            }
        };
        (
            [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_LANGUAGE, self.language.code())],
            page.into_string(),
        )
            .into_response()
    }

    /// A page that says what is wrong.
    pub(super) fn problem(&self, status: StatusCode, what: &str) -> Response {
        let body = html! {
            section.panel.problem {
                h1 { (self.t.problem) }
                p { (what) }
                p { a.button href="/" { (self.t.home) } }
            }
        };
        let mut response = self.page(self.t.problem, &body);
        *response.status_mut() = status;
        response
    }

    /// A message in the language of the page.
    pub(super) fn say(&self, message: &Message) -> String {
        let locale = match self.language {
            Language::English => Locale::English,
            Language::Japanese => Locale::Japanese,
        };
        say(locale, message)
    }

    /// The page for an error.
    pub(super) fn error(&self, error: &Error) -> Response {
        let status = match error {
            Error::NotFound(_) => StatusCode::NOT_FOUND,
            Error::Usage(_) | Error::Unusable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::BAD_GATEWAY,
        };
        let mut response = self.problem(status, &self.say(&error.message()));
        if self.is_visit && error.is_passing() {
            response.headers_mut().insert("refresh", HeaderValue::from_static(ASK_AGAIN));
        }
        response
    }

    /// `1 picture`, `1,200 pictures`.
    pub(super) fn pictures(&self, number: u64) -> String {
        if number == 1 { self.t.items_one.to_owned() } else { fill(self.t.items_many, &[&grouped(number)]) }
    }

    /// A time span, not more exact than it is known.
    pub(super) fn span(&self, seconds: f64) -> String {
        let seconds = seconds.clamp(0.0, 1e9) as u64;
        match seconds {
            0..90 => fill(self.t.seconds, &[&seconds.max(1)]),
            90..5_400 => fill(self.t.minutes, &[&((seconds + 30) / 60)]),
            _ => fill(self.t.hours, &[&(seconds / 3600), &(seconds % 3600 / 60)]),
        }
    }

    pub(super) fn status(&self, status: RunStatus) -> Markup {
        let (class, text) = match status {
            RunStatus::Running => ("running", self.t.running),
            RunStatus::Succeeded => ("done", self.t.succeeded),
            RunStatus::Failed => ("bad", self.t.run_failed),
            RunStatus::TimedOut => ("bad", self.t.timed_out),
            RunStatus::Stopped => ("still", self.t.stopped),
        };
        html! { span class={ "status " (class) } { (text) } }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for View {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of_visit(parts))
    }
}

pub(super) async fn not_found(view: View) -> Response {
    view.problem(StatusCode::NOT_FOUND, view.t.not_found)
}

/// A number with commas between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A moment, which the script writes in the reader's time zone.
pub(super) fn moment(millis: i64) -> Markup {
    let date = crate::model::date(millis);
    html! { time datetime={ (date.replace(' ', "T")) "Z" } { (date) " UTC" } }
}

/// A name in the path of an address.
pub(super) fn segment(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2D", "-")
        .replace("%5F", "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_spans_are_short() {
        assert_eq!((grouped(7), grouped(1234567)), ("7".to_owned(), "1,234,567".to_owned()));
        let view = View::of(&HeaderMap::new(), &Uri::from_static("/"));
        assert_eq!(
            (view.span(0.2), view.span(100.0), view.span(7_300.0)),
            ("1 s".into(), "2 min".into(), "2 h 1 min".into())
        );
        assert_eq!((view.pictures(1), view.pictures(1200)), ("1 picture".into(), "1,200 pictures".into()));
    }
}
