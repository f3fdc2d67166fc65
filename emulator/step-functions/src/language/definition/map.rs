//! The Map state in distributed mode, with a list in S3 and a `ResultWriter`.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html>

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::check_supported;
use super::graph::Graph;
use crate::language::bounded::Bounded;
use crate::language::payload::Template;

/// As many child workflow executions run at once if the definition does not say less.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
const MAX_CONCURRENCY: u32 = 10_000;
const MAX_LABEL_CHARACTERS: usize = 40;

/// Runs a graph of states for every item of a list.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Map {
    /// Part of the ARNs of the Map Run and its children.
    #[serde(default = "random_label")]
    pub(crate) label: String,
    pub(crate) item_reader: ItemReader,
    pub(crate) item_selector: Option<Template>,
    #[serde(default)]
    max_concurrency: u32,
    tolerated_failure_percentage: Option<Bounded<f64, 0, 100>>,
    #[serde(rename = "ItemProcessor")]
    pub(crate) processor: Arc<Graph>,
    pub(crate) result_writer: ResultWriter,
}

fn random_label() -> String {
    Uuid::new_v4().to_string()
}

/// Where the list is.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ItemReader {
    resource: Value,
    reader_config: Value,
    /// Bucket, Key, VersionId.
    pub(crate) parameters: Template,
}

/// Where the results go.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ResultWriter {
    resource: Value,
    /// Bucket, Prefix.
    pub(crate) parameters: Template,
}

impl Map {
    /// Children that run at once at most.
    pub(crate) fn max_concurrency(&self) -> u64 {
        let limit = if self.max_concurrency == 0 { MAX_CONCURRENCY } else { self.max_concurrency };
        limit.min(MAX_CONCURRENCY).into()
    }

    /// From 0 to 100.
    pub(crate) fn tolerated_failure_percentage(&self) -> f64 {
        self.tolerated_failure_percentage.map_or(0.0, |percentage| percentage.0)
    }

    /// Whether `failed` of `total` items are more than is tolerated.
    ///
    /// The percentage is of all items of the list, not of those that have ended, so the verdict can only come late, never
    /// be taken back.
    pub(crate) fn is_tolerance_exceeded(&self, failed: u64, total: u64) -> bool {
        // Exact: a list has at most 100,000,000 items.
        failed as f64 * 100.0 > self.tolerated_failure_percentage() * total as f64
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let allowed = |c: char| !c.is_whitespace() && !c.is_control() && !"?*<>{}[]:;,\\|^~$#%&`\"".contains(c);
        if !(1..=MAX_LABEL_CHARACTERS).contains(&self.label.chars().count()) || !self.label.chars().all(allowed) {
            return Err(format!(
                "/Label: a label has 1 to {MAX_LABEL_CHARACTERS} characters, none of them blank, a wildcard, a bracket or \
                 one of : ; , \\ | ^ ~ $ # % & ` \""
            ));
        }
        let (reader, writer) = (&self.item_reader, &self.result_writer);
        check_supported("/ItemReader/Resource", &reader.resource, &json!("arn:aws:states:::s3:getObject"))?;
        check_supported("/ItemReader/ReaderConfig", &reader.reader_config, &json!({"InputType": "JSON"}))?;
        check_supported("/ResultWriter/Resource", &writer.resource, &json!("arn:aws:states:::s3:putObject"))?;
        reader.parameters.check_arguments("/ItemReader/Parameters", &["Bucket", "Key"], &["VersionId"])?;
        writer.parameters.check_arguments("/ResultWriter/Parameters", &["Bucket"], &["Prefix"])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::state::{State, Work};

    #[test]
    fn the_tolerated_percentage_may_be_reached() {
        for (percentage, failed, total, exceeded) in [
            (None, 0, 10, false),
            (None, 1, 10, true),
            (Some(10.0), 1, 10, false),
            (Some(10.0), 2, 10, true),
            (Some(10.0), 1, 3, true),
            (Some(100.0), 10, 10, false),
            (Some(0.0), 1, 1_000_000, true),
        ] {
            let state = crate::testing::map(&json!({"ToleratedFailurePercentage": percentage}));
            let Work::Map(map) = State::try_from(state.as_object().unwrap().clone()).unwrap().work else { panic!() };
            assert_eq!(map.is_tolerance_exceeded(failed, total), exceeded, "{percentage:?}: {failed} of {total}");
        }
    }
}
