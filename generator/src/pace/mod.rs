//! The pace of all items of all lists: who asks a model when, so that its quota is used and hardly a call is refused.
//!
//! A line of tickets and a clock for each model, in an object that changes only for who has seen it as it is. An item takes a ticket and
//! asks when the clock has come to it; until then the state machine waits, which is free. Because all waits follow from places in one line,
//! nobody oversleeps and nobody asks in vain. An item that is lost somewhere costs its turn and no more: the clock goes on by itself.

mod clock;
mod s3;
mod turn;

pub use crate::shared::SharedObjectError;
pub use clock::{Clock, Place, Ticket};
pub use s3::S3Board;
pub use turn::{Board, Pace, Seen, Turn};
