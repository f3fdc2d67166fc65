//! A graph of states: of the whole machine or of a Map state's `ItemProcessor`.

use std::collections::{BTreeSet, HashMap};

use super::fields::Fields;
use super::state::State;
use super::{DefinitionError, state};

/// States and where to begin. Every transition leads to a state of the same graph, and every state can be reached.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Graph {
    pub(crate) start_at: String,
    pub(crate) states: HashMap<String, State>,
}

/// A state name has at most so many characters.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html>
const MAX_NAME_CHARACTERS: usize = 80;

impl Graph {
    /// Parses `StartAt` and `States`. `nested` says that this is within a Map state.
    pub(super) fn parse(fields: &mut Fields<'_>, nested: bool) -> Result<Self, DefinitionError> {
        let start_at = fields.require_text("StartAt")?.to_owned();
        let at = fields.at_field("States");
        let Some(named) = fields.require("States")?.as_object() else {
            return Err(fields.invalid("States", "this must be a JSON object"));
        };
        let states = named
            .iter()
            .map(|(name, value)| {
                let at = format!("{at}/{name}");
                if name.is_empty() || name.chars().count() > MAX_NAME_CHARACTERS {
                    let problem = format!("a state's name has 1 to {MAX_NAME_CHARACTERS} characters");
                    return Err(DefinitionError::invalid(at, problem));
                }
                state::parse(name, value, at, nested).map(|state| (name.clone(), state))
            })
            .collect::<Result<HashMap<_, _>, _>>()?;
        let graph = Self { start_at, states };
        graph.check(fields, &at)?;
        Ok(graph)
    }

    fn check(&self, fields: &Fields<'_>, at: &str) -> Result<(), DefinitionError> {
        if !self.states.contains_key(&self.start_at) {
            let problem = format!("there is no state `{}`", self.start_at);
            return Err(fields.invalid("StartAt", problem));
        }
        let mut names: Vec<&String> = self.states.keys().collect();
        names.sort();
        for name in &names {
            if let Some(next) = self.states[*name].targets().into_iter().find(|&next| !self.states.contains_key(next)) {
                let problem = format!("the transition to `{next}` leads nowhere: there is no such state");
                return Err(DefinitionError::invalid(format!("{at}/{name}"), problem));
            }
        }
        let mut reached = BTreeSet::from([self.start_at.as_str()]);
        let mut unvisited = vec![self.start_at.as_str()];
        while let Some(name) = unvisited.pop() {
            unvisited.extend(self.states[name].targets().into_iter().filter(|&next| reached.insert(next)));
        }
        match names.into_iter().find(|name| !reached.contains(name.as_str())) {
            None => Ok(()),
            Some(name) => Err(DefinitionError::invalid(format!("{at}/{name}"), "this state cannot be reached")),
        }
    }
}
