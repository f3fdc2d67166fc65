//! An item as it stands in a list: its fields in their order, each value as it is written.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use idlist::{Message, message};

use super::CommandError;
use super::input::{List, bad};

/// The fields of an item, none of them twice.
#[derive(Debug, Clone)]
pub(crate) struct Fields(pub(crate) Vec<(String, Box<RawValue>)>);

impl Fields {
    /// Reads an item of a list.
    pub(crate) fn read(list: &List, nth: usize, item: &RawValue) -> Result<Self, CommandError> {
        item.get().parse().map_err(|what: Message| {
            let line = list.line(item);
            bad(&list.path, message!("at-item-on-line", "item {index}, line {line}: {what}", index = nth, line, what))
        })
    }

    /// The items of a list, each of which has to be an object.
    pub(crate) fn of_list(list: &List) -> Result<Vec<Self>, CommandError> {
        list.items()?.into_iter().enumerate().map(|(nth, item)| Self::read(list, nth, item)).collect()
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

    /// The fields as JSON, for comparing.
    pub(crate) fn value(&self) -> Option<Value> {
        serde_json::to_value(self).ok()
    }

    pub(crate) fn set(&mut self, name: &str, value: &impl Serialize) -> Result<(), serde_json::Error> {
        let value = to_raw_value(value)?;
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, there)) => *there = value,
            None => self.0.push((name.to_owned(), value)),
        }
        Ok(())
    }
}

/// Says what is wrong with an item, by its number.
pub(crate) fn at_item(index: usize, what: Message) -> Message {
    message!("at-item", "item {index}: {what}", index, what)
}

impl std::str::FromStr for Fields {
    type Err = Message;

    fn from_str(item: &str) -> Result<Self, Message> {
        serde_json::from_str(item).map_err(|error| {
            let message = error.to_string();
            message.split_once(" at line ").map_or(message.as_str(), |(what, _)| what).to_owned().into()
        })
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
                while let Some((name, mut value)) = map.next_entry::<String, Box<RawValue>>()? {
                    if fields.iter().any(|(known, _)| *known == name) {
                        return Err(Error::custom(format_args!("the field {name:?} appears twice; remove one")));
                    }
                    if value.get().contains(['\n', '\r']) {
                        let read = serde_json::from_str::<Value>(value.get()).and_then(|value| to_raw_value(&value));
                        value = read.map_err(Error::custom)?;
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
