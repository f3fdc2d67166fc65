//! The home page: where lists are dropped, what is wrong with them and what they cost, and the runs.

use super::drafts::Kept;
use super::layout::{View, grouped, segment};
use super::text::fill;
use super::{App, MAX_UPLOAD_BYTES, runs};
use crate::Error;
use crate::model::{Draft, Fill};
use axum::extract::{Form, Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::stream::{self, Stream};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// Problems and hints that are shown at once.
const SHOWN_PROBLEMS: usize = 20;
/// Between two updates of the table of runs.
const UPDATE_EVERY: Duration = Duration::from_secs(2);
/// Longest wait between two updates while AWS does not answer.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The token of a form.
#[derive(Debug, Deserialize)]
pub(super) struct Confirmed {
    #[serde(default)]
    token: String,
}

impl Confirmed {
    /// The answer to a form that this page did not make.
    pub(super) fn refused(&self, app: &App, view: &View) -> Option<Response> {
        refused(app, view, &self.token)
    }
}

/// The answer to a changing request without the token.
pub(super) fn refused(app: &App, view: &View, token: &str) -> Option<Response> {
    (!app.token.is(token)).then(|| view.problem(StatusCode::FORBIDDEN, view.t.reload))
}

pub(super) async fn page(State(app): State<App>, view: View) -> Response {
    let t = view.t;
    let rows = app.runs.rows().await;
    let drafts = app.drafts.all();
    let body = html! {
        h1.hidden { "gallery" }
        section.drop.small[!drafts.is_empty()] aria-label=(t.drop_title) {
            form #drop method="post" action="/lists" enctype="multipart/form-data" {
                input type="hidden" name="token" value=(app.token.text());
                div.arrow aria-hidden="true" {}
                h2 { (t.drop_title) }
                p { (t.drop_hint) }
                p.fields {
                    input #file type="file" name="file" required aria-label=(t.choose) accept=".json,.jsonl,.ndjson,.csv,.tsv,.xlsx";
                    label.button.primary.script for="file" { (t.choose) }
                    button.noscript type="submit" { (t.check) }
                }
                p.quiet { (t.example) }
            }
        }
        @if !drafts.is_empty() {
            section aria-labelledby="drafts" {
                h2 #drafts { (t.not_dropped) }
                @for (id, kept) in &drafts { (draft(&app, &view, id, kept)) }
            }
        }
        section aria-labelledby="runs-title" {
            h2 #runs-title { (t.runs) }
            div #runs data-events="/events" {
                @match &rows {
                    Ok(rows) => (runs::table(&view, rows)),
                    Err(error) => p.notice role="status" { (error) },
                }
            }
        }
    };
    view.page(t.home, &body)
}

/// A list that is not dropped yet.
fn draft(app: &App, view: &View, id: &str, kept: &Kept) -> Markup {
    let t = view.t;
    let form = |action: &str, button: Markup| {
        html! {
            form method="post" action={ "/lists/" (id) "/" (action) } {
                input type="hidden" name="token" value=(app.token.text());
                (button)
            }
        }
    };
    let take_away = form("discard", html! { button type="submit" { (t.take_away) } });
    let draft = match kept {
        Kept::List(draft) => draft,
        Kept::Unreadable(file, reason) => {
            return html! {
                article.panel.draft.problem {
                    h3 { (file) }
                    p.verdict { (t.unreadable) }
                    p { (view.say(reason)) }
                    div.actions { (take_away) }
                }
            };
        }
    };
    let items = draft.report.items;
    html! {
        article.panel.draft.problem[!draft.report.is_good()] {
            h3 { (draft.file) @if draft.report.broken.is_none() { " " small { (view.pictures(items)) } } }
            (verdict(view, draft))
            (estimate(view, draft))
            (hints(view, draft))
            (first_items(view, draft))
            div.actions {
                @if draft.report.is_good() {
                    (form("drop", make_button(view, items, draft.usd())))
                }
                (take_away)
            }
        }
    }
}

/// What a list costs, how long it takes, and how old the prices are.
pub(super) fn estimate(view: &View, draft: &Draft) -> Markup {
    let t = view.t;
    html! {
        @if let Some(plan) = &draft.plan {
            p {
                b { (price(view, draft.usd())) } " · " (fill(t.about_time, &[&view.span(plan.seconds)])) " · "
                span.quiet { (fill(t.prices_of, &[&plan.prices_of])) }
            }
        }
    }
}

/// The button that spends money: the number of pictures, and their price.
pub(super) fn make_button(view: &View, pictures: u64, usd: Option<f64>) -> Markup {
    let t = view.t;
    let make = if pictures == 1 { t.make_one.to_owned() } else { fill(t.make_many, &[&grouped(pictures)]) };
    html! { button.primary type="submit" { (make) " (" (price(view, usd)) ")" } }
}

fn price(view: &View, usd: Option<f64>) -> String {
    usd.map_or_else(|| view.t.price_unknown.to_owned(), |usd| fill(view.t.about_usd, &[&money(usd)]))
}

fn verdict(view: &View, draft: &Draft) -> Markup {
    let (t, report) = (view.t, &draft.report);
    if report.is_good() {
        return html! { p.verdict.good { (t.good) } };
    }
    let number = report.problem_count + u64::from(report.broken.is_some());
    let verdict = if number == 1 { t.problems_one.to_owned() } else { fill(t.problems_many, &[&grouped(number)]) };
    let shown = report.problems.iter().take(SHOWN_PROBLEMS);
    let unlisted = report.problem_count.saturating_sub(shown.len() as u64);
    html! {
        p.verdict { (verdict) }
        @if let Some(broken) = &report.broken {
            p { (view.say(&broken.sentence())) }
            @if let Some(excerpt) = &draft.excerpt { pre.excerpt tabindex="0" { (excerpt) } }
        }
        @if report.problem_count > 0 {
            ul.problems {
                @for problem in shown { li { (view.say(&problem.sentence())) } }
                @if unlisted > 0 { li.quiet { (fill(t.more, &[&grouped(unlisted)])) } }
            }
        }
    }
}

fn hints(view: &View, draft: &Draft) -> Markup {
    let (t, report) = (view.t, &draft.report);
    html! {
        @if !draft.filled.is_empty() {
            p { (t.filled_in) }
            dl.filled { @for (field, value) in &draft.filled { div { dt { code { (field) } } dd { (value) } } } }
        }
        @if !draft.unused.is_empty() { p { (t.unused) " " (draft.unused.join(", ")) } }
        @if report.hint_count > 0 {
            details.hints open {
                summary { (t.hints) " (" (report.hint_count) ")" }
                ul { @for hint in report.hints.iter().take(SHOWN_PROBLEMS) { li { (view.say(&hint.sentence())) } } }
            }
        }
    }
}

fn first_items(view: &View, draft: &Draft) -> Markup {
    let columns = ["id", "rank", "prompt", "model", "inputKeyName"];
    let cell = |item: &Value, name: &str| match item.get(name) {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    };
    html! {
        @if !draft.first.is_empty() {
            details open[draft.report.is_good()] {
                summary { (view.t.first_items) }
                div.scroll tabindex="0" role="region" aria-label=(view.t.first_items) {
                    table.items {
                        thead { tr { @for name in columns { th scope="col" { (name) } } } }
                        tbody { @for item in &draft.first { tr { @for name in columns { td { (cell(item, name)) } } } } }
                    }
                }
            }
        }
    }
}

/// US dollars, in cents; what is less is not nothing.
pub(super) fn money(usd: f64) -> String {
    if usd > 0.0 && usd < 0.01 { "0.01".to_owned() } else { format!("{usd:.2}") }
}

pub(super) async fn upload(State(app): State<App>, view: View, mut form: Multipart) -> Response {
    let too_large =
        || view.problem(StatusCode::PAYLOAD_TOO_LARGE, &fill(view.t.too_large, &[&(MAX_UPLOAD_BYTES >> 20)]));
    let mut is_confirmed = false;
    loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => return view.problem(StatusCode::BAD_REQUEST, view.t.no_file),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => return too_large(),
            Err(error) => return view.problem(error.status(), &error.body_text()),
        };
        if field.name() == Some("token") {
            is_confirmed = field.text().await.is_ok_and(|token| app.token.is(&token));
            continue;
        }
        if !is_confirmed {
            return view.problem(StatusCode::FORBIDDEN, view.t.reload);
        }
        let file = field.file_name().unwrap_or_default().to_owned();
        if file.is_empty() {
            return view.problem(StatusCode::BAD_REQUEST, view.t.no_file);
        }
        let bytes = match field.bytes().await {
            Ok(bytes) => bytes.to_vec(),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => return too_large(),
            Err(error) => return view.problem(error.status(), &error.body_text()),
        };
        let fill = Fill {
            bucket: app.gallery.aws.names.image_bucket(),
            model: idlist::models::CORE.id.to_owned(),
            rank: "normal".to_owned(),
            concurrency: app.concurrency,
        };
        let read = tokio::task::spawn_blocking(move || match Draft::read(&file, bytes, &fill) {
            Ok(draft) => Kept::List(Box::new(draft)),
            Err(error) => Kept::Unreadable(file, error.message()),
        });
        match read.await {
            Ok(kept) => app.drafts.add(kept),
            Err(error) => return view.problem(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
        return Redirect::to("/#drafts").into_response();
    }
}

pub(super) async fn discard(
    State(app): State<App>,
    view: View,
    Path(id): Path<String>,
    Form(form): Form<Confirmed>,
) -> Response {
    if let Some(response) = form.refused(&app, &view) {
        return response;
    }
    app.drafts.remove(&id);
    Redirect::to("/").into_response()
}

pub(super) async fn drop_draft(
    State(app): State<App>,
    view: View,
    Path(id): Path<String>,
    Form(form): Form<Confirmed>,
) -> Response {
    if let Some(response) = form.refused(&app, &view) {
        return response;
    }
    let kept = app.drafts.get(&id);
    let Some(Kept::List(draft)) =
        kept.as_deref().filter(|kept| matches!(kept, Kept::List(draft) if draft.report.is_good()))
    else {
        return Redirect::to("/").into_response();
    };
    match drop_list(&app, &draft.key, draft.json.clone()).await {
        Ok(target) => {
            app.drafts.remove(&id);
            Redirect::to(&target).into_response()
        }
        Err(error) => view.error(&error),
    }
}

/// Uploads a list; the address of its run.
pub(super) async fn drop_list(app: &App, key: &str, json: Vec<u8>) -> Result<String, Error> {
    let dropped = app.gallery.drop_list(key, json).await?;
    let Some(run) = dropped.run.clone() else { return Ok("/".to_owned()) };
    let target = format!("/runs/{}", segment(&run));
    app.dropped.insert(run, Arc::new(dropped)).await;
    Ok(target)
}

/// The table of runs, again and again.
pub(super) async fn events(State(app): State<App>, view: View) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let begin = (app, view, String::new(), Duration::ZERO);
    let updates = stream::unfold(begin, |(app, view, mut last, mut wait)| async move {
        loop {
            tokio::time::sleep(wait).await;
            let (text, is_well) = match app.runs.rows().await {
                Ok(rows) => (runs::table(&view, &rows).into_string(), true),
                Err(error) => (html! { p.notice role="status" { (error) } }.into_string(), false),
            };
            wait = if is_well { UPDATE_EVERY } else { (wait * 2).clamp(UPDATE_EVERY, LONGEST_WAIT) };
            if text == last {
                continue;
            }
            last.clone_from(&text);
            let event = Event::default().data(serde_json::json!({"html": {"runs": text}}).to_string());
            return Some((Ok(event), (app, view, last, wait)));
        }
    });
    Sse::new(updates).keep_alive(KeepAlive::default())
}
