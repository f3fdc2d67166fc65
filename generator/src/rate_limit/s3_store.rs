//! The rate limits in S3: one state object for each model.

use super::Store;
use crate::state_store::{StateError, StateStore};
use std::time::SystemTime;

/// Prefix of the keys of rate limits in the state bucket.
pub const RATE_LIMITS: &str = "state/rate-limits/";

/// The rate limits of a bucket, as `state/rate-limits/<model id>.json`.
#[derive(Debug)]
pub struct S3Store(StateStore);

impl S3Store {
    pub(crate) fn new(store: StateStore) -> Self {
        Self(store)
    }
}

impl Store for S3Store {
    /// The entity tag.
    type Version = String;
    type Error = StateError;

    fn now(&self) -> f64 {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64()
    }

    async fn read(&self, model_id: &str) -> Result<Option<(Vec<u8>, String)>, StateError> {
        self.0.read(&key(model_id)).await
    }

    async fn write(&self, model_id: &str, seen: Option<&String>, state: Vec<u8>) -> Result<bool, StateError> {
        Ok(self.0.write(&key(model_id), seen.map(String::as_str), state).await?.is_some())
    }
}

fn key(model_id: &str) -> String {
    format!("{RATE_LIMITS}{model_id}.json")
}
