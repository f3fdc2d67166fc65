//! The table of runs on the home page, read once for all open pages.

use super::in_time;
use super::layout::{View, grouped, moment, segment};
use super::live::Hub;
use super::text::fill;
use crate::Error;
use crate::aws::Pictures;
use crate::model::{Run, Snapshot, Tally};
use crate::service::{Gallery, now_millis};
use maud::{Markup, html};
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Runs on the home page.
const SHOWN: i32 = 20;
/// A reading that is younger is not repeated.
const FRESH_MILLIS: i64 = 1_500;
/// Result files of longer lists are not read for the table: the counts suffice.
const MAX_TALLIED: u64 = 2_000;

/// A run in the table.
#[derive(Debug, Clone)]
pub(super) struct Row {
    run: Run,
    tally: Option<Tally>,
}

type Reading = (i64, Result<Arc<Vec<Row>>, Error>);

/// The latest runs.
#[derive(Clone)]
pub(super) struct Board {
    gallery: Gallery,
    hub: Hub,
    last: Arc<Mutex<Option<Reading>>>,
    /// Runs that have ended, by name and end: a redrive gives them another end.
    ended: Cache<(String, i64), Arc<Row>>,
    patience: Duration,
}

impl Board {
    pub(super) fn new(gallery: Gallery, hub: Hub, patience: Duration) -> Self {
        Self { gallery, hub, last: Arc::default(), ended: Cache::new(500), patience }
    }

    /// The runs. While one page reads, the others wait for its answer.
    pub(super) async fn rows(&self) -> Result<Arc<Vec<Row>>, Error> {
        let mut last = self.last.lock().await;
        if let Some((at, rows)) = &*last
            && now_millis() - at < FRESH_MILLIS
        {
            return rows.clone();
        }
        let rows = in_time(self.patience, self.read()).await.map(Arc::new);
        *last = Some((now_millis(), rows.clone()));
        rows
    }

    async fn read(&self) -> Result<Vec<Row>, Error> {
        let page = self.gallery.aws.list_runs(SHOWN, None).await?;
        let mut rows = Vec::with_capacity(page.runs.len());
        for run in page.runs {
            rows.push(match run.stopped {
                Some(stopped) => {
                    let row = self.ended.try_get_with((run.name.clone(), stopped), self.ended_row(&run.name)).await;
                    (*row.map_err(|error: Arc<Error>| (*error).clone())?).clone()
                }
                None => {
                    let tally = self.hub.peek(&run.name).map(|seen| seen.snapshot.tally);
                    Row { run: self.gallery.aws.describe_run(&run.name).await?, tally }
                }
            });
        }
        Ok(rows)
    }

    async fn ended_row(&self, name: &str) -> Result<Arc<Row>, Error> {
        let run = self.gallery.aws.describe_run(name).await?;
        if run.list.is_none() || run.counts.is_none_or(|counts| counts.total > MAX_TALLIED) {
            return Ok(Arc::new(Row { run, tally: None }));
        }
        // A list that cannot be read is told on the page of its run.
        let tally = match (self.gallery.list(&run).await, self.gallery.results(&run).await) {
            (Ok(list), Ok(results)) if !list.items.is_empty() => {
                Some(Snapshot::new(run.clone(), &list, Some(&Pictures::new()), &results, &[]).tally)
            }
            _ => None,
        };
        Ok(Arc::new(Row { run, tally }))
    }
}

/// The table.
pub(super) fn table(view: &View, rows: &[Row]) -> Markup {
    let t = view.t;
    if rows.is_empty() {
        return html! { p.empty { (t.no_runs) } };
    }
    html! {
        div.scroll tabindex="0" role="region" aria-label=(t.runs) {
            table.runs {
                thead {
                    tr {
                        th scope="col" { (t.run) } th scope="col" { (t.when) } th scope="col" { (t.progress) }
                        th.number scope="col" { (t.made) } th.number scope="col" { (t.existing) }
                        th.number scope="col" { (t.failed) } th.number scope="col" { (t.cost) }
                    }
                }
                tbody { @for row in rows { (line(view, row)) } }
            }
        }
    }
}

fn line(view: &View, row: &Row) -> Markup {
    let Row { run, tally } = row;
    let counts = run.counts.unwrap_or_default();
    let number = |number: Option<u64>| number.map_or_else(|| "–".to_owned(), grouped);
    let failed = tally.map_or(counts.failed, |tally| tally.failed.max(counts.failed));
    html! {
        tr {
            th scope="row" { a.title href={ "/runs/" (segment(&run.name)) } { (run.title()) } }
            td { (moment(run.started)) }
            td {
                (view.status(run.status)) " "
                span.nowrap { (fill(view.t.of, &[&grouped(counts.done()), &grouped(counts.total)])) }
                @if !run.status.is_ended() && counts.total > 0 {
                    progress aria-label=(view.t.progress) max=(counts.total) value=(counts.done()) {}
                }
            }
            td.number { (number(tally.map(|tally| tally.made).or_else(|| run.counts.map(|counts| counts.succeeded)))) }
            td.number { (number(tally.map(|tally| tally.existing))) }
            td.number.bad[failed > 0] { (grouped(failed)) }
            td.number { @match tally { Some(tally) => { (format!("{:.2}", tally.usd)) " USD" } None => "–" } }
        }
    }
}
