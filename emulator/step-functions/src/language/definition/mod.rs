//! A state machine definition in the Amazon States Language, parsed and checked.
//!
//! What is not understood is refused here, by name and place, and never ignored: a definition that parses is run as
//! AWS documents it. <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html>

mod choice;
mod graph;
mod json;
mod map;
mod state;
mod task;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map as Object, Value};
use serde_path_to_error::Segment;

use crate::language::bounded::{Bounded, MAX};
pub(crate) use graph::Graph;
pub(crate) use map::Map;
pub(crate) use state::{State, Work};
pub(crate) use task::{Task, optional_text, text};

/// Why a definition is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// The text is no JSON.
    #[error("the definition is not JSON: {0}")]
    NotJson(String),
    /// Something that this interpreter does not run, whether or not Step Functions does; first its place, written as AWS
    /// does: `/States/Make image/Retry[0]`.
    #[error("{0}")]
    Refused(String),
}

/// A definition that can be run.
#[derive(Debug, Clone)]
pub struct Definition {
    text: String,
    timeout_seconds: Option<u64>,
    pub(crate) graph: Arc<Graph>,
}

/// A definition as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Machine {
    #[serde(default, rename = "Comment")]
    _comment: IgnoredAny,
    timeout_seconds: Option<Bounded<u64, 1, MAX>>,
    start_at: String,
    states: BTreeMap<String, State>,
}

impl Definition {
    /// Parses a definition whose substitutions are filled in.
    ///
    /// # Errors
    /// The first thing that is wrong or not supported, with its place.
    pub fn parse(text: &str) -> Result<Self, DefinitionError> {
        let value: Value = serde_json::from_str(text).map_err(|error| DefinitionError::NotJson(error.to_string()))?;
        let read = || {
            json::check_names(text, "")?;
            let Value::Object(fields) = value else { return Err("this must be a JSON object".to_owned()) };
            check_nulls(&fields)?;
            let machine: Machine = read(fields)?;
            Ok((Graph::new(machine.start_at, machine.states)?, machine.timeout_seconds))
        };
        let (graph, timeout_seconds) = read().map_err(DefinitionError::Refused)?;
        let timeout_seconds = timeout_seconds.map(|seconds| seconds.0);
        Ok(Self { text: text.to_owned(), timeout_seconds, graph: Arc::new(graph) })
    }

    /// The text it was parsed from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Seconds an execution may take, if it is limited.
    pub fn timeout_seconds(&self) -> Option<u64> {
        self.timeout_seconds
    }
}

/// Reads a part of the definition. A problem begins with its place within the part.
fn read<T: DeserializeOwned>(part: Object<String, Value>) -> Result<T, String> {
    serde_path_to_error::deserialize(Value::Object(part)).map_err(|error| {
        let segment = |segment: &Segment| match segment {
            Segment::Map { key } => format!("/{key}"),
            Segment::Seq { index } => format!("[{index}]"),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        };
        let place: String = error.path().iter().map(segment).collect();
        let problem = error.into_inner().to_string();
        let problem = problem.replacen("unknown field", "unsupported field", 1);
        let problem = problem.replacen("unknown variant", "unsupported", 1);
        // A problem within a part of this part has its place already.
        if place.is_empty() || problem.starts_with('/') { place + &problem } else { format!("{place}: {problem}") }
    })
}

/// Refuses `null`, which serde would take for a field that is missing, where it does not mean anything of its own.
fn check_nulls(fields: &Object<String, Value>) -> Result<(), String> {
    let has_meaning = |name: &str| matches!(name, "ResultPath" | "OutputPath");
    match fields.iter().find(|(name, value)| value.is_null() && !has_meaning(name)) {
        Some((name, _)) => Err(format!("/{name}: null is not supported")),
        None => Ok(()),
    }
}

/// Refuses another value than the only one that is run.
fn check_supported(at: &str, value: &Value, supported: &Value) -> Result<(), String> {
    if value == supported { Ok(()) } else { Err(format!("{at}: {value} is not supported, only {supported} is")) }
}

#[cfg(test)]
mod tests;
