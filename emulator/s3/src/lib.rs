#![doc = include_str!("../README.md")]
//! `names` says how keys are spelled that a folder cannot hold, `metadata` why an object is never seen half replaced, even if
//! the process is killed, `versions` where the older versions are in a bucket that keeps them.

mod bucket_name;
mod checksum;
mod commit;
mod error;
mod event;
mod keys;
mod layout;
mod listing;
mod lookup;
mod metadata;
mod names;
mod object;
mod object_path;
mod objects;
mod sequencer;
mod store;
#[cfg(test)]
mod tests;
mod uploads;
mod versions;
mod wire;
mod writer;

pub use error::StoreError;
pub use event::{EventName, ObjectCreated, event_json};
pub use listing::{ListQuery, Page};
pub use object::{Attributes, ObjectInfo};
pub use store::{DEFAULT_MAX_OBJECT_BYTES, Notify, Store};
pub use wire::S3Endpoint;
