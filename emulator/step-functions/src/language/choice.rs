//! Rules of a Choice state: whether a value is there, or equal to another.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html>

use serde_json::Value;

use crate::language::path::Path;
use crate::language::scope::Scope;
use crate::model::error::StateError;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rule {
    pub(crate) variable: Path,
    pub(crate) test: Test,
}

/// What is asked of the variable.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    /// `IsPresent`: whether it is there, and whether that is wanted.
    IsPresent(bool),
    /// `StringEquals`, `NumericEquals`, `BooleanEquals`: a variable of another type is not a match.
    Equals(Value),
}

impl Rule {
    /// Whether the data fulfils the rule.
    ///
    /// # Errors
    /// `States.Runtime` if the variable leads nowhere, except that of `IsPresent`.
    pub(crate) fn holds(&self, scope: Scope<'_>) -> Result<bool, StateError> {
        let found = self.variable.find(scope.data, scope.context);
        match (&self.test, found) {
            (Test::IsPresent(wanted), found) => Ok(found.is_some() == *wanted),
            (Test::Equals(with), Some(value)) => Ok(equals(value, with)),
            (Test::Equals(_), None) => Err(StateError::runtime(format!(
                "Invalid path '{}': The choice state's condition path references an invalid value.",
                self.variable.text()
            ))),
        }
    }
}

/// Compares numbers by their value: 2 equals 2.0.
fn equals(left: &Value, right: &Value) -> bool {
    left == right || matches!((left.as_f64(), right.as_f64()), (Some(left), Some(right)) if left == right)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::error::RUNTIME;

    fn holds(variable: &str, test: Test) -> Result<bool, StateError> {
        let data = json!({"s": "b", "n": 2, "t": true, "z": null});
        let rule = Rule { variable: Path::parse(variable).unwrap(), test };
        rule.holds(Scope { data: &data, context: &Value::Null })
    }

    #[test]
    fn presence_can_be_asked_for_and_ruled_out() {
        for (variable, is) in [("$.s", true), ("$.z", true), ("$.missing", false)] {
            assert_eq!(holds(variable, Test::IsPresent(true)), Ok(is), "{variable}");
            assert_eq!(holds(variable, Test::IsPresent(false)), Ok(!is), "{variable}");
        }
    }

    #[test]
    fn values_of_one_type_are_compared_and_another_type_is_no_match() {
        for (variable, with, equal) in [
            ("$.n", json!(2), true),
            ("$.n", json!(2.0), true),
            ("$.n", json!(3), false),
            ("$.n", json!("2"), false),
            ("$.s", json!("b"), true),
            ("$.s", json!("c"), false),
            ("$.t", json!(true), true),
            ("$.z", json!(0), false),
        ] {
            assert_eq!(holds(variable, Test::Equals(with)), Ok(equal), "{variable}");
        }
    }

    #[test]
    fn a_missing_variable_is_a_runtime_error() {
        assert_eq!(holds("$.missing", Test::Equals(json!("b"))).unwrap_err().error, RUNTIME);
    }
}
