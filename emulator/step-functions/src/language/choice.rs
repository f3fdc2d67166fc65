//! Rules of a Choice state: tests on the state's data, joined by `And`, `Or` and `Not`.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html>

use std::cmp::Ordering;

use serde_json::Value;

use crate::language::path::Path;
use crate::language::scope::Scope;
use crate::model::error::StateError;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Rule {
    And(Vec<Rule>),
    Or(Vec<Rule>),
    Not(Box<Rule>),
    Test { variable: Path, test: Test },
}

/// What is asked of the variable.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    /// `IsPresent`, `IsNull`, `IsString`, `IsNumeric`, `IsBoolean`: whether it is, and whether that is wanted.
    Is(Kind, bool),
    /// `StringEquals`, `NumericLessThanPath`, ...: a variable of another type is not a match.
    Compares { of: Kind, relation: Relation, with: Operand },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Present,
    Null,
    String,
    Numeric,
    Boolean,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Equals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
}

/// The other side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Literal(Value),
    Path(Path),
}

impl Kind {
    fn holds(self, value: &Value) -> bool {
        match self {
            Self::Present => true,
            Self::Null => value.is_null(),
            Self::String => value.is_string(),
            Self::Numeric => value.is_number(),
            Self::Boolean => value.is_boolean(),
        }
    }
}

impl Relation {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equals => ordering == Ordering::Equal,
            Self::LessThan => ordering == Ordering::Less,
            Self::LessThanEquals => ordering != Ordering::Greater,
            Self::GreaterThan => ordering == Ordering::Greater,
            Self::GreaterThanEquals => ordering != Ordering::Less,
        }
    }
}

impl Rule {
    /// Whether the data fulfils the rule.
    ///
    /// # Errors
    /// `States.Runtime` if a path leads nowhere, except the variable of `IsPresent`.
    pub(crate) fn holds(&self, scope: Scope<'_>) -> Result<bool, StateError> {
        match self {
            Self::And(rules) => {
                for rule in rules {
                    if !rule.holds(scope)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Or(rules) => {
                for rule in rules {
                    if rule.holds(scope)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Not(rule) => Ok(!rule.holds(scope)?),
            Self::Test { variable, test: Test::Is(Kind::Present, wanted) } => {
                Ok(variable.find(scope.data, scope.context).is_some() == *wanted)
            }
            Self::Test { variable, test: Test::Is(kind, wanted) } => Ok(kind.holds(find(variable, scope)?) == *wanted),
            Self::Test { variable, test: Test::Compares { of, relation, with } } => {
                let left = find(variable, scope)?;
                let right = match with {
                    Operand::Literal(value) => value,
                    Operand::Path(path) => find(path, scope)?,
                };
                let comparable = of.holds(left) && of.holds(right);
                Ok(comparable && compare(left, right).is_some_and(|ordering| relation.holds(ordering)))
            }
        }
    }
}

fn find<'a>(path: &Path, scope: Scope<'a>) -> Result<&'a Value, StateError> {
    path.find(scope.data, scope.context).ok_or_else(|| {
        StateError::runtime(format!(
            "Invalid path '{}': The choice state's condition path references an invalid value.",
            path.text()
        ))
    })
}

/// Compares two values of one type; `None` for types without an order.
fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::error::RUNTIME;

    fn test(variable: &str, test: Test) -> Rule {
        Rule::Test { variable: Path::parse(variable).unwrap(), test }
    }

    fn compares(variable: &str, of: Kind, relation: Relation, with: Value) -> Rule {
        test(variable, Test::Compares { of, relation, with: Operand::Literal(with) })
    }

    fn holds(rule: &Rule) -> Result<bool, StateError> {
        let data = json!({"s": "b", "n": 2, "f": 2.5, "t": true, "z": null, "same": "b"});
        rule.holds(Scope { data: &data, context: &Value::Null })
    }

    #[test]
    fn presence_and_types_can_be_asked_for_and_ruled_out() {
        for (variable, kind, is) in [
            ("$.s", Kind::Present, true),
            ("$.missing", Kind::Present, false),
            ("$.z", Kind::Present, true),
            ("$.z", Kind::Null, true),
            ("$.s", Kind::Null, false),
            ("$.s", Kind::String, true),
            ("$.f", Kind::Numeric, true),
            ("$.t", Kind::Boolean, true),
            ("$.n", Kind::Boolean, false),
        ] {
            assert_eq!(holds(&test(variable, Test::Is(kind, true))).unwrap(), is, "{variable} {kind:?}");
            assert_eq!(holds(&test(variable, Test::Is(kind, false))).unwrap(), !is, "{variable} {kind:?}");
        }
    }

    #[test]
    fn values_of_one_type_are_compared() {
        use Relation::{Equals, GreaterThan, GreaterThanEquals, LessThan, LessThanEquals};
        for (relation, expected) in [
            (Equals, [false, true, false]),
            (LessThan, [false, false, true]),
            (LessThanEquals, [false, true, true]),
            (GreaterThan, [true, false, false]),
            (GreaterThanEquals, [true, true, false]),
        ] {
            let numbers = [1, 2, 3].map(|n| holds(&compares("$.n", Kind::Numeric, relation, json!(n))).unwrap());
            assert_eq!(numbers, expected, "{relation:?}");
            let strings = ["a", "b", "c"].map(|s| holds(&compares("$.s", Kind::String, relation, json!(s))).unwrap());
            assert_eq!(strings, expected, "{relation:?}");
        }
        assert!(holds(&compares("$.f", Kind::Numeric, GreaterThan, json!(2))).unwrap());
        assert!(holds(&compares("$.t", Kind::Boolean, Equals, json!(true))).unwrap());
    }

    #[test]
    fn another_type_is_no_match_and_no_error() {
        assert!(!holds(&compares("$.n", Kind::String, Relation::Equals, json!("2"))).unwrap());
        assert!(!holds(&compares("$.z", Kind::Numeric, Relation::LessThan, json!(2))).unwrap());
    }

    #[test]
    fn a_comparison_may_be_with_another_place() {
        let with = Operand::Path(Path::parse("$.same").unwrap());
        let rule = test("$.s", Test::Compares { of: Kind::String, relation: Relation::Equals, with });
        assert!(holds(&rule).unwrap());
    }

    #[test]
    fn rules_are_joined() {
        let yes = || test("$.s", Test::Is(Kind::Present, true));
        let no = || test("$.missing", Test::Is(Kind::Present, true));
        assert!(holds(&Rule::And(vec![yes(), yes()])).unwrap());
        assert!(!holds(&Rule::And(vec![yes(), no()])).unwrap());
        assert!(holds(&Rule::Or(vec![no(), yes()])).unwrap());
        assert!(!holds(&Rule::Or(vec![no(), no()])).unwrap());
        assert!(holds(&Rule::Not(Box::new(no()))).unwrap());
    }

    #[test]
    fn a_missing_variable_is_a_runtime_error_unless_presence_was_asked_before() {
        let broken = || compares("$.missing", Kind::String, Relation::Equals, json!("b"));
        assert_eq!(holds(&broken()).unwrap_err().error, RUNTIME);
        let guarded = Rule::And(vec![test("$.missing", Test::Is(Kind::Present, true)), broken()]);
        assert!(!holds(&guarded).unwrap());
    }
}
