//! The pipeline through its public interfaces: the command line, and the endpoints with the real SDK.

#![allow(clippy::needless_pass_by_value, clippy::unwrap_used, unreachable_pub)]

mod audit;
mod by_hand;
mod chaos;
mod endpoints;
mod faults;
mod images;
mod lists;
mod local;
mod long_lists;
mod page;
mod recovery;
mod secrets;
mod security;
mod twice;
mod versions;
