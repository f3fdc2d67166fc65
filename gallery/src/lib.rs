//! `gallery`: drop a list, watch it, look at the pictures, make some again, take them home.
//!
//! A web page and the same verbs on the command line. What is known is in S3 and Step Functions alone, and both are asked through the
//! AWS SDK; nothing here knows whether AWS or an emulator answers.

pub mod aws;
pub mod cli;
pub mod commands;
mod error;
pub mod model;
pub mod service;
pub mod web;

pub use error::Error;
pub use web::{Config, router};
