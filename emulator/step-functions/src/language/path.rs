//! Paths into JSON: the part of JSONPath that names one place, `$.a.b[0]`, and `$$` for the context object.

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::{Map, Value};

use crate::model::error::{RESULT_PATH_MATCH_FAILURE, StateError};

/// What paths are looked up in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// What `$` means.
    pub(crate) data: &'a Value,
    /// What `$$` means.
    pub(crate) context: &'a Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Field(String),
    Index(usize),
}

/// A path that is known to be well formed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Path {
    pub(crate) text: String,
    in_context: bool,
    steps: Vec<Step>,
}

impl TryFrom<String> for Path {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let unsupported =
            || format!("the path `{text}` is not supported: `$` or `$$` is, with `.name` and `[0]` behind it");
        let (in_context, mut rest) = match text.strip_prefix("$$") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('$').ok_or_else(unsupported)?),
        };
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let next = rest.char_indices().skip(1).find(|&(_, character)| matches!(character, '.' | '['));
            let (step, after) = rest.split_at(next.map_or(rest.len(), |(at, _)| at));
            steps.push(Step::parse(step).ok_or_else(unsupported)?);
            rest = after;
        }
        Ok(Self { text, in_context, steps })
    }
}

impl Path {
    /// `$`
    pub(crate) fn is_everything(&self) -> bool {
        self.text == "$"
    }

    /// The value at this place.
    pub(crate) fn find<'a>(&self, scope: Scope<'a>) -> Option<&'a Value> {
        let root = if self.in_context { scope.context } else { scope.data };
        self.steps.iter().try_fold(root, |value, step| match step {
            Step::Field(name) => value.get(name),
            Step::Index(index) => value.get(index),
        })
    }

    /// Puts `result` at this place of `data`, making the objects on the way.
    ///
    /// # Errors
    /// `States.ResultPathMatchFailure` if the way leads through what is not an object, or to no element of an array.
    pub(crate) fn place(&self, data: Value, result: Value) -> Result<Value, StateError> {
        let mut root = data;
        let mut place = &mut root;
        for step in &self.steps {
            let next = match (step, place) {
                (Step::Field(name), place @ Value::Null) => {
                    *place = Value::Object(Map::new());
                    place.as_object_mut().map(|object| object.entry(name).or_insert(Value::Null))
                }
                (Step::Field(name), Value::Object(object)) => Some(object.entry(name).or_insert(Value::Null)),
                (Step::Index(index), Value::Array(array)) => array.get_mut(*index),
                _ => None,
            };
            place = next.ok_or_else(|| {
                StateError::new(
                    RESULT_PATH_MATCH_FAILURE,
                    format!("Unable to apply the ResultPath '{}': the input has no place of that kind", self.text),
                )
            })?;
        }
        *place = result;
        Ok(root)
    }
}

/// `$`, if a field is missing in which `null` means something else.
pub(crate) fn everything() -> Option<Path> {
    Some(Path { text: "$".to_owned(), in_context: false, steps: Vec::new() })
}

/// A path into the state's data, as `ResultPath` needs it, or `null`.
pub(crate) fn reference<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Path>, D::Error> {
    match Option::<Path>::deserialize(deserializer)? {
        Some(Path { text, in_context: true, .. }) => Err(D::Error::custom(format!(
            "the path `{text}` leads into the context object; only the state's data can be meant here"
        ))),
        path => Ok(path),
    }
}

impl Step {
    /// `.name` or `[0]`
    fn parse(text: &str) -> Option<Self> {
        if let Some(index) = text.strip_prefix('[') {
            return index.strip_suffix(']')?.parse().ok().map(Self::Index);
        }
        let name = text.strip_prefix('.').filter(|name| !name.is_empty())?;
        let is_plain = !name.contains([' ', '\'', '"', '(', ')', '*', ']', '$', '@', ',']);
        is_plain.then(|| Self::Field(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_leads_to_one_place() {
        let data = json!({"a": {"b": [{"c": 1}, {"c": 2}]}, "list-name": "x"});
        let context = json!({"Execution": {"Name": "run-1"}});
        for (path, expected) in [
            ("$", Some(data.clone())),
            ("$.a.b[1].c", Some(json!(2))),
            ("$.list-name", Some(json!("x"))),
            ("$.a.missing", None),
            ("$.a.b[2]", None),
            ("$$.Execution.Name", Some(json!("run-1"))),
        ] {
            let found =
                Path::try_from(path.to_owned()).unwrap().find(Scope { data: &data, context: &context }).cloned();
            assert_eq!(found, expected, "{path}");
        }
    }

    #[test]
    fn other_paths_are_refused_by_name() {
        let of_jsonpath =
            "$..id $.items[*].id $.* $.items[?(@.id)] $.items[0:2] $.items[-1] $['a','b'] $['a'] $.a.length()";
        let broken = "items $items $é $. $.a. $.a[ $.a['b $.a[b] $.a[0]b $.a['b'x]";
        for path in of_jsonpath.split(' ').chain(broken.split(' ')).chain(["", "$.a b"]) {
            let refusal = Path::try_from(path.to_owned()).unwrap_err();
            assert!(refusal.starts_with(&format!("the path `{path}` is not supported: ")), "{refusal}");
        }
    }

    #[test]
    fn placing_makes_the_objects_on_the_way_and_keeps_the_rest() {
        let place = |path: &str, data: Value| Path::try_from(path.to_owned()).unwrap().place(data, json!(1));
        assert_eq!(place("$", json!({"a": 0})).unwrap(), json!(1));
        assert_eq!(place("$.b.c", json!({"a": 0})).unwrap(), json!({"a": 0, "b": {"c": 1}}));
        assert_eq!(place("$.a[1]", json!({"a": [7, 8]})).unwrap(), json!({"a": [7, 1]}));
        for (path, data) in [("$.a.b", json!({"a": "text"})), ("$.a[2]", json!({"a": []})), ("$.a", json!([1]))] {
            assert_eq!(place(path, data).unwrap_err().error, RESULT_PATH_MATCH_FAILURE, "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\$[ -~]{0,20}|.{0,20}") {
            let _ = Path::try_from(text);
        }
    }
}
