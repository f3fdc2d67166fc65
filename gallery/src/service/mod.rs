//! What page and command line share: runs with their lists and results, read once and kept within bounds.

mod dropping;
mod fetching;
mod thumbnails;

pub(crate) use dropping::{DropState, Dropped};
pub(crate) use fetching::album_picture;
pub(crate) use fetching::{FileName, album_page, items_csv};
#[cfg(feature = "cli")]
pub(crate) use thumbnails::jpeg_of;
pub(crate) use thumbnails::{Thumbnail, Thumbnails};

use crate::Error;
use crate::aws::{Aws, Pictures};
use crate::model::{Failure, List, ListVersion, Manifest, Results, Run, Snapshot};
use moka::future::Cache;
use std::sync::Arc;

/// Most items of all lists that are kept in memory.
const MAX_KEPT_ITEMS: u64 = 100_000;
/// Failed children that are described at each look, while a run goes on.
const MAX_DESCRIBED: usize = 20;
/// Items of a list whose pictures are looked for before it is shown.
const MAX_SHORT: usize = 500;
/// Samples from which the rate is computed.
const MAX_SAMPLES: usize = 60;

/// Runs of one stack.
#[derive(Debug, Clone)]
pub struct Gallery {
    /// The connection.
    pub(crate) aws: Aws,
    lists: Cache<ListVersion, Arc<List>>,
    results: Cache<(String, i64), Arc<Results>>,
}

/// What looking at a run again and again remembers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory {
    samples: Vec<(i64, u64)>,
    described: (u64, Vec<Failure>),
}

impl Gallery {
    /// Runs of the stack that `aws` is connected to.
    #[must_use]
    pub fn new(aws: Aws) -> Self {
        let weight = |items: usize| u32::try_from(items.max(1)).unwrap_or(u32::MAX);
        Self {
            aws,
            lists: Cache::builder()
                .weigher(move |_, list: &Arc<List>| weight(list.items.len()))
                .max_capacity(MAX_KEPT_ITEMS)
                .build(),
            results: Cache::builder()
                .weigher(move |_, results: &Arc<Results>| weight(results.outcomes.len() + results.failures.len()))
                .max_capacity(MAX_KEPT_ITEMS)
                .build(),
        }
    }

    /// The list that a run makes; an empty one if the run has none, or its list was deleted.
    ///
    /// # Errors
    /// What AWS answers, or [`Error::BadList`].
    pub(crate) async fn list(&self, run: &Run) -> Result<Arc<List>, Error> {
        let Some(version) = &run.list else { return Ok(Arc::default()) };
        let read = async {
            let bytes = self.aws.object(&version.bucket, &version.key, version.version.as_deref()).await?;
            List::read(&bytes).map(Arc::new)
        };
        let list = match version.version {
            // Without a version, the list may be overwritten.
            None => read.await,
            Some(_) => self.lists.try_get_with(version.clone(), read).await.map_err(|error| (*error).clone()),
        };
        match list {
            Err(Error::NotFound(_)) => Ok(Arc::default()),
            list => list,
        }
    }

    /// What the result files of a run that has ended say; nothing if they are not there yet.
    ///
    /// # Errors
    /// What AWS answers.
    pub(crate) async fn results(&self, run: &Run) -> Result<Arc<Results>, Error> {
        let (Some(stopped), Some(key)) = (run.stopped, &run.manifest_key) else { return Ok(Arc::default()) };
        let bucket = self.aws.names.result_bucket();
        let read = async {
            let manifest = self.aws.object(&bucket, key, None).await?;
            let bad = |error: serde_json::Error| Error::Unusable(format!("s3://{bucket}/{key}: {error}").into());
            let manifest: Manifest = serde_json::from_slice(&manifest).map_err(bad)?;
            let mut results = Results::default();
            for key in manifest.keys() {
                results.add_file(&self.aws.object(&bucket, key, None).await?).map_err(bad)?;
            }
            Ok(Arc::new(results))
        };
        let results = self.results.try_get_with((run.name.clone(), stopped), read).await;
        match results.map_err(|error: Arc<Error>| (*error).clone()) {
            Err(Error::NotFound(_)) => Ok(Arc::default()),
            results => results,
        }
    }

    /// A run at this moment, and its list.
    ///
    /// # Errors
    /// What AWS answers.
    pub(crate) async fn look(&self, name: &str, memory: &mut Memory) -> Result<(Snapshot, Arc<List>), Error> {
        let run = self.aws.describe_run(name).await?;
        let list = self.list(&run).await?;
        self.look_at(run, list, memory).await
    }

    /// As [`Gallery::look`], but of a long list without its pictures, which take many requests to find.
    ///
    /// # Errors
    /// What AWS answers.
    pub(crate) async fn glance(&self, name: &str, memory: &mut Memory) -> Result<(Snapshot, Arc<List>), Error> {
        let run = self.aws.describe_run(name).await?;
        let list = self.list(&run).await?;
        if list.items.len() <= MAX_SHORT {
            return self.look_at(run, list, memory).await;
        }
        Ok((Snapshot::new(run, &list, None, &Results::default(), &[]), list))
    }

    async fn look_at(&self, run: Run, list: Arc<List>, memory: &mut Memory) -> Result<(Snapshot, Arc<List>), Error> {
        let pictures = if list.items.is_empty() { Pictures::new() } else { self.aws.pictures(&list.folders()).await? };
        let mut results = self.results(&run).await?;
        if !run.status.is_ended() {
            let failures = self.failures_so_far(&run, memory).await;
            results = Arc::new(Results { failures, ..Results::default() });
        }
        memory.add_sample(&run);
        Ok((Snapshot::new(run, &list, Some(&pictures), &results, &memory.samples), list))
    }

    /// Failures while the run goes on. What cannot be asked is left out: the counts say how many there are.
    async fn failures_so_far(&self, run: &Run, memory: &mut Memory) -> Vec<Failure> {
        let (failed, described) = (run.counts.map_or(0, |counts| counts.failed), &mut memory.described);
        if let Some(arn) = run.map_run_arn.as_deref().filter(|_| failed > described.0)
            && let Ok(children) = self.aws.failed_children(arn, MAX_DESCRIBED).await
        {
            let failures = children.iter().map(|child| Failure::of_child(&child.input, &child.error, &child.cause));
            let failures = failures.filter(|failure| !described.1.contains(failure)).collect::<Vec<_>>();
            described.1.extend(failures);
            described.0 = failed;
        }
        described.1.clone()
    }
}

impl Memory {
    fn add_sample(&mut self, run: &Run) {
        let now = now_millis();
        let done = run.counts.map_or(0, |counts| counts.done());
        if self.samples.is_empty() && now - run.started > 2_000 {
            self.samples.push((run.started, 0));
        }
        if self.samples.last().is_none_or(|(at, _)| now - at >= 1_000) {
            self.samples.push((now, done));
        }
        if self.samples.len() > MAX_SAMPLES {
            self.samples.remove(0);
        }
    }
}

/// Milliseconds since 1970.
pub(crate) fn now_millis() -> i64 {
    i64::try_from(time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).unwrap_or_default()
}
