//! The rules of a Choice state: whether a value is there, or equal to a number.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html>

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::language::path::{Path, Scope};
use crate::model::error::StateError;

/// One entry of `Choices`, which has one comparison.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Branch {
    #[serde(default, rename = "Comment")]
    _comment: IgnoredAny,
    variable: Path,
    is_present: Option<bool>,
    numeric_equals: Option<f64>,
    pub(crate) next: String,
}

impl Branch {
    pub(super) fn check(&self) -> Result<(), String> {
        match (self.is_present, self.numeric_equals) {
            (Some(_), None) | (None, Some(_)) => Ok(()),
            _ => Err("a rule has either `IsPresent` or `NumericEquals`".to_owned()),
        }
    }

    /// Whether the data fulfils the rule. A variable of another type equals no number; numbers are compared by value.
    ///
    /// # Errors
    /// `States.Runtime` if the variable of a comparison leads nowhere.
    pub(crate) fn holds(&self, scope: Scope<'_>) -> Result<bool, StateError> {
        let found = self.variable.find(scope);
        if let Some(is_present) = self.is_present {
            return Ok(found.is_some() == is_present);
        }
        let value = found.ok_or_else(|| {
            StateError::runtime(format!(
                "Invalid path '{}': The choice state's condition path references an invalid value.",
                self.variable.text
            ))
        })?;
        Ok(value.as_f64() == self.numeric_equals)
    }
}
