//! Bedrock on one machine: takes InvokeModel for the models that make images from text, and paints a stand-in.
//!
//! [`StandIn`] answers in the shape of the model that is asked for, checks requests as Bedrock does, and misbehaves when
//! told to: throttles, filters, delays, fails. [`painter`] makes the pictures: they follow the prompt, and say in their
//! pixels and their metadata that no model made them.

mod answer;
mod counts;
mod error;
mod fault;
mod item;
pub mod painter;
mod pictures;
mod request;
mod stand_in;
#[cfg(test)]
mod tests;
mod throttle;

pub use answer::{Answer, Response};
pub use counts::Counts;
pub use error::BedrockError;
pub use fault::FaultKind;
pub use item::ItemName;
pub(crate) use painter::hash;
pub use stand_in::{Options, StandIn};
