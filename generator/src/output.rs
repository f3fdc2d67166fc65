//! What the function answers: the image that is in S3, or how long the item has to wait.

use crate::rate_limit::Slot;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How an image came to be in S3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The model made it, and it was paid.
    Generated,
    /// It was already there; no model call, no charge.
    Existing,
}

/// The function's result, which the state machine writes into the result files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    /// The item's id.
    pub id: String,
    /// The item's rank.
    pub rank: String,
    /// The bucket of the image.
    pub bucket_name: String,
    /// The key of the image: `<rank>/<id>/<inputKeyName>`.
    pub key_name: String,
    /// The id of the model that made it.
    pub model: String,
    /// The id that the item asked for, where that is retired and its successor was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_model: Option<String>,
    /// The seed of the model's randomness, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Size of the image.
    pub bytes: u64,
    /// Its `Content-Type`.
    pub content_type: String,
    /// Made now, or already there.
    pub outcome: Outcome,
}

/// The answer for a caller that can wait, when the item cannot be made yet. It is the input of the next invocation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wait {
    /// Seconds until then. The state machine waits where this is present.
    pub wait_seconds: u64,
    /// The slot that the rate limiter reserved for the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<Slot>,
    /// The item as it came.
    pub item: Value,
    /// The execution that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_name: Option<String>,
    /// Always true.
    pub can_wait: bool,
}

/// The function's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// The image is in S3.
    Image(Output),
    /// The item has to wait.
    Wait(Wait),
}
