//! Looking at runs for all open pages together: one look at a time for each run, slower while AWS is slow or throttles.

use super::layout::View;
use super::{App, in_time};
use crate::Error;
use crate::model::{List, Snapshot};
use crate::service::{Gallery, Memory, now_millis};
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Between two looks at a run that goes on, and at one that has ended, which may still get variants.
const RUNNING_WAIT: Duration = Duration::from_secs(1);
const ENDED_WAIT: Duration = Duration::from_secs(4);
/// Between two looks while AWS does not answer.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// A look takes a fifth of the time at most.
const REST_FACTOR: u32 = 4;
/// A run that no page shows is looked at no more after this time.
const UNUSED_MILLIS: i64 = 15_000;

/// A run as it was seen last.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// Grows with each change, also beyond a restart.
    pub(super) version: u64,
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) list: Arc<List>,
    /// For each item, the version at which it changed.
    pub(super) changed: Arc<Vec<u64>>,
    fingerprints: Arc<Vec<u64>>,
    /// Why the last look failed.
    pub(super) notice: Option<Error>,
}

/// The run that an address names, with its pictures. A run that cannot be shown answers the request with the reason.
pub(super) struct Shown {
    pub(super) name: String,
    pub(super) seen: Seen,
}

impl FromRequestParts<App> for Shown {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let params = RawPathParams::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        let name = params.iter().find(|(param, _)| *param == "name").map_or("", |(_, name)| name).to_owned();
        match app.hub.seen_with_pictures(&name).await {
            Ok(seen) => Ok(Self { name, seen }),
            Err(error) => Err(View::of_visit(parts).error(&error)),
        }
    }
}

/// A run that is looked at.
struct Watched {
    sender: watch::Sender<Seen>,
    used: AtomicI64,
}

/// All runs that pages show.
#[derive(Clone)]
pub(super) struct Hub {
    gallery: Gallery,
    watched: Arc<Mutex<HashMap<String, Arc<Watched>>>>,
    versions: Arc<AtomicU64>,
    patience: Duration,
}

impl Hub {
    pub(super) fn new(gallery: Gallery, patience: Duration) -> Self {
        let first = u64::try_from(now_millis()).unwrap_or_default();
        Self { gallery, watched: Arc::default(), versions: Arc::new(AtomicU64::new(first)), patience }
    }

    /// The run as it is, and every change of it.
    pub(super) async fn watch(&self, name: &str) -> Result<watch::Receiver<Seen>, Error> {
        if let Some(watched) = self.get(name) {
            watched.used.store(now_millis(), Ordering::Relaxed);
            return Ok(watched.sender.subscribe());
        }
        let mut memory = Memory::default();
        let (snapshot, list) = in_time(self.patience, self.gallery.glance(name, &mut memory)).await?;
        let seen = self.seen_now(snapshot, list, None);
        let watched = Arc::new(Watched { sender: watch::Sender::new(seen), used: AtomicI64::new(now_millis()) });
        let receiver = watched.sender.subscribe();
        self.with(|all| all.insert(name.to_owned(), Arc::clone(&watched)));
        let (hub, name) = (self.clone(), name.to_owned());
        tokio::spawn(async move { hub.keep_looking(&name, &watched, memory).await });
        Ok(receiver)
    }

    /// The run as it was seen last.
    pub(super) async fn seen(&self, name: &str) -> Result<Seen, Error> {
        Ok(self.watch(name).await?.borrow().clone())
    }

    /// The run with its pictures: the first look at a long list is without them.
    pub(super) async fn seen_with_pictures(&self, name: &str) -> Result<Seen, Error> {
        let mut receiver = self.watch(name).await?;
        let is_known = |seen: &Seen| !seen.snapshot.is_partial || seen.notice.is_some();
        let seen = in_time(self.patience, async {
            let seen = receiver.wait_for(is_known).await;
            seen.map(|seen| seen.clone()).map_err(|_| Error::NotFound(name.to_owned().into()))
        });
        let seen = seen.await?;
        match &seen.notice {
            Some(error) if seen.snapshot.is_partial => Err(error.clone()),
            _ => Ok(seen),
        }
    }

    /// What was seen of a run, if any page shows it.
    pub(super) fn peek(&self, name: &str) -> Option<Seen> {
        self.get(name).map(|watched| watched.sender.borrow().clone())
    }

    /// Looks anew, because something was done to the run.
    pub(super) fn forget(&self, name: &str) {
        self.with(|all| all.remove(name));
    }

    async fn keep_looking(&self, name: &str, watched: &Arc<Watched>, mut memory: Memory) {
        let mut failures = 0;
        let mut took = Duration::ZERO;
        loop {
            let wait = {
                let snapshot = &watched.sender.borrow().snapshot;
                match snapshot.run.status.is_ended() {
                    _ if snapshot.is_partial => Duration::ZERO,
                    true => ENDED_WAIT,
                    false => RUNNING_WAIT,
                }
            };
            // Nothing that failed is repeated at once.
            let wait = if failures > 0 { wait.max(RUNNING_WAIT) } else { wait };
            let wait = (wait * 2_u32.saturating_pow(failures)).max(took * REST_FACTOR).min(LONGEST_WAIT);
            tokio::time::sleep(wait).await;
            let is_current = self.get(name).is_some_and(|current| Arc::ptr_eq(&current, watched));
            let is_unused = watched.sender.receiver_count() == 0
                && now_millis() - watched.used.load(Ordering::Relaxed) > UNUSED_MILLIS;
            if !is_current || is_unused {
                self.with(|all| all.retain(|_, other| !Arc::ptr_eq(other, watched)));
                return;
            }
            let begun = Instant::now();
            let before = watched.sender.borrow().clone();
            match self.gallery.look(name, &mut memory).await {
                Ok((snapshot, list)) => {
                    failures = 0;
                    watched.sender.send_replace(self.seen_now(snapshot, list, Some(&before)));
                }
                Err(error) => {
                    failures = (failures + 1).min(6);
                    watched.sender.send_modify(|seen| {
                        seen.version = self.next_version();
                        seen.notice = Some(error);
                    });
                }
            }
            took = begun.elapsed();
        }
    }

    fn seen_now(&self, snapshot: Snapshot, list: Arc<List>, before: Option<&Seen>) -> Seen {
        let version = self.next_version();
        let fingerprints = fingerprints(&snapshot, &list);
        let changed = fingerprints.iter().enumerate().map(|(index, now)| {
            let before = before.and_then(|seen| Some((seen.fingerprints.get(index)?, seen.changed.get(index)?)));
            before.filter(|(then, _)| *then == now).map_or(version, |(_, changed)| *changed)
        });
        let changed = Arc::new(changed.collect());
        let fingerprints = Arc::new(fingerprints);
        Seen { version, snapshot: Arc::new(snapshot), list, changed, fingerprints, notice: None }
    }

    fn next_version(&self) -> u64 {
        self.versions.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn get(&self, name: &str) -> Option<Arc<Watched>> {
        self.with(|all| all.get(name).cloned())
    }

    fn with<T>(&self, change: impl FnOnce(&mut HashMap<String, Arc<Watched>>) -> T) -> T {
        change(&mut self.watched.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What the contact sheet shows of each item, as a number.
fn fingerprints(snapshot: &Snapshot, list: &List) -> Vec<u64> {
    let of = |(index, shown): (usize, &(crate::model::ItemState, String))| {
        let mut hasher = DefaultHasher::new();
        shown.hash(&mut hasher);
        let item = list.item(index);
        let folder = item.map(|item| (item.input_bucket_name.clone(), format!("{}/{}", item.rank, item.id)));
        folder.and_then(|folder| snapshot.variants.get(&folder)).hash(&mut hasher);
        hasher.finish()
    };
    snapshot.items.iter().enumerate().map(of).collect()
}
