#![doc = include_str!("../README.md")]

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
