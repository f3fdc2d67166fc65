//! A state machine definition in the Amazon States Language, parsed and checked.
//!
//! What is not understood is refused here, by name and place, and never ignored: a definition that parses is run as
//! AWS documents it. <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html>

mod choice;
mod error;
mod fields;
mod graph;
mod handlers;
mod json;
mod map;
mod state;
mod task;

use std::sync::Arc;

pub use error::DefinitionError;
use fields::Fields;
pub(crate) use graph::Graph;
pub(crate) use handlers::Catcher;
pub(crate) use map::Map;
pub(crate) use state::{State, WaitDuration, Work};
pub(crate) use task::{Task, optional_text, text};

/// A definition that can be run.
#[derive(Debug, Clone)]
pub struct Definition {
    text: String,
    timeout_seconds: Option<u64>,
    pub(crate) graph: Arc<Graph>,
}

impl Definition {
    /// Parses a definition whose substitutions are filled in.
    ///
    /// # Errors
    /// The first thing that is wrong or not supported, with its place.
    pub fn parse(text: &str) -> Result<Self, DefinitionError> {
        let value = json::parse(text).map_err(|error| DefinitionError::NotJson(error.to_string()))?;
        let mut fields = Fields::of(&value, "")?;
        jsonpath_only(&mut fields)?;
        if fields.text("Version")?.is_some_and(|version| version != "1.0") {
            return Err(fields.invalid("Version", "this must be `1.0`"));
        }
        let timeout_seconds = fields.integer("TimeoutSeconds", 1..=99_999_999)?;
        let graph = Arc::new(Graph::parse(&mut fields, false)?);
        fields.finish("a state machine")?;
        Ok(Self { text: text.to_owned(), timeout_seconds, graph })
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

fn jsonpath_only(fields: &mut Fields<'_>) -> Result<(), DefinitionError> {
    match fields.text("QueryLanguage")? {
        None | Some("JSONPath") => Ok(()),
        Some(other) => Err(fields.unsupported(format!("the QueryLanguage `{other}`"))),
    }
}

#[cfg(test)]
mod tests;
