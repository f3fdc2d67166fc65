//! The intrinsic function of payload templates: `States.Format('lists/{}.json', $.id)`. All others are refused by name.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html>

use serde_json::Value;

use crate::language::path::{Path, Scope};
use crate::model::error::{INTRINSIC_FAILURE, StateError};

/// A call of `States.Format`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Format {
    text: String,
    /// The text before the first pair of braces.
    begin: String,
    /// The value of each pair of braces, and the text behind it.
    rest: Vec<(Path, String)>,
}

impl Format {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let unsupported = || {
            format!(
                "`{text}` is not supported: `States.Format` is, with a text in single quotes without backslashes and a \
                 path for each pair of braces"
            )
        };
        let arguments = text.trim().strip_prefix("States.Format(").and_then(|text| text.strip_suffix(')'));
        let template = arguments.and_then(|text| text.trim().strip_prefix('\'')?.split_once('\''));
        let (template, values) = template.ok_or_else(unsupported)?;
        let mut pieces = template.split("{}").map(str::to_owned);
        let begin = pieces.next().unwrap_or_default();
        let values = match values.trim() {
            "" => Vec::new(),
            values => values.strip_prefix(',').ok_or_else(unsupported)?.split(',').map(str::trim).collect(),
        };
        let values =
            values.into_iter().map(|path: &str| Path::try_from(path.to_owned())).collect::<Result<Vec<_>, _>>()?;
        let rest: Vec<_> = pieces.collect();
        if rest.len() != values.len() || template.replace("{}", "").contains(['\\', '{', '}']) {
            return Err(unsupported());
        }
        Ok(Self { text: text.trim().to_owned(), begin, rest: values.into_iter().zip(rest).collect() })
    }

    /// Calls the function.
    ///
    /// # Errors
    /// `States.Runtime` if a path leads nowhere, `States.IntrinsicFailure` if it leads to an array or object.
    pub(crate) fn evaluate(&self, scope: Scope<'_>) -> Result<Value, StateError> {
        let failed = |problem: String| format!("The function '{}' had the following error: {problem}", self.text);
        let mut formatted = self.begin.clone();
        for (path, text) in &self.rest {
            match path.find(scope) {
                None => {
                    let (path, input) = (&path.text, scope.data);
                    return Err(StateError::runtime(failed(format!(
                        "The JsonPath argument for the field '{path}' could not be found in the input '{input}'"
                    ))));
                }
                Some(value @ (Value::Array(_) | Value::Object(_))) => {
                    return Err(StateError::new(INTRINSIC_FAILURE, failed(format!("cannot format {value}"))));
                }
                Some(Value::String(value)) => formatted.push_str(value),
                Some(value) => formatted.push_str(&value.to_string()),
            }
            formatted.push_str(text);
        }
        Ok(formatted.into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::error::RUNTIME;

    #[test]
    fn format_fills_its_braces() {
        let data = json!({"id": "7", "list": [1, "two"]});
        let context = json!({"Execution": {"Name": "run-1"}});
        for (text, expected) in [
            ("States.Format('lists/{}.json', $$.Execution.Name)", Ok("lists/run-1.json")),
            (" States.Format( '{}{} (1), é' , $.id,$.list[0] ) ", Ok("71 (1), é")),
            ("States.Format('none')", Ok("none")),
            ("States.Format('{}', $.list)", Err(INTRINSIC_FAILURE)),
            ("States.Format('{}', $.missing)", Err(RUNTIME)),
        ] {
            let formatted = Format::parse(text).unwrap().evaluate(Scope { data: &data, context: &context });
            let expected = expected.map(Value::from).map_err(str::to_owned);
            assert_eq!(formatted.map_err(|error| error.error), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_call_of_format_is_refused() {
        for text in [
            "States.Hash($.a, 'MD5')",
            "States.Format()",
            "States.Format('{}', States.UUID())",
            "States.Format('{}', 1)",
            "States.Format('{}', 'a')",
            "States.Format('{}' $.a)",
            "States.Format('{}', $..a)",
            "States.Format('{}', )",
            "States.Format('{}', $.id, $.id)",
            "States.Format('{} {}', $.id)",
            "States.Format('{', $.id)",
            "States.Format('{}'",
            "States.Format('open)",
            r"States.Format('\{it\'s {}\}', $.id)",
            r#"States.Format('\"')"#,
            "States.Format",
            "Format('x')",
        ] {
            let refusal = Format::parse(text).unwrap_err();
            assert!(refusal.contains("is not supported"), "{text}: {refusal}");
        }
    }
}
