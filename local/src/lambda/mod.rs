//! Lambda on one machine: every function runs as processes of its own, through the Runtime API, one event at a time each.

mod asynchronous;
mod environment;
mod function;
mod functions;
mod runtime_api;
#[cfg(test)]
mod tests;

pub use asynchronous::{AsyncInvoker, TRIES};
pub use function::{Function, FunctionError, Identity};
pub use functions::{Functions, InvokeError};
