//! The generator through its handler, with the real SDK over an HTTP client that answers from memory.

#![allow(clippy::needless_pass_by_value, clippy::unwrap_used, unreachable_pub)]

mod aws;
mod cut_off;
mod errors;
mod images;
mod leases;
mod lists;
mod rate_limit;
mod requests;
mod retries;
mod services;
mod twice;
