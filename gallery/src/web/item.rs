//! One picture large, with its item, its variants and its neighbours.

use super::home::money;
use super::layout::{View, grouped, segment};
use super::live::{Seen, Shown};
use super::second_step;
use super::sheet::{subject, variant_link, variants_of};
use crate::Error;
use crate::model::{ItemState, usd_of};
use axum::extract::Path;
use axum::http::HeaderValue;
use axum::response::Response;
use idlist::{Item, RetiredModels};
use maud::{Markup, html};

/// Seconds after which the browser looks again for a picture that is not there yet.
const LOOK_AGAIN: &str = "3";

pub(super) async fn page(view: View, Path((_, index)): Path<(String, usize)>, shown: Shown) -> Response {
    let Shown { name, seen } = shown;
    let Some(listed) = seen.list.items.get(index) else {
        return view.error(&Error::NotFound(format!("item {index} of {}", seen.snapshot.run.title()).into()));
    };
    let run = segment(&name);
    let link = |index: usize| format!("/runs/{run}/items/{index}");
    let t = view.t;
    let title = listed.item.as_ref().map_or_else(|_| format!("#{index}"), |item| item.id.clone());
    let body = html! {
        nav.neighbours aria-label=(t.pictures) {
            a.button #back href={ "/runs/" (run) "?page=" (index / super::sheet::FRAMES + 1) "#i" (index) } { (t.back) }
            span.spacer {}
            @if index > 0 { a.button #previous rel="prev" href=(link(index - 1)) { "← " (t.previous) } }
            @if index + 1 < seen.list.items.len() { a.button #next rel="next" href=(link(index + 1)) { (t.next) " →" } }
        }
        @match &listed.item {
            Ok(item) => (picture(&view, &seen, index, item)),
            Err(problem) => section.panel.problem { h1 { (title) } p { (problem) } pre tabindex="0" { (listed.raw.get()) } },
        }
        p.quiet.keys hidden { (t.keys_hint) }
    };
    let mut response = view.page(&title, &body);
    let is_awaited = seen.snapshot.items.get(index).is_some_and(|(state, _)| *state == ItemState::Waiting);
    if is_awaited && !seen.snapshot.run.status.is_ended() {
        response.headers_mut().insert("refresh", HeaderValue::from_static(LOOK_AGAIN));
    }
    response
}

fn picture(view: &View, seen: &Seen, index: usize, item: &Item) -> Markup {
    let (t, run) = (view.t, segment(&seen.snapshot.run.name));
    let tag = seen.snapshot.items.get(index).map(|(_, tag)| tag.as_str()).unwrap_or_default();
    let is_failed = seen.snapshot.items.get(index).is_some_and(|(state, _)| *state == ItemState::Failed);
    let variants = variants_of(seen, item);
    let failure = seen.snapshot.failures.iter().find(|failure| failure.id == item.id && failure.rank == item.rank);
    html! {
        article.large {
            div.pictures.compare[!variants.is_empty()] {
                figure {
                    @if tag.is_empty() { div.none { (t.no_picture) } }
                    @else {
                        @let source = format!("/runs/{run}/pictures/{index}?v={tag}");
                        a href=(source) { img #picture src=(source) alt=(subject(item)); }
                    }
                    @if !variants.is_empty() { figcaption { (t.this_one) " " code { (item.input_key_name) } } }
                }
                @for (file, tag) in variants {
                    @let source = variant_link("pictures", &run, index, file, tag);
                    figure.variant { a href=(source) { img src=(source) alt=(file); } figcaption { code { (file) } } }
                }
            }
            div.facts {
                h1 { (item.id) " " small { (item.rank) } }
                @if let Some(failure) = failure.filter(|_| is_failed) {
                    p.notice { b { (failure.error) } ": " (failure.message) " " (t.advice(&failure.error)) }
                }
                (facts(view, item))
                form method="get" action={ "/runs/" (run) "/redo" } {
                    input type="hidden" name="i" value=(index);
                    div.actions {
                        button.primary type="submit" { (t.make_again) }
                        @if !tag.is_empty() { (second_step::buttons(view, &run, 1)) }
                    }
                }
            }
        }
    }
}

fn facts(view: &View, item: &Item) -> Markup {
    let t = view.t;
    let model = item.resolved_model(RetiredModels::Redirect).ok();
    let seed = model.filter(|model| model.max_seed > 0).map(|model| item.model_seed(model).to_string());
    let price = usd_of(item).map(|usd| format!("{} USD", money(usd)));
    let source = item.source_bucket_name.as_ref().zip(item.source_key_name.as_ref());
    let optional = [
        (t.source, source.map(|(bucket, key)| format!("s3://{bucket}/{key}"))),
        (t.negative, item.negative_prompt.clone()),
        (t.shape, item.aspect_ratio.clone()),
        (t.seed, seed),
        (t.price, price),
    ];
    html! {
        dl.facts {
            @if !item.prompt.is_empty() { div { dt { (t.prompt) } dd.prompt { (item.prompt) } } }
            div { dt { (t.model) } dd { (model.map_or(item.model.as_str(), |model| model.id)) } }
            @for (name, value) in optional { @if let Some(value) = value { div { dt { (name) } dd { (value) } } } }
            div hidden { dt { (t.pixels) } dd #pixels {} }
            div { dt { (t.file) } dd { code { (item.destination()) } } }
        }
    }
}

/// A number of items, for titles.
pub(super) fn counted(view: &View, number: usize) -> String {
    if number < 1_000 { view.pictures(number as u64) } else { grouped(number as u64) }
}
