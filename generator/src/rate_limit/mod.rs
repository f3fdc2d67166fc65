//! Limits the rate of calls to each Bedrock model across all lists, so that the quota is used and few calls are throttled.
//!
//! Every item reserves a slot on the model's schedule, a state object that all invocations share and change by compare-and-swap. An item
//! calls the model when its slot is due. Until then it waits in the state machine, where waiting is free.

mod limiter;
mod s3_store;
mod schedule;

pub use crate::state_store::StateError;
pub use limiter::{Decision, RateLimiter, Store, Stored};
pub use s3_store::{RATE_LIMITS, S3Store};
use schedule::Schedule;
pub use schedule::Slot;
use std::time::SystemTime;

/// Seconds from `now` to the next slot of a model, by its state object. One that is not a schedule counts as none, as for an item.
#[must_use]
pub fn next_slot(state: &[u8], now: SystemTime) -> f64 {
    let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    Schedule::load(Some(state), now, None).next_slot(now)
}
