//! Fills `${Name}` in the text of a definition, as `DefinitionSubstitutions` of a SAM template does on deployment.
//!
//! The text is filled before it is parsed: `"MaxConcurrency": ${MaxConcurrency}` becomes a number.

use std::collections::{BTreeMap, BTreeSet};

/// Why a definition cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubstitutionError {
    /// The definition asks for values that were not given.
    #[error("the definition asks for {}, which has no value", names(.0))]
    Unfilled(Vec<String>),
    /// A `${` without a name and a closing brace.
    #[error("line {0} has a `${{` that is not followed by a name and `}}`")]
    Broken(usize),
}

fn names(names: &[String]) -> String {
    names.iter().map(|name| format!("${{{name}}}")).collect::<Vec<_>>().join(", ")
}

/// The definition with every `${Name}` replaced by its value.
///
/// Values go in as they are, unquoted: quotes stand in the definition where it wants a string, so the characters of a
/// value that JSON strings must escape are escaped there. Values that the definition does not ask for change nothing.
///
/// # Errors
/// Names without a value, a broken `${`.
pub fn substitute(definition: &str, values: &BTreeMap<String, String>) -> Result<String, SubstitutionError> {
    let mut filled = String::with_capacity(definition.len());
    let mut unfilled = BTreeSet::new();
    let mut rest = definition;
    while let Some(start) = rest.find("${") {
        let (before, from) = rest.split_at(start);
        let name = from[2..]
            .split_once('}')
            .map(|(name, _)| name)
            .filter(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
            .ok_or_else(|| {
                let passed = definition.len() - from.len();
                SubstitutionError::Broken(definition[..passed].matches('\n').count() + 1)
            })?;
        filled.push_str(before);
        match values.get(name) {
            Some(value) => {
                let quoted = serde_json::Value::from(value.as_str()).to_string();
                filled.push_str(&quoted[1..quoted.len() - 1]);
            }
            None => {
                unfilled.insert(name.to_owned());
            }
        }
        rest = &from[2 + name.len() + 1..];
    }
    filled.push_str(rest);
    if !unfilled.is_empty() {
        return Err(SubstitutionError::Unfilled(unfilled.into_iter().collect()));
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_their_values_and_others_are_named() {
        let values =
            [("Max", "10"), ("Name", r#"a"b\c"#)].map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        for (definition, expected) in [
            (r#"{"n": ${Max}, "a": "x/${Max}/${Max}"}"#, Ok(r#"{"n": 10, "a": "x/10/10"}"#)),
            (r#""${Name}""#, Ok(r#""a\"b\\c""#)),
            ("${B} ${A} ${B}", Err("the definition asks for ${A}, ${B}, which has no value")),
            ("{\n\"a\": \"${A\"}", Err("line 2 has a `${` that is not followed by a name and `}`")),
            ("${A-B}", Err("line 1 has a `${` that is not followed by a name and `}`")),
            ("\n\n${}", Err("line 3 has a `${` that is not followed by a name and `}`")),
        ] {
            let filled = substitute(definition, &values).map_err(|error| error.to_string());
            assert_eq!(filled, expected.map(str::to_owned).map_err(str::to_owned));
        }
    }
}
