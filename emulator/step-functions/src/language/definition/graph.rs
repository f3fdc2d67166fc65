//! A graph of states: of the whole machine or of a Map state's `ItemProcessor`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::check_supported;
use super::state::{State, Work};

/// States and where to begin. Every transition leads to a state of the same graph, and every state can be reached.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "ItemProcessor")]
pub(crate) struct Graph {
    pub(crate) start_at: String,
    pub(crate) states: BTreeMap<String, State>,
}

/// A state name has at most so many characters.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html>
const MAX_NAME_CHARACTERS: usize = 80;

impl Graph {
    pub(super) fn new(start_at: String, mut states: BTreeMap<String, State>) -> Result<Self, String> {
        if !states.contains_key(&start_at) {
            return Err(format!("/StartAt: there is no state `{start_at}`"));
        }
        for (name, state) in &mut states {
            if !(1..=MAX_NAME_CHARACTERS).contains(&name.chars().count()) {
                return Err(format!("/States/{name}: a state's name has 1 to {MAX_NAME_CHARACTERS} characters"));
            }
            state.name = name.as_str().into();
        }
        let (mut reached, mut unvisited) = (BTreeSet::from([&*start_at]), vec![&*start_at]);
        while let Some(name) = unvisited.pop() {
            for next in states[name].targets() {
                if !states.contains_key(next) {
                    let problem = format!("the transition to `{next}` leads nowhere: there is no such state");
                    return Err(format!("/States/{name}: {problem}"));
                }
                if reached.insert(next) {
                    unvisited.push(next);
                }
            }
        }
        match states.keys().find(|name| !reached.contains(name.as_str())) {
            Some(name) => Err(format!("/States/{name}: this state cannot be reached")),
            None => Ok(Self { start_at, states }),
        }
    }
}

/// The graph of a Map state as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ItemProcessor {
    #[serde(default, rename = "Comment")]
    _comment: IgnoredAny,
    processor_config: Value,
    start_at: String,
    states: BTreeMap<String, State>,
}

impl TryFrom<ItemProcessor> for Graph {
    type Error = String;

    fn try_from(processor: ItemProcessor) -> Result<Self, String> {
        let ItemProcessor { processor_config, start_at, states, .. } = processor;
        let supported = json!({"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"});
        check_supported("/ProcessorConfig", &processor_config, &supported)?;
        if let Some((name, _)) = states.iter().find(|(_, state)| matches!(state.work, Work::Map(_))) {
            return Err(format!("/States/{name}: a Map state within an ItemProcessor is not supported"));
        }
        Self::new(start_at, states)
    }
}
