//! Making selected pictures again: what will differ, what it costs, and the drop.

use super::App;
use super::home::{drop_list, make_button, refused};
use super::item::counted;
use super::layout::{View, segment};
use super::live::{Seen, Shown};
use crate::Error;
use crate::model::{Change, redo, redo_key, usd_of};
use axum::extract::{Path, RawForm, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use idlist::JsonArrayWriter;
use maud::html;
use std::collections::{BTreeSet, HashMap};

/// Pictures whose prompts can be edited at once.
const MAX_EDITED: usize = 24;

/// Numbers of the selected items.
pub(super) fn selected(query: &str) -> BTreeSet<usize> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs.filter(|(name, _)| name == "i").filter_map(|(_, value)| value.parse().ok()).collect()
}

pub(super) async fn page(
    State(app): State<App>,
    view: View,
    RawQuery(query): RawQuery,
    Shown { name, seen }: Shown,
) -> Response {
    let (t, run) = (view.t, segment(&name));
    let indexes = selected(&query.unwrap_or_default());
    let items: Vec<_> = indexes.iter().filter_map(|index| Some((*index, seen.list.item(*index)?))).collect();
    if items.is_empty() {
        return view.error(&Error::Unusable(t.redo_none.to_owned().into()));
    }
    let again = |(index, _): &(usize, _)| redo(seen.list.items.get(*index)?, &Change::default()).err();
    if let Some(error) = items.iter().find_map(again) {
        return view.error(&error);
    }
    let prices: Option<f64> = items.iter().map(|(_, item)| usd_of(item)).sum();
    let body = html! {
        div.heading {
            h1 { (t.redo_title) " – " (counted(&view, items.len())) }
            p.quiet { (t.redo_hint) }
        }
        form.redo method="post" action={ "/runs/" (run) "/redo" } {
            input type="hidden" name="token" value=(app.token.text());
            label.seed { span { (t.redo_seed) } input type="number" name="seed" min="0" max="4294967294" step="1" inputmode="numeric"; }
            @if items.len() > MAX_EDITED {
                p.notice { (t.redo_too_many) }
                @for (index, _) in &items { input type="hidden" name="i" value=(index); }
            } @else {
                ul.edits {
                    @for (index, item) in &items {
                        li {
                            input type="hidden" name="i" value=(index);
                            @match tag(&seen, *index) {
                                Some(tag) => img loading="lazy" alt="" src={ "/runs/" (run) "/thumbnails/" (index) "?v=" (tag) };,
                                None => span.none {},
                            }
                            label { span { b { (item.id) } " " small { (item.rank) } " – " (t.prompt) }
                                textarea name={ "prompt-" (index) } rows="3" required[!item.prompt.is_empty()] { (item.prompt) } }
                        }
                    }
                }
            }
            div.actions {
                (make_button(&view, items.len() as u64, prices))
                a.button href={ "/runs/" (run) } { (t.back) }
            }
        }
    };
    view.page(t.redo_title, &body)
}

/// The tag of an item's picture, if there is one.
pub(super) fn tag(seen: &Seen, index: usize) -> Option<&str> {
    seen.snapshot.items.get(index).map(|(_, tag)| tag.as_str()).filter(|tag| !tag.is_empty())
}

pub(super) async fn make(
    State(app): State<App>,
    view: View,
    Path(name): Path<String>,
    RawForm(form): RawForm,
) -> Response {
    let fields: HashMap<String, String> = form_urlencoded::parse(&form)
        .filter(|(name, _)| name != "i")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    if let Some(response) = refused(&app, &view, fields.get("token").map_or("", String::as_str)) {
        return response;
    }
    let indexes = selected(&String::from_utf8_lossy(&form));
    match make_again(&app, &name, &indexes, &fields).await {
        Ok(target) => Redirect::to(&target).into_response(),
        Err(error) => view.error(&error),
    }
}

async fn make_again(
    app: &App,
    name: &str,
    indexes: &BTreeSet<usize>,
    fields: &HashMap<String, String>,
) -> Result<String, Error> {
    let seen = app.hub.seen(name).await?;
    let seed = match fields.get("seed").map(|seed| seed.trim()).filter(|seed| !seed.is_empty()) {
        None => None,
        Some(seed) => {
            Some(seed.parse().map_err(|_| Error::Usage(format!("the seed {seed:?} is not a whole number").into()))?)
        }
    };
    let mut array = JsonArrayWriter::new(Vec::new());
    let unwritten = |error: std::io::Error| Error::Unusable(error.to_string().into());
    for index in indexes {
        let listed = seen.list.items.get(*index).ok_or_else(|| Error::NotFound(format!("item {index}").into()))?;
        // Browsers send line ends as CR LF.
        let prompt = fields.get(&format!("prompt-{index}")).map(|prompt| prompt.replace("\r\n", "\n"));
        let change = Change { seed, prompt, replace: false };
        array.write(&redo(listed, &change)?).map_err(unwritten)?;
    }
    let json = array.finish().map_err(unwritten)?;
    drop_list(app, &redo_key(seen.snapshot.run.title()), json).await
}
