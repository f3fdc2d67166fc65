//! How data leaves a state: through `ResultSelector`, `ResultPath` and `OutputPath`, in this order.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html>

use serde_json::{Value, json};

use crate::language::path::{Path, Scope};
use crate::language::payload::Template;
use crate::model::error::StateError;

/// What a state makes of its input and its result.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Output {
    pub(crate) result_selector: Option<Template>,
    /// Where the result goes in the state's input; `$` replaces the input, `None` (`null`) passes it on as it came.
    pub(crate) result_path: Option<Path>,
    /// The part that leaves the state; `None` (`null`) is an empty object.
    pub(crate) output_path: Option<Path>,
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
            Some(path) if *path == Path::everything() => Ok(data),
            Some(path) => path.find(Scope { data: &data, context }).cloned().ok_or_else(|| {
                let path = path.text();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selector_result_path_and_output_path_come_in_this_order() {
        let output = Output {
            result_selector: Some(Template::parse(&json!({"total.$": "$.Counts.Total"})).unwrap()),
            result_path: Some(Path::parse_reference("$.run").unwrap()),
            output_path: Some(Path::parse("$.run.total").unwrap()),
        };
        let result = json!({"Counts": {"Total": 3}});
        assert_eq!(output.of(json!({}), result, &Value::Null).unwrap(), json!(3));
    }
}
