//! An item as it stands in a list: its fields in their order, each value as it is written.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::CommandError;
use super::input::{List, bad};

/// The fields of an item, none of them twice.
#[derive(Debug, Clone)]
pub(crate) struct Fields(pub(crate) Vec<(String, Box<RawValue>)>);

impl Fields {
    pub(crate) fn read(item: &str) -> Result<Self, String> {
        serde_json::from_str(item).map_err(|error| {
            let message = error.to_string();
            message.split_once(" at line ").map_or(message.as_str(), |(what, _)| what).to_owned()
        })
    }

    /// The items of a list, each of which has to be an object.
    pub(crate) fn of_list(list: &List) -> Result<Vec<Self>, CommandError> {
        let read = |(nth, item): (usize, &&RawValue)| {
            Self::read(item.get())
                .map_err(|what| bad(&list.path, format_args!("item {nth}, line {}: {what}", list.line(item))))
        };
        list.items()?.iter().enumerate().map(read).collect()
    }

    /// The value of a field that is a text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        serde_json::from_str(value.get()).ok()
    }

    /// Where the image of the item goes, if the item says so.
    pub(crate) fn destination(&self) -> Option<String> {
        let [bucket, rank, id, key] = ["inputBucketName", "rank", "id", "inputKeyName"].map(|field| self.text(field));
        Some(format!("s3://{}/{}/{}/{}", bucket?, rank?, id?, key?))
    }

    /// Whether another item has the same fields with the same values, in whatever order.
    pub(crate) fn is_equal(&self, other: &Self) -> bool {
        let value = |fields: &Self| serde_json::to_value(fields).ok();
        value(self) == value(other)
    }

    pub(crate) fn set(&mut self, name: &str, value: &impl Serialize) -> Result<(), serde_json::Error> {
        let value = serde_json::value::to_raw_value(value)?;
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, there)) => *there = value,
            None => self.0.push((name.to_owned(), value)),
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with the fields of an item")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::<(String, Box<RawValue>)>::new();
                while let Some((name, value)) = map.next_entry::<String, _>()? {
                    if fields.iter().any(|(known, _)| *known == name) {
                        return Err(Error::custom(format_args!("the field {name:?} appears twice; remove one")));
                    }
                    fields.push((name, value));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
