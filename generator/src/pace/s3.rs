//! The board in S3: an object for each model.

use super::turn::{Board, Seen};
use crate::shared::{Read, SharedObjectError, SharedObjects};
use std::time::SystemTime;

/// The clocks in a bucket, as `.pace/<model id>.json`: image keys have three parts and no such first one.
#[derive(Debug)]
pub struct S3Board(SharedObjects);

impl S3Board {
    pub(crate) fn new(objects: SharedObjects) -> Self {
        Self(objects)
    }
}

impl Board for S3Board {
    /// The entity tag.
    type Version = String;
    type Error = SharedObjectError;

    fn now(&self) -> f64 {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64()
    }

    async fn read(&self, model_id: &str) -> Result<Option<Seen<String>>, SharedObjectError> {
        let read = self.0.read(&key(model_id)).await?;
        Ok(read.map(|Read { text, version }| Seen { text, version }))
    }

    async fn write(&self, model_id: &str, seen: Option<&String>, clock: Vec<u8>) -> Result<bool, SharedObjectError> {
        self.0.write(&key(model_id), seen, clock).await
    }
}

fn key(model_id: &str) -> String {
    format!(".pace/{model_id}.json")
}
