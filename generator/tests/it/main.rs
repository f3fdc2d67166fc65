//! The generator through its handler, with the real SDK on a wire that answers from memory.

#![allow(clippy::needless_pass_by_value, clippy::unwrap_used, unreachable_pub)]

mod aws;
mod claims;
mod cut_off;
mod errors;
mod images;
mod lists;
mod pace;
mod requests;
mod retries;
mod twice;
