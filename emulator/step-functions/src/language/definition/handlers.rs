//! `Retry` and `Catch`.

use std::time::Duration;

use serde_json::Value;

use super::DefinitionError;
use super::fields::Fields;
use crate::language::data_flow::ResultPath;
use crate::language::retry::{Jitter, Retrier};
use crate::model::error::{ALL, RESERVED, StateError, TASK_FAILED, covers};

/// One entry of `Catch`.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-fallback-states>
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Catcher {
    pub(crate) error_equals: Vec<String>,
    pub(crate) result_path: ResultPath,
    pub(crate) next: String,
}

impl Catcher {
    /// The first catcher that covers the error.
    pub(crate) fn find<'a>(catchers: &'a [Self], error: &StateError) -> Option<&'a Self> {
        catchers.iter().find(|catcher| covers(&catcher.error_equals, error))
    }
}

pub(super) fn retriers(fields: &mut Fields<'_>) -> Result<Vec<Retrier>, DefinitionError> {
    let entries = fields.array("Retry")?;
    let retriers = entries
        .iter()
        .enumerate()
        .map(|(index, entry)| retrier(entry, fields.at_field(&format!("Retry[{index}]")), index + 1 == entries.len()));
    retriers.collect()
}

fn retrier(entry: &Value, at: String, last: bool) -> Result<Retrier, DefinitionError> {
    // A year of 366 days. <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>
    const MAX_DELAY_SECONDS: u64 = 31_622_400;
    const MAX_ATTEMPTS: u64 = 99_999_999;
    let mut fields = Fields::of(entry, at)?;
    let error_equals = error_equals(&mut fields, last)?;
    let interval = fields.integer("IntervalSeconds", 1..=99_999_999)?.unwrap_or(1);
    let max_attempts = fields.integer("MaxAttempts", 0..=MAX_ATTEMPTS)?.unwrap_or(3);
    let backoff_rate = fields.number("BackoffRate", 1.0..=f64::MAX)?.unwrap_or(2.0);
    let max_delay = fields.integer("MaxDelaySeconds", 1..=MAX_DELAY_SECONDS)?;
    let jitter = match fields.text("JitterStrategy")? {
        None | Some("NONE") => Jitter::None,
        Some("FULL") => Jitter::Full,
        Some(_) => return Err(fields.invalid("JitterStrategy", "this must be `FULL` or `NONE`")),
    };
    if max_delay.is_some_and(|max_delay| max_delay <= interval) {
        return Err(fields.invalid("MaxDelaySeconds", "this must be more than `IntervalSeconds`"));
    }
    fields.finish("a retrier")?;
    Ok(Retrier {
        error_equals,
        interval: Duration::from_secs(interval),
        max_attempts: u32::try_from(max_attempts).unwrap_or(u32::MAX),
        backoff_rate,
        max_delay: max_delay.map(Duration::from_secs),
        jitter,
    })
}

pub(super) fn catchers(fields: &mut Fields<'_>) -> Result<Vec<Catcher>, DefinitionError> {
    let entries = fields.array("Catch")?;
    let catchers = entries
        .iter()
        .enumerate()
        .map(|(index, entry)| catcher(entry, fields.at_field(&format!("Catch[{index}]")), index + 1 == entries.len()));
    catchers.collect()
}

fn catcher(entry: &Value, at: String, last: bool) -> Result<Catcher, DefinitionError> {
    let mut fields = Fields::of(entry, at)?;
    let catcher = Catcher {
        error_equals: error_equals(&mut fields, last)?,
        result_path: fields.result_path()?,
        next: fields.require_text("Next")?.to_owned(),
    };
    fields.finish("a catcher")?;
    Ok(catcher)
}

fn error_equals(fields: &mut Fields<'_>, last: bool) -> Result<Vec<String>, DefinitionError> {
    const FIELD: &str = "ErrorEquals";
    fields.require(FIELD)?;
    let names = fields.array(FIELD)?.iter().map(|name| name.as_str().map(str::to_owned));
    let names: Vec<String> =
        names.collect::<Option<_>>().ok_or_else(|| fields.invalid(FIELD, "error names are strings"))?;
    if names.is_empty() {
        return Err(fields.invalid(FIELD, "at least one error name must be there"));
    }
    for wildcard in [ALL, TASK_FAILED] {
        if names.len() > 1 && names.iter().any(|name| name == wildcard) {
            return Err(fields.invalid(FIELD, format!("`{wildcard}` must stand alone")));
        }
    }
    if !last && names == [ALL] {
        return Err(fields.invalid(FIELD, format!("`{ALL}` must be in the last entry")));
    }
    let unknown = names.iter().find(|name| name.starts_with("States.") && !RESERVED.contains(&name.as_str()));
    if let Some(name) = unknown {
        return Err(fields.invalid(FIELD, format!("`{name}` is none of the reserved error names")));
    }
    Ok(names)
}
