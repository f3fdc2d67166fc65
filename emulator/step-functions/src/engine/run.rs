//! An execution on its way through its states: what each kind of state uses to go on, to wait and to end.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinError;

use crate::engine::execution::Execution;
use crate::engine::services::Services;
use crate::engine::shared::Engine;
use crate::engine::stop::Stopping;
use crate::model::error::{RUNTIME, StateError};
use crate::model::event::EventKind;
use crate::model::execution_outcome::ExecutionOutcome;

/// Why an execution does not go on.
#[derive(Debug)]
pub(crate) enum Halt {
    /// A state failed and nothing caught the error.
    Failed(StateError),
    /// A Fail state was reached, the execution was stopped, or its time is over.
    Ended(ExecutionOutcome),
}

impl From<StateError> for Halt {
    fn from(error: StateError) -> Self {
        Self::Failed(error)
    }
}

impl From<ExecutionOutcome> for Halt {
    fn from(outcome: ExecutionOutcome) -> Self {
        Self::Ended(outcome)
    }
}

/// An execution on its way through its states.
pub(crate) struct Run<'a, S> {
    pub(crate) engine: &'a Arc<Engine<S>>,
    pub(crate) execution: &'a Arc<Execution>,
    /// The context object.
    pub(crate) context: Value,
    pub(crate) stopping: Stopping,
    /// The state was entered before, by an earlier process or before the execution was redriven.
    pub(crate) carried_on: bool,
}

impl<S: Services> Run<'_, S> {
    /// Adds an event to the execution's history.
    ///
    /// # Errors
    /// `States.Runtime` when the history is full.
    pub(crate) fn record(&self, event: EventKind) -> Result<u64, Halt> {
        let mut history = self.execution.history();
        if history.is_full() {
            return Err(
                StateError::runtime("The execution reached the maximum number of history events (25000).").into()
            );
        }
        Ok(history.add(event))
    }

    /// Lets time pass that the definition sets, in a Wait state or before a retry: in fast motion, so many times less.
    pub(crate) async fn wait(&mut self, duration: Duration) -> Result<(), Halt> {
        self.wait_exactly(duration.div_f64(self.engine.settings.speed)).await
    }

    pub(crate) async fn wait_exactly(&mut self, duration: Duration) -> Result<(), Halt> {
        let _waiting = self.execution.waiting();
        Ok(self.stopping.unless_stopped(tokio::time::sleep(duration)).await?)
    }
}

/// The outcome of an execution in which the interpreter itself broke down.
pub(crate) fn outcome_of_panic(panic: &JoinError) -> ExecutionOutcome {
    ExecutionOutcome::Failed {
        error: Some(RUNTIME.to_owned()),
        cause: Some(format!("The execution broke down: {panic}")),
    }
}
