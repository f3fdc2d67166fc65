//! What the list gives for an item, before it is judged: any JSON type in any field.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::Item;
use super::field::Field;
use crate::json::Skip;
use crate::problem::{FieldProblem, ProblemKind, quoted};

/// A JSON value as far as it matters for an item.
#[derive(Debug, Clone, Default)]
pub(crate) enum Given<'a> {
    /// Not there, or `null`.
    #[default]
    Absent,
    Bool(bool),
    Unsigned(u64),
    Negative(i64),
    Float(f64),
    Text(Cow<'a, str>),
    Array,
    Object,
}

impl Given<'_> {
    /// The value in words: `the number 42`, `an array`.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Absent => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Unsigned(number) => format!("the number {number}"),
            Self::Negative(number) => format!("the number {number}"),
            Self::Float(number) => format!("the number {number:?}"),
            Self::Text(text) => format!("the string {}", quoted(text)),
            Self::Array => "an array".to_owned(),
            Self::Object => "an object".to_owned(),
        }
    }
}

/// The fields of one JSON object that have a meaning for us, whatever is in them.
#[derive(Debug, Default)]
pub(crate) struct GivenItem<'a> {
    fields: [Given<'a>; Field::COUNT],
    /// Fields that are there twice.
    pub(super) duplicates: Vec<Field>,
}

impl<'a> GivenItem<'a> {
    pub(crate) fn get(&self, field: Field) -> &Given<'a> {
        &self.fields[field as usize]
    }

    #[inline]
    pub(super) fn set(&mut self, field: Field, given: Given<'a>) {
        self.fields[field as usize] = given;
    }

    /// The id if it is a text, good or not, to tell people which item is meant.
    pub(crate) fn id(&self) -> Option<&str> {
        match self.get(Field::Id) {
            Given::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The item in a parsed element, or the problem that it is no object.
    pub(super) fn from_value(value: &'a Value) -> Result<Self, FieldProblem> {
        let Value::Object(object) = value else {
            return Err(not_an_object(&Given::from_value(value)));
        };
        let mut item = Self::default();
        for (name, value) in object {
            if let Some(field) = Field::from_name(name.as_bytes()) {
                item.set(field, Given::from_value(value));
            }
        }
        Ok(item)
    }

    pub(super) fn from_item(item: &'a Item) -> Self {
        let text = |text: &'a str| Given::Text(Cow::Borrowed(text));
        let optional = |value: &'a Option<String>| value.as_deref().map_or(Given::Absent, text);
        let mut given = Self::default();
        given.set(Field::Id, text(&item.id));
        given.set(Field::Rank, text(&item.rank));
        given.set(Field::InputBucketName, text(&item.input_bucket_name));
        given.set(Field::InputKeyName, text(&item.input_key_name));
        given.set(Field::Model, text(&item.model));
        given.set(Field::Prompt, text(&item.prompt));
        given.set(Field::NegativePrompt, optional(&item.negative_prompt));
        given.set(Field::AspectRatio, optional(&item.aspect_ratio));
        given.set(Field::Seed, item.seed.map_or(Given::Absent, Given::Unsigned));
        given.set(Field::SourceBucketName, optional(&item.source_bucket_name));
        given.set(Field::SourceKeyName, optional(&item.source_key_name));
        given.set(Field::Strength, item.strength.map_or(Given::Absent, Given::Float));
        given
    }
}

/// An element of a list that is no object, and so no item. A string is not quoted: it is most likely a prompt, and the message is logged.
pub(crate) fn not_an_object(found: &Given<'_>) -> FieldProblem {
    FieldProblem {
        field: None,
        kind: ProblemKind::NotAnObject,
        message: match found {
            Given::Text(_) => "expected a JSON object, found a string".to_owned(),
            other => format!("expected a JSON object, found {}", other.describe()),
        },
    }
}

impl<'a> Given<'a> {
    fn from_value(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Absent,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => number
                .as_u64()
                .map(Self::Unsigned)
                .or_else(|| number.as_i64().map(Self::Negative))
                .or_else(|| number.as_f64().map(Self::Float))
                .unwrap_or(Self::Absent),
            Value::String(text) => Self::Text(Cow::Borrowed(text)),
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

/// Reads a value; in place of an array or object only that it is one.
struct GivenVisitor;

impl<'de> Visitor<'de> for GivenVisitor {
    type Value = Given<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Given::Absent)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Given::Bool(value))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Given::Unsigned(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Given::Negative(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Given::Float(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Given::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Given::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        FIELD_VALUE.visit_seq(seq).map(|()| Given::Array)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        FIELD_VALUE.visit_map(map).map(|()| Given::Object)
    }
}

/// The value of a field lies one level inside its item.
const FIELD_VALUE: Skip = Skip { depth: 1 };

impl<'de> Deserialize<'de> for Given<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(GivenVisitor)
    }
}

/// Reads the name of a field.
struct FieldName;

impl<'de> DeserializeSeed<'de> for FieldName {
    type Value = Option<Field>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for FieldName {
    type Value = Option<Field>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Field::from_name(name.as_bytes()))
    }
}

/// Reads one element of a list into an item. Gives back what the element is if it is no object.
///
/// It fills an item in place, because an item is large and there are many.
pub(crate) struct ReadElement<'r, 'a>(pub(crate) &'r mut GivenItem<'a>);

impl<'de> DeserializeSeed<'de> for ReadElement<'_, 'de> {
    type Value = Option<Given<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ReadElement<'_, 'de> {
    type Value = Option<Given<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        GivenVisitor.visit_unit().map(Some)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        GivenVisitor.visit_bool(value).map(Some)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        GivenVisitor.visit_u64(number).map(Some)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        GivenVisitor.visit_i64(number).map(Some)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        GivenVisitor.visit_f64(number).map(Some)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        GivenVisitor.visit_str(text).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        Skip::default().visit_seq(seq).map(|()| Some(Given::Array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut seen = [false; Field::COUNT];
        while let Some(name) = map.next_key_seed(FieldName)? {
            let Some(field) = name else {
                map.next_value_seed(FIELD_VALUE)?;
                continue;
            };
            self.0.set(field, map.next_value()?);
            if let Some(seen) = seen.get_mut(field as usize)
                && std::mem::replace(seen, true)
            {
                self.0.duplicates.push(field);
            }
        }
        Ok(None)
    }
}
