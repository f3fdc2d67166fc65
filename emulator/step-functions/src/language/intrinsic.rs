//! The intrinsic function of payload templates: `States.Format('{}.json', $.id)`. The others are refused by name.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html>

use serde_json::Value;

use crate::language::path::{Path, PathError};
use crate::language::scope::Scope;
use crate::model::error::{INTRINSIC_FAILURE, StateError};

/// Why an intrinsic function is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IntrinsicError {
    /// A function that Step Functions may know but this interpreter does not.
    #[error("the intrinsic function `{0}` is not supported; `States.Format` is")]
    Unsupported(String),
    /// A function within a function.
    #[error("an intrinsic function as an argument of another is not supported")]
    Nested,
    /// A call without arguments.
    #[error("`States.Format` takes a text and a value for each of its braces")]
    NoTemplate,
    /// A path among the arguments is refused.
    #[error(transparent)]
    Path(#[from] PathError),
    /// It is not written as a function call.
    #[error("the intrinsic function is broken at character {position}: `{text}`")]
    Broken {
        /// The whole text.
        text: String,
        /// Where it breaks, in bytes from its beginning.
        position: usize,
    },
}

/// A call of `States.Format`, with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Intrinsic {
    text: String,
    arguments: Vec<Argument>,
}

#[derive(Debug, Clone, PartialEq)]
enum Argument {
    /// Text in single quotes, its escapes as they are written: the template tells `\{` from `{`.
    Quoted(String),
    Literal(Value),
    Path(Path),
}

impl Intrinsic {
    pub(crate) fn parse(text: &str) -> Result<Self, IntrinsicError> {
        let mut parser = Parser { text, position: 0 };
        let call = parser.call()?;
        parser.skip_blanks();
        if parser.rest().is_empty() { Ok(call) } else { Err(parser.broken()) }
    }

    /// Calls the function.
    ///
    /// # Errors
    /// `States.Runtime` if a path among the arguments leads nowhere, `States.IntrinsicFailure` if the function cannot
    /// work with its arguments.
    pub(crate) fn evaluate(&self, scope: Scope<'_>) -> Result<Value, StateError> {
        let mut arguments = self.arguments.iter();
        let template = match arguments.next() {
            Some(Argument::Quoted(template)) => Value::String(template.clone()),
            Some(other) => self.value_of(other, scope)?,
            None => Value::Null,
        };
        let values = arguments.map(|argument| self.value_of(argument, scope)).collect::<Result<Vec<_>, _>>()?;
        let formatted = match template {
            Value::String(template) => format(&template, values),
            other => Err(format!("expected a string, found {other}")),
        };
        formatted.map_err(|problem| {
            StateError::new(
                INTRINSIC_FAILURE,
                format!("The function '{}' had the following error: {problem}", self.text),
            )
        })
    }

    fn value_of(&self, argument: &Argument, scope: Scope<'_>) -> Result<Value, StateError> {
        match argument {
            Argument::Quoted(text) => Ok(Value::String(unescape(text))),
            Argument::Literal(value) => Ok(value.clone()),
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
fn unescape(quoted: &str) -> String {
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

    fn call(&mut self) -> Result<Intrinsic, IntrinsicError> {
        self.skip_blanks();
        let start = self.position;
        let length = self.rest().find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(self.rest().len());
        let name = &self.text[start..start + length];
        if !name.starts_with("States.") {
            return Err(self.broken());
        }
        if name != "States.Format" {
            return Err(IntrinsicError::Unsupported(name.to_owned()));
        }
        self.position += length;
        if !self.passes('(') {
            return Err(self.broken());
        }
        let mut arguments = Vec::new();
        if !self.passes(')') {
            loop {
                arguments.push(self.argument()?);
                if self.passes(')') {
                    break;
                }
                if !self.passes(',') {
                    return Err(self.broken());
                }
            }
        }
        let text = self.text[start..self.position].to_owned();
        if arguments.is_empty() { Err(IntrinsicError::NoTemplate) } else { Ok(Intrinsic { text, arguments }) }
    }

    fn argument(&mut self) -> Result<Argument, IntrinsicError> {
        self.skip_blanks();
        match self.rest().chars().next() {
            Some('\'') => self.quoted(),
            Some('$') => {
                let text = self.until_separator().to_owned();
                let path = Path::parse(&text)?;
                self.position += text.len();
                Ok(Argument::Path(path))
            }
            Some('S') => Err(IntrinsicError::Nested),
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
        let data = json!({"id": "7", "list": [1, "two"], "a,b": "comma"});
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
        assert_eq!(evaluate("States.Format('{} {}', $['a,b'], 'it\\'s')").unwrap(), json!("comma it's"));
        assert_eq!(evaluate(r"States.Format('\{\}{} it\'s \\', $.id)").unwrap(), json!(r"{}7 it's \"));
        assert_eq!(evaluate("States.Format('{} {}', $.id)").unwrap_err().error, INTRINSIC_FAILURE);
        assert_eq!(evaluate("States.Format('{}', $.list)").unwrap_err().error, INTRINSIC_FAILURE);
    }

    #[test]
    fn a_path_that_leads_nowhere_is_a_runtime_error_naming_it() {
        let error = evaluate("States.Format('{}', $.missing)").unwrap_err();
        assert_eq!(error.error, RUNTIME);
        assert!(error.cause.unwrap().contains("'$.missing'"));
    }

    #[test]
    fn other_functions_are_refused_by_name() {
        for name in ["States.Hash", "States.Array", "States.MathAdd", "States.UUID", "States.Nonsense"] {
            assert_eq!(
                Intrinsic::parse(&format!("{name}($.a, $.b)")).unwrap_err(),
                IntrinsicError::Unsupported(name.to_owned())
            );
        }
    }

    #[test]
    fn broken_calls_are_refused() {
        for text in [
            "States.Format()",
            "States.Format('{}'",
            "States.Format('{}', )",
            "States.Format('{}',, 1)",
            "States.Format('{}' 1)",
            "States.Format('open)",
            "States.Format('a') more",
            "States.Format('{}', States.Format('a'))",
            "States.Format",
            "Format('x')",
            "States.Format($..a)",
            "States.Format(text)",
        ] {
            assert!(Intrinsic::parse(text).is_err(), "{text}");
        }
    }
}
