//! The contact sheet: frames in the list's order, a page at a time, with a filter.

use super::layout::{View, grouped, segment};
use super::live::Seen;
use super::second_step;
use super::text::fill;
use crate::model::ItemState;
use idlist::Item;
use maud::{Markup, html};

/// Frames on a page.
pub(super) const FRAMES: usize = 120;
/// Variants that a frame shows.
const SHOWN_VARIANTS: usize = 4;
/// Characters of a prompt in a frame.
const SHOWN_CHARS: usize = 160;

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) text: String,
    pub(super) rank: String,
    pub(super) state: String,
    pub(super) page: usize,
}

impl Filter {
    pub(super) fn of_query(query: &str) -> Self {
        let mut filter = Self { page: 1, ..Self::default() };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "q" => filter.text = value.trim().to_owned(),
                "rank" => filter.rank = value.into_owned(),
                "state" => filter.state = value.into_owned(),
                "page" => filter.page = value.parse().unwrap_or(1).max(1),
                _ => {}
            }
        }
        filter
    }

    /// Numbers of the items that match.
    pub(super) fn items(&self, seen: &Seen) -> Vec<usize> {
        let text = self.text.to_lowercase();
        let matches = |index: &usize| {
            let state = seen.snapshot.items.get(*index).map(|(state, _)| state_name(*state)).unwrap_or_default();
            let item = seen.list.item(*index);
            (self.state.is_empty() || self.state == state)
                && (self.rank.is_empty() || item.is_some_and(|item| item.rank == self.rank))
                && (text.is_empty() || item.is_some_and(|item| contains(item, &text)))
        };
        (0..seen.list.items.len()).filter(matches).collect()
    }

    /// The address of another page with the same filter.
    fn link(&self, page: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("q", &self.text), ("rank", &self.rank), ("state", &self.state)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.append_pair("page", &page.to_string());
        format!("?{}#pictures", query.finish())
    }
}

fn contains(item: &Item, text: &str) -> bool {
    item.id.to_lowercase().contains(text) || item.prompt.to_lowercase().contains(text)
}

fn state_name(state: ItemState) -> &'static str {
    match state {
        ItemState::Waiting => "waiting",
        ItemState::Made => "made",
        ItemState::Existing => "existing",
        ItemState::Failed => "failed",
        ItemState::Missing => "missing",
    }
}

/// The filter, the frames, and the pages.
pub(super) fn sheet(view: &View, seen: &Seen, filter: &Filter) -> Markup {
    let t = view.t;
    let name = segment(&seen.snapshot.run.name);
    let items = filter.items(seen);
    let pages = items.len().div_ceil(FRAMES).max(1);
    let page = filter.page.min(pages);
    let shown: Vec<usize> = items.iter().copied().skip((page - 1) * FRAMES).take(FRAMES).collect();
    html! {
        (filter_form(view, seen, filter, items.len()))
        @if shown.is_empty() { p.empty { (t.nothing_found) } }
        form #selection method="get" action={ "/runs/" (name) "/redo" } {
            ol.sheet #sheet { @for index in shown { (frame(view, seen, index)) } }
            div.selection {
                label.all hidden { input #select-all type="checkbox"; " " (t.select_all) }
                output #selected data-text=(t.selected) aria-live="polite" {}
                button.primary type="submit" { (t.make_again) }
                (second_step::buttons(view, &name, usize::MAX))
                button type="submit" formaction={ "/runs/" (name) "/pictures.zip" } { (t.download) }
            }
        }
        @if pages > 1 {
            nav.pages aria-label=(t.pictures) {
                @if page > 1 { a.button rel="prev" href=(filter.link(page - 1)) { (t.previous) } }
                span { (fill(t.page_of, &[&page, &pages])) }
                @if page < pages { a.button rel="next" href=(filter.link(page + 1)) { (t.next) } }
            }
        }
    }
}

fn filter_form(view: &View, seen: &Seen, filter: &Filter, found: usize) -> Markup {
    let t = view.t;
    let states = [
        ("made", t.made),
        ("existing", t.existing),
        ("failed", t.failed),
        ("waiting", t.waiting),
        ("missing", t.missing),
    ];
    let ranks = seen.list.ranks();
    html! {
        form.filter method="get" action="#pictures" role="search" {
            label { span { (t.search) } input type="search" name="q" value=(filter.text); }
            @if ranks.len() > 1 {
                label {
                    span { (t.rank) }
                    select name="rank" {
                        option value="" { (t.all) }
                        @for rank in ranks { option value=(rank) selected[filter.rank == rank] { (rank) } }
                    }
                }
            }
            label {
                span { (t.state) }
                select name="state" {
                    option value="" { (t.all) }
                    @for (value, text) in states { option value=(value) selected[filter.state == value] { (text) } }
                }
            }
            button type="submit" { (t.filter) }
            label.size hidden { span { (t.size) } input #size type="range" min="90" max="420" step="10" value="180"; }
            span.found { (view.pictures(found as u64)) }
        }
    }
}

/// One frame: the picture, or an empty one, and its variants.
pub(super) fn frame(view: &View, seen: &Seen, index: usize) -> Markup {
    let run = segment(&seen.snapshot.run.name);
    let (state, tag) = seen.snapshot.items.get(index).cloned().unwrap_or((ItemState::Waiting, String::new()));
    let state_text = match state {
        ItemState::Waiting => view.t.waiting,
        ItemState::Made => view.t.made,
        ItemState::Existing => view.t.existing,
        ItemState::Failed => view.t.failed,
        ItemState::Missing => view.t.missing,
    };
    let page = format!("/runs/{run}/items/{index}");
    let Some(item) = seen.list.item(index) else {
        return html! { li.frame.failed id={ "i" (index) } { a.picture href=(page) { span.none { (state_text) } } span.name { "#" (index) } } };
    };
    let variants = variants_of(seen, item);
    html! {
        li id={ "i" (index) } class={ "frame " (state_name(state)) } title=(cut(subject(item))) {
            a.picture href=(page) {
                @if tag.is_empty() { span.none { (state_text) } }
                @else { img loading="lazy" decoding="async" alt=(cut(subject(item))) src={ "/runs/" (run) "/thumbnails/" (index) "?v=" (tag) }; }
            }
            label.name {
                input type="checkbox" name="i" value=(index) aria-label=(fill(view.t.select, &[&item.id]));
                b { (item.id) } small { (item.rank) }
            }
            @if !variants.is_empty() {
                span.variants {
                    @for (file, tag) in variants.iter().take(SHOWN_VARIANTS) {
                        a href=(page) { img loading="lazy" alt=(file) src=(variant_link("thumbnails", &run, index, file, tag)); }
                    }
                    @if variants.len() > SHOWN_VARIANTS { a href=(page) { "+" (grouped((variants.len() - SHOWN_VARIANTS) as u64)) } }
                }
            }
        }
    }
}

/// The address of a variant's thumbnail or original.
pub(super) fn variant_link(kind: &str, run: &str, index: usize, file: &str, tag: &str) -> String {
    let file: String = form_urlencoded::byte_serialize(file.as_bytes()).collect();
    format!("/runs/{run}/{kind}/{index}?file={file}&v={tag}")
}

/// Other pictures with the rank and the id of an item.
pub(super) fn variants_of<'a>(seen: &'a Seen, item: &Item) -> &'a [(String, String)] {
    let folder = (item.input_bucket_name.clone(), format!("{}/{}", item.rank, item.id));
    seen.snapshot.variants.get(&folder).map(Vec::as_slice).unwrap_or_default()
}

/// What an item's picture shows, in words: the prompt, or the id where the model needs no prompt.
pub(super) fn subject(item: &Item) -> &str {
    if item.prompt.is_empty() { &item.id } else { &item.prompt }
}

/// A text, cut where it gets long.
fn cut(text: &str) -> String {
    let mut chars = text.chars();
    let shown: String = chars.by_ref().take(SHOWN_CHARS).collect();
    if chars.next().is_some() { shown + "…" } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_its_link() {
        let filter = Filter::of_query("q=+cat+%26+dog&rank=vip&state=&page=0&i=3");
        assert_eq!((filter.text.as_str(), filter.rank.as_str(), filter.page), ("cat & dog", "vip", 1));
        let link = filter.link(2);
        assert_eq!(link, "?q=cat+%26+dog&rank=vip&page=2#pictures");
        assert_eq!(cut(&"x".repeat(200)).chars().count(), 161);
    }
}
