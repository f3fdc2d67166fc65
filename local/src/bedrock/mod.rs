//! Bedrock on one machine: takes InvokeModel for the models that make images from text, and answers with a placeholder card.
//!
//! [`StandIn`] answers in the shape of the model that is asked for, checks requests as Bedrock does, and misbehaves when
//! told to: throttles, filters, delays, fails. The card says what was asked for, and that no model made it, in its pixels
//! and in its metadata.

mod answer;
mod card;
mod counts;
mod encode;
mod error;
mod fault;
mod hash;
mod interceptor;
mod item;
mod pictures;
mod request;
mod size;
mod source;
mod stand_in;
#[cfg(test)]
mod tests;
mod throttle;

pub use answer::{Answer, Response};
pub use counts::Counts;
pub use error::BedrockError;
pub use fault::BedrockFault;
pub use interceptor::{EndedCall, Interceptor};
pub use item::ItemName;
pub use size::Size;
pub use stand_in::{Options, StandIn};
