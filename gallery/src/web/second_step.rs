//! The second step with selected pictures: what it makes, what it costs, and the drop.

use super::home::{drop_list, estimate, make_button, money, refused};
use super::item::counted;
use super::layout::{View, segment};
use super::live::{Seen, Shown};
use super::redo::{selected, tag};
use super::text::fill;
use super::{App, layout};
use crate::Error;
use crate::model::{Draft, SecondStep};
use axum::extract::{Path, RawForm, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

fn title(view: &View, step: SecondStep) -> &'static str {
    match step {
        SecondStep::CutOut => view.t.cut_out,
        SecondStep::Enlarge => view.t.enlarge,
        SecondStep::Restyle => view.t.restyle,
    }
}

fn hint(view: &View, step: SecondStep) -> &'static str {
    match step {
        SecondStep::CutOut => view.t.cut_out_hint,
        SecondStep::Enlarge => view.t.enlarge_hint,
        SecondStep::Restyle => view.t.restyle_hint,
    }
}

/// The buttons that begin a second step with the pictures that their form selects, of which there are at most `most`.
pub(super) fn buttons(view: &View, run: &str, most: usize) -> Markup {
    html! {
        @for step in SecondStep::ALL.into_iter().filter(|step| step.least() <= most) {
            @let price = money(step.model().price.usd_per_image);
            button type="submit" formaction={ "/runs/" (run) "/then/" (step.name()) } title=(hint(view, step)) data-least=(step.least()) {
                (title(view, step)) " " small { (fill(view.t.usd_each, &[&price])) }
            }
        }
    }
}

/// What is asked for: the pictures that exist among those that are selected, and the one that has the style.
struct Chosen {
    pictures: Vec<usize>,
    left_out: usize,
    style: Option<usize>,
}

impl Chosen {
    fn of_query(view: &View, step: SecondStep, seen: &Seen, query: &str) -> Result<Self, Error> {
        let indexes = selected(query);
        let pictures: Vec<usize> = indexes.iter().copied().filter(|index| tag(seen, *index).is_some()).collect();
        let left_out = indexes.len() - pictures.len();
        if pictures.len() < step.least() {
            let text = if step == SecondStep::Restyle { view.t.restyle_none } else { view.t.then_none };
            return Err(Error::Unusable(text.to_owned().into()));
        }
        let named = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "style");
        let style = match named {
            Some((_, text)) => text.parse().ok().filter(|index| pictures.contains(index)),
            None => pictures.first().copied(),
        };
        let style = match step {
            SecondStep::Restyle => Some(style.ok_or_else(|| Error::Usage(view.t.restyle_none.to_owned().into()))?),
            _ => None,
        };
        Ok(Self { pictures, left_out, style })
    }

    /// The list, checked and priced.
    fn draft(&self, app: &App, step: SecondStep, seen: &Seen) -> Result<Draft, Error> {
        let first = self.pictures.iter().filter(|index| Some(**index) != self.style);
        let first = first.filter_map(|index| seen.list.items.get(*index));
        let json = step.list(first, self.style.and_then(|index| seen.list.item(index)))?;
        let draft = Draft::of_json(&step.key(seen.snapshot.run.title()), json, app.concurrency);
        match draft.report.problems.first() {
            Some(problem) => Err(Error::Unusable(problem.sentence())),
            None => Ok(draft),
        }
    }
}

pub(super) async fn page(
    State(app): State<App>,
    view: View,
    Path((_, step)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    Shown { name, seen }: Shown,
) -> Response {
    let Some(step) = SecondStep::of_name(&step) else { return layout::not_found(view).await };
    let chosen = Chosen::of_query(&view, step, &seen, &query.unwrap_or_default());
    let (draft, chosen) = match chosen.and_then(|chosen| Ok((chosen.draft(&app, step, &seen)?, chosen))) {
        Ok(both) => both,
        Err(error) => return view.error(&error),
    };
    let (t, run) = (view.t, segment(&name));
    let title = title(&view, step).trim_end_matches('…');
    let pictures = html! { ol.sheet { @for index in &chosen.pictures { (picture(&seen, &chosen, &run, *index)) } } };
    let body = html! {
        div.heading {
            h1 { (title) " – " (counted(&view, usize::try_from(draft.report.items).unwrap_or_default())) }
            p.quiet { (hint(&view, step)) " " (t.then_beside) }
        }
        @if chosen.left_out > 0 { p.notice { (fill(t.then_left_out, &[&chosen.left_out])) } }
        form.then method="post" action={ "/runs/" (run) "/then/" (step.name()) } {
            input type="hidden" name="token" value=(app.token.text());
            @if step == SecondStep::Restyle { fieldset { legend { (t.restyle_style) } (pictures) } } @else { (pictures) }
            (estimate(&view, &draft))
            div.actions {
                (make_button(&view, draft.report.items, draft.usd()))
                a.button href={ "/runs/" (run) } { (t.back) }
            }
        }
    };
    view.page(title, &body)
}

/// A picture of the first step. For restyling it can be chosen as the one whose style the others get.
fn picture(seen: &Seen, chosen: &Chosen, run: &str, index: usize) -> Markup {
    let item = seen.list.item(index);
    let tag = tag(seen, index).unwrap_or_default();
    html! {
        li.frame {
            label {
                span.picture { img loading="lazy" alt="" src={ "/runs/" (run) "/thumbnails/" (index) "?v=" (tag) }; }
                input type="hidden" name="i" value=(index);
                span.name {
                    @if chosen.style.is_some() { input type="radio" name="style" value=(index) checked[chosen.style == Some(index)]; }
                    @if let Some(item) = item { b { (item.id) } " " small { (item.rank) } }
                }
            }
        }
    }
}

pub(super) async fn make(
    State(app): State<App>,
    view: View,
    Path((name, step)): Path<(String, String)>,
    RawForm(form): RawForm,
) -> Response {
    let Some(step) = SecondStep::of_name(&step) else { return layout::not_found(view).await };
    let form = String::from_utf8_lossy(&form);
    let token = form_urlencoded::parse(form.as_bytes()).find(|(name, _)| name == "token");
    if let Some(response) = refused(&app, &view, token.as_ref().map_or("", |(_, token)| token)) {
        return response;
    }
    let made = async {
        let seen = app.hub.seen_with_pictures(&name).await?;
        let draft = Chosen::of_query(&view, step, &seen, &form)?.draft(&app, step, &seen)?;
        drop_list(&app, &draft.key, draft.json).await
    };
    match made.await {
        Ok(target) => Redirect::to(&target).into_response(),
        Err(error) => view.error(&error),
    }
}
