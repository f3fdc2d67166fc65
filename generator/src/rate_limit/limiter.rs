//! One item and the schedule of its model: its slot, when it is due, and what a throttled call says.

use super::schedule::{Due, Schedule, Slot};
use std::collections::HashMap;
use std::future::Future;
use std::sync::Mutex;
use std::time::Duration;

/// A state object, and which version of it this is.
pub type Stored<V> = (Vec<u8>, V);

/// Where the schedules are: a state object for each model, changed by compare-and-swap.
pub trait Store: Send + Sync {
    /// Identifies a version of an object.
    type Version: Send;
    /// Why the store cannot be used.
    type Error: std::fmt::Display;

    /// Seconds since 1970.
    fn now(&self) -> f64;

    /// The state object of a model and its version, if there is one.
    fn read(&self, model_id: &str) -> impl Future<Output = Result<Option<Stored<Self::Version>>, Self::Error>> + Send;

    /// Replaces the version `seen`, or creates the object. Returns `false` on a version conflict.
    fn write(
        &self,
        model_id: &str,
        seen: Option<&Self::Version>,
        state: Vec<u8>,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;
}

/// What an item does now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Decision {
    /// It calls the model.
    Proceed,
    /// It comes back.
    RetryAfter {
        /// Whole seconds.
        seconds: u64,
        /// The slot that is reserved for it, which it brings along.
        slot: Option<Slot>,
    },
}

/// Longest wait, in seconds, inside the function: it is quicker than one in the state machine, but billed.
const MAX_SLEEP: f64 = 2.0;
/// Longest wait, in seconds, in the state machine: then the item looks at the schedule again.
const MAX_RETRY_AFTER: f64 = 900.0;
/// Attempts at a write that others make at the same time.
const MAX_ATTEMPTS: u32 = 6;
/// Lost attempts after which an item does not compete for a slot at the end of a long schedule.
const PATIENCE: u32 = 2;
/// Seconds that make a schedule long.
const LONG_BACKLOG: f64 = 5.0;
/// Reads of the schedule before an item goes and comes back.
const MAX_READS: u32 = 8;
/// Seconds for which a model is known not to throttle.
const UNLIMITED_FOR: f64 = 1.0;

/// The schedules of all models.
#[derive(Debug)]
pub struct RateLimiter<S> {
    store: S,
    images_per_minute: Option<f64>,
    /// Models that do not throttle, and until when that is known.
    unlimited: Mutex<HashMap<String, f64>>,
}

impl<S: Store> RateLimiter<S> {
    /// The schedules of a store, which begin at a known quota or at a guess.
    #[must_use]
    pub fn new(store: S, images_per_minute: Option<f64>) -> Self {
        Self { store, images_per_minute, unlimited: Mutex::default() }
    }

    /// Seconds since 1970, by the clock of the store.
    #[must_use]
    pub fn now(&self) -> f64 {
        self.store.now()
    }

    /// Returns when the item may call the model, or has to come back. Short waits are slept here, but never beyond `deadline`, in seconds
    /// since 1970.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn acquire(&self, model_id: &str, slot: Option<Slot>, deadline: f64) -> Result<Decision, S::Error> {
        if self.is_known_unlimited(model_id) {
            return Ok(Decision::Proceed);
        }
        let mut slot = slot;
        let mut lost = 0;
        for _ in 0..MAX_READS {
            let (mut schedule, seen) = self.read(model_id).await?;
            let now = self.now();
            if schedule.is_unlimited() {
                self.remember_unlimited(model_id, now);
                return Ok(Decision::Proceed);
            }
            let due = match slot.map(|slot| schedule.due(slot, now)) {
                Some(due @ (Due::Now | Due::In { .. })) => due,
                None | Some(Due::Missed) => {
                    let backlog = schedule.backlog(now);
                    if slot.is_none() && lost >= PATIENCE && backlog > LONG_BACKLOG {
                        return Ok(retry_after(backlog * (0.3 + 0.5 * fastrand::f64()), None));
                    }
                    let reserved = match slot {
                        None => schedule.reserve(now),
                        Some(_) => schedule.reserve_first(now),
                    };
                    if !self.store.write(model_id, seen.as_ref(), schedule.to_json()).await? {
                        lost += 1;
                        if lost >= MAX_ATTEMPTS {
                            break;
                        }
                        sleep(0.06 * fastrand::f64() * f64::from(1 << lost.min(5))).await;
                        continue;
                    }
                    slot = Some(reserved);
                    schedule.due(reserved, self.now())
                }
            };
            match due {
                Due::Now => return Ok(Decision::Proceed),
                Due::In { seconds, .. } if seconds <= MAX_SLEEP && self.now() + seconds < deadline => {
                    sleep(seconds).await;
                }
                // Rather a little early than late: the rest is slept here.
                Due::In { at_least, .. } => return Ok(retry_after((at_least - 1.0).max(1.0), slot)),
                Due::Missed => {}
            }
        }
        Ok(retry_after(1.0 + 2.0 * fastrand::f64(), slot))
    }

    /// Records that the model throttled a call that was sent at `sent_at`, in seconds since 1970. The item has to come back.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn throttled(&self, model_id: &str, sent_at: f64) -> Result<Decision, S::Error> {
        if let Ok(mut unlimited) = self.unlimited.lock() {
            unlimited.remove(model_id);
        }
        for _ in 0..2 * MAX_ATTEMPTS {
            let (mut schedule, seen) = self.read(model_id).await?;
            let now = self.now();
            let slot = schedule.throttled(sent_at, now);
            if self.store.write(model_id, seen.as_ref(), schedule.to_json()).await? {
                let seconds = match schedule.due(slot, now) {
                    Due::In { at_least, .. } => at_least,
                    Due::Now | Due::Missed => 0.0,
                };
                return Ok(retry_after(seconds - 1.0, Some(slot)));
            }
            // Throttled calls come before new slots, which wait longer.
            sleep(0.01 * fastrand::f64()).await;
        }
        Ok(retry_after(1.0 + 2.0 * fastrand::f64(), None))
    }

    async fn read(&self, model_id: &str) -> Result<(Schedule, Option<S::Version>), S::Error> {
        let stored = self.store.read(model_id).await?;
        let now = self.now();
        let new = || Schedule::new(now, self.images_per_minute);
        Ok(match stored {
            None => (new(), None),
            // What is not a schedule is replaced.
            Some((text, version)) => (Schedule::from_json(&text, now).unwrap_or_else(new), Some(version)),
        })
    }

    fn is_known_unlimited(&self, model_id: &str) -> bool {
        let now = self.now();
        self.unlimited.lock().is_ok_and(|unlimited| unlimited.get(model_id).is_some_and(|until| now < *until))
    }

    fn remember_unlimited(&self, model_id: &str, now: f64) {
        if let Ok(mut unlimited) = self.unlimited.lock() {
            unlimited.insert(model_id.to_owned(), now + UNLIMITED_FOR);
        }
    }
}

fn retry_after(seconds: f64, slot: Option<Slot>) -> Decision {
    Decision::RetryAfter { seconds: seconds.clamp(0.0, MAX_RETRY_AFTER) as u64, slot }
}

async fn sleep(seconds: f64) {
    tokio::time::sleep(Duration::from_secs_f64(seconds.clamp(0.0, MAX_SLEEP))).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};
    use tokio::time::Instant;

    /// A store in memory, in which each request takes a moment.
    struct Memory {
        began: Instant,
        stored: Mutex<Option<(u64, Vec<u8>)>>,
        reads: AtomicU64,
        /// Writes that conflict from now on.
        rivals: AtomicU64,
    }

    /// A deadline that no test reaches.
    const NEVER: f64 = f64::INFINITY;

    impl Memory {
        fn limiter() -> RateLimiter<Self> {
            let began = Instant::now();
            let (stored, reads, rivals) = (Mutex::default(), AtomicU64::new(0), AtomicU64::new(0));
            RateLimiter::new(Self { began, stored, reads, rivals }, None)
        }

        fn schedule(&self) -> Schedule {
            Schedule::from_json(&self.stored.lock().unwrap().as_ref().unwrap().1, self.now()).unwrap()
        }
    }

    impl Store for Memory {
        type Version = u64;
        type Error = &'static str;

        fn now(&self) -> f64 {
            1e9 + self.began.elapsed().as_secs_f64()
        }

        async fn read(&self, _: &str) -> Result<Option<(Vec<u8>, u64)>, &'static str> {
            self.reads.fetch_add(1, Ordering::Relaxed);
            let seen = self.stored.lock().unwrap().clone().map(|(version, text)| (text, version));
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(seen)
        }

        async fn write(&self, _: &str, seen: Option<&u64>, state: Vec<u8>) -> Result<bool, &'static str> {
            if self.rivals.load(Ordering::Relaxed) > 0 {
                self.rivals.fetch_sub(1, Ordering::Relaxed);
                return Ok(false);
            }
            let mut stored = self.stored.lock().unwrap();
            let version = stored.as_ref().map(|(version, _)| *version);
            if version.as_ref() != seen {
                return Ok(false);
            }
            *stored = Some((version.unwrap_or_default() + 1, state));
            Ok(true)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_item_proceeds_at_once() {
        assert_eq!(Memory::limiter().acquire("m", None, NEVER).await, Ok(Decision::Proceed));
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttled_item_comes_back_with_its_slot() {
        let limiter = Memory::limiter();
        limiter.acquire("m", None, NEVER).await.unwrap();
        let mut last = limiter.now();
        for _ in 0..8 {
            let Decision::RetryAfter { seconds, slot: slot @ Some(_) } = limiter.throttled("m", last).await.unwrap()
            else {
                panic!("no slot")
            };
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            let mut decision = limiter.acquire("m", slot, NEVER).await.unwrap();
            while let Decision::RetryAfter { seconds, slot } = decision {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                decision = limiter.acquire("m", slot, NEVER).await.unwrap();
            }
            // The longer it is throttled, the longer it waits.
            assert!(limiter.now() - last > 0.1);
            last = limiter.now();
        }
        assert!(limiter.now() - limiter.store.schedule().backlog(limiter.now()) > 1e9 + 30.0);
    }

    #[tokio::test(start_paused = true)]
    async fn an_item_that_loses_every_write_comes_back() {
        let limiter = Memory::limiter();
        limiter.store.rivals.store(u64::MAX, Ordering::Relaxed);
        let Decision::RetryAfter { seconds: 1..=3, slot: None } = limiter.acquire("m", None, NEVER).await.unwrap()
        else {
            panic!("proceeds")
        };
        let Decision::RetryAfter { seconds: 1..=3, slot: None } = limiter.throttled("m", limiter.now()).await.unwrap()
        else {
            panic!("no wait")
        };
        limiter.store.rivals.store(2, Ordering::Relaxed);
        assert_eq!(limiter.acquire("m", None, NEVER).await, Ok(Decision::Proceed));
    }

    #[tokio::test(start_paused = true)]
    async fn concurrent_items_proceed_one_after_the_other() {
        let limiter = Memory::limiter();
        limiter.throttled("m", limiter.now()).await.unwrap();
        let rate = 10.0;
        let asked = Mutex::new(vec![]);
        let item = async || {
            let mut decision = limiter.acquire("m", None, NEVER).await.unwrap();
            while let Decision::RetryAfter { seconds, slot } = decision {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                decision = limiter.acquire("m", slot, NEVER).await.unwrap();
            }
            asked.lock().unwrap().push(limiter.now());
        };
        futures_util::future::join_all((0..30).map(|_| item())).await;
        let asked = asked.into_inner().unwrap();
        assert!(asked.windows(8).all(|some| some[7] - some[0] > 7.0 / rate / 4.0), "{asked:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_unlimited_model_is_called_without_a_read() {
        let limiter = Memory::limiter();
        for _ in 0..200 {
            futures_util::future::join_all((0..20).map(|_| limiter.acquire("m", None, NEVER))).await;
            if limiter.store.schedule().is_unlimited() {
                break;
            }
        }
        limiter.acquire("m", None, NEVER).await.unwrap();
        let reads = limiter.store.reads.load(Ordering::Relaxed);
        for _ in 0..100 {
            assert_eq!(limiter.acquire("m", None, NEVER).await, Ok(Decision::Proceed));
        }
        assert_eq!(limiter.store.reads.load(Ordering::Relaxed), reads);
        // Until it throttles.
        limiter.throttled("m", limiter.now()).await.unwrap();
        assert!(!limiter.store.schedule().is_unlimited());
        limiter.acquire("m", None, NEVER).await.unwrap();
        assert!(limiter.store.reads.load(Ordering::Relaxed) > reads + 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_a_schedule_is_replaced() {
        let limiter = Memory::limiter();
        *limiter.store.stored.lock().unwrap() = Some((1, b"not a schedule".to_vec()));
        assert_eq!(limiter.acquire("m", None, NEVER).await, Ok(Decision::Proceed));
        limiter.store.schedule();
    }
}
