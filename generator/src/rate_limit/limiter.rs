//! One item and the schedule of its model: reserve a slot, wait for it, report a throttled call.

use super::schedule::{LONGEST_PAUSE, PAUSE};
use super::{Schedule, Slot};
use std::future::Future;
use std::time::Duration;

/// Seconds that an item waits here: a round trip through the state machine takes a second, and waits here are billed.
const SHORT_WAIT: f64 = 2.0;

/// What an item does next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Decision {
    /// It calls the model.
    Proceed,
    /// It comes back.
    RetryAfter {
        /// Whole seconds.
        seconds: u64,
        /// What it brings along then.
        slot: Option<Slot>,
    },
}

/// A state object and its version.
pub type Stored<V> = (Vec<u8>, V);

/// State objects, one per model, changed by compare-and-swap.
pub trait Store: Send + Sync {
    /// The version of a state object.
    type Version: Send;
    /// Why the store cannot be used.
    type Error: std::fmt::Display;

    /// Seconds since 1970.
    fn now(&self) -> f64;

    /// The state object of a model and its version, if there is one.
    fn read(&self, model_id: &str) -> impl Future<Output = Result<Option<Stored<Self::Version>>, Self::Error>> + Send;

    /// Replaces the version that was seen, or creates the object. Returns `false` on a version conflict.
    fn write(
        &self,
        model_id: &str,
        seen: Option<&Self::Version>,
        state: Vec<u8>,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;
}

/// Limits the rate of calls to each model.
#[derive(Debug)]
pub struct RateLimiter<S> {
    store: S,
    allowed: Option<f64>,
}

impl<S: Store> RateLimiter<S> {
    /// A limiter that never exceeds `images_per_minute`, which must be positive, or that learns the rate.
    pub fn new(store: S, images_per_minute: Option<f64>) -> Self {
        Self { store, allowed: images_per_minute.map(|images| images / 60.0) }
    }

    /// Seconds since 1970, by the clock of the store.
    pub fn now(&self) -> f64 {
        self.store.now()
    }

    /// Returns when the item may call the model, or must come back. Waits of up to two seconds happen here, but never beyond `deadline`
    /// (seconds since 1970), the moment by which the model must be called.
    ///
    /// # Errors
    /// The store's, if the state object can be neither read nor written.
    pub async fn acquire(&self, model_id: &str, slot: Option<Slot>, deadline: f64) -> Result<Decision, S::Error> {
        let mut held = slot;
        loop {
            let (mut schedule, version) = self.read(model_id).await?;
            if schedule.is_unlimited() {
                return Ok(Decision::Proceed);
            }
            held = held.filter(|slot| schedule.has_reserved(*slot));
            let slot = held.unwrap_or_else(|| schedule.reserve(self.now()));
            if held.is_none() && self.write(model_id, version.as_ref(), &schedule).await? {
                held = Some(slot);
            }
            let now = self.now();
            let wait = (schedule.due(slot) - now).max(0.0);
            let pause = if held.is_some() { wait } else { PAUSE * fastrand::f64() };
            // First: a time limit too short for any wait must not send an item round for ever whose slot is due.
            if held.is_some() && wait == 0.0 {
                return Ok(Decision::Proceed);
            }
            if wait > SHORT_WAIT || now + pause > deadline {
                return Ok(retry_after(wait, held));
            }
            tokio::time::sleep(Duration::from_secs_f64(pause)).await;
        }
    }

    /// Records that the model throttled a call that was sent at `sent_at` (seconds since 1970); the item must wait.
    ///
    /// # Errors
    /// The store's, if the state object can be neither read nor written.
    pub async fn throttled(&self, model_id: &str, sent_at: f64) -> Result<Decision, S::Error> {
        let give_up_at = self.now() + LONGEST_PAUSE;
        loop {
            let (mut schedule, version) = self.read(model_id).await?;
            let now = self.now();
            let Some(slot) = schedule.throttled(sent_at, now).filter(|_| now < give_up_at) else {
                let next = schedule.reserve(now);
                return Ok(retry_after(schedule.due(next) - now, None));
            };
            if self.write(model_id, version.as_ref(), &schedule).await? {
                return Ok(retry_after(schedule.due(slot) - now, Some(slot)));
            }
        }
    }

    async fn read(&self, model_id: &str) -> Result<(Schedule, Option<S::Version>), S::Error> {
        let (state, version) = self.store.read(model_id).await?.unzip();
        Ok((Schedule::load(state.as_deref(), self.now(), self.allowed), version))
    }

    async fn write(&self, model_id: &str, seen: Option<&S::Version>, schedule: &Schedule) -> Result<bool, S::Error> {
        // A struct of numbers serialises.
        self.store.write(model_id, seen, serde_json::to_vec(schedule).unwrap_or_default()).await
    }
}

/// With a slot, a second early: the rest is waited for in the function. Without one, at a random moment, so that not all return at once:
/// <https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/>.
fn retry_after(wait: f64, slot: Option<Slot>) -> Decision {
    let seconds = if slot.is_some() { wait - 1.0 } else { wait * fastrand::f64() };
    Decision::RetryAfter { seconds: seconds.max(0.0) as u64, slot }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    };
    use tokio::time::Instant;

    /// A store in memory, in which each request takes a moment.
    struct Memory {
        began: Instant,
        stored: Mutex<Option<(u64, Vec<u8>)>>,
        /// Writes that conflict from now on.
        conflicts: AtomicU64,
    }

    /// A deadline that no test reaches.
    const NEVER: f64 = f64::INFINITY;

    fn limiter() -> RateLimiter<Memory> {
        let (stored, conflicts) = (Mutex::default(), AtomicU64::new(0));
        RateLimiter::new(Memory { began: Instant::now(), stored, conflicts }, None)
    }

    impl Store for Memory {
        type Version = u64;
        type Error = &'static str;

        fn now(&self) -> f64 {
            1e9 + self.began.elapsed().as_secs_f64()
        }

        async fn read(&self, _: &str) -> Result<Option<(Vec<u8>, u64)>, &'static str> {
            let seen = self.stored.lock().unwrap().clone().map(|(version, text)| (text, version));
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(seen)
        }

        async fn write(&self, _: &str, seen: Option<&u64>, state: Vec<u8>) -> Result<bool, &'static str> {
            if self.conflicts.load(Ordering::Relaxed) > 0 {
                self.conflicts.fetch_sub(1, Ordering::Relaxed);
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

    /// Comes back until the item may call the model; returns when that is.
    async fn until_proceed(limiter: &RateLimiter<Memory>, mut decision: Decision) -> f64 {
        while let Decision::RetryAfter { seconds, slot } = decision {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            decision = limiter.acquire("m", slot, NEVER).await.unwrap();
        }
        limiter.now()
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_item_proceeds_at_once() {
        assert_eq!(limiter().acquire("m", None, NEVER).await, Ok(Decision::Proceed));
    }

    #[tokio::test(start_paused = true)]
    async fn a_due_slot_proceeds_after_the_deadline() {
        let limiter = limiter();
        assert_eq!(limiter.acquire("m", None, 0.0).await, Ok(Decision::Proceed));
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttled_item_waits_longer_each_time() {
        let limiter = limiter();
        limiter.acquire("m", None, NEVER).await.unwrap();
        let mut sent = vec![limiter.now()];
        for _ in 0..6 {
            let decision = limiter.throttled("m", sent[sent.len() - 1]).await.unwrap();
            sent.push(until_proceed(&limiter, decision).await);
        }
        let waits: Vec<_> = sent.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(waits[1] > 0.5 && waits[5] > 8.0, "{waits:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn concurrent_items_proceed_one_after_the_other() {
        let limiter = limiter();
        let items =
            (0..30).map(|_| async { until_proceed(&limiter, limiter.acquire("m", None, NEVER).await.unwrap()).await });
        let mut sent = futures_util::future::join_all(items).await;
        sent.sort_by(f64::total_cmp);
        // Twice the start rate, which grows meanwhile.
        assert!(sent.windows(9).all(|some| some[8] - some[0] > 1.5), "{sent:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_version_conflict_is_tried_again() {
        let limiter = limiter();
        limiter.store.conflicts.store(3, Ordering::Relaxed);
        assert_eq!(limiter.acquire("m", None, NEVER).await, Ok(Decision::Proceed));
    }

    #[tokio::test(start_paused = true)]
    async fn an_item_that_cannot_write_comes_back_by_its_deadline() {
        let limiter = limiter();
        limiter.store.conflicts.store(u64::MAX, Ordering::Relaxed);
        let deadline = limiter.now() + 30.0;
        let decision = limiter.acquire("m", None, deadline).await.unwrap();
        assert!(matches!(decision, Decision::RetryAfter { slot: None, .. }), "{decision:?}");
        // The last look may take a moment.
        assert!(limiter.now() < deadline + 1.0);
        let decision = limiter.throttled("m", limiter.now()).await.unwrap();
        assert!(matches!(decision, Decision::RetryAfter { slot: None, .. }), "{decision:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_is_not_slept_past() {
        let limiter = limiter();
        for _ in 0..2 {
            limiter.acquire("m", None, NEVER).await.unwrap();
        }
        // The third slot is due in half a second, which is too late.
        let deadline = limiter.now() + 0.2;
        let decision = limiter.acquire("m", None, deadline).await.unwrap();
        assert!(matches!(decision, Decision::RetryAfter { seconds: 0, slot: Some(_) }), "{decision:?}");
        assert!(limiter.now() <= deadline);
    }
}
