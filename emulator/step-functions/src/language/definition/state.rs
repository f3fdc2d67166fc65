//! One state: what it does and where it leads.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::DefinitionError;
use super::choice::{Branch, branch};
use super::fields::Fields;
use super::map::{self, Map};
use super::task::{self, Task};
use crate::language::data_flow::{Filter, ResultPath};
use crate::language::path::Path;
use crate::language::payload::Template;

/// A state of the graph.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct State {
    pub(crate) name: Arc<str>,
    pub(crate) input_path: Filter,
    pub(crate) output_path: Filter,
    pub(crate) work: Work,
}

/// What the types of states do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Work {
    Pass { parameters: Option<Template>, result: Option<Value>, result_path: ResultPath, transition: Transition },
    Task(Box<Task>),
    Choice { branches: Vec<Branch>, default: Option<String> },
    Wait { duration: WaitDuration, transition: Transition },
    Succeed,
    Fail { error: Option<String>, cause: Option<String> },
    Map(Box<Map>),
}

/// How long a Wait state waits.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum WaitDuration {
    Fixed(Duration),
    /// Whole seconds at this place of the input.
    SecondsAt(Path),
}

/// What comes after a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Transition {
    Next(String),
    End,
}

impl Transition {
    pub(super) fn parse(fields: &mut Fields<'_>) -> Result<Self, DefinitionError> {
        let next = fields.text("Next")?.map(str::to_owned);
        let end = match fields.take("End") {
            None | Some(Value::Bool(false)) => false,
            Some(Value::Bool(true)) => true,
            Some(_) => return Err(fields.invalid("End", "this must be true or false")),
        };
        match (next, end) {
            (Some(next), false) => Ok(Self::Next(next)),
            (None, true) => Ok(Self::End),
            (None, false) => Err(DefinitionError::invalid(fields.at(), "the state needs `Next` or `\"End\": true`")),
            (Some(_), true) => Err(DefinitionError::invalid(fields.at(), "the state has both `Next` and `End`")),
        }
    }

    fn target(&self) -> Option<&str> {
        match self {
            Self::Next(name) => Some(name),
            Self::End => None,
        }
    }
}

impl State {
    /// Every state that can come next.
    pub(super) fn targets(&self) -> Vec<&str> {
        match &self.work {
            Work::Pass { transition, .. } | Work::Wait { transition, .. } => transition.target().into_iter().collect(),
            Work::Succeed | Work::Fail { .. } => Vec::new(),
            Work::Choice { branches, default } => {
                branches.iter().map(|branch| branch.next.as_str()).chain(default.as_deref()).collect()
            }
            Work::Task(task) => {
                task.transition.target().into_iter().chain(task.catchers.iter().map(|c| c.next.as_str())).collect()
            }
            Work::Map(map) => {
                map.transition.target().into_iter().chain(map.catchers.iter().map(|c| c.next.as_str())).collect()
            }
        }
    }

    /// The type, as in the names of history events.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.work {
            Work::Pass { .. } => "Pass",
            Work::Task(_) => "Task",
            Work::Choice { .. } => "Choice",
            Work::Wait { .. } => "Wait",
            Work::Succeed => "Succeed",
            Work::Fail { .. } => "Fail",
            Work::Map(_) => "Map",
        }
    }
}

pub(super) fn parse(name: &str, value: &Value, at: String, nested: bool) -> Result<State, DefinitionError> {
    let mut fields = Fields::of(value, at)?;
    let kind = fields.require_text("Type")?;
    super::jsonpath_only(&mut fields)?;
    let work = match kind {
        "Pass" => Work::Pass {
            parameters: fields.template("Parameters")?,
            result: fields.take("Result").cloned(),
            result_path: fields.result_path()?,
            transition: Transition::parse(&mut fields)?,
        },
        "Task" => Work::Task(Box::new(task::parse(&mut fields)?)),
        "Choice" => choice(&mut fields)?,
        "Wait" => Work::Wait { duration: wait_duration(&mut fields)?, transition: Transition::parse(&mut fields)? },
        "Succeed" => Work::Succeed,
        "Fail" => {
            refuse(&mut fields, ["ErrorPath", "CausePath"], "Fail")?;
            let mut text = |name| Ok::<_, DefinitionError>(fields.text(name)?.map(str::to_owned));
            Work::Fail { error: text("Error")?, cause: text("Cause")? }
        }
        "Map" if nested => return Err(fields.unsupported("a Map state within an ItemProcessor")),
        "Map" => Work::Map(Box::new(map::parse(&mut fields)?)),
        other => return Err(fields.unsupported(format!("the state type `{other}`"))),
    };
    let (input_path, output_path) = match work {
        // A Fail state passes nothing on and has no paths.
        Work::Fail { .. } => (Filter::everything(), Filter::everything()),
        _ => (fields.filter("InputPath")?, fields.filter("OutputPath")?),
    };
    fields.finish(&format!("a {kind} state"))?;
    Ok(State { name: name.into(), input_path, output_path, work })
}

fn choice(fields: &mut Fields<'_>) -> Result<Work, DefinitionError> {
    let entries = fields.array("Choices")?;
    if entries.is_empty() {
        return Err(fields.invalid("Choices", "at least one rule must be there"));
    }
    let branches = entries.iter().enumerate();
    let branches = branches
        .map(|(index, entry)| branch(entry, fields.at_field(&format!("Choices[{index}]"))))
        .collect::<Result<_, _>>()?;
    Ok(Work::Choice { branches, default: fields.text("Default")?.map(str::to_owned) })
}

fn wait_duration(fields: &mut Fields<'_>) -> Result<WaitDuration, DefinitionError> {
    refuse(fields, ["Timestamp", "TimestampPath"], "Wait")?;
    match (fields.integer("Seconds", 0..=99_999_999)?, fields.path("SecondsPath")?) {
        (Some(seconds), None) => Ok(WaitDuration::Fixed(Duration::from_secs(seconds))),
        (None, Some(path)) => Ok(WaitDuration::SecondsAt(path)),
        _ => Err(DefinitionError::invalid(fields.at(), "a Wait state needs either `Seconds` or `SecondsPath`")),
    }
}

/// Refuses fields that AWS knows for this type of state.
fn refuse(fields: &mut Fields<'_>, names: [&'static str; 2], kind: &str) -> Result<(), DefinitionError> {
    match names.into_iter().find(|name| fields.take(name).is_some()) {
        Some(name) => Err(fields.unsupported(format!("`{name}` of a {kind} state"))),
        None => Ok(()),
    }
}
