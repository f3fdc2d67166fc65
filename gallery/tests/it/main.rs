//! The page and the command line, against a small stand-in for the services that gallery asks.

#![allow(clippy::unwrap_used)]

mod account;
mod cli;
mod client;
mod doctor;
mod fake;
mod faults;
mod japanese;
mod page;
mod policy;
mod second_step;
mod strangers;
