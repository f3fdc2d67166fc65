//! Takes the fields of a JSON object one by one, so that none is left without being understood.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::DefinitionError;
use crate::language::path::Path;
use crate::language::payload::Template;

/// An object of the definition and which of its fields were taken.
pub(super) struct Fields<'a> {
    at: String,
    object: &'a Map<String, Value>,
    taken: BTreeSet<&'static str>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(value: &'a Value, at: impl Into<String>) -> Result<Self, DefinitionError> {
        let at = at.into();
        match value {
            Value::Object(object) => Ok(Self { at, object, taken: BTreeSet::from(["Comment"]) }),
            _ => Err(DefinitionError::invalid(at, "this must be a JSON object")),
        }
    }

    /// Where the object is.
    pub(super) fn at(&self) -> &str {
        if self.at.is_empty() { "/" } else { &self.at }
    }

    /// Where a field of it is.
    pub(super) fn at_field(&self, field: &str) -> String {
        format!("{}/{field}", self.at)
    }

    pub(super) fn take(&mut self, field: &'static str) -> Option<&'a Value> {
        self.taken.insert(field);
        self.object.get(field)
    }

    pub(super) fn require(&mut self, field: &'static str) -> Result<&'a Value, DefinitionError> {
        let at = self.at().to_owned();
        self.take(field).ok_or(DefinitionError::Missing { at, field })
    }

    pub(super) fn invalid(&self, field: &str, problem: impl Into<String>) -> DefinitionError {
        DefinitionError::invalid(self.at_field(field), problem)
    }

    pub(super) fn unsupported(&self, what: impl Into<String>) -> DefinitionError {
        DefinitionError::unsupported(self.at(), what)
    }

    pub(super) fn text(&mut self, field: &'static str) -> Result<Option<&'a str>, DefinitionError> {
        match self.take(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.invalid(field, "this must be a string")),
        }
    }

    pub(super) fn require_text(&mut self, field: &'static str) -> Result<&'a str, DefinitionError> {
        self.require(field)?;
        self.text(field).map(Option::unwrap_or_default)
    }

    /// A whole number within the bounds.
    pub(super) fn integer(
        &mut self,
        field: &'static str,
        bounds: RangeInclusive<u64>,
    ) -> Result<Option<u64>, DefinitionError> {
        self.bounded(field, Value::as_u64, bounds, "whole number")
    }

    /// A number within the bounds.
    pub(super) fn number(
        &mut self,
        field: &'static str,
        bounds: RangeInclusive<f64>,
    ) -> Result<Option<f64>, DefinitionError> {
        self.bounded(field, Value::as_f64, bounds, "number")
    }

    fn bounded<T: PartialOrd + Display>(
        &mut self,
        field: &'static str,
        read: fn(&Value) -> Option<T>,
        bounds: RangeInclusive<T>,
        what: &str,
    ) -> Result<Option<T>, DefinitionError> {
        let Some(value) = self.take(field) else { return Ok(None) };
        let number = read(value).filter(|number| bounds.contains(number));
        let problem = || format!("this must be a {what} from {} to {}", bounds.start(), bounds.end());
        number.map(Some).ok_or_else(|| self.invalid(field, problem()))
    }

    pub(super) fn array(&mut self, field: &'static str) -> Result<&'a [Value], DefinitionError> {
        match self.take(field) {
            None => Ok(&[]),
            Some(Value::Array(array)) => Ok(array),
            Some(_) => Err(self.invalid(field, "this must be an array")),
        }
    }

    pub(super) fn path(&mut self, field: &'static str) -> Result<Option<Path>, DefinitionError> {
        let Some(text) = self.text(field)? else { return Ok(None) };
        Path::parse(text).map(Some).map_err(|error| self.invalid(field, error.to_string()))
    }

    /// `OutputPath`; `None` is `null`.
    pub(super) fn output_path(&mut self) -> Result<Option<Path>, DefinitionError> {
        const FIELD: &str = "OutputPath";
        if self.take(FIELD) == Some(&Value::Null) {
            return Ok(None);
        }
        Ok(Some(self.path(FIELD)?.unwrap_or_else(Path::everything)))
    }

    /// `ResultPath`; `None` is `null`.
    pub(super) fn result_path(&mut self) -> Result<Option<Path>, DefinitionError> {
        const FIELD: &str = "ResultPath";
        if self.take(FIELD) == Some(&Value::Null) {
            return Ok(None);
        }
        let text = self.text(FIELD)?.unwrap_or("$");
        Path::parse_reference(text).map(Some).map_err(|error| self.invalid(FIELD, error.to_string()))
    }

    /// A payload template, which is always an object.
    pub(super) fn template(&mut self, field: &'static str) -> Result<Option<Template>, DefinitionError> {
        match self.take(field) {
            None => Ok(None),
            Some(value @ Value::Object(_)) => Template::parse(value)
                .map(Some)
                .map_err(|error| DefinitionError::invalid(self.at_field(field) + &error.at, error.problem.to_string())),
            Some(_) => Err(self.invalid(field, "this must be a JSON object")),
        }
    }

    /// A template of a call's arguments: these and no others.
    pub(super) fn arguments(
        &mut self,
        field: &'static str,
        required: &[&str],
        optional: &[&str],
    ) -> Result<Template, DefinitionError> {
        let at = self.at_field(field);
        self.require(field)?;
        let template = self.template(field)?;
        let names: Vec<&str> = self.object[field]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.strip_suffix(".$").unwrap_or(name))
            .collect();
        if let Some(name) = names.iter().find(|name| !required.contains(name) && !optional.contains(name)) {
            return Err(DefinitionError::unsupported(&at, format!("the parameter `{name}`")));
        }
        if let Some(name) = required.iter().find(|name| !names.contains(name)) {
            return Err(DefinitionError::invalid(at, format!("the parameter `{name}` is missing")));
        }
        Ok(template.unwrap_or(Template::Object(Vec::new())))
    }

    /// Refuses what was not taken; `within` says what the object is.
    pub(super) fn finish(self, within: &str) -> Result<(), DefinitionError> {
        match self.object.keys().find(|field| !self.taken.contains(field.as_str())) {
            None => Ok(()),
            Some(field) => Err(self.unsupported(format!("the field `{field}` of {within}"))),
        }
    }
}
