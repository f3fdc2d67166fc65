//! The Map state in distributed mode, with a list in S3 and a `ResultWriter`.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html>

use std::sync::Arc;

use uuid::Uuid;

use super::DefinitionError;
use super::fields::Fields;
use super::graph::Graph;
use super::handlers::{Catcher, catchers};
use super::state::{Transition, transition};
use crate::language::payload::Template;

/// As many child workflow executions run at once if the definition does not say less.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
const MAX_CONCURRENCY: u64 = 10_000;
/// A list has at most so many items.
const MAX_ITEMS: u64 = 100_000_000;
const MAX_LABEL_CHARACTERS: usize = 40;

/// Runs a graph of states for every item of a list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Map {
    /// Part of the ARNs of the Map Run and its children.
    pub(crate) label: String,
    /// Parameters of `ItemReader`: Bucket, Key, VersionId.
    pub(crate) reader: Template,
    pub(crate) item_selector: Option<Template>,
    pub(crate) max_concurrency: u64,
    pub(crate) tolerance: Tolerance,
    pub(crate) processor: Arc<Graph>,
    /// Parameters of `ResultWriter`: Bucket, Prefix.
    pub(crate) writer: Template,
    pub(crate) catchers: Vec<Catcher>,
    pub(crate) next: Transition,
}

/// How many failed items a Map Run survives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tolerance {
    /// `ToleratedFailureCount`
    pub(crate) count: Option<u64>,
    /// `ToleratedFailurePercentage`, 0 to 100.
    pub(crate) percentage: Option<f64>,
}

impl Tolerance {
    /// Whether `failed` of `total` items are more than is tolerated.
    ///
    /// Each limit that is given must be kept. Without any, no item may fail. The percentage is of all items of the
    /// list, not of those that have ended, so the verdict can only come late, never be taken back.
    pub(crate) fn is_exceeded(self, failed: u64, total: u64) -> bool {
        let count = match (self.count, self.percentage) {
            (None, Some(_)) => u64::MAX,
            (count, _) => count.unwrap_or(0),
        };
        // Exact: a list has at most 100,000,000 items.
        let by_percentage = |percentage: f64| failed as f64 * 100.0 > percentage * total as f64;
        failed > count || self.percentage.is_some_and(by_percentage)
    }
}

pub(super) fn parse(fields: &mut Fields<'_>) -> Result<Map, DefinitionError> {
    if fields.take("Retry").is_some() {
        return Err(fields.unsupported(
            "`Retry` on a Map state (it would start a new Map Run with every item; put it on the Task in the \
             ItemProcessor)",
        ));
    }
    let map = Map {
        label: label(fields)?,
        reader: item_reader(fields)?,
        item_selector: fields.template("ItemSelector")?,
        max_concurrency: match fields.integer("MaxConcurrency", 0..=u64::from(u32::MAX))? {
            None | Some(0) => MAX_CONCURRENCY,
            Some(limit) => limit.min(MAX_CONCURRENCY),
        },
        tolerance: Tolerance {
            count: fields.integer("ToleratedFailureCount", 0..=MAX_ITEMS)?,
            percentage: fields.number("ToleratedFailurePercentage", 0.0..=100.0)?,
        },
        processor: Arc::new(item_processor(fields)?),
        writer: result_writer(fields)?,
        catchers: catchers(fields)?,
        next: transition(fields)?,
    };
    Ok(map)
}

fn label(fields: &mut Fields<'_>) -> Result<String, DefinitionError> {
    let Some(label) = fields.text("Label")? else { return Ok(Uuid::new_v4().to_string()) };
    let allowed = |c: char| !c.is_whitespace() && !c.is_control() && !"?*<>{}[]:;,\\|^~$#%&`\"".contains(c);
    if label.is_empty() || label.chars().count() > MAX_LABEL_CHARACTERS || !label.chars().all(allowed) {
        let problem = format!(
            "a label has 1 to {MAX_LABEL_CHARACTERS} characters, none of them blank, a wildcard, a bracket or one of \
             : ; , \\ | ^ ~ $ # % & ` \""
        );
        return Err(fields.invalid("Label", problem));
    }
    Ok(label.to_owned())
}

fn item_reader(fields: &mut Fields<'_>) -> Result<Template, DefinitionError> {
    let value = fields.take("ItemReader").ok_or_else(|| {
        fields.unsupported("a Map state without `ItemReader` (its list would be in the state's input)")
    })?;
    let mut reader = Fields::of(value, fields.at_field("ItemReader"))?;
    resource(&mut reader, "arn:aws:states:::s3:getObject")?;
    let parameters = reader.arguments("Parameters", &["Bucket", "Key"], &["VersionId"])?;
    let mut config = Fields::of(reader.require("ReaderConfig")?, reader.at_field("ReaderConfig"))?;
    match config.require_text("InputType")? {
        "JSON" => {}
        other => return Err(config.unsupported(format!("the InputType `{other}`"))),
    }
    config.finish("ReaderConfig")?;
    reader.finish("ItemReader")?;
    Ok(parameters)
}

fn result_writer(fields: &mut Fields<'_>) -> Result<Template, DefinitionError> {
    let value = fields.take("ResultWriter").ok_or_else(|| {
        fields.unsupported("a Map state without `ResultWriter` (every child's output would be in the state's output)")
    })?;
    let mut writer = Fields::of(value, fields.at_field("ResultWriter"))?;
    resource(&mut writer, "arn:aws:states:::s3:putObject")?;
    let parameters = writer.arguments("Parameters", &["Bucket"], &["Prefix"])?;
    writer.finish("ResultWriter")?;
    Ok(parameters)
}

fn resource(fields: &mut Fields<'_>, supported: &str) -> Result<(), DefinitionError> {
    let arn = fields.require_text("Resource")?;
    if arn == supported { Ok(()) } else { Err(fields.unsupported(format!("the resource `{arn}`"))) }
}

fn item_processor(fields: &mut Fields<'_>) -> Result<Graph, DefinitionError> {
    let mut processor = Fields::of(fields.require("ItemProcessor")?, fields.at_field("ItemProcessor"))?;
    let mut config = Fields::of(processor.require("ProcessorConfig")?, processor.at_field("ProcessorConfig"))?;
    for (field, supported) in [("Mode", "DISTRIBUTED"), ("ExecutionType", "STANDARD")] {
        let value = config.require_text(field)?;
        if value != supported {
            return Err(config.unsupported(format!("the {field} `{value}` (only `{supported}` is)")));
        }
    }
    config.finish("ProcessorConfig")?;
    let graph = Graph::parse(&mut processor, true)?;
    processor.finish("an ItemProcessor")?;
    Ok(graph)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_may_be_reached_and_both_hold() {
        for (count, percentage, failed, total, exceeded) in [
            (None, None, 0, 10, false),
            (None, None, 1, 10, true),
            (None, Some(10.0), 1, 10, false),
            (None, Some(10.0), 2, 10, true),
            (None, Some(10.0), 1, 3, true),
            (None, Some(100.0), 10, 10, false),
            (None, Some(0.0), 1, 1_000_000, true),
            (Some(2), None, 2, 10, false),
            (Some(2), None, 3, 10, true),
            (Some(1), Some(50.0), 2, 10, true),
            (Some(9), Some(10.0), 2, 10, true),
        ] {
            let tolerance = Tolerance { count, percentage };
            assert_eq!(tolerance.is_exceeded(failed, total), exceeded, "{tolerance:?}: {failed} of {total}");
        }
    }
}
