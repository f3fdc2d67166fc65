//! A run at one moment: the state of every item, what was made and what it cost, how fast, and how long it will take.

use super::{Failure, List, Outcome, Results, Run, list::destination};
use crate::aws::Pictures;
use idlist::{Item, RetiredModels, usd_per_image};
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};

/// What is known of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ItemState {
    /// There is no picture yet.
    Waiting,
    /// This run made it.
    Made,
    /// It was there before this run.
    Existing,
    /// It failed for good.
    Failed,
    /// The run ended without it.
    Missing,
}

/// Items by their state, and what the made ones cost.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tally {
    /// All items.
    pub(crate) total: u64,
    /// Made by this run.
    pub(crate) made: u64,
    /// There before.
    pub(crate) existing: u64,
    /// Failed for good.
    pub(crate) failed: u64,
    /// Still to come.
    pub(crate) waiting: u64,
    /// Never made, because the run ended.
    pub(crate) missing: u64,
    /// Price of the made ones in US dollars, as far as prices are known. An estimate.
    pub(crate) usd: f64,
}

/// A run at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    /// The run.
    pub(crate) run: Run,
    /// State and tag of every picture, in the list's order.
    pub(crate) items: Vec<(ItemState, String)>,
    /// Items by state.
    pub(crate) tally: Tally,
    /// Failures that are known.
    pub(crate) failures: Vec<Failure>,
    /// Other pictures beside those of the items, by bucket, rank and id: file names with their tags.
    pub(crate) variants: BTreeMap<(String, String), Vec<(String, String)>>,
    /// Items that are done, a minute.
    pub(crate) per_minute: Option<f64>,
    /// Seconds until the end.
    pub(crate) seconds_left: Option<f64>,
    /// The pictures were not looked for yet: the states of items are not known.
    pub(crate) is_partial: bool,
}

impl Snapshot {
    /// Puts together what is known; without `pictures`, counts alone. `samples` are times in milliseconds with the items done by then, oldest first.
    #[must_use]
    pub(crate) fn new(
        run: Run,
        list: &List,
        pictures: Option<&Pictures>,
        results: &Results,
        samples: &[(i64, u64)],
    ) -> Self {
        let is_partial = pictures.is_none();
        let nothing = Pictures::new();
        let pictures = pictures.unwrap_or(&nothing);
        let failed: HashSet<_> = results.failures.iter().filter_map(|failure| failure.destination.as_ref()).collect();
        let mut tally = Tally { total: list.items.len() as u64, ..Tally::default() };
        let mut items = Vec::with_capacity(list.items.len());
        for listed in &list.items {
            let Ok(item) = &listed.item else {
                let state = if run.status.is_ended() { ItemState::Failed } else { ItemState::Waiting };
                count(&mut tally, state, None);
                items.push((state, String::new()));
                continue;
            };
            let place = destination(item);
            let picture = pictures.get(&place);
            let state = match (results.outcomes.get(&place), picture) {
                _ if failed.contains(&place) => ItemState::Failed,
                (Some(Outcome::Generated), _) => ItemState::Made,
                (Some(Outcome::Existing), _) => ItemState::Existing,
                // S3 tells whole seconds.
                (None, Some(picture)) if picture.modified + 1_000 > run.started => ItemState::Made,
                (None, Some(_)) => ItemState::Existing,
                (None, None) if run.status.is_ended() && !is_partial => ItemState::Missing,
                (None, None) => ItemState::Waiting,
            };
            count(&mut tally, state, Some(item));
            items.push((state, picture.map(|picture| picture.tag.clone()).unwrap_or_default()));
        }
        if list.items.is_empty() || is_partial {
            // The counts of the Map Run are all there is.
            let counts = run.counts.unwrap_or_default();
            tally = Tally { total: counts.total, made: counts.succeeded, failed: counts.failed, ..tally };
            tally.waiting = counts.total.saturating_sub(counts.done());
        }
        let per_minute = if run.status.is_ended() { None } else { rate(samples) };
        let left = run.counts.map_or(tally.waiting, |counts| counts.total.saturating_sub(counts.done()));
        let seconds_left = per_minute.filter(|rate| *rate > 0.0).map(|rate| left as f64 * 60.0 / rate);
        let variants = variants(list, pictures);
        let failures = results.failures.clone();
        Self { run, items, tally, failures, variants, per_minute, seconds_left, is_partial }
    }

    /// Items that need no more work, as the Map Run counts them.
    #[must_use]
    pub(crate) fn done(&self) -> u64 {
        let by_state = self.tally.total - self.tally.waiting.min(self.tally.total);
        self.run.counts.map_or(by_state, |counts| counts.done())
    }

    /// All items.
    #[must_use]
    pub(crate) fn total(&self) -> u64 {
        self.run.counts.map_or(self.tally.total, |counts| counts.total.max(self.tally.total))
    }
}

fn count(tally: &mut Tally, state: ItemState, item: Option<&Item>) {
    match state {
        ItemState::Waiting => tally.waiting += 1,
        ItemState::Existing => tally.existing += 1,
        ItemState::Failed => tally.failed += 1,
        ItemState::Missing => tally.missing += 1,
        ItemState::Made => {
            tally.made += 1;
            tally.usd += item.and_then(usd_of).unwrap_or_default();
        }
    }
}

/// Price of one picture in US dollars. An estimate.
#[must_use]
pub(crate) fn usd_of(item: &Item) -> Option<f64> {
    usd_per_image(item.resolved_model(RetiredModels::Redirect).ok()?.id)
}

/// Items a minute, over the last samples.
fn rate(samples: &[(i64, u64)]) -> Option<f64> {
    let (first, last) = (samples.first()?, samples.last()?);
    let seconds = (last.0 - first.0) as f64 / 1_000.0;
    (seconds >= 1.0).then(|| last.1.saturating_sub(first.1) as f64 * 60.0 / seconds)
}

/// Pictures with rank and id of an item but another file name.
fn variants(list: &List, pictures: &Pictures) -> BTreeMap<(String, String), Vec<(String, String)>> {
    let items = list.items.iter().filter_map(|listed| listed.item.as_ref().ok());
    let own: HashSet<(String, String)> = items.clone().map(destination).collect();
    let folders: HashSet<(String, String)> =
        items.map(|item| (item.input_bucket_name.clone(), format!("{}/{}", item.rank, item.id))).collect();
    let mut variants: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (place, picture) in pictures.iter().filter(|(place, _)| !own.contains(*place)) {
        let Some((folder, file)) = place.1.rsplit_once('/') else { continue };
        let folder = (place.0.clone(), folder.to_owned());
        if folders.contains(&folder) {
            variants.entry(folder).or_default().push((file.to_owned(), picture.tag.clone()));
        }
    }
    variants.values_mut().for_each(|files| files.sort());
    variants
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{aws::Picture, model::RunStatus};

    fn list() -> List {
        let item = |id: &str| {
            format!(
                r#"{{"id":"{id}","rank":"r","inputBucketName":"images","inputKeyName":"a.png","model":"stability.stable-image-core-v1:1","prompt":"a cat"}}"#
            )
        };
        List::read(format!("[{}, {}, {}, 7]", item("1"), item("2"), item("3")).as_bytes()).unwrap()
    }

    fn pictures(keys: &[(&str, i64)]) -> Pictures {
        let picture = |modified| Picture { tag: "t".into(), bytes: 1, modified };
        keys.iter().map(|(key, modified)| (("images".to_owned(), (*key).to_owned()), picture(*modified))).collect()
    }

    #[test]
    fn states_follow_from_pictures_while_it_runs() {
        let run = Run::new("x".into(), RunStatus::Running, 10_500, None);
        let pictures = pictures(&[("r/1/a.png", 10_000), ("r/2/a.png", 5_000), ("r/2/a-seed7.png", 5_000)]);
        let snapshot = Snapshot::new(run, &list(), Some(&pictures), &Results::default(), &[(0, 0), (30_000, 2)]);
        let states: Vec<_> = snapshot.items.iter().map(|(state, _)| *state).collect();
        assert_eq!(states, [ItemState::Made, ItemState::Existing, ItemState::Waiting, ItemState::Waiting]);
        assert_eq!(snapshot.variants.values().next().unwrap()[0].0, "a-seed7.png");
        assert_eq!((snapshot.per_minute, snapshot.seconds_left), (Some(4.0), Some(30.0)));
        assert!((snapshot.tally.usd - 0.04).abs() < 1e-9);
    }

    #[test]
    fn results_decide_at_the_end() {
        let run = Run::new("x".into(), RunStatus::Succeeded, 10_000, Some(20_000));
        let mut results = Results::default();
        results.outcomes.insert(("images".into(), "r/1/a.png".into()), Outcome::Existing);
        let input = r#"{"item":{"id":"2","rank":"r","inputBucketName":"images","inputKeyName":"a.png"}}"#;
        results.failures.push(Failure::of_child(input, "ContentFiltered", "no"));
        let snapshot = Snapshot::new(run, &list(), Some(&pictures(&[("r/1/a.png", 12_000)])), &results, &[]);
        let states: Vec<_> = snapshot.items.iter().map(|(state, _)| *state).collect();
        assert_eq!(states, [ItemState::Existing, ItemState::Failed, ItemState::Missing, ItemState::Failed]);
        assert_eq!(snapshot.per_minute, None);
    }

    #[test]
    fn a_list_that_is_gone_leaves_the_counts() {
        let mut run = Run::new("x".into(), RunStatus::Running, 0, None);
        run.counts = Some(crate::model::Counts { total: 10, succeeded: 3, failed: 1, ..Default::default() });
        let snapshot = Snapshot::new(run, &List::default(), Some(&Pictures::new()), &Results::default(), &[]);
        assert_eq!((snapshot.total(), snapshot.done(), snapshot.tally.waiting), (10, 4, 6));
    }
}
