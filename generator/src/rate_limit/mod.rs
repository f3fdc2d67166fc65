//! The rate limiter: when an item may call its model, so that the quota is used and hardly a call is throttled.
//!
//! Each model has a schedule, a state object that is changed by compare-and-swap. An item reserves a slot of it (as in the generic cell rate
//! algorithm, <https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm>) and calls the model when the slot is due; until then the state
//! machine waits, which is free. The rate of the schedule follows from what passed between throttled calls. A slot whose item is lost costs
//! one slot; the schedule goes on by itself.

mod limiter;
mod s3_store;
mod schedule;

pub use crate::state_store::StateError;
pub use limiter::{Decision, RateLimiter, Store, Stored};
pub use s3_store::{RATE_LIMITS, S3Store};
pub use schedule::Slot;
