//! Runs the states of one execution, from `StartAt` to its end.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::engine::children::BoxFuture;
use crate::engine::execution::Execution;
use crate::engine::run::{Halt, Run};
use crate::engine::services::Services;
use crate::engine::shared::Engine;
use crate::engine::{context, map_state};
use crate::language::data_flow::place;
use crate::language::definition::{Graph, Map, State, Work};
use crate::language::path::{Path, Scope};
use crate::language::payload::encode;
use crate::model::error::{NO_CHOICE_MATCHED, RUNTIME, StateError};
use crate::model::event::EventKind;
use crate::model::execution_outcome::ExecutionOutcome;

/// Runs an execution to its end.
///
/// Boxed, since an execution may run others: those of a Map state's items.
pub(crate) fn run<S: Services>(
    engine: Arc<Engine<S>>,
    execution: Arc<Execution>,
    graph: Arc<Graph>,
    deadline: Option<Instant>,
) -> BoxFuture<ExecutionOutcome> {
    Box::pin(async move {
        let stopping = execution.stopper.stopping(deadline);
        let mut run = Run { engine: &engine, execution: &execution, context: Value::Null, stopping, carried_on: false };
        match run.states(&graph).await {
            Ok(output) => ExecutionOutcome::Succeeded { output },
            Err(Halt::Failed(StateError { error, cause, .. })) => {
                ExecutionOutcome::Failed { error: Some(error), cause: Some(cause) }
            }
            Err(Halt::Ended(outcome)) => outcome,
        }
    })
}

/// The output of a state that ended well, or whose error was caught, and the state that comes next.
type Left<'a> = (Value, Option<&'a str>);

impl<S: Services> Run<'_, S> {
    /// Goes from state to state, from where the execution is; returns its output as JSON text.
    async fn states(&mut self, graph: &Graph) -> Result<Arc<str>, Halt> {
        // Inputs were checked to be JSON when the execution was started, and outputs are.
        let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        let input = parsed(&self.execution.input);
        let last = self.execution.history().last_state().cloned();
        let (mut name, mut text, mut entered_before) = match last.map(|event| (event.id, event.kind)) {
            Some((id, EventKind::StateEntered { name, input, .. })) => (name.to_string(), input, Some(id)),
            Some((_, EventKind::StateExited { output, next: Some(next), .. })) => (next, output, None),
            Some((_, EventKind::StateExited { output, .. })) => return Ok(output),
            _ => (graph.start_at.clone(), Arc::clone(&self.execution.input), None),
        };
        let mut data = if Arc::ptr_eq(&text, &self.execution.input) { input.clone() } else { parsed(&text) };
        self.context = context::of_execution(self.execution, &self.engine.machine, input);
        loop {
            // The definition was checked: every transition leads to a state. But it may have changed since a kill.
            let Some(state) = graph.states.get(&name) else {
                return Err(StateError::runtime(format!("there is no state '{name}'")).into());
            };
            let before = entered_before.take();
            self.carried_on = before.is_some();
            let entered = match (before, self.stopping.reason()) {
                (Some(entered), _) => self.be_in(state, entered),
                (None, Some(stop)) => return Err(stop.into()),
                (None, None) => self.enter(state, text)?,
            };
            let (output, next) = self.visit(state, data).await.map_err(|halt| placed(halt, state, entered))?;
            let what = || format!("The output of the state '{}'", state.name);
            text = encode(&output, what).map_err(|error| placed(error.into(), state, entered))?;
            let next = next.map(str::to_owned);
            self.record(EventKind::StateExited {
                state: Arc::clone(&state.kind),
                name: Arc::clone(&state.name),
                output: Arc::clone(&text),
                next: next.clone(),
            })?;
            match next {
                None => return Ok(text),
                Some(next) => (name, data) = (next, output),
            }
        }
    }

    fn enter(&mut self, state: &State, input: Arc<str>) -> Result<u64, Halt> {
        let (kind, name) = (Arc::clone(&state.kind), Arc::clone(&state.name));
        let entered = self.record(EventKind::StateEntered { state: kind, name, input })?;
        Ok(self.be_in(state, entered))
    }

    /// Is in a state that was entered with this event.
    fn be_in(&mut self, state: &State, entered: u64) -> u64 {
        context::enter_state(&mut self.context, &state.name);
        let name = Arc::clone(&state.name);
        self.execution.progress.send_modify(|progress| progress.state = Some(name));
        entered
    }

    async fn visit<'s>(&mut self, state: &'s State, input: Value) -> Result<Left<'s>, Halt> {
        let next = state.output.next.as_deref();
        match &state.work {
            Work::Pass { parameters, result } => {
                let passed = match (result, parameters) {
                    (Some(result), _) => result.clone(),
                    (None, Some(parameters)) => parameters.fill(Scope { data: &input, context: &self.context })?,
                    (None, None) => input.clone(),
                };
                Ok((state.output.of(input, passed, &self.context)?, next))
            }
            Work::Choice { choices, default } => {
                let scope = Scope { data: &input, context: &self.context };
                let mut next = default.as_deref();
                for branch in choices {
                    if branch.holds(scope)? {
                        next = Some(&branch.next);
                        break;
                    }
                }
                if next.is_none() {
                    let cause = format!("No rule of the state '{}' matches, and it has no default", state.name);
                    return Err(StateError::new(NO_CHOICE_MATCHED, cause).into());
                }
                Ok((state.output.select(input, &self.context)?, next))
            }
            Work::Wait { seconds, seconds_path } => {
                if let Some(seconds) = seconds {
                    self.wait(Duration::from_secs(seconds.0)).await?;
                }
                // Told by somebody who looked at a clock of this world.
                if let Some(path) = seconds_path {
                    self.wait_exactly(self.seconds_at(path, &input)?).await?;
                }
                Ok((state.output.select(input, &self.context)?, next))
            }
            Work::Succeed {} => Ok((state.output.select(input, &self.context)?, None)),
            Work::Fail { error, cause } => {
                Err(Halt::Ended(ExecutionOutcome::Failed { error: error.clone(), cause: cause.clone() }))
            }
            Work::Task(task) => caught(self.task(state, task, &input).await, state, input),
            Work::Map(map) => caught(self.map(state, map, &input).await, state, input),
        }
    }

    async fn map(&mut self, state: &State, map: &Map, input: &Value) -> Result<Value, Halt> {
        let result = map_state::run(self, map, input, run).await?;
        Ok(state.output.of(input.clone(), result, &self.context)?)
    }

    fn seconds_at(&self, path: &Path, input: &Value) -> Result<Duration, StateError> {
        let value = path.find(Scope { data: input, context: &self.context });
        let seconds = value.and_then(Value::as_u64).filter(|&seconds| seconds <= 99_999_999);
        seconds.map(Duration::from_secs).ok_or_else(|| {
            StateError::runtime(format!(
                "The SecondsPath '{}' must lead to a whole number of seconds from 0 to 99999999, but leads to {}",
                path.text,
                value.map_or("nothing".to_owned(), Value::to_string)
            ))
        })
    }
}

/// Where a state leads that may have failed: the same error if no catcher covers it.
fn caught(output: Result<Value, Halt>, state: &State, input: Value) -> Result<Left<'_>, Halt> {
    let error = match output {
        Ok(output) => return Ok((output, state.output.next.as_deref())),
        Err(Halt::Failed(error)) => error,
        Err(halt) => return Err(halt),
    };
    match state.output.catch.iter().find(|catcher| catcher.error_equals.cover(&error)) {
        Some(catcher) => Ok((place(catcher.result_path.as_ref(), input, error.output())?, Some(&catcher.next))),
        None => Err(error.into()),
    }
}

/// Says in the cause of a `States.Runtime` error in which state it happened.
fn placed(halt: Halt, state: &State, entered: u64) -> Halt {
    match halt {
        Halt::Failed(StateError { error, cause, .. }) if error == RUNTIME => {
            Halt::Failed(StateError::runtime(format!(
                "An error occurred while executing the state '{}' (entered at the event id #{entered}). {cause}",
                state.name
            )))
        }
        other => other,
    }
}
