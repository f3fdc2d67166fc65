//! The page and the command line, against a small stand-in for S3, Step Functions and STS.

#![allow(clippy::unwrap_used)]

mod cli;
mod client;
mod fake;
mod faults;
mod page;
mod policy;
mod strangers;
