//! What the function answers for an item whose image is in S3.

use serde::{Deserialize, Serialize};

/// How an image came to be in S3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The model made it, and was paid.
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
    /// The seed of the model's randomness.
    pub seed: u64,
    /// Size of the image.
    pub bytes: u64,
    /// Its `Content-Type`.
    pub content_type: String,
    /// Made now, or already there.
    pub outcome: Outcome,
}
