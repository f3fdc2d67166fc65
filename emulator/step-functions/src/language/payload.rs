//! Payload templates (`Parameters`, `ItemSelector`, `ResultSelector`): JSON in which `"name.$"` is filled in. And how
//! large a payload may be.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::language::intrinsic::Format;
use crate::language::path::{Path, Scope};
use crate::model::error::{DATA_LIMIT_EXCEEDED, StateError};

/// Input, output and result of a state, as UTF-8 JSON: 256 KiB.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
pub const MAX_PAYLOAD_BYTES: usize = 262_144;

/// JSON with places to fill in: a place is a field whose name ended in `.$`, which `Path` still has for its error.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(crate) enum Template {
    Literal(Value),
    Array(Vec<Template>),
    Object(Vec<(String, Template)>),
    Path { field: String, path: Path },
    Format(Format),
}

impl TryFrom<Map<String, Value>> for Template {
    type Error = String;

    /// A problem begins with its place in the template.
    fn try_from(object: Map<String, Value>) -> Result<Self, String> {
        Self::parse_object(&object, "")
    }
}

impl Template {
    fn parse(value: &Value, at: &str) -> Result<Self, String> {
        let template = match value {
            Value::Object(object) => Self::parse_object(object, at)?,
            Value::Array(array) => Self::Array(
                array
                    .iter()
                    .enumerate()
                    .map(|(index, value)| Self::parse(value, &format!("{at}[{index}]")))
                    .collect::<Result<_, _>>()?,
            ),
            scalar => Self::Literal(scalar.clone()),
        };
        // A branch without anything to fill in is copied as a whole.
        Ok(if template.is_literal() { Self::Literal(value.clone()) } else { template })
    }

    fn parse_object(object: &Map<String, Value>, at: &str) -> Result<Self, String> {
        let parse_field = |(name, value): (&String, &Value)| {
            let at = format!("{at}/{name}");
            let Some(bare) = name.strip_suffix(".$") else { return Ok((name.clone(), Self::parse(value, &at)?)) };
            let filled = match value {
                _ if object.contains_key(bare) => Err("the field appears twice, with and without `.$`".to_owned()),
                Value::String(text) if text.starts_with('$') => {
                    Path::try_from(text.clone()).map(|path| Self::Path { field: name.clone(), path })
                }
                Value::String(text) => Format::parse(text).map(Self::Format),
                _ => {
                    Err("a field whose name ends in `.$` holds a path or an intrinsic function as a string".to_owned())
                }
            };
            Ok((bare.to_owned(), filled.map_err(|problem| format!("{at}: {problem}"))?))
        };
        object.iter().map(parse_field).collect::<Result<_, _>>().map(Self::Object)
    }

    /// Refuses the arguments of a call that are not these: each of the `required`, and any of the `optional`.
    pub(crate) fn check_arguments(&self, at: &str, required: &[&str], optional: &[&str]) -> Result<(), String> {
        let Self::Object(arguments) = self else { return Ok(()) };
        if let Some(name) = required.iter().find(|name| !arguments.iter().any(|(argument, _)| argument == *name)) {
            return Err(format!("{at}: the parameter `{name}` is missing"));
        }
        let known = |name: &str| required.contains(&name) || optional.contains(&name);
        match arguments.iter().find(|(name, _)| !known(name)) {
            Some((name, _)) => Err(format!("{at}: the parameter `{name}` is not supported")),
            None => Ok(()),
        }
    }

    fn is_literal(&self) -> bool {
        match self {
            Self::Literal(_) => true,
            Self::Path { .. } | Self::Format(_) => false,
            Self::Array(elements) => elements.iter().all(Self::is_literal),
            Self::Object(fields) => fields.iter().all(|(_, value)| value.is_literal()),
        }
    }

    /// The JSON with every place filled in.
    ///
    /// # Errors
    /// `States.Runtime` for a path that leads nowhere, `States.IntrinsicFailure` for a function that fails.
    pub(crate) fn fill(&self, scope: Scope<'_>) -> Result<Value, StateError> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Path { field, path } => path.find(scope).cloned().ok_or_else(|| {
                let (path, input) = (&path.text, scope.data);
                StateError::runtime(format!(
                    "The JSONPath '{path}' specified for the field '{field}' could not be found in the input '{input}'"
                ))
            }),
            Self::Format(format) => format.evaluate(scope),
            Self::Array(elements) => {
                elements.iter().map(|element| element.fill(scope)).collect::<Result<_, _>>().map(Value::Array)
            }
            Self::Object(fields) => fields
                .iter()
                .map(|(name, value)| Ok((name.clone(), value.fill(scope)?)))
                .collect::<Result<_, _>>()
                .map(Value::Object),
        }
    }
}

/// A payload as text, if it is not too large. `what` begins the sentence, for example `The output of the state 'A'`.
///
/// # Errors
/// `States.DataLimitExceeded`
pub(crate) fn encode(payload: &Value, what: impl FnOnce() -> String) -> Result<Arc<str>, StateError> {
    // A Value has no way to fail. Quicker than its Display, and made several times for every child.
    let text = serde_json::to_string(payload).unwrap_or_default();
    if text.len() > MAX_PAYLOAD_BYTES {
        return Err(StateError::new(
            DATA_LIMIT_EXCEEDED,
            format!("{} is {} bytes; the service limit is {MAX_PAYLOAD_BYTES} bytes.", what(), text.len()),
        ));
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_ending_in_a_dollar_are_filled_and_the_others_copied() {
        let template = json!({
            "Payload": {"item.$": "$", "index.$": "$$.Map.Item.Index", "name.$": "States.Format('item {}', $.id)"},
            "list": [1, {"id.$": "$.id"}, "$.id"]
        });
        let template: Template = serde_json::from_value(template).unwrap();
        let (data, context) = (json!({"id": "7"}), json!({"Map": {"Item": {"Index": 3}}}));
        assert_eq!(
            template.fill(Scope { data: &data, context: &context }).unwrap(),
            json!({"Payload": {"item": {"id": "7"}, "index": 3, "name": "item 7"}, "list": [1, {"id": "7"}, "$.id"]})
        );
    }

    #[test]
    fn payloads_may_have_262144_bytes_and_not_one_more() {
        let text = |bytes: usize| Value::String("x".repeat(bytes - 2));
        assert_eq!(encode(&text(MAX_PAYLOAD_BYTES), String::new).unwrap().len(), MAX_PAYLOAD_BYTES);
        let error = encode(&text(MAX_PAYLOAD_BYTES + 1), || "The output".to_owned()).unwrap_err();
        assert_eq!(error.error, DATA_LIMIT_EXCEEDED);
        assert_eq!(error.cause, "The output is 262145 bytes; the service limit is 262144 bytes.");
    }
}
