#![doc = include_str!("../README.md")]

mod api_error;
mod asynchronous;
mod endpoint;
mod environment;
mod function;
mod functions;
mod runtime_api;
#[cfg(test)]
mod tests;

pub use endpoint::LambdaEndpoint;
pub use function::{Function, FunctionError};
pub use functions::{Functions, InvokeError};
