//! The page of a run: how far it is, what failed, what can be done, and its pictures.

use super::App;
use super::home::{Confirmed, drop_list, money};
use super::layout::{View, grouped, moment, segment};
use super::live::Seen;
use super::sheet::{Filter, frame, sheet};
use super::text::fill;
use crate::Error;
use crate::model::{Group, RunStatus, STORED_INPUT, group};
use crate::service::{DropState, Dropped};
use axum::extract::{Form, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::stream;
use maud::{Markup, html};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;

/// Items of one kind of failure that are listed.
const SHOWN_FAILURES: usize = 50;
/// Share of what the concurrency allows below which a quota is the likely reason.
const QUOTA_SHARE: f64 = 0.5;
/// Images a minute that one item at work makes, with a model that takes four seconds.
const PER_MINUTE_EACH: f64 = 15.0;
/// Least time between two updates: four a second.
const LEAST_BETWEEN: Duration = Duration::from_millis(250);

pub(super) async fn page(
    State(app): State<App>,
    view: View,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let seen = match app.hub.seen(&name).await {
        Ok(seen) => seen,
        Err(Error::NotFound(what)) => {
            return match app.dropped.get(&name).await {
                Some(dropped) => not_started(&app, &view, &dropped).await,
                None => view.error(&Error::NotFound(what)),
            };
        }
        Err(error) => return view.error(&error),
    };
    let filter = Filter::of_query(&query.unwrap_or_default());
    let (t, run) = (view.t, &seen.snapshot.run);
    let path = segment(&name);
    let body = html! {
        div.heading {
            h1 { (run.title()) }
            p.quiet { (t.when) " " (moment(run.started)) " · " code { (name) } }
        }
        div #live data-events={ "/runs/" (path) "/events?since=" (seen.version) } {
            div #status { (status(&view, &seen)) }
            div #failures { (failures(&view, &seen)) }
        }
        section.deeds {
            div #actions { (actions(&app, &view, &seen)) }
            div.actions {
                a.button href={ "/runs/" (path) "/pictures.zip" } { (t.zip_all) }
                a.button href={ "/runs/" (path) "/contact-sheet.html" } { (t.contact_sheet) }
            }
            details.home {
                summary { (t.command) }
                pre tabindex="0" { (app.command) " fetch " (name) " --to pictures" }
            }
        }
        section #pictures aria-labelledby="pictures-title" {
            h2 #pictures-title { (t.pictures) }
            @if run.list.is_none() { p.notice { (t.foreign) } }
            @else if seen.list.items.is_empty() { p.notice { (t.list_gone) } }
            @else { (sheet(&view, &seen, &filter)) }
        }
    };
    view.page(run.title(), &body)
}

/// A list that was uploaded and whose execution is not there.
async fn not_started(app: &App, view: &View, dropped: &Dropped) -> Response {
    let (t, state) = (view.t, app.gallery.drop_state(dropped).await);
    let body = html! {
        div.heading { h1 { (dropped.key) } }
        @match &state {
            Ok(DropState::Rejected(rejection)) => {
                section.panel.problem {
                    p.verdict { (t.rejected) }
                    ul.problems { @for problem in &rejection.problems { li { (problem) } } }
                    p { a.button href="/" { (t.home) } }
                }
            }
            state => {
                section.panel #waiting role="status" {
                    progress aria-label=(t.progress) {}
                    p { (t.trigger_wait) }
                    @if let Err(error) = state { p.notice { (error) } }
                }
            }
        }
    };
    let mut response = view.page(&dropped.key, &body);
    if !matches!(state, Ok(DropState::Rejected(_))) {
        response.headers_mut().insert("refresh", axum::http::HeaderValue::from_static("1"));
    }
    response
}

fn status(view: &View, seen: &Seen) -> Markup {
    let (t, snapshot) = (view.t, &seen.snapshot);
    let (run, tally) = (&snapshot.run, snapshot.tally);
    let is_running = run.status == RunStatus::Running;
    let failed = tally.failed.max(run.counts.map_or(0, |counts| counts.failed));
    let numbers = [
        ("made", t.made, grouped(tally.made)),
        ("existing", t.existing, grouped(tally.existing)),
        ("failed", t.failed, grouped(failed)),
        if is_running {
            ("waiting", t.waiting, grouped(snapshot.total().saturating_sub(tally.made + tally.existing + failed)))
        } else {
            ("missing", t.missing, grouped(tally.missing))
        },
        ("cost", t.cost, format!("{} USD", money(tally.usd))),
    ];
    html! {
        section.panel.state aria-label=(t.progress) {
            p.line {
                (view.status(run.status)) " "
                b { (fill(t.of, &[&grouped(snapshot.done()), &grouped(snapshot.total())])) }
                @if let Some(rate) = snapshot.per_minute.filter(|rate| *rate >= 0.5) { span { (fill(t.rate, &[&format!("{rate:.0}")])) } }
                @if let Some(seconds) = snapshot.seconds_left { span { (fill(t.left, &[&view.span(seconds)])) } }
            }
            progress.ended[!is_running].bad[run.status == RunStatus::Failed] aria-label=(t.progress) max=(snapshot.total().max(1)) value=(snapshot.done()) {}
            @if snapshot.is_partial { p.waits { (t.looking) } } @else if is_running { p.waits { (waits(view, seen)) } }
            @if let Some(error) = &run.error {
                p.cause { b { (error) } @if let Some(cause) = &run.cause { ": " (cause) } }
            }
            @if let Some(notice) = &seen.notice { p.notice role="status" { (t.stale) " " span.quiet { (notice) } } }
            dl.numbers { @for (class, name, number) in numbers { div.bad[class == "failed" && failed > 0] data-number=(class) { dt { (name) } dd { (number) } } } }
        }
    }
}

/// What the items that are not done wait for.
fn waits(view: &View, seen: &Seen) -> String {
    let (t, snapshot) = (view.t, &seen.snapshot);
    let Some(counts) = snapshot.run.counts.filter(|counts| counts.total > 0) else { return t.reading.to_owned() };
    let possible = counts.running as f64 * PER_MINUTE_EACH;
    match snapshot.per_minute {
        Some(rate) if counts.running > 1 && rate < possible * QUOTA_SHARE => t.wait_quota.to_owned(),
        _ if counts.pending > 0 => fill(t.wait_turn, &[&grouped(counts.running)]),
        _ => t.wait_last.to_owned(),
    }
}

fn failures(view: &View, seen: &Seen) -> Markup {
    let (t, snapshot) = (view.t, &seen.snapshot);
    let groups = group(&snapshot.failures);
    let known = snapshot.failures.len() as u64;
    let all = snapshot.run.counts.map_or(known, |counts| counts.failed);
    html! {
        @if all > 0 || known > 0 {
            section.panel.failures {
                h2 { (t.failures) }
                @for group in &groups { (failure_group(view, seen, group)) }
                @if all > known {
                    @let text = if snapshot.run.status.is_ended() { t.failures_unread } else { t.failures_rest };
                    p.quiet { (fill(text, &[&grouped(all)])) }
                }
            }
        }
    }
}

fn failure_group(view: &View, seen: &Seen, group: &Group) -> Markup {
    let shown = group.items.iter().take(SHOWN_FAILURES);
    let more = group.items.len().saturating_sub(SHOWN_FAILURES);
    let run = segment(&seen.snapshot.run.name);
    html! {
        details {
            summary { b { (group.items.len()) " × " (group.error) } " " span { (view.t.advice(&group.error)) } }
            ul {
                @for failure in shown {
                    li {
                        @match seen.list.items.iter().position(|listed| listed.item.as_ref().is_ok_and(|item| item.id == failure.id && item.rank == failure.rank)) {
                            Some(index) => a href={ "/runs/" (run) "/items/" (index) } { (failure.rank) "/" (failure.id) },
                            None => b { (failure.rank) "/" (failure.id) },
                        }
                        " " (failure.message)
                    }
                }
                @if more > 0 { li.quiet { (fill(view.t.more, &[&more])) } }
            }
        }
    }
}

fn actions(app: &App, view: &View, seen: &Seen) -> Markup {
    let (t, run) = (view.t, &seen.snapshot.run);
    let form = |action: &str, text: &str, hint: &str| {
        html! {
            form method="post" action={ "/runs/" (segment(&run.name)) "/" (action) } {
                input type="hidden" name="token" value=(app.token.text());
                button type="submit" title=(hint) { (text) }
            }
        }
    };
    html! {
        div.actions {
            @if run.status == RunStatus::Running { (form("stop", t.stop, t.stop_hint)) }
            @if run.redrivable { (form("redrive", t.redrive, t.again_hint)) }
            @if run.status.is_ended() && !seen.list.items.is_empty() { (form("again", t.again, t.again_hint)) }
        }
    }
}

/// What can be done to a run.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change {
    /// Stop it.
    Stop,
    /// Take up what it did not finish.
    Redrive,
}

pub(super) async fn change(
    change: Change,
    State(app): State<App>,
    view: View,
    Path(name): Path<String>,
    Form(form): Form<Confirmed>,
) -> Response {
    if let Some(response) = form.refused(&app, &view) {
        return response;
    }
    let result = match change {
        Change::Stop => app.gallery.aws.stop_run(&name).await,
        Change::Redrive => app.gallery.aws.redrive_run(&name).await,
    };
    app.hub.forget(&name);
    match result {
        Ok(()) => Redirect::to(&format!("/runs/{}", segment(&name))).into_response(),
        Err(error) => view.error(&error),
    }
}

/// Drops the list of a run again, as it was.
pub(super) async fn drop_again(
    State(app): State<App>,
    view: View,
    Path(name): Path<String>,
    Form(form): Form<Confirmed>,
) -> Response {
    if let Some(response) = form.refused(&app, &view) {
        return response;
    }
    let again = async {
        let run = app.gallery.aws.describe_run(&name).await?;
        let list = run.list.as_ref().ok_or_else(|| Error::NotFound("the list of this run".to_owned().into()))?;
        let json = app.gallery.aws.object(&list.bucket, &list.key, list.version.as_deref()).await?;
        let key = if list.key.starts_with(STORED_INPUT) { format!("{}.json", run.title()) } else { list.key.clone() };
        drop_list(&app, &key, json).await
    };
    match again.await {
        Ok(target) => Redirect::to(&target).into_response(),
        Err(error) => view.error(&error),
    }
}

/// Changes of a run: what differs from the version that the page has, first all of it, then as it comes.
pub(super) async fn events(
    State(app): State<App>,
    view: View,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let number =
        |wanted: &str| form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted)?.1.parse::<u64>().ok();
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let since = last.or_else(|| number("since")).unwrap_or_default();
    let shown = number("from").zip(number("to")).map(|(from, to)| from as usize..(to as usize).saturating_add(1));
    let receiver = match app.hub.watch(&name).await {
        Ok(receiver) => receiver,
        Err(error) => return (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    };
    let follow = Follow { app, view, receiver, since, shown: shown.unwrap_or(0..0), is_first: true };
    Sse::new(stream::unfold(follow, Follow::next)).keep_alive(KeepAlive::default()).into_response()
}

/// One open page.
struct Follow {
    app: App,
    view: View,
    receiver: watch::Receiver<Seen>,
    since: u64,
    /// Numbers of the items whose frames the page has.
    shown: std::ops::Range<usize>,
    is_first: bool,
}

impl Follow {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        if !std::mem::take(&mut self.is_first) {
            self.receiver.changed().await.ok()?;
            tokio::time::sleep(LEAST_BETWEEN).await;
        }
        let seen = self.receiver.borrow_and_update().clone();
        let is_changed = |index: &usize| seen.changed.get(*index).is_some_and(|version| *version > self.since);
        let end = self.shown.end.min(seen.changed.len());
        let indexes = (self.shown.start..end).filter(is_changed);
        let frames: serde_json::Map<_, _> =
            indexes.map(|index| (format!("i{index}"), frame(&self.view, &seen, index).into_string().into())).collect();
        let html = serde_json::json!({
            "status": status(&self.view, &seen).into_string(),
            "failures": failures(&self.view, &seen).into_string(),
            "actions": actions(&self.app, &self.view, &seen).into_string(),
        });
        self.since = seen.version;
        let event = Event::default().id(seen.version.to_string());
        let event = event.data(serde_json::json!({"html": html, "frames": frames}).to_string());
        Some((Ok(event), self))
    }
}
