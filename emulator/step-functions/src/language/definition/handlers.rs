//! `Retry` and `Catch`.

use std::time::Duration;

use serde_json::Value;

use super::DefinitionError;
use super::fields::Fields;
use crate::language::path::Path;
use crate::language::retry::{Jitter, Retrier};
use crate::model::error::{ALL, RESERVED, StateError, TASK_FAILED, covers};

/// One entry of `Catch`.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-fallback-states>
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Catcher {
    pub(crate) error_equals: Vec<String>,
    pub(crate) result_path: Option<Path>,
    pub(crate) next: String,
}

impl Catcher {
    /// The first catcher that covers the error.
    pub(crate) fn find<'a>(catchers: &'a [Self], error: &StateError) -> Option<&'a Self> {
        catchers.iter().find(|catcher| covers(&catcher.error_equals, error))
    }
}

pub(super) fn retriers(fields: &mut Fields<'_>) -> Result<Vec<Retrier>, DefinitionError> {
    entries(fields, "Retry", retrier)
}

pub(super) fn catchers(fields: &mut Fields<'_>) -> Result<Vec<Catcher>, DefinitionError> {
    entries(fields, "Catch", catcher)
}

/// The entries of an array, each read with its place and whether it is the last.
fn entries<T>(
    fields: &mut Fields<'_>,
    field: &'static str,
    read: fn(&Value, String, bool) -> Result<T, DefinitionError>,
) -> Result<Vec<T>, DefinitionError> {
    let entries = fields.array(field)?;
    let read = |(index, entry)| read(entry, fields.at_field(&format!("{field}[{index}]")), index + 1 == entries.len());
    entries.iter().enumerate().map(read).collect()
}

fn retrier(entry: &Value, at: String, last: bool) -> Result<Retrier, DefinitionError> {
    const MAX_ATTEMPTS: u64 = 99_999_999;
    // More makes no sense, and AWS names no limit.
    const MAX_BACKOFF_RATE: f64 = 1_000_000.0;
    let mut fields = Fields::of(entry, at)?;
    let error_equals = error_equals(&mut fields, last)?;
    let interval = fields.integer("IntervalSeconds", 1..=99_999_999)?.unwrap_or(1);
    let max_attempts = fields.integer("MaxAttempts", 0..=MAX_ATTEMPTS)?.unwrap_or(3);
    let backoff_rate = fields.number("BackoffRate", 1.0..=MAX_BACKOFF_RATE)?.unwrap_or(2.0);
    let jitter = match fields.text("JitterStrategy")? {
        None | Some("NONE") => Jitter::None,
        Some("FULL") => Jitter::Full,
        Some(_) => return Err(fields.invalid("JitterStrategy", "this must be `FULL` or `NONE`")),
    };
    fields.finish("a retrier")?;
    Ok(Retrier {
        error_equals,
        interval: Duration::from_secs(interval),
        max_attempts: u32::try_from(max_attempts).unwrap_or(u32::MAX),
        backoff_rate,
        jitter,
    })
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
