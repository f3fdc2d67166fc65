//! How data goes through a state: `InputPath`, `Parameters`, the work, `ResultSelector`, `ResultPath`, `OutputPath`.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html>

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::language::path::Path;
use crate::language::payload::Template;
use crate::language::scope::Scope;
use crate::model::error::StateError;

/// `InputPath` or `OutputPath`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    /// Keeps what is at the path; `$` keeps everything.
    Keep(Path),
    /// `null`: an empty object in place of the data.
    Discard,
}

/// `ResultPath`: where the result goes in the state's input.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ResultPath {
    /// At this place; `$` replaces the input.
    At(Path),
    /// `null`: nowhere, the input is passed on as it came.
    Discard,
}

impl Filter {
    pub(crate) fn everything() -> Self {
        Self::Keep(Path::everything())
    }

    /// The part of `data` that passes; `field` is `InputPath` or `OutputPath`.
    pub(crate) fn find<'a>(
        &self,
        field: &str,
        data: &'a Value,
        context: &'a Value,
    ) -> Result<Cow<'a, Value>, StateError> {
        match self {
            Self::Discard => Ok(Cow::Owned(json!({}))),
            Self::Keep(path) => path.find(data, context).map(Cow::Borrowed).ok_or_else(|| {
                StateError::runtime(format!(
                    "Invalid path '{}': the {field} could not be found in the data '{data}'",
                    path.text()
                ))
            }),
        }
    }

    /// The same of data that nobody needs any more: without a copy if all of them pass, as they usually do.
    pub(crate) fn apply(&self, field: &str, data: Value, context: &Value) -> Result<Value, StateError> {
        match self {
            Self::Keep(path) if *path == Path::everything() => Ok(data),
            filter => filter.find(field, &data, context).map(Cow::into_owned),
        }
    }
}

impl ResultPath {
    pub(crate) fn replace() -> Self {
        Self::At(Path::everything())
    }

    /// The state's input with the result in its place.
    ///
    /// # Errors
    /// `States.ResultPathMatchFailure` if the input has no such place.
    pub(crate) fn apply(&self, input: Value, result: Value) -> Result<Value, StateError> {
        match self {
            Self::Discard => Ok(input),
            Self::At(path) => path.place(input, result),
        }
    }
}

/// From a state's result to its output.
pub(crate) fn output(
    input: Value,
    result: Value,
    selector: Option<&Template>,
    result_path: &ResultPath,
    output_path: &Filter,
    context: &Value,
) -> Result<Value, StateError> {
    let result = match selector {
        Some(selector) => selector.fill(Scope { data: &result, context })?,
        None => result,
    };
    output_path.apply("OutputPath", result_path.apply(input, result)?, context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::error::{RESULT_PATH_MATCH_FAILURE, RUNTIME};

    fn keep(path: &str) -> Filter {
        Filter::Keep(Path::parse(path).unwrap())
    }

    fn at(path: &str) -> ResultPath {
        ResultPath::At(Path::parse_reference(path).unwrap())
    }

    #[test]
    fn a_filter_keeps_a_part_or_nothing() {
        let data = json!({"a": {"b": 1}});
        assert_eq!(keep("$.a").apply("InputPath", data.clone(), &Value::Null).unwrap(), json!({"b": 1}));
        assert_eq!(Filter::Discard.apply("InputPath", data.clone(), &Value::Null).unwrap(), json!({}));
        assert_eq!(Filter::everything().apply("InputPath", data.clone(), &Value::Null).unwrap(), data);
        let error = keep("$.c").apply("InputPath", data, &Value::Null).unwrap_err();
        assert_eq!(error.error, RUNTIME);
        assert!(error.cause.unwrap().contains("'$.c': the InputPath"));
    }

    #[test]
    fn the_result_replaces_joins_or_leaves_the_input() {
        let input = || json!({"id": "7"});
        let output = |path: &ResultPath| {
            output(input(), json!({"ok": true}), None, path, &Filter::everything(), &Value::Null).unwrap()
        };
        assert_eq!(output(&ResultPath::replace()), json!({"ok": true}));
        assert_eq!(output(&at("$.result")), json!({"id": "7", "result": {"ok": true}}));
        assert_eq!(output(&ResultPath::Discard), json!({"id": "7"}));
    }

    #[test]
    fn selector_result_path_and_output_path_come_in_this_order() {
        let selector = Template::parse(&json!({"total.$": "$.Counts.Total"})).unwrap();
        let output = output(
            json!({"id": "7"}),
            json!({"Counts": {"Total": 3}}),
            Some(&selector),
            &at("$.run"),
            &keep("$.run.total"),
            &Value::Null,
        );
        assert_eq!(output.unwrap(), json!(3));
    }

    #[test]
    fn a_result_does_not_fit_into_a_text() {
        let error = at("$.result").apply(json!("text"), json!(1)).unwrap_err();
        assert_eq!(error.error, RESULT_PATH_MATCH_FAILURE);
    }
}
