//! Intrinsic functions in payload templates: `States.Format('{}.json', $.id)`. Here: how they are written.

mod call;

use serde_json::Value;

use crate::language::path::{Path, PathError};
use crate::language::scope::Scope;
use crate::model::error::StateError;
use call::Function;

/// Functions may be nested this deep. <https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html>
const MAX_NESTING: usize = 10;

/// Why an intrinsic function is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IntrinsicError {
    /// A function that Step Functions may know but this interpreter does not.
    #[error("the intrinsic function `{0}` is not supported")]
    Unsupported(String),
    /// Too few or too many arguments.
    #[error("`{function}` takes {expected}, but there are {given} arguments")]
    Arguments {
        /// Name of the function.
        function: &'static str,
        /// What it takes, in words.
        expected: &'static str,
        /// How many arguments there are.
        given: usize,
    },
    /// A path among the arguments is refused.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Functions within functions, more than ten deep.
    #[error("intrinsic functions are nested more than {MAX_NESTING} deep")]
    Nesting,
    /// It is not written as a function call.
    #[error("the intrinsic function is broken at character {position}: `{text}`")]
    Broken {
        /// The whole text.
        text: String,
        /// Where it breaks, in bytes from its beginning.
        position: usize,
    },
}

/// A call of a function, with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Intrinsic {
    text: String,
    function: Function,
    arguments: Vec<Argument>,
}

#[derive(Debug, Clone, PartialEq)]
enum Argument {
    /// Text in single quotes, its escapes as they are written: `States.Format` tells `\{` from `{`.
    Quoted(String),
    Literal(Value),
    Path(Path),
    Call(Intrinsic),
}

impl Intrinsic {
    pub(crate) fn parse(text: &str) -> Result<Self, IntrinsicError> {
        let mut parser = Parser { text, position: 0 };
        let call = parser.call(1)?;
        parser.skip_blanks();
        if parser.rest().is_empty() { Ok(call) } else { Err(parser.broken()) }
    }

    /// Calls the function.
    ///
    /// # Errors
    /// `States.Runtime` if a path among the arguments leads nowhere, `States.IntrinsicFailure` if the function cannot
    /// work with its arguments.
    pub(crate) fn evaluate(&self, scope: Scope<'_>) -> Result<Value, StateError> {
        let arguments =
            self.arguments.iter().map(|argument| self.value_of(argument, scope)).collect::<Result<Vec<_>, _>>()?;
        self.function.call(arguments).map_err(|problem| self.function.failure(&self.text, &problem))
    }

    fn value_of(&self, argument: &Argument, scope: Scope<'_>) -> Result<Value, StateError> {
        match argument {
            Argument::Quoted(text) if self.function == Function::Format => Ok(Value::String(text.clone())),
            Argument::Quoted(text) => Ok(Value::String(call::unescape(text))),
            Argument::Literal(value) => Ok(value.clone()),
            Argument::Call(call) => call.evaluate(scope),
            Argument::Path(path) => path.find(scope.data, scope.context).cloned().ok_or_else(|| {
                StateError::runtime(format!(
                    "The function '{}' had the following error: The JsonPath argument for the field '{}' could not be \
                     found in the input '{}'",
                    self.text,
                    path.text(),
                    scope.data
                ))
            }),
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    position: usize,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        &self.text[self.position..]
    }

    fn broken(&self) -> IntrinsicError {
        IntrinsicError::Broken { text: self.text.to_owned(), position: self.position }
    }

    fn skip_blanks(&mut self) {
        self.position += self.rest().len() - self.rest().trim_start().len();
    }

    /// Whether `token` comes next, after blanks; if so it is passed.
    fn passes(&mut self, token: char) -> bool {
        self.skip_blanks();
        let found = self.rest().starts_with(token);
        if found {
            self.position += token.len_utf8();
        }
        found
    }

    fn call(&mut self, depth: usize) -> Result<Intrinsic, IntrinsicError> {
        if depth > MAX_NESTING {
            return Err(IntrinsicError::Nesting);
        }
        self.skip_blanks();
        let start = self.position;
        let length = self.rest().find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(self.rest().len());
        let name = &self.text[start..start + length];
        if !name.starts_with("States.") {
            return Err(self.broken());
        }
        let function = Function::named(name).ok_or_else(|| IntrinsicError::Unsupported(name.to_owned()))?;
        self.position += length;
        if !self.passes('(') {
            return Err(self.broken());
        }
        let mut arguments = Vec::new();
        if !self.passes(')') {
            loop {
                arguments.push(self.argument(depth)?);
                if self.passes(')') {
                    break;
                }
                if !self.passes(',') {
                    return Err(self.broken());
                }
            }
        }
        function.check_arguments(arguments.len())?;
        Ok(Intrinsic { text: self.text[start..self.position].to_owned(), function, arguments })
    }

    fn argument(&mut self, depth: usize) -> Result<Argument, IntrinsicError> {
        self.skip_blanks();
        match self.rest().chars().next() {
            Some('\'') => self.quoted(),
            Some('$') => {
                let text = self.until_separator().to_owned();
                let path = Path::parse(&text)?;
                self.position += text.len();
                Ok(Argument::Path(path))
            }
            Some('S') => Ok(Argument::Call(self.call(depth + 1)?)),
            _ => {
                let text = self.until_separator();
                let length = text.len();
                match serde_json::from_str(text) {
                    Ok(value @ (Value::Null | Value::Bool(_) | Value::Number(_))) => {
                        self.position += length;
                        Ok(Argument::Literal(value))
                    }
                    _ => Err(self.broken()),
                }
            }
        }
    }

    /// Text in single quotes; the cursor stands on the opening one.
    fn quoted(&mut self) -> Result<Argument, IntrinsicError> {
        let mut escaped = false;
        for (offset, character) in self.rest().char_indices().skip(1) {
            match character {
                '\\' | '\'' | '{' | '}' if escaped => escaped = false,
                // https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html#amazon-states-language-intrinsic-functions-escapes
                _ if escaped => return Err(self.broken()),
                '\\' => escaped = true,
                '\'' => {
                    let text = self.rest()[1..offset].to_owned();
                    self.position += offset + 1;
                    return Ok(Argument::Quoted(text));
                }
                _ => {}
            }
        }
        Err(self.broken())
    }

    /// What comes before the next comma or parenthesis that is not within brackets.
    fn until_separator(&self) -> &str {
        let mut brackets = 0_usize;
        let end = self.rest().char_indices().find(|&(_, character)| match character {
            '[' => {
                brackets += 1;
                false
            }
            ']' => {
                brackets = brackets.saturating_sub(1);
                false
            }
            ',' | ')' => brackets == 0,
            _ => false,
        });
        let end = end.map_or(self.rest().len(), |(offset, _)| offset);
        self.rest()[..end].trim_end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::error::{INTRINSIC_FAILURE, RUNTIME};

    fn evaluate(text: &str) -> Result<Value, StateError> {
        let data = json!({
            "id": "7", "n": 5, "list": [1, "two"], "a,b": "comma", "object": {"k": 1, "z": 2}, "text": "{\"a\": [1]}"
        });
        let context = json!({"Execution": {"Name": "run-1"}});
        Intrinsic::parse(text).unwrap().evaluate(Scope { data: &data, context: &context })
    }

    #[test]
    fn format_fills_its_braces() {
        assert_eq!(
            evaluate("States.Format('state-input/{}.json', $$.Execution.Name)").unwrap(),
            json!("state-input/run-1.json")
        );
        assert_eq!(evaluate("States.Format('{} of {}: {}', $.id, 3, true)").unwrap(), json!("7 of 3: true"));
        assert_eq!(evaluate(r"States.Format('\{\}{} it\'s \\', $.id)").unwrap(), json!(r"{}7 it's \"));
        assert_eq!(evaluate("States.Format('{} {}', $.id)").unwrap_err().error, INTRINSIC_FAILURE);
        assert_eq!(evaluate("States.Format('{}', $.list)").unwrap_err().error, INTRINSIC_FAILURE);
    }

    #[test]
    fn json_functions_convert_and_merge() {
        assert_eq!(evaluate("States.StringToJson($.text)").unwrap(), json!({"a": [1]}));
        assert_eq!(evaluate("States.JsonToString($.list)").unwrap(), json!("[1,\"two\"]"));
        assert_eq!(
            evaluate("States.JsonMerge($.object, States.StringToJson('\\{\"z\": 3\\}'), false)").unwrap(),
            json!({"k": 1, "z": 3})
        );
        assert_eq!(evaluate("States.StringToJson($.id)").unwrap(), json!(7));
        assert_eq!(evaluate("States.StringToJson('not json')").unwrap_err().error, INTRINSIC_FAILURE);
        assert_eq!(evaluate("States.JsonMerge($.object, $.object, true)").unwrap_err().error, INTRINSIC_FAILURE);
    }

    #[test]
    fn array_functions_make_look_up_and_count() {
        assert_eq!(evaluate("States.Array($.id, 2, null)").unwrap(), json!(["7", 2, null]));
        assert_eq!(evaluate("States.Array()").unwrap(), json!([]));
        assert_eq!(evaluate("States.ArrayLength($.list)").unwrap(), json!(2));
        assert_eq!(evaluate("States.ArrayGetItem($.list, 1)").unwrap(), json!("two"));
        assert_eq!(evaluate("States.ArrayContains($.list, 'two')").unwrap(), json!(true));
        assert_eq!(evaluate("States.ArrayGetItem($.list, 2)").unwrap_err().error, INTRINSIC_FAILURE);
    }

    #[test]
    fn numbers_are_added_and_text_is_encoded() {
        assert_eq!(evaluate("States.MathAdd($.n, -6)").unwrap(), json!(-1));
        assert_eq!(evaluate("States.MathAdd(1.4, 1.5)").unwrap(), json!(3));
        assert_eq!(evaluate("States.Base64Encode('a b')").unwrap(), json!("YSBi"));
        assert_eq!(evaluate("States.Base64Decode('YSBi')").unwrap(), json!("a b"));
        assert_eq!(evaluate("States.UUID()").unwrap().as_str().unwrap().len(), 36);
    }

    #[test]
    fn arguments_may_be_calls_and_paths_with_commas() {
        assert_eq!(evaluate("States.Format('{}-{}', States.MathAdd($.n, 1), $['a,b'])").unwrap(), json!("6-comma"));
    }

    #[test]
    fn a_path_that_leads_nowhere_is_a_runtime_error_naming_it() {
        let error = evaluate("States.Format('{}', $.missing)").unwrap_err();
        assert_eq!(error.error, RUNTIME);
        assert!(error.cause.unwrap().contains("'$.missing'"));
    }

    #[test]
    fn other_functions_are_refused_by_name() {
        for name in
            ["States.Hash", "States.ArrayPartition", "States.MathRandom", "States.StringSplit", "States.Nonsense"]
        {
            assert_eq!(
                Intrinsic::parse(&format!("{name}($.a, $.b)")).unwrap_err(),
                IntrinsicError::Unsupported(name.to_owned())
            );
        }
    }

    #[test]
    fn wrong_numbers_of_arguments_and_broken_calls_are_refused() {
        for text in [
            "States.Format()",
            "States.UUID(1)",
            "States.MathAdd(1)",
            "States.Format('{}'",
            "States.Format('{}', )",
            "States.Format('{}',, 1)",
            "States.Format('{}' 1)",
            "States.Format('open)",
            r#"States.StringToJson('{\"a\": 1}')"#,
            "States.UUID() more",
            "States.Format",
            "Format('x')",
            "States.Array($..a)",
            "States.Array(text)",
        ] {
            assert!(Intrinsic::parse(text).is_err(), "{text}");
        }
        let deep = format!("{}1, 1{}", "States.MathAdd(1, ".repeat(11), ")".repeat(11));
        assert_eq!(Intrinsic::parse(&deep.replace("1, 1)", "1)")).unwrap_err(), IntrinsicError::Nesting);
    }
}
