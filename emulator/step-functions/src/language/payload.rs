//! Payload templates (`Parameters`, `ItemSelector`, `ResultSelector`): JSON in which `"name.$"` is filled in. And how
//! large a payload may be.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::language::intrinsic::{Intrinsic, IntrinsicError};
use crate::language::path::{Path, PathError, Scope};
use crate::model::error::{DATA_LIMIT_EXCEEDED, StateError};

/// Input, output and result of a state, as UTF-8 JSON: 256 KiB.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
pub const MAX_PAYLOAD_BYTES: usize = 262_144;

/// JSON with places to fill in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Template {
    /// Nothing to fill in.
    Literal(Value),
    Array(Vec<Template>),
    Object(Vec<(String, Template)>),
    /// The value of a field whose name ended in `.$`; `field` is that name.
    Filled {
        field: String,
        with: Expression,
    },
}

/// What a place is filled with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    Path(Path),
    Intrinsic(Intrinsic),
}

/// Why a template is refused; `at` leads from the template to the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TemplateError {
    pub(crate) at: String,
    pub(crate) problem: ExpressionError,
}

/// Why the text in a `"name.$"` field is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ExpressionError {
    /// It is a path, but a refused one.
    #[error(transparent)]
    Path(#[from] PathError),
    /// It is an intrinsic function, but a refused one.
    #[error(transparent)]
    Intrinsic(#[from] IntrinsicError),
    /// It is not a text.
    #[error("a field whose name ends in `.$` holds a path or an intrinsic function as a string")]
    NotText,
    /// The same name with and without `.$`.
    #[error("the field is there twice, with and without `.$`")]
    Twice,
}

impl Expression {
    pub(crate) fn parse(text: &str) -> Result<Self, ExpressionError> {
        if text.starts_with('$') {
            Ok(Self::Path(Path::parse(text)?))
        } else {
            Ok(Self::Intrinsic(Intrinsic::parse(text)?))
        }
    }

    /// The value; `field` names the place for the error message.
    pub(crate) fn evaluate(&self, field: &str, scope: Scope<'_>) -> Result<Value, StateError> {
        match self {
            Self::Intrinsic(intrinsic) => intrinsic.evaluate(scope),
            Self::Path(path) => path.find(scope).cloned().ok_or_else(|| {
                StateError::runtime(format!(
                    "The JSONPath '{}' specified for the field '{field}' could not be found in the input '{}'",
                    path.text(),
                    scope.data
                ))
            }),
        }
    }
}

impl Template {
    pub(crate) fn parse(value: &Value) -> Result<Self, TemplateError> {
        Self::parse_at(value, "")
    }

    fn parse_at(value: &Value, at: &str) -> Result<Self, TemplateError> {
        let template = match value {
            Value::Object(object) => Self::Object(
                object
                    .iter()
                    .map(|(name, value)| Self::parse_field(object, name, value, at))
                    .collect::<Result<_, _>>()?,
            ),
            Value::Array(array) => Self::Array(
                array
                    .iter()
                    .enumerate()
                    .map(|(index, value)| Self::parse_at(value, &format!("{at}[{index}]")))
                    .collect::<Result<_, _>>()?,
            ),
            scalar => Self::Literal(scalar.clone()),
        };
        // A branch without anything to fill in is copied as a whole.
        Ok(if template.is_literal() { Self::Literal(value.clone()) } else { template })
    }

    fn parse_field(
        object: &Map<String, Value>,
        name: &str,
        value: &Value,
        at: &str,
    ) -> Result<(String, Self), TemplateError> {
        let at = format!("{at}/{name}");
        let Some(bare) = name.strip_suffix(".$") else {
            return Ok((name.to_owned(), Self::parse_at(value, &at)?));
        };
        let with = match value {
            _ if object.contains_key(bare) => Err(ExpressionError::Twice),
            Value::String(text) => Expression::parse(text),
            _ => Err(ExpressionError::NotText),
        };
        match with {
            Ok(with) => Ok((bare.to_owned(), Self::Filled { field: name.to_owned(), with })),
            Err(problem) => Err(TemplateError { at, problem }),
        }
    }

    fn is_literal(&self) -> bool {
        match self {
            Self::Literal(_) => true,
            Self::Filled { .. } => false,
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
            Self::Filled { field, with } => with.evaluate(field, scope),
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
        let template = Template::parse(&template).unwrap();
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
        assert_eq!(error.cause.unwrap(), "The output is 262145 bytes; the service limit is 262144 bytes.");
    }
}
