//! The intrinsic function of payload templates: `States.Format('{}.json', $.id)`. The others are refused by name.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html>

use serde_json::Value;

use crate::language::path::{Path, PathError, Scope};
use crate::model::error::{INTRINSIC_FAILURE, StateError};

/// Why an intrinsic function is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IntrinsicError {
    /// A function that Step Functions may know but this interpreter does not.
    #[error("the intrinsic function `{0}` is not supported; `States.Format` is")]
    Unsupported(String),
    /// An argument that Step Functions may know: a function, a number.
    #[error("the argument `{0}` of `States.Format` is not supported; text in single quotes and paths are")]
    Argument(String),
    /// The first argument is not the text whose braces are filled.
    #[error("`States.Format` begins with a text in single quotes, and has a value for each of its braces")]
    NoTemplate,
    /// A path among the arguments is refused.
    #[error(transparent)]
    Path(#[from] PathError),
    /// It is not written as a function call.
    #[error("the intrinsic function is broken: `{0}`")]
    Broken(String),
}

/// A call of `States.Format`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Intrinsic {
    text: String,
    /// The text whose braces are filled, with its escapes: `\{` is not `{`.
    template: String,
    values: Vec<Argument>,
}

#[derive(Debug, Clone, PartialEq)]
enum Argument {
    Text(String),
    Path(Path),
}

impl Intrinsic {
    pub(crate) fn parse(text: &str) -> Result<Self, IntrinsicError> {
        let text = text.trim();
        let broken = || IntrinsicError::Broken(text.to_owned());
        let (name, rest) = text.split_once('(').ok_or_else(broken)?;
        match name.trim_end() {
            "States.Format" => {}
            other if other.starts_with("States.") => return Err(IntrinsicError::Unsupported(other.to_owned())),
            _ => return Err(broken()),
        }
        let arguments = split(rest.strip_suffix(')').ok_or_else(broken)?).ok_or_else(broken)?;
        let template = quoted(arguments[0]).ok_or(IntrinsicError::NoTemplate)?.to_owned();
        let argument = |argument: &&str| match (argument.chars().next(), quoted(argument)) {
            (None, _) => Err(broken()),
            (Some('$'), _) => Ok(Argument::Path(Path::parse(argument)?)),
            (_, Some(text)) => Ok(Argument::Text(unescaped(text))),
            (_, None) => Err(IntrinsicError::Argument((*argument).to_owned())),
        };
        let values = arguments[1..].iter().map(argument).collect::<Result<_, _>>()?;
        Ok(Self { text: text.to_owned(), template, values })
    }

    /// Calls the function.
    ///
    /// # Errors
    /// `States.Runtime` if a path among the arguments leads nowhere, `States.IntrinsicFailure` if the function cannot
    /// work with its arguments.
    pub(crate) fn evaluate(&self, scope: Scope<'_>) -> Result<Value, StateError> {
        let failed = |problem: String| format!("The function '{}' had the following error: {problem}", self.text);
        let value_of = |argument: &Argument| match argument {
            Argument::Text(text) => Ok(Value::from(text.as_str())),
            Argument::Path(path) => path.find(scope).cloned().ok_or_else(|| {
                let (path, input) = (path.text(), scope.data);
                let problem =
                    format!("The JsonPath argument for the field '{path}' could not be found in the input '{input}'");
                StateError::runtime(failed(problem))
            }),
        };
        let values = self.values.iter().map(value_of).collect::<Result<Vec<_>, _>>()?;
        format(&self.template, values).map_err(|problem| StateError::new(INTRINSIC_FAILURE, failed(problem)))
    }
}

/// The arguments between the parentheses, without the blanks around them; `None` if a quotation is not as it should be.
fn split(arguments: &str) -> Option<Vec<&str>> {
    let (mut found, mut start, mut brackets, mut text, mut escaped) = (Vec::new(), 0, 0_u32, false, false);
    for (position, character) in arguments.char_indices() {
        match character {
            '\\' | '\'' | '{' | '}' if escaped => escaped = false,
            // https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html#amazon-states-language-intrinsic-functions-escapes
            _ if escaped => return None,
            '\\' if text && brackets == 0 => escaped = true,
            '\'' => text = !text,
            _ if text => {}
            '[' => brackets += 1,
            ']' => brackets = brackets.saturating_sub(1),
            ',' if brackets == 0 => {
                found.push(arguments[start..position].trim());
                start = position + 1;
            }
            _ => {}
        }
    }
    found.push(arguments[start..].trim());
    (!text && !escaped).then_some(found)
}

/// What stands in single quotes, if that is all.
fn quoted(argument: &str) -> Option<&str> {
    let text = argument.strip_prefix('\'')?.strip_suffix('\'')?;
    let ends_before = text.replace(r"\\", "").replace(r"\'", "").contains('\'');
    (!ends_before).then_some(text)
}

fn format(template: &str, values: Vec<Value>) -> Result<Value, String> {
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
fn unescaped(quoted: &str) -> String {
    let mut characters = quoted.chars();
    let next =
        || characters.next().map(|character| if character == '\\' { characters.next() } else { Some(character) });
    std::iter::from_fn(next).flatten().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::error::{INTRINSIC_FAILURE, RUNTIME};

    #[test]
    fn format_fills_its_braces() {
        let data = json!({"id": "7", "list": [1, "two"], "a,b": "comma"});
        let context = json!({"Execution": {"Name": "run-1"}});
        for (text, expected) in [
            ("States.Format('lists/{}.json', $$.Execution.Name)", Ok("lists/run-1.json")),
            ("States.Format( '{} {}' , $['a,b'], 'it\\'s' )", Ok("comma it's")),
            (r"States.Format('\{\}{} it\'s \\, (1)', $.list[0])", Ok(r"{}1 it's \, (1)")),
            ("States.Format('{} {}', $.id)", Err(INTRINSIC_FAILURE)),
            ("States.Format('{}', $.id, $.id)", Err(INTRINSIC_FAILURE)),
            ("States.Format('{', $.id)", Err(INTRINSIC_FAILURE)),
            ("States.Format('{}', $.list)", Err(INTRINSIC_FAILURE)),
            ("States.Format('{}', $.missing)", Err(RUNTIME)),
        ] {
            let formatted = Intrinsic::parse(text).unwrap().evaluate(Scope { data: &data, context: &context });
            assert_eq!(
                formatted.map_err(|error| error.error),
                expected.map(Value::from).map_err(str::to_owned),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_a_call_of_format_is_refused() {
        for (text, problem) in [
            ("States.Hash($.a, 'MD5')", "the intrinsic function `States.Hash` is not supported"),
            ("States.Format('{}', States.UUID())", "the argument `States.UUID()` of"),
            ("States.Format('{}', 1)", "the argument `1` of"),
            ("States.Format()", "`States.Format` begins with a text"),
            ("States.Format('{}' 'a')", "`States.Format` begins with a text"),
            ("States.Format('{}', $..a)", "`..` in the path `$..a`"),
            ("States.Format('{}', )", "broken"),
            ("States.Format('{}'", "broken"),
            ("States.Format('open)", "broken"),
            (r#"States.Format('\"')"#, "broken"),
            ("States.Format", "broken"),
            ("Format('x')", "broken"),
        ] {
            let refusal = Intrinsic::parse(text).unwrap_err().to_string();
            assert!(refusal.contains(problem), "{text}: {refusal}");
        }
    }
}
