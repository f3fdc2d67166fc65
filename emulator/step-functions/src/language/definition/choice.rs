//! The rules of a Choice state.

use serde_json::Value;

use super::DefinitionError;
use super::fields::Fields;
use crate::language::choice::{Kind, Operand, Relation, Rule, Test};
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

/// `And`, `Or`, `Not` or a test; `value` is the object whose fields are taken.
fn rule(fields: &mut Fields<'_>, value: &Value) -> Result<Rule, DefinitionError> {
    if value.get("And").is_some() {
        return Ok(Rule::And(rules(fields, "And")?));
    }
    if value.get("Or").is_some() {
        return Ok(Rule::Or(rules(fields, "Or")?));
    }
    if let Some(negated) = fields.take("Not") {
        return Ok(Rule::Not(Box::new(nested(negated, fields.at_field("Not"))?)));
    }
    fields.require("Variable")?;
    let variable = fields.path("Variable")?.unwrap_or_else(Path::everything);
    let operator = TESTS.iter().find(|(operator, _)| value.get(operator).is_some());
    let Some((operator, family)) = operator else {
        let other = value.as_object().into_iter().flatten().map(|(field, _)| field);
        let mut other = other.filter(|field| !matches!(field.as_str(), "Variable" | "Next" | "Comment"));
        return Err(match other.next() {
            Some(operator) => fields.unsupported(format!("the comparison `{operator}`")),
            None => DefinitionError::invalid(fields.at(), "a comparison is missing"),
        });
    };
    let operand = fields.require(operator)?;
    let test = match *family {
        Family::Is(kind) => {
            let wanted = operand.as_bool().ok_or_else(|| fields.invalid(operator, "this must be true or false"))?;
            Test::Is(kind, wanted)
        }
        Family::Compares(of, relation) => {
            let fits = match of {
                Kind::Boolean => operand.is_boolean(),
                Kind::Numeric => operand.is_number(),
                _ => operand.is_string(),
            };
            if !fits {
                return Err(fields.invalid(operator, "the value is not of the type that is compared"));
            }
            Test::Compares { of, relation, with: Operand::Literal(operand.clone()) }
        }
        Family::ComparesPath(of, relation) => {
            let path = fields.path(operator)?.unwrap_or_else(Path::everything);
            Test::Compares { of, relation, with: Operand::Path(path) }
        }
    };
    Ok(Rule::Test { variable, test })
}

fn rules(fields: &mut Fields<'_>, field: &'static str) -> Result<Vec<Rule>, DefinitionError> {
    let entries = fields.array(field)?;
    if entries.is_empty() {
        return Err(fields.invalid(field, "at least one rule must be there"));
    }
    let rules = entries.iter().enumerate();
    rules.map(|(index, entry)| nested(entry, fields.at_field(&format!("{field}[{index}]")))).collect()
}

fn nested(value: &Value, at: String) -> Result<Rule, DefinitionError> {
    let mut fields = Fields::of(value, at)?;
    let rule = rule(&mut fields, value)?;
    fields.finish("a rule within a rule")?;
    Ok(rule)
}

#[derive(Clone, Copy)]
enum Family {
    Is(Kind),
    Compares(Kind, Relation),
    ComparesPath(Kind, Relation),
}

/// The supported comparisons. `Timestamp...`, `IsTimestamp` and `StringMatches` are not among them.
const TESTS: [(&str, Family); 27] = {
    use Family::{Compares, ComparesPath, Is};
    use Kind::{Boolean, Null, Numeric, Present, String};
    use Relation::{Equals, GreaterThan, GreaterThanEquals, LessThan, LessThanEquals};
    [
        ("IsPresent", Is(Present)),
        ("IsNull", Is(Null)),
        ("IsString", Is(String)),
        ("IsNumeric", Is(Numeric)),
        ("IsBoolean", Is(Boolean)),
        ("BooleanEquals", Compares(Boolean, Equals)),
        ("BooleanEqualsPath", ComparesPath(Boolean, Equals)),
        ("NumericEquals", Compares(Numeric, Equals)),
        ("NumericEqualsPath", ComparesPath(Numeric, Equals)),
        ("NumericLessThan", Compares(Numeric, LessThan)),
        ("NumericLessThanPath", ComparesPath(Numeric, LessThan)),
        ("NumericLessThanEquals", Compares(Numeric, LessThanEquals)),
        ("NumericLessThanEqualsPath", ComparesPath(Numeric, LessThanEquals)),
        ("NumericGreaterThan", Compares(Numeric, GreaterThan)),
        ("NumericGreaterThanPath", ComparesPath(Numeric, GreaterThan)),
        ("NumericGreaterThanEquals", Compares(Numeric, GreaterThanEquals)),
        ("NumericGreaterThanEqualsPath", ComparesPath(Numeric, GreaterThanEquals)),
        ("StringEquals", Compares(String, Equals)),
        ("StringEqualsPath", ComparesPath(String, Equals)),
        ("StringLessThan", Compares(String, LessThan)),
        ("StringLessThanPath", ComparesPath(String, LessThan)),
        ("StringLessThanEquals", Compares(String, LessThanEquals)),
        ("StringLessThanEqualsPath", ComparesPath(String, LessThanEquals)),
        ("StringGreaterThan", Compares(String, GreaterThan)),
        ("StringGreaterThanPath", ComparesPath(String, GreaterThan)),
        ("StringGreaterThanEquals", Compares(String, GreaterThanEquals)),
        ("StringGreaterThanEqualsPath", ComparesPath(String, GreaterThanEquals)),
    ]
};
