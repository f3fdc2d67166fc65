//! Items that failed: which, why, and grouped by kind.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An item that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Failure {
    /// Bucket and key of the picture that it asked for, where the item says so.
    #[serde(skip)]
    pub(crate) destination: Option<(String, String)>,
    /// The item's id, or nothing.
    pub(crate) id: String,
    /// The item's rank, or nothing.
    pub(crate) rank: String,
    /// The kind: the generator's error name, or one of Step Functions.
    pub(crate) error: String,
    /// What happened to it.
    pub(crate) message: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Input {
    item: InputItem,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct InputItem {
    id: Option<String>,
    rank: Option<String>,
    input_bucket_name: Option<String>,
    input_key_name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cause {
    error_message: String,
}

impl Failure {
    /// A failed child execution: its input and cause are JSON, if the generator wrote them.
    #[must_use]
    pub(crate) fn of_child(input: &str, error: &str, cause: &str) -> Self {
        let Input { item } = serde_json::from_str(input).unwrap_or_default();
        let message = serde_json::from_str(cause).map_or_else(|_| cause.to_owned(), |cause: Cause| cause.error_message);
        let destination = match (&item.input_bucket_name, &item.rank, &item.id, &item.input_key_name) {
            (Some(bucket), Some(rank), Some(id), Some(file)) => Some((bucket.clone(), format!("{rank}/{id}/{file}"))),
            _ => None,
        };
        let [id, rank] = [item.id, item.rank].map(Option::unwrap_or_default);
        Self { destination, id, rank, error: error.to_owned(), message }
    }
}

/// Failures of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Group {
    /// The kind.
    pub(crate) error: String,
    /// The items.
    pub(crate) items: Vec<Failure>,
}

/// Failures by kind, the most frequent first.
#[must_use]
pub(crate) fn group(failures: &[Failure]) -> Vec<Group> {
    let mut by_kind: BTreeMap<&str, Vec<Failure>> = BTreeMap::new();
    for failure in failures {
        by_kind.entry(&failure.error).or_default().push(failure.clone());
    }
    let groups = by_kind.into_iter().map(|(error, items)| Group { error: error.to_owned(), items });
    let mut groups: Vec<Group> = groups.collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.items.len()));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Outcome, Results};

    #[test]
    fn a_result_file_tells_outcomes_and_failures() {
        let mut results = Results::default();
        let file = r#"[
          {"Status": "SUCCEEDED", "Input": "{}", "Output": "{\"bucketName\":\"b\",\"keyName\":\"r/1/a.png\",\"outcome\":\"existing\"}"},
          {"Status": "SUCCEEDED", "Output": "other"},
          {"Status": "FAILED", "Error": "ContentFiltered", "Cause": "{\"errorMessage\":\"item B4\"}",
           "Input": "{\"item\":{\"id\":\"B4\",\"rank\":\"r\",\"inputBucketName\":\"b\",\"inputKeyName\":\"x.png\"}}"},
          {"Status": "TIMED_OUT"}, {"Status": "ABORTED"}]"#;
        results.add_file(file.as_bytes()).unwrap();
        assert_eq!(results.outcomes[&("b".to_owned(), "r/1/a.png".to_owned())], Outcome::Existing);
        let groups = group(&results.failures);
        assert_eq!(
            groups.iter().map(|group| group.error.as_str()).collect::<Vec<_>>(),
            ["ContentFiltered", "TIMED_OUT"]
        );
        let failure = &groups[0].items[0];
        assert_eq!((failure.id.as_str(), failure.message.as_str()), ("B4", "item B4"));
        assert_eq!(failure.destination, Some(("b".to_owned(), "r/B4/x.png".to_owned())));
        assert!(results.add_file(b"{").is_err());
    }
}
