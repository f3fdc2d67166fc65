//! Runs the states of one execution, from `StartAt` to its end.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::engine::execution::Execution;
use crate::engine::run::{Halt, Run};
use crate::engine::services::Services;
use crate::engine::shared::Engine;
use crate::engine::{context, map_state};
use crate::journal::position::Position;
use crate::language::data_flow;
use crate::language::definition::{Catcher, Graph, State, Transition, WaitDuration, Work};
use crate::language::path::Path;
use crate::language::payload::encode;
use crate::language::scope::Scope;
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
) -> Pin<Box<dyn Future<Output = ExecutionOutcome> + Send>> {
    Box::pin(async move {
        let stopping = execution.stopper.stopping(deadline);
        let mut run = Run { engine: &engine, execution: &execution, context: Value::Null, stopping, carried_on: false };
        match run.states(&graph).await {
            Ok(output) => ExecutionOutcome::Succeeded { output },
            Err(Halt::Failed(failure)) => ExecutionOutcome::Failed { error: Some(failure.error), cause: failure.cause },
            Err(Halt::FailState { error, cause }) => ExecutionOutcome::Failed { error, cause },
            Err(Halt::Stopped(stop)) => stop.into(),
        }
    })
}

/// Runs a child of a Map Run to its end.
fn run_child<S: Services>(
    engine: Arc<Engine<S>>,
    execution: Arc<Execution>,
    graph: Arc<Graph>,
) -> Pin<Box<dyn Future<Output = ExecutionOutcome> + Send>> {
    run(engine, execution, graph, None)
}

/// A visit of a state that ended well, or whose error was caught.
struct Left<'a> {
    output: Value,
    next: Option<&'a str>,
}

impl<'a> Left<'a> {
    fn by(transition: &'a Transition, output: Value) -> Self {
        let next = match transition {
            Transition::Next(name) => Some(name.as_str()),
            Transition::End => None,
        };
        Self { output, next }
    }
}

impl<S: Services> Run<'_, S> {
    /// Goes from state to state, from where the execution is; returns its output as JSON text.
    async fn states(&mut self, graph: &Graph) -> Result<Arc<str>, Halt> {
        // Inputs were checked to be JSON when the execution was started, and outputs are.
        let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        let input = parsed(&self.execution.input);
        let position = self.execution.history().position();
        let (mut name, mut text, mut entered_before) = match position {
            Position::Beginning => (graph.start_at.clone(), Arc::clone(&self.execution.input), None),
            Position::In { state, input, entered } => (state.to_string(), input, Some(entered)),
            Position::After { output, next: Some(next) } => (next, output, None),
            Position::After { output, next: None } => return Ok(output),
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
            let left = self.visit(state, data).await.map_err(|halt| placed(halt, state, entered))?;
            let what = || format!("The output of the state '{}'", state.name);
            text = encode(&left.output, what).map_err(|error| placed(error.into(), state, entered))?;
            let next = left.next.map(str::to_owned);
            self.record(EventKind::StateExited {
                state: state.kind().into(),
                name: Arc::clone(&state.name),
                output: Arc::clone(&text),
                next: next.clone(),
            })?;
            match next {
                None => return Ok(text),
                Some(next) => (name, data) = (next, left.output),
            }
        }
    }

    fn enter(&mut self, state: &State, input: Arc<str>) -> Result<u64, Halt> {
        let name = Arc::clone(&state.name);
        let entered = self.record(EventKind::StateEntered { state: state.kind().into(), name, input })?;
        Ok(self.be_in(state, entered))
    }

    /// Is in a state that was entered with this event.
    fn be_in(&mut self, state: &State, entered: u64) -> u64 {
        context::enter_state(&mut self.context, &state.name);
        let name = Arc::clone(&state.name);
        self.execution.report(|progress| progress.state = Some(name));
        entered
    }

    async fn visit<'s>(&mut self, state: &'s State, input: Value) -> Result<Left<'s>, Halt> {
        match &state.work {
            Work::Pass { parameters, result, result_path, transition } => {
                let effective = state.input_path.find("InputPath", &input, &self.context)?;
                let scope = Scope { data: &effective, context: &self.context };
                let passed = match (result, parameters) {
                    (Some(result), _) => result.clone(),
                    (None, Some(parameters)) => parameters.fill(scope)?,
                    (None, None) => effective.into_owned(),
                };
                let output = data_flow::output(input, passed, None, result_path, &state.output_path, &self.context)?;
                Ok(Left::by(transition, output))
            }
            Work::Choice { branches, default } => {
                let effective = state.input_path.apply("InputPath", input, &self.context)?;
                let scope = Scope { data: &effective, context: &self.context };
                let mut next = default.as_deref();
                for branch in branches {
                    if branch.rule.holds(scope)? {
                        next = Some(&branch.next);
                        break;
                    }
                }
                let next = next.ok_or_else(|| {
                    let cause = format!("No rule of the state '{}' matches, and it has no default", state.name);
                    StateError::new(NO_CHOICE_MATCHED, cause)
                })?;
                let output = state.output_path.apply("OutputPath", effective, &self.context)?;
                Ok(Left { output, next: Some(next) })
            }
            Work::Wait { duration, transition } => {
                let effective = state.input_path.apply("InputPath", input, &self.context)?;
                match duration {
                    WaitDuration::Fixed(duration) => self.wait(*duration).await?,
                    // Told by somebody who looked at a clock of this world.
                    WaitDuration::SecondsAt(path) => self.wait_exactly(self.seconds_at(path, &effective)?).await?,
                }
                let output = state.output_path.apply("OutputPath", effective, &self.context)?;
                Ok(Left::by(transition, output))
            }
            Work::Succeed => {
                let effective = state.input_path.apply("InputPath", input, &self.context)?;
                let output = state.output_path.apply("OutputPath", effective, &self.context)?;
                Ok(Left { output, next: None })
            }
            Work::Fail { error, cause } => Err(Halt::FailState { error: error.clone(), cause: cause.clone() }),
            Work::Task(task) => match self.task(state, task, &input).await {
                Ok(result) => Ok(Left::by(&task.transition, result)),
                Err(halt) => caught(halt, &task.catchers, input),
            },
            Work::Map(map) => match self.map(state, map, &input).await {
                Ok(result) => Ok(Left::by(&map.transition, result)),
                Err(halt) => caught(halt, &map.catchers, input),
            },
        }
    }

    async fn map(
        &mut self,
        state: &State,
        map: &crate::language::definition::Map,
        input: &Value,
    ) -> Result<Value, Halt> {
        let effective = state.input_path.find("InputPath", input, &self.context)?.into_owned();
        let result = map_state::run(self, map, effective, run_child).await?;
        let (selector, output_path) = (map.result_selector.as_ref(), &state.output_path);
        Ok(data_flow::output(input.clone(), result, selector, &map.result_path, output_path, &self.context)?)
    }

    fn seconds_at(&self, path: &Path, input: &Value) -> Result<Duration, StateError> {
        let value = path.find(input, &self.context);
        let seconds = value.and_then(Value::as_u64).filter(|&seconds| seconds <= 99_999_999);
        seconds.map(Duration::from_secs).ok_or_else(|| {
            StateError::runtime(format!(
                "The SecondsPath '{}' must lead to a whole number of seconds from 0 to 99999999, but leads to {}",
                path.text(),
                value.map_or("nothing".to_owned(), Value::to_string)
            ))
        })
    }
}

/// Where a catcher leads, or the same error if none covers it.
fn caught<'s>(halt: Halt, catchers: &'s [Catcher], input: Value) -> Result<Left<'s>, Halt> {
    match halt {
        Halt::Failed(error) => match Catcher::find(catchers, &error) {
            Some(catcher) => {
                let output = catcher.result_path.apply(input, error.output())?;
                Ok(Left { output, next: Some(&catcher.next) })
            }
            None => Err(Halt::Failed(error)),
        },
        stopped => Err(stopped),
    }
}

/// Says in the cause of a `States.Runtime` error in which state it happened.
fn placed(halt: Halt, state: &State, entered: u64) -> Halt {
    match halt {
        Halt::Failed(StateError { error, cause: Some(cause), .. }) if error == RUNTIME => {
            Halt::Failed(StateError::runtime(format!(
                "An error occurred while executing the state '{}' (entered at the event id #{entered}). {cause}",
                state.name
            )))
        }
        other => other,
    }
}
