//! Names in JSON: of two states with one name, `serde_json` alone would silently keep the last.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Refuses an object with a name twice. `json` was read before, so `serde_json` has limited its depth; `at` is its place.
pub(super) fn check_names(json: &str, at: &str) -> Result<(), String> {
    if let Ok(Fields(fields)) = serde_json::from_str(json) {
        let mut names = HashSet::new();
        for (name, value) in fields {
            let at = format!("{at}/{name}");
            if !names.insert(name) {
                return Err(format!("{at}: the name appears twice in one object"));
            }
            check_names(value.get(), &at)?;
        }
    } else if let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(json) {
        for (index, element) in elements.into_iter().enumerate() {
            check_names(element.get(), &format!("{at}[{index}]"))?;
        }
    }
    Ok(())
}

/// The fields of an object as they are written.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

struct FieldsVisitor;

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Fields<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = entries.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}
