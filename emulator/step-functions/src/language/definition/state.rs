//! One state: what it does and where it leads.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map as Object, Value};

use super::choice::Branch;
use super::map::Map;
use super::task::Task;
use super::{check_nulls, read};
use crate::language::bounded::{Bounded, MAX};
use crate::language::data_flow::Output;
use crate::language::path::Path;
use crate::language::payload::Template;
use crate::language::retry::check_order;

/// A state of the graph.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Object<String, Value>")]
pub(crate) struct State {
    pub(crate) name: Arc<str>,
    /// The type, as in the names of history events.
    pub(crate) kind: Arc<str>,
    pub(crate) work: Work,
    pub(crate) output: Output,
}

/// What the types of states do. A Wait state has either whole seconds, or the place of them in its input.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all_fields = "PascalCase", deny_unknown_fields)]
pub(crate) enum Work {
    Pass { parameters: Option<Template>, result: Option<Value> },
    Task(Box<Task>),
    Choice { choices: Vec<Branch>, default: Option<String> },
    Wait { seconds: Option<Bounded<u64, 0, MAX>>, seconds_path: Option<Path> },
    Succeed {},
    Fail { error: Option<String>, cause: Option<String> },
    Map(Box<Map>),
}

impl State {
    /// Every state that can come next.
    pub(super) fn targets(&self) -> Vec<&str> {
        let (choices, default) = match &self.work {
            Work::Choice { choices, default } => (&choices[..], default),
            _ => (&[][..], &None),
        };
        let catchers = self.output.catch.iter().map(|catcher| &*catcher.next);
        let branches = choices.iter().map(|branch| &*branch.next);
        branches.chain(catchers).chain(default.as_deref()).chain(self.output.next.as_deref()).collect()
    }

    fn check(&self) -> Result<(), String> {
        match &self.work {
            Work::Choice { choices, .. } if choices.is_empty() => {
                return Err("/Choices: at least one rule must be there".to_owned());
            }
            Work::Choice { choices, .. } => {
                for (index, branch) in choices.iter().enumerate() {
                    branch.check().map_err(|problem| format!("/Choices[{index}]: {problem}"))?;
                }
            }
            Work::Task(task) => task.check()?,
            Work::Map(map) => map.check()?,
            Work::Wait { seconds, seconds_path } if seconds.is_some() == seconds_path.is_some() => {
                return Err("a Wait state has either `Seconds` or `SecondsPath`".to_owned());
            }
            Work::Pass { .. } | Work::Wait { .. } | Work::Succeed {} | Work::Fail { .. } => {}
        }
        check_order("Catch", self.output.catch.iter().map(|catcher| &catcher.error_equals))?;
        let ends = matches!(self.work, Work::Choice { .. } | Work::Succeed {} | Work::Fail { .. });
        match (&self.output.next, self.output.end) {
            (None, false) if !ends => Err("the state needs `Next` or `\"End\": true`".to_owned()),
            (Some(_), true) => Err("the state has both `Next` and `End`".to_owned()),
            _ => Ok(()),
        }
    }
}

impl TryFrom<Object<String, Value>> for State {
    type Error = String;

    fn try_from(mut fields: Object<String, Value>) -> Result<Self, String> {
        fields.shift_remove("Comment");
        let Some(Value::String(kind)) = fields.shift_remove("Type") else {
            return Err("the field `Type` is missing or not a string".to_owned());
        };
        if kind == "Map" && fields.contains_key("Retry") {
            return Err(
                "`Retry` on a Map state (it would start a new Map Run with every item; put it on the Task in the \
                        ItemProcessor) is not supported"
                    .to_owned(),
            );
        }
        // serde would also take an array for one of these objects: the values of its fields, in their order.
        for (name, value) in &fields {
            let objects = match &**name {
                "Choices" | "Retry" | "Catch" => value.as_array().map_or(&[][..], Vec::as_slice),
                "ItemReader" | "ItemProcessor" | "ResultWriter" => std::slice::from_ref(value),
                _ => &[],
            };
            for object in objects {
                let object = object.as_object().ok_or_else(|| format!("/{name}: a JSON object is missing"))?;
                check_nulls(object).map_err(|problem| format!("/{name}{problem}"))?;
            }
        }
        check_nulls(&fields)?;
        let of_output: &[&str] = match &*kind {
            "Task" | "Map" => &["ResultSelector", "ResultPath", "OutputPath", "Catch", "Next", "End"],
            "Pass" => &["ResultPath", "OutputPath", "Next", "End"],
            "Wait" => &["OutputPath", "Next", "End"],
            "Choice" | "Succeed" => &["OutputPath"],
            _ => &[],
        };
        let (output, work): (Object<_, _>, Object<_, _>) =
            fields.into_iter().partition(|(name, _)| of_output.contains(&name.as_str()));
        let work = read(Object::from_iter([(kind.clone(), work.into())]))?;
        let state = Self { name: "".into(), kind: kind.into(), work, output: read(output)? };
        state.check()?;
        Ok(state)
    }
}
