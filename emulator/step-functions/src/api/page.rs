//! Answers in pages: `maxResults` and `nextToken`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ApiRequest;
use super::error::ApiError;

/// Results of a page, if the request does not say, or says 0.
const DEFAULT: usize = 100;
/// More are not possible.
pub(super) const MAX_RESULTS: usize = 1_000;

impl ApiRequest {
    /// How many results a page has.
    pub(super) fn page_size(&self) -> Result<usize, ApiError> {
        match self.max_results {
            None | Some(0) => Ok(DEFAULT),
            Some(limit) if limit <= MAX_RESULTS => Ok(limit),
            Some(limit) => Err(ApiError::Validation(format!("maxResults is {limit}, more than {MAX_RESULTS}"))),
        }
    }
}

/// A page of `results`, from the largest key to the smallest.
///
/// The token is the key of the last result that was shown, so results that come or go between two requests shift nothing.
pub(super) fn page(field: &str, mut results: BTreeMap<String, Value>, request: &ApiRequest) -> Result<Value, ApiError> {
    if let Some(token) = &request.next_token {
        drop(results.split_off(token));
    }
    let size = request.page_size()?;
    let more = results.len() > size;
    let last = results.keys().rev().nth(size - 1).cloned();
    let shown: Vec<Value> = results.into_values().rev().take(size).collect();
    Ok(if more { json!({ field: shown, "nextToken": last }) } else { json!({ field: shown }) })
}
