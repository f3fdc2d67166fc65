//! One state: what it does and where it leads.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::DefinitionError;
use super::choice::Branch;
use super::fields::Fields;
use super::map::{self, Map};
use super::task::{self, Task};
use crate::language::data_flow::Output;
use crate::language::path::Path;
use crate::language::payload::Template;

/// A state of the graph.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct State {
    pub(crate) name: Arc<str>,
    pub(crate) work: Work,
    pub(crate) output: Output,
}

/// What the types of states do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Work {
    Pass { parameters: Option<Template>, result: Option<Value>, next: Transition },
    Task(Box<Task>),
    Choice { branches: Vec<Branch>, default: Option<String> },
    Wait { duration: WaitDuration, next: Transition },
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

/// The state that comes next; `None` at the end.
pub(crate) type Transition = Option<String>;

pub(super) fn transition(fields: &mut Fields<'_>) -> Result<Transition, DefinitionError> {
    let next = fields.text("Next")?.map(str::to_owned);
    let end = match fields.take("End") {
        None | Some(Value::Bool(false)) => false,
        Some(Value::Bool(true)) => true,
        Some(_) => return Err(fields.invalid("End", "this must be true or false")),
    };
    match (&next, end) {
        (Some(_), false) | (None, true) => Ok(next),
        (None, false) => Err(DefinitionError::invalid(fields.at(), "the state needs `Next` or `\"End\": true`")),
        (Some(_), true) => Err(DefinitionError::invalid(fields.at(), "the state has both `Next` and `End`")),
    }
}

impl State {
    /// Every state that can come next.
    pub(super) fn targets(&self) -> Vec<&str> {
        let (next, catchers) = match &self.work {
            Work::Pass { next, .. } | Work::Wait { next, .. } => (next, &[][..]),
            Work::Choice { branches, default } => {
                return branches.iter().map(|branch| &*branch.next).chain(default.as_deref()).collect();
            }
            Work::Task(task) => (&task.next, &task.catchers[..]),
            Work::Map(map) => (&map.next, &map.catchers[..]),
            Work::Succeed | Work::Fail { .. } => (&None, &[][..]),
        };
        next.as_deref().into_iter().chain(catchers.iter().map(|catcher| &*catcher.next)).collect()
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
            next: transition(&mut fields)?,
        },
        "Task" => Work::Task(Box::new(task::parse(&mut fields)?)),
        "Choice" => choice(&mut fields)?,
        "Wait" => Work::Wait { duration: wait_duration(&mut fields)?, next: transition(&mut fields)? },
        "Succeed" => Work::Succeed,
        "Fail" => {
            let mut text = |name| Ok::<_, DefinitionError>(fields.text(name)?.map(str::to_owned));
            Work::Fail { error: text("Error")?, cause: text("Cause")? }
        }
        "Map" if nested => return Err(fields.unsupported("a Map state within an ItemProcessor")),
        "Map" => Work::Map(Box::new(map::parse(&mut fields)?)),
        other => return Err(fields.unsupported(format!("the state type `{other}`"))),
    };
    let has_result = matches!(work, Work::Pass { .. } | Work::Task(_) | Work::Map(_));
    let output = Output {
        result_selector: if matches!(work, Work::Task(_) | Work::Map(_)) {
            fields.template("ResultSelector")?
        } else {
            None
        },
        result_path: if has_result { fields.result_path()? } else { None },
        // A Fail state passes nothing on.
        output_path: if matches!(work, Work::Fail { .. }) { None } else { fields.output_path()? },
    };
    fields.finish(&format!("a {kind} state"))?;
    Ok(State { name: name.into(), work, output })
}

fn choice(fields: &mut Fields<'_>) -> Result<Work, DefinitionError> {
    let entries = fields.array("Choices")?;
    if entries.is_empty() {
        return Err(fields.invalid("Choices", "at least one rule must be there"));
    }
    let branches = entries.iter().enumerate();
    let branches = branches
        .map(|(index, entry)| Branch::parse(entry, fields.at_field(&format!("Choices[{index}]"))))
        .collect::<Result<_, _>>()?;
    Ok(Work::Choice { branches, default: fields.text("Default")?.map(str::to_owned) })
}

fn wait_duration(fields: &mut Fields<'_>) -> Result<WaitDuration, DefinitionError> {
    match (fields.integer("Seconds", 0..=99_999_999)?, fields.path("SecondsPath")?) {
        (Some(seconds), None) => Ok(WaitDuration::Fixed(Duration::from_secs(seconds))),
        (None, Some(path)) => Ok(WaitDuration::SecondsAt(path)),
        _ => Err(fields.unsupported("a Wait state without either `Seconds` or `SecondsPath`")),
    }
}
