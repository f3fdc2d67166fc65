//! The fields of an item as a list has them, before the rules: read quickly where all is right, with a diagnosis where it is not.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Number, Value};

use super::Item;
use crate::problem::{FieldProblem, ProblemKind, quoted};

/// JSON names of the fields that have a meaning, the required ones first.
pub const FIELDS: [&str; 12] = [
    "id",
    "rank",
    "inputBucketName",
    "inputKeyName",
    "model",
    "prompt",
    "negativePrompt",
    "aspectRatio",
    "seed",
    "sourceBucketName",
    "sourceKeyName",
    "strength",
];

/// The fields that have a meaning, each `None` where it is not given, `null`, or of a wrong type.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Fields<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) rank: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) input_bucket_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) input_key_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) model: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) prompt: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) negative_prompt: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) aspect_ratio: Option<Text<'a>>,
    pub(crate) seed: Option<Number>,
    #[serde(borrow)]
    pub(crate) source_bucket_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) source_key_name: Option<Text<'a>>,
    pub(crate) strength: Option<Number>,
    /// Fields of a wrong type, and fields that appear twice.
    #[serde(skip)]
    pub(crate) problems: Vec<FieldProblem>,
    /// Names of other fields, and the names above that stand beside them.
    #[serde(skip)]
    pub(crate) unknown: Vec<&'a str>,
    #[serde(skip)]
    pub(crate) given: Vec<&'static str>,
}

/// A text, borrowed where it has no escapes.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'a> Fields<'a> {
    /// Reads the object that `text` begins with, if it has our fields alone, each once and of the right type. Returns the
    /// length of the object, too.
    pub(crate) fn read(text: &'a str) -> Option<(Self, usize)> {
        // Out of an array they would be read in order.
        if !text.starts_with('{') {
            return None;
        }
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let fields = Self::deserialize(&mut deserializer).ok()?;
        Some((fields, deserializer.into_iter::<IgnoredAny>().byte_offset()))
    }

    /// Takes the fields from the names and values of an object, whatever is in them.
    pub(crate) fn diagnose(object: impl IntoIterator<Item = (&'a str, &'a Value)>) -> Self {
        let mut fields = Self::default();
        for (name, value) in object {
            let Some(known) = FIELDS.into_iter().find(|known| *known == name) else {
                fields.unknown.push(name);
                continue;
            };
            if fields.given.contains(&known) {
                fields.add(known, ProblemKind::DuplicateField, "appears twice; remove one".to_owned());
            }
            fields.given.push(known);
            if let Err(message) = fields.set(known, value) {
                fields.add(known, ProblemKind::WrongType, message);
            }
        }
        fields
    }

    fn add(&mut self, field: &'static str, kind: ProblemKind, message: String) {
        self.problems.push(FieldProblem { field: Some(field), kind, message });
    }

    /// Sets a field; the error says what its type is and what would be right.
    fn set(&mut self, field: &str, value: &'a Value) -> Result<(), String> {
        let text = match field {
            "seed" => return number("an integer", value).map(|number| self.seed = number),
            "strength" => return number("a number", value).map(|number| self.strength = number),
            "id" => &mut self.id,
            "rank" => &mut self.rank,
            "inputBucketName" => &mut self.input_bucket_name,
            "inputKeyName" => &mut self.input_key_name,
            "model" => &mut self.model,
            "prompt" => &mut self.prompt,
            "negativePrompt" => &mut self.negative_prompt,
            "aspectRatio" => &mut self.aspect_ratio,
            "sourceBucketName" => &mut self.source_bucket_name,
            _ => &mut self.source_key_name,
        };
        *text = match value {
            Value::Null => None,
            Value::String(text) => Some(text.as_str().into()),
            Value::Number(_) => return Err(format!("is {}, not a string; put it between quotes", described(value))),
            _ => return Err(format!("is {}, not a string", described(value))),
        };
        Ok(())
    }

    /// The item, once the rules have passed it: the fields that every item needs are given.
    pub(super) fn to_item(&self) -> Item {
        let text = |text: &Option<Text<'_>>| text.as_deref().unwrap_or_default().to_owned();
        let optional = |text: &Option<Text<'_>>| text.as_deref().map(str::to_owned);
        Item {
            id: text(&self.id),
            rank: text(&self.rank),
            input_bucket_name: text(&self.input_bucket_name),
            input_key_name: text(&self.input_key_name),
            model: text(&self.model),
            prompt: text(&self.prompt),
            negative_prompt: optional(&self.negative_prompt),
            aspect_ratio: optional(&self.aspect_ratio),
            seed: self.seed.as_ref().and_then(whole),
            source_bucket_name: optional(&self.source_bucket_name),
            source_key_name: optional(&self.source_key_name),
            strength: self.strength.as_ref().and_then(Number::as_f64),
        }
    }
}

fn number(expected: &str, value: &Value) -> Result<Option<Number>, String> {
    match value {
        Value::Null => Ok(None),
        Value::Number(number) => Ok(Some(number.clone())),
        Value::String(text) if text.trim().parse::<f64>().is_ok_and(f64::is_finite) => {
            Err(format!("is {}, not {expected}; leave the quotes out", described(value)))
        }
        _ => Err(format!("is {}, not {expected}", described(value))),
    }
}

/// A number that is whole and not below 0, also if it is written as `7.0`.
pub(super) fn whole(number: &Number) -> Option<u64> {
    let whole = |float: f64| (float.fract() == 0.0 && (0.0..=u64::MAX as f64).contains(&float)).then_some(float as u64);
    number.as_u64().or_else(|| number.as_f64().and_then(whole))
}

/// A value in words: `the number 42`, `an array`.
pub(crate) fn described(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(_) => value.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the string {}", quoted(text)),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// The names and values of a JSON object in order. Unlike a map it keeps a name that appears twice.
#[derive(Debug)]
pub(crate) struct Pairs(Vec<(String, Value)>);

impl Pairs {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyObject;

        impl<'de> Visitor<'de> for AnyObject {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(AnyObject)
    }
}
