//! How data leaves a state: through `ResultSelector`, `ResultPath` and `OutputPath`, in this order.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html>

use serde::Deserialize;
use serde_json::{Value, json};

use crate::language::path::{Path, Scope, everything, reference};
use crate::language::payload::Template;
use crate::language::retry::Catcher;
use crate::model::error::StateError;

/// What a state makes of its input and its result, and where it leads.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Output {
    result_selector: Option<Template>,
    /// Where the result goes in the state's input; `$` replaces the input, `None` (`null`) passes it on as it came.
    #[serde(default = "everything", deserialize_with = "reference")]
    result_path: Option<Path>,
    /// The part that leaves the state; `None` (`null`) is an empty object.
    #[serde(default = "everything")]
    output_path: Option<Path>,
    #[serde(default)]
    pub(crate) catch: Vec<Catcher>,
    /// The state that comes next; `None` at the end.
    pub(crate) next: Option<String>,
    #[serde(default)]
    pub(crate) end: bool,
}

impl Output {
    /// # Errors
    /// `States.Runtime` for a path that leads nowhere, `States.ResultPathMatchFailure` if the input has no such place.
    pub(crate) fn of(&self, input: Value, result: Value, context: &Value) -> Result<Value, StateError> {
        let result = match &self.result_selector {
            Some(selector) => selector.fill(Scope { data: &result, context })?,
            None => result,
        };
        self.select(place(self.result_path.as_ref(), input, result)?, context)
    }

    /// The part of the data that leaves the state.
    pub(crate) fn select(&self, data: Value, context: &Value) -> Result<Value, StateError> {
        match &self.output_path {
            None => Ok(json!({})),
            // Without a copy, as usually.
            Some(path) if path.is_everything() => Ok(data),
            Some(path) => path.find(Scope { data: &data, context }).cloned().ok_or_else(|| {
                let path = &path.text;
                StateError::runtime(format!(
                    "Invalid path '{path}': the OutputPath could not be found in the data '{data}'"
                ))
            }),
        }
    }
}

/// The input with a result where a `ResultPath` says.
///
/// # Errors
/// `States.ResultPathMatchFailure` if the input has no such place.
pub(crate) fn place(result_path: Option<&Path>, input: Value, result: Value) -> Result<Value, StateError> {
    match result_path {
        None => Ok(input),
        Some(path) => path.place(input, result),
    }
}
