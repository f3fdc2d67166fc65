//! The rules of a Choice state.

use serde_json::Value;

use super::DefinitionError;
use super::fields::Fields;
use crate::language::choice::{Rule, Test};
use crate::language::path::Path;

/// One entry of `Choices`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Branch {
    pub(crate) rule: Rule,
    pub(crate) next: String,
}

pub(super) fn branch(value: &Value, at: String) -> Result<Branch, DefinitionError> {
    let mut fields = Fields::of(value, at)?;
    let next = fields.require_text("Next")?.to_owned();
    let rule = rule(&mut fields, value)?;
    fields.finish("a choice rule")?;
    Ok(Branch { rule, next })
}

fn rule(fields: &mut Fields<'_>, value: &Value) -> Result<Rule, DefinitionError> {
    let Some((operator, fits)) = TESTS.iter().find(|(operator, _)| value.get(operator).is_some()) else {
        let other = value.as_object().into_iter().flatten().map(|(field, _)| field);
        let mut other = other.filter(|field| !matches!(field.as_str(), "Variable" | "Next" | "Comment"));
        return Err(match other.next() {
            Some(operator) => fields.unsupported(format!("the comparison `{operator}`")),
            None => DefinitionError::invalid(fields.at(), "a comparison is missing"),
        });
    };
    fields.require("Variable")?;
    let variable = fields.path("Variable")?.unwrap_or_else(Path::everything);
    let operand = fields.require(operator)?;
    if !fits(operand) {
        return Err(fields.invalid(operator, "the value is not of the type that is compared"));
    }
    let test = match (*operator, operand.as_bool()) {
        ("IsPresent", Some(wanted)) => Test::IsPresent(wanted),
        _ => Test::Equals(operand.clone()),
    };
    Ok(Rule { variable, test })
}

type IsOperand = fn(&Value) -> bool;

/// The supported comparisons, and which values each takes.
const TESTS: [(&str, IsOperand); 4] = [
    ("IsPresent", Value::is_boolean),
    ("BooleanEquals", Value::is_boolean),
    ("NumericEquals", Value::is_number),
    ("StringEquals", Value::is_string),
];
