#![doc = include_str!("../README.md")]
//! [`StandIn`] is the model for this process, [`BedrockEndpoint`] serves it over HTTP. Whoever owns it can intercept its calls, see [`Interceptor`].

mod card;
mod encode;
mod endpoint;
mod error;
mod fault;
mod foundation_models;
mod hash;
mod interceptor;
mod item;
mod pictures;
mod request;
mod response;
mod services;
mod size;
mod source;
mod stand_in;
#[cfg(test)]
mod tests;
mod throttle;

pub use endpoint::BedrockEndpoint;
pub use error::BedrockError;
pub use fault::BedrockFault;
pub use foundation_models::{answer_control_plane, is_bedrock_path};
pub use hash::hash;
pub use interceptor::{CallOutcome, Interceptor};
pub use item::ItemName;
pub use size::Size;
pub use stand_in::{Counts, Options, StandIn};
