//! The fields of an item as a list has them, before the rules: read quickly where all is right, with a diagnosis where it is not.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::{Number, Value};

use super::Item;
use crate::message;
use crate::message::Message;
use crate::problem::{FieldProblem, ProblemKind, quoted};

/// JSON names of the fields that have a meaning, the required ones first.
pub const FIELDS: [&str; 30] = [
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
    "maskBucketName",
    "maskKeyName",
    "styleBucketName",
    "styleKeyName",
    "searchPrompt",
    "selectPrompt",
    "stylePreset",
    "growMask",
    "left",
    "right",
    "up",
    "down",
    "creativity",
    "controlStrength",
    "fidelity",
    "compositionFidelity",
    "styleStrength",
    "changeStrength",
];

/// Declares the fields that have a meaning, as they are in a list and by name.
macro_rules! fields {
    (texts { $($text:ident $text_name:literal)* } numbers { $($number:ident $number_name:literal $type:ident)* }) => {
        /// A field that has a meaning.
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, serde::Deserialize)]
        #[serde(field_identifier)]
        enum Name {
            $(#[serde(rename = $text_name)] $text,)*
            $(#[serde(rename = $number_name)] $number,)*
        }

        /// The bit of a field, as in [`Fields::given_bits`]; 0 for any other name.
        #[inline]
        pub(crate) fn bit_of(field: &str) -> u32 {
            match field {
                $($text_name => 1 << Name::$text as u32,)*
                $($number_name => 1 << Name::$number as u32,)*
                _ => 0,
            }
        }

        /// The fields that have a meaning, each `None` where it is not given, `null`, or of a wrong type.
        #[derive(Debug, Default)]
        pub(crate) struct Fields<'a> {
            $(pub(crate) $text: Option<Text<'a>>,)*
            $(pub(crate) $number: Option<Number>,)*
            /// Fields of a wrong type, and fields that appear twice.
            pub(crate) problems: Vec<FieldProblem>,
            /// Names of other fields.
            pub(crate) unknown: Vec<&'a str>,
            /// The fields whose names appear, a bit for each.
            pub(crate) named: u32,
        }

        impl<'de: 'a, 'a> Visitor<'de> for KnownFields<'_, 'a> {
            type Value = ();

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
                while let Some(name) = map.next_key::<Name>()? {
                    let bit = 1 << name as u32;
                    if self.0.named & bit != 0 {
                        return Err(A::Error::custom("a field appears twice"));
                    }
                    self.0.named |= bit;
                    match name {
                        $(Name::$text => self.0.$text = map.next_value()?,)*
                        $(Name::$number => self.0.$number = map.next_value()?,)*
                    }
                }
                Ok(())
            }
        }

        impl<'a> Fields<'a> {
            /// The fields that are given, a bit for each.
            pub(crate) fn given_bits(&self) -> u32 {
                let mut bits = 0;
                $(if self.$text.is_some() { bits |= bit_of($text_name); })*
                $(if self.$number.is_some() { bits |= bit_of($number_name); })*
                bits
            }

            /// The text of a field.
            pub(crate) fn text(&self, field: &str) -> Option<&str> {
                match field {
                    $($text_name => self.$text.as_deref(),)*
                    _ => None,
                }
            }

            /// The number of a field.
            pub(crate) fn number(&self, field: &str) -> Option<&Number> {
                match field {
                    $($number_name => self.$number.as_ref(),)*
                    _ => None,
                }
            }

            /// Sets a field; the error says what its type is and what would be right.
            fn set(&mut self, field: &str, value: &'a Value) -> Result<(), Message> {
                match field {
                    $($text_name => text(value).map(|text| self.$text = text),)*
                    $($number_name => number($type(), value).map(|number| self.$number = number),)*
                    _ => Ok(()),
                }
            }
        }

        /// Whether a field holds a number.
        pub fn is_number_field(field: &str) -> bool {
            matches!(field, $($number_name)|*)
        }
    };
}

fields! {
    texts {
        id "id"
        rank "rank"
        input_bucket_name "inputBucketName"
        input_key_name "inputKeyName"
        model "model"
        prompt "prompt"
        negative_prompt "negativePrompt"
        aspect_ratio "aspectRatio"
        source_bucket_name "sourceBucketName"
        source_key_name "sourceKeyName"
        mask_bucket_name "maskBucketName"
        mask_key_name "maskKeyName"
        style_bucket_name "styleBucketName"
        style_key_name "styleKeyName"
        search_prompt "searchPrompt"
        select_prompt "selectPrompt"
        style_preset "stylePreset"
    }
    numbers {
        seed "seed" integer
        strength "strength" any_number
        grow_mask "growMask" integer
        left "left" integer
        right "right" integer
        up "up" integer
        down "down" integer
        creativity "creativity" any_number
        control_strength "controlStrength" any_number
        fidelity "fidelity" any_number
        composition_fidelity "compositionFidelity" any_number
        style_strength "styleStrength" any_number
        change_strength "changeStrength" any_number
    }
}

/// The bits of fields, as in [`Fields::given_bits`].
pub(crate) fn bits_of<'f>(fields: impl IntoIterator<Item = &'f &'static str>) -> u32 {
    fields.into_iter().fold(0, |bits, field| bits | bit_of(field))
}

/// Reads an object that has fields with a meaning alone, each once and of the right type.
struct KnownFields<'f, 'a>(&'f mut Fields<'a>);

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
    /// Reads the object that `text` begins with, if it has our fields alone, each once and of the right type. Returns its
    /// length. The fields of the last object are gone.
    pub(crate) fn read(&mut self, text: &'a str) -> Option<usize> {
        *self = Self::default();
        let mut deserializer = serde_json::Deserializer::from_str(text);
        deserializer.deserialize_map(KnownFields(self)).ok()?;
        Some(deserializer.into_iter::<IgnoredAny>().byte_offset())
    }

    /// Takes the fields from the names and values of an object, whatever is in them.
    pub(crate) fn diagnose(object: impl IntoIterator<Item = (&'a str, &'a Value)>) -> Self {
        let mut fields = Self::default();
        for (name, value) in object {
            let Some(known) = FIELDS.into_iter().find(|known| *known == name) else {
                fields.unknown.push(name);
                continue;
            };
            if fields.named & bit_of(known) != 0 {
                fields.add(
                    known,
                    ProblemKind::DuplicateField,
                    message!("duplicate-field", "appears twice; remove one"),
                );
            }
            fields.named |= bit_of(known);
            if let Err(message) = fields.set(known, value) {
                fields.add(known, ProblemKind::WrongType, message);
            }
        }
        fields
    }

    fn add(&mut self, field: &'static str, kind: ProblemKind, message: Message) {
        self.problems.push(FieldProblem { field: Some(field), kind, message });
    }

    /// The item, once the rules have passed it: the fields that every item needs are given.
    pub(super) fn to_item(&self) -> Item {
        let text = |text: &Option<Text<'_>>| text.as_deref().unwrap_or_default().to_owned();
        let optional = |text: &Option<Text<'_>>| text.as_deref().map(str::to_owned);
        let integer = |number: &Option<Number>| number.as_ref().and_then(whole);
        let float = |number: &Option<Number>| number.as_ref().and_then(Number::as_f64);
        Item {
            id: text(&self.id),
            rank: text(&self.rank),
            input_bucket_name: text(&self.input_bucket_name),
            input_key_name: text(&self.input_key_name),
            model: text(&self.model),
            prompt: text(&self.prompt),
            negative_prompt: optional(&self.negative_prompt),
            aspect_ratio: optional(&self.aspect_ratio),
            seed: integer(&self.seed),
            source_bucket_name: optional(&self.source_bucket_name),
            source_key_name: optional(&self.source_key_name),
            strength: float(&self.strength),
            mask_bucket_name: optional(&self.mask_bucket_name),
            mask_key_name: optional(&self.mask_key_name),
            style_bucket_name: optional(&self.style_bucket_name),
            style_key_name: optional(&self.style_key_name),
            search_prompt: optional(&self.search_prompt),
            select_prompt: optional(&self.select_prompt),
            style_preset: optional(&self.style_preset),
            grow_mask: integer(&self.grow_mask),
            left: integer(&self.left),
            right: integer(&self.right),
            up: integer(&self.up),
            down: integer(&self.down),
            creativity: float(&self.creativity),
            control_strength: float(&self.control_strength),
            fidelity: float(&self.fidelity),
            composition_fidelity: float(&self.composition_fidelity),
            style_strength: float(&self.style_strength),
            change_strength: float(&self.change_strength),
        }
    }
}

fn text(value: &Value) -> Result<Option<Text<'_>>, Message> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.as_str().into())),
        Value::Number(_) => Err(message!(
            "not-a-string-but-a-number",
            "is {found}, not a string; put it between quotes",
            found = described(value),
        )),
        _ => Err(message!("not-a-string", "is {found}, not a string", found = described(value))),
    }
}

fn number(expected: Message, value: &Value) -> Result<Option<Number>, Message> {
    match value {
        Value::Null => Ok(None),
        Value::Number(number) => Ok(Some(number.clone())),
        Value::String(text) if text.trim().parse::<f64>().is_ok_and(f64::is_finite) => {
            let found = described(value);
            Err(message!("number-in-quotes", "is {found}, not {expected}; leave the quotes out", found, expected))
        }
        _ => Err(message!("not-a-number", "is {found}, not {expected}", found = described(value), expected)),
    }
}

fn integer() -> Message {
    message!("an-integer", "an integer")
}

fn any_number() -> Message {
    message!("a-number", "a number")
}

/// A number that is whole and not below 0, also if it is written as `7.0`.
pub(super) fn whole(number: &Number) -> Option<u64> {
    let whole = |float: f64| (float.fract() == 0.0 && (0.0..=u64::MAX as f64).contains(&float)).then_some(float as u64);
    number.as_u64().or_else(|| number.as_f64().and_then(whole))
}

/// A value in words: `the number 42`, `an array`.
pub(crate) fn described(value: &Value) -> Message {
    match value {
        Value::Null | Value::Bool(_) => message!("found-literal", "{value}", value = value.to_string()),
        Value::Number(number) => message!("found-number", "the number {number}", number),
        Value::String(text) => message!("found-string", "the string {text}", text = quoted(text)),
        Value::Array(_) => message!("an-array", "an array"),
        Value::Object(_) => message!("an-object", "an object"),
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
