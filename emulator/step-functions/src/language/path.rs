//! Paths into JSON: the part of JSONPath that names one place, `$.a.b[0]['c d']`, and `$$` for the context object.

use serde_json::{Map, Value};

use crate::model::error::{RESULT_PATH_MATCH_FAILURE, StateError};

/// Why a path is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PathError {
    /// It does not begin with `$`.
    #[error("a path begins with `$` or `$$`, but this is `{0}`")]
    NoRoot(String),
    /// It is JSONPath, but not of the supported part.
    #[error("`{operator}` in the path `{path}` is not supported: only `.name`, `['name']` and `[0]` are")]
    Unsupported {
        /// The operator, for example `..` or `[*]`.
        operator: String,
        /// The whole path.
        path: String,
    },
    /// It is no JSONPath.
    #[error("the path `{path}` is broken at character {position}")]
    Broken {
        /// The whole path.
        path: String,
        /// Where it breaks, in bytes from its beginning.
        position: usize,
    },
    /// A `$$` path where only the state's data can be meant.
    #[error("the path `{0}` leads into the context object; only the state's data can be meant here")]
    Context(String),
}

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    text: String,
    in_context: bool,
    steps: Vec<Step>,
}

impl Path {
    /// `$`: everything.
    pub(crate) fn everything() -> Self {
        Self { text: "$".to_owned(), in_context: false, steps: Vec::new() }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, PathError> {
        if !text.starts_with('$') {
            return Err(PathError::NoRoot(text.to_owned()));
        }
        let in_context = text.starts_with("$$");
        let steps = Scanner { text, position: if in_context { 2 } else { 1 } }.steps()?;
        Ok(Self { text: text.to_owned(), in_context, steps })
    }

    /// A path into the state's data, as `ResultPath` needs it.
    pub(crate) fn parse_reference(text: &str) -> Result<Self, PathError> {
        let path = Self::parse(text)?;
        if path.in_context { Err(PathError::Context(text.to_owned())) } else { Ok(path) }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
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

/// Reads the steps of a path from left to right.
struct Scanner<'a> {
    text: &'a str,
    position: usize,
}

impl Scanner<'_> {
    fn steps(mut self) -> Result<Vec<Step>, PathError> {
        let mut steps = Vec::new();
        while let Some(first) = self.rest().chars().next() {
            steps.push(match first {
                '.' => self.dotted()?,
                '[' => self.bracketed()?,
                _ => return Err(self.broken()),
            });
        }
        Ok(steps)
    }

    fn rest(&self) -> &str {
        &self.text[self.position..]
    }

    fn broken(&self) -> PathError {
        PathError::Broken { path: self.text.to_owned(), position: self.position }
    }

    fn unsupported(&self, operator: &str) -> PathError {
        PathError::Unsupported { operator: operator.to_owned(), path: self.text.to_owned() }
    }

    /// `.name`
    fn dotted(&mut self) -> Result<Step, PathError> {
        let name = &self.rest()[1..];
        if name.starts_with('.') {
            return Err(self.unsupported(".."));
        }
        let length = name.find(['.', '[']).unwrap_or(name.len());
        let name = &name[..length];
        if name.contains('*') {
            return Err(self.unsupported(".*"));
        }
        if name.contains('(') {
            return Err(self.unsupported(name));
        }
        if name.is_empty() || name.contains([' ', '\'', '"', ')', ']', '$', '@', ',']) {
            return Err(self.broken());
        }
        let step = Step::Field(name.to_owned());
        self.position += 1 + length;
        Ok(step)
    }

    /// `['name']`, `["name"]` or `[0]`
    fn bracketed(&mut self) -> Result<Step, PathError> {
        let inside = &self.rest()[1..];
        if let Some(quote) = inside.chars().next().filter(|first| matches!(first, '\'' | '"')) {
            let name = &inside[1..];
            let length = name.find(quote).ok_or_else(|| self.broken())?;
            let (name, after) = name.split_at(length);
            if name.contains('\\') {
                return Err(self.unsupported("\\"));
            }
            if after[1..].starts_with(',') {
                return Err(self.unsupported("[,]"));
            }
            if !after[1..].starts_with(']') {
                return Err(self.broken());
            }
            let step = Step::Field(name.to_owned());
            self.position += 1 + 1 + length + 2;
            return Ok(step);
        }
        let length = inside.find(']').ok_or_else(|| self.broken())?;
        let index = &inside[..length];
        let step = match index.parse() {
            Ok(index) => Step::Index(index),
            Err(_) if index.starts_with('?') => return Err(self.unsupported("[?()]")),
            Err(_) if index.contains(['*', ':', ',', '(', '-']) => return Err(self.unsupported(&format!("[{index}]"))),
            Err(_) => return Err(self.broken()),
        };
        self.position += 1 + length + 1;
        Ok(step)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_leads_to_one_place() {
        let data = json!({"a": {"b": [{"c d": 1}, {"c d": 2}]}, "list-name": "x"});
        let context = json!({"Execution": {"Name": "run-1"}});
        for (path, expected) in [
            ("$", Some(data.clone())),
            ("$.a.b[1]['c d']", Some(json!(2))),
            ("$['a'].b[0][\"c d\"]", Some(json!(1))),
            ("$.list-name", Some(json!("x"))),
            ("$.a.missing", None),
            ("$.a.b[2]", None),
            ("$$.Execution.Name", Some(json!("run-1"))),
        ] {
            let found = Path::parse(path).unwrap().find(Scope { data: &data, context: &context }).cloned();
            assert_eq!(found, expected, "{path}");
        }
        assert_eq!(Path::parse_reference("$$.a").unwrap_err(), PathError::Context("$$.a".to_owned()));
    }

    #[test]
    fn the_rest_of_jsonpath_is_refused_by_name_and_what_is_no_path() {
        for (path, operator) in [
            ("$..id", ".."),
            ("$.items[*].id", "[*]"),
            ("$.*", ".*"),
            ("$.items[?(@.id)]", "[?()]"),
            ("$.items[0:2]", "[0:2]"),
            ("$.items[-1]", "[-1]"),
            ("$['a','b']", "[,]"),
            ("$.items.length()", "length()"),
        ] {
            let unsupported = PathError::Unsupported { operator: operator.to_owned(), path: path.to_owned() };
            assert_eq!(Path::parse(path), Err(unsupported));
        }
        for path in ["items", "", "$items", "$.", "$.a.", "$.a[", "$.a['b", "$.a[b]", "$.a b", "$.a['b'x]"] {
            assert!(Path::parse(path).is_err(), "{path}");
        }
    }

    #[test]
    fn placing_makes_the_objects_on_the_way_and_keeps_the_rest() {
        let place = |path: &str, data: Value| Path::parse_reference(path).unwrap().place(data, json!(1));
        assert_eq!(place("$", json!({"a": 0})).unwrap(), json!(1));
        assert_eq!(place("$.b.c", json!({"a": 0})).unwrap(), json!({"a": 0, "b": {"c": 1}}));
        assert_eq!(place("$.a[1]", json!({"a": [7, 8]})).unwrap(), json!({"a": [7, 1]}));
        for (path, data) in [("$.a.b", json!({"a": "text"})), ("$.a[2]", json!({"a": []})), ("$.a", json!([1]))] {
            assert_eq!(place(path, data).unwrap_err().error, RESULT_PATH_MATCH_FAILURE, "{path}");
        }
    }

    proptest! {
        #[test]
        fn what_is_placed_is_found_again(
            names in prop::collection::vec("[a-zA-Z_][a-zA-Z0-9_-]{0,8}", 1..5),
            number: u32,
        ) {
            let text = format!("$.{}", names.join("."));
            let path = Path::parse_reference(&text).unwrap();
            let data = path.place(json!({}), json!(number)).unwrap();
            let scope = Scope { data: &data, context: &Value::Null };
            prop_assert_eq!(path.find(scope), Some(&json!(number)));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\$[ -~]{0,20}|.{0,20}") {
            let _ = Path::parse(&text);
        }
    }
}
