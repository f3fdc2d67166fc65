//! The rules of a Choice state: whether a value is there, or equal to another.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html>

use serde_json::Value;

use super::DefinitionError;
use super::fields::Fields;
use crate::language::path::{Path, Scope};
use crate::model::error::StateError;

/// One entry of `Choices`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Branch {
    variable: Path,
    /// `IsPresent`, or a comparison for equality.
    operator: &'static str,
    operand: Value,
    pub(crate) next: String,
}

type IsOperand = fn(&Value) -> bool;

const IS_PRESENT: &str = "IsPresent";

/// The supported comparisons, and which values each takes.
const OPERATORS: [(&str, IsOperand); 4] = [
    (IS_PRESENT, Value::is_boolean),
    ("BooleanEquals", Value::is_boolean),
    ("NumericEquals", Value::is_number),
    ("StringEquals", Value::is_string),
];

impl Branch {
    pub(super) fn parse(value: &Value, at: String) -> Result<Self, DefinitionError> {
        let mut fields = Fields::of(value, at)?;
        let next = fields.require_text("Next")?.to_owned();
        let Some((operator, fits)) = OPERATORS.into_iter().find(|(operator, _)| value.get(operator).is_some()) else {
            let other = value.as_object().into_iter().flatten().map(|(field, _)| field);
            let mut other = other.filter(|field| !matches!(field.as_str(), "Variable" | "Next" | "Comment"));
            return Err(match other.next() {
                Some(operator) => fields.unsupported(format!("the comparison `{operator}`")),
                None => DefinitionError::invalid(fields.at(), "a comparison is missing"),
            });
        };
        fields.require("Variable")?;
        let variable = fields.path("Variable")?.unwrap_or_else(Path::everything);
        let operand = fields.require(operator)?.clone();
        if !fits(&operand) {
            return Err(fields.invalid(operator, "the value is not of the type that is compared"));
        }
        fields.finish("a choice rule")?;
        Ok(Self { variable, operator, operand, next })
    }

    /// Whether the data fulfils the rule. A variable of another type equals nothing; numbers are compared by value.
    ///
    /// # Errors
    /// `States.Runtime` if the variable of a comparison leads nowhere.
    pub(crate) fn holds(&self, scope: Scope<'_>) -> Result<bool, StateError> {
        let found = self.variable.find(scope);
        if self.operator == IS_PRESENT {
            return Ok(Value::Bool(found.is_some()) == self.operand);
        }
        let value = found.ok_or_else(|| {
            StateError::runtime(format!(
                "Invalid path '{}': The choice state's condition path references an invalid value.",
                self.variable.text()
            ))
        })?;
        let same_number = value.as_f64().is_some_and(|number| self.operand.as_f64() == Some(number));
        Ok(same_number || *value == self.operand)
    }
}
