//! Answers in pages: `maxResults` and `nextToken`.

use serde_json::{Value, json};

use super::error::ApiError;

/// Results of a page, if the request does not say, or says 0.
const DEFAULT: usize = 100;
/// More are not possible.
pub(super) const MAX_RESULTS: usize = 1_000;

/// A page of `results`, which are in order and each with a key that is theirs alone.
///
/// The token is the key of the last result that was shown, so results that come or go between two requests shift
/// nothing. `after` says whether a key comes later in the order than a token.
pub(super) fn page<T>(
    field: &str,
    results: impl IntoIterator<Item = T>,
    max_results: Option<usize>,
    next_token: Option<&str>,
    key: impl Fn(&T) -> String,
    after: impl Fn(&T, &str) -> Result<bool, ApiError>,
    show: impl Fn(&T) -> Value,
) -> Result<Value, ApiError> {
    let limit = match max_results {
        None | Some(0) => DEFAULT,
        Some(limit) if limit <= MAX_RESULTS => limit,
        Some(limit) => return Err(ApiError::Validation(format!("maxResults is {limit}, more than {MAX_RESULTS}"))),
    };
    let mut shown = Vec::new();
    let mut last = None;
    for result in results {
        if let Some(token) = next_token
            && !after(&result, token)?
        {
            continue;
        }
        if shown.len() == limit {
            return Ok(json!({ field: shown, "nextToken": last }));
        }
        shown.push(show(&result));
        last = Some(key(&result));
    }
    Ok(json!({ field: shown }))
}
