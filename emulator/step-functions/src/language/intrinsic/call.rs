//! What each intrinsic function does.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use uuid::Uuid;

use super::IntrinsicError;
use crate::model::error::{INTRINSIC_FAILURE, StateError};

/// `States.Base64Encode` and `States.Base64Decode` take at most so many characters.
const MAX_BASE64_CHARACTERS: usize = 10_000;

/// The supported functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Format,
    StringToJson,
    JsonToString,
    JsonMerge,
    Array,
    ArrayLength,
    ArrayGetItem,
    ArrayContains,
    MathAdd,
    Base64Encode,
    Base64Decode,
    Uuid,
}

impl Function {
    const ALL: [Self; 12] = [
        Self::Format,
        Self::StringToJson,
        Self::JsonToString,
        Self::JsonMerge,
        Self::Array,
        Self::ArrayLength,
        Self::ArrayGetItem,
        Self::ArrayContains,
        Self::MathAdd,
        Self::Base64Encode,
        Self::Base64Decode,
        Self::Uuid,
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Format => "States.Format",
            Self::StringToJson => "States.StringToJson",
            Self::JsonToString => "States.JsonToString",
            Self::JsonMerge => "States.JsonMerge",
            Self::Array => "States.Array",
            Self::ArrayLength => "States.ArrayLength",
            Self::ArrayGetItem => "States.ArrayGetItem",
            Self::ArrayContains => "States.ArrayContains",
            Self::MathAdd => "States.MathAdd",
            Self::Base64Encode => "States.Base64Encode",
            Self::Base64Decode => "States.Base64Decode",
            Self::Uuid => "States.UUID",
        }
    }

    pub(super) fn check_arguments(self, given: usize) -> Result<(), IntrinsicError> {
        let (fits, expected) = match self {
            Self::Array => (true, "any number of arguments"),
            Self::Format => (given >= 1, "a text and a value for each of its braces"),
            Self::JsonMerge => (given == 3, "three arguments"),
            Self::ArrayGetItem | Self::ArrayContains | Self::MathAdd => (given == 2, "two arguments"),
            Self::Uuid => (given == 0, "no argument"),
            Self::StringToJson | Self::JsonToString | Self::ArrayLength | Self::Base64Encode | Self::Base64Decode => {
                (given == 1, "one argument")
            }
        };
        if fits { Ok(()) } else { Err(IntrinsicError::Arguments { function: self.name(), expected, given }) }
    }

    /// The state's error for a call that failed with `problem`.
    pub(super) fn failure(self, call: &str, problem: &str) -> StateError {
        StateError::new(INTRINSIC_FAILURE, format!("The function '{call}' had the following error: {problem}"))
    }

    /// Calls the function; the number of arguments was checked when it was parsed.
    pub(super) fn call(self, arguments: Vec<Value>) -> Result<Value, String> {
        let mut arguments = arguments.into_iter();
        let mut next = || arguments.next().unwrap_or_default();
        match self {
            Self::Format => format(&text(next())?, arguments),
            Self::StringToJson => serde_json::from_str(&text(next())?).map_err(|error| format!("not JSON: {error}")),
            Self::JsonToString => Ok(Value::String(next().to_string())),
            Self::JsonMerge => merge(next(), next(), &next()),
            Self::Array => Ok(Value::Array(arguments.collect())),
            Self::ArrayLength => Ok(json!(array(next())?.len())),
            Self::ArrayGetItem => {
                let (mut array, index) = (array(next())?, integer(&next())?);
                let position = usize::try_from(index).ok().filter(|&position| position < array.len());
                position.map(|position| array.swap_remove(position)).ok_or_else(|| format!("no element {index}"))
            }
            Self::ArrayContains => {
                let (array, wanted) = (array(next())?, next());
                Ok(Value::Bool(array.contains(&wanted)))
            }
            Self::MathAdd => {
                let sum = integer(&next())?.checked_add(integer(&next())?);
                sum.map(|sum| json!(sum)).ok_or_else(|| "the sum is too large".to_owned())
            }
            Self::Base64Encode => Ok(Value::String(BASE64.encode(short(text(next())?)?))),
            Self::Base64Decode => {
                let bytes = BASE64.decode(short(text(next())?)?).map_err(|error| format!("not Base64: {error}"))?;
                String::from_utf8(bytes).map(Value::String).map_err(|_| "the decoded bytes are no text".to_owned())
            }
            Self::Uuid => Ok(Value::String(Uuid::new_v4().to_string())),
        }
    }
}

fn text(value: Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(format!("expected a string, found {other}")),
    }
}

fn short(text: String) -> Result<String, String> {
    if text.chars().count() > MAX_BASE64_CHARACTERS {
        return Err(format!("more than {MAX_BASE64_CHARACTERS} characters"));
    }
    Ok(text)
}

fn array(value: Value) -> Result<Vec<Value>, String> {
    match value {
        Value::Array(array) => Ok(array),
        other => Err(format!("expected an array, found {other}")),
    }
}

/// An integer; other numbers are rounded, as the documentation of `States.MathAdd` says.
fn integer(value: &Value) -> Result<i64, String> {
    // Beyond, f64 does not have every integer.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match (value.as_i64(), value.as_f64()) {
        (Some(integer), _) => Ok(integer),
        (None, Some(number)) if number.abs() < EXACT => Ok(number.round() as i64),
        _ => Err(format!("expected an integer, found {value}")),
    }
}

fn merge(first: Value, second: Value, deep: &Value) -> Result<Value, String> {
    match (first, second, deep) {
        (_, _, deep) if *deep != Value::Bool(false) => Err("only the shallow merge, `false`, is supported".to_owned()),
        (Value::Object(mut first), Value::Object(second), _) => {
            first.extend(second);
            Ok(Value::Object(first))
        }
        _ => Err("only objects can be merged".to_owned()),
    }
}

fn format(template: &str, values: impl IntoIterator<Item = Value>) -> Result<Value, String> {
    let mut values = values.into_iter();
    let mut formatted = String::with_capacity(template.len());
    let mut characters = template.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => formatted.extend(characters.next()),
            '{' if characters.peek() == Some(&'}') => {
                characters.next();
                match values.next().ok_or("fewer values than braces")? {
                    Value::String(text) => formatted.push_str(&text),
                    value @ (Value::Array(_) | Value::Object(_)) => return Err(format!("cannot format {value}")),
                    value => formatted.push_str(&value.to_string()),
                }
            }
            '{' | '}' => return Err("a brace that stands for itself needs a backslash".to_owned()),
            _ => formatted.push(character),
        }
    }
    if values.next().is_some() { Err("more values than braces".to_owned()) } else { Ok(Value::String(formatted)) }
}

/// Quoted text without its backslashes.
pub(super) fn unescape(quoted: &str) -> String {
    let mut text = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next()),
            _ => text.push(character),
        }
    }
    text
}
