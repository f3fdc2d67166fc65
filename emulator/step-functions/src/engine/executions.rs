//! The executions of one state machine: start, watch, wait, stop.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{broadcast, watch};
use tokio::time::Instant;
use uuid::Uuid;

use crate::engine::execution::Execution;
use crate::engine::machine;
use crate::engine::run::outcome_of_panic;
use crate::engine::services::Services;
use crate::engine::shared::{Engine, EngineSettings};
use crate::engine::state_machine::StateMachine;
use crate::engine::store::{ExecutionStore, StartExecutionError};
use crate::language::payload::MAX_PAYLOAD_BYTES;
use crate::model::counts::Progress;
use crate::model::execution_outcome::{ExecutionOutcome, ExecutionStatus};

/// Executions that a slow observer of [`Executions::begun`] may be behind.
const BEGUN_BACKLOG: usize = 1024;

/// The executions of a state machine. Clones are handles of the same executions.
#[derive(Debug)]
pub struct Executions<S>(pub(crate) Arc<Engine<S>>);

impl<S> Clone for Executions<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Services> Executions<S> {
    /// The executions that earlier processes left in the directory. Those that ran are not carried on by themselves: see
    /// [`interrupted`](Self::interrupted).
    ///
    /// # Errors
    /// If the directory cannot be read and tidied up.
    pub fn open(services: S, machine: StateMachine, settings: EngineSettings) -> io::Result<Self> {
        let store = ExecutionStore::open(settings.directory.clone(), &machine)?;
        Ok(Self(Arc::new(Engine { services, machine, settings, store, begun: broadcast::Sender::new(BEGUN_BACKLOG) })))
    }

    /// Carries an interrupted execution on: a Map Run goes on with the items whose children had not ended. `TimeoutSeconds`
    /// begin anew. `false`: it is none that was interrupted, or it goes on already.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub fn resume(&self, execution_arn: &str) -> bool {
        let interrupted = self.0.store.known().interrupted.remove(execution_arn);
        if interrupted && let Some(execution) = self.0.store.execution(execution_arn) {
            self.spawn(&execution);
        }
        interrupted
    }

    /// The ARN of every execution that begins to run from now on: it is started, resumed or redriven, by whatever means.
    pub fn begun(&self) -> broadcast::Receiver<String> {
        self.0.begun.subscribe()
    }

    /// Starts an execution and returns its ARN. Without a name, it gets a random one.
    ///
    /// The same name with the same input again, while it runs, returns the same ARN and starts nothing.
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>
    ///
    /// # Errors
    /// An invalid name or input, a name that is taken, or a log that cannot be written.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub fn start(&self, name: Option<&str>, input: &str) -> Result<String, StartExecutionError> {
        let name = match name {
            None => Uuid::new_v4().to_string(),
            Some(name) if is_name(name) => name.to_owned(),
            Some(name) => return Err(StartExecutionError::InvalidName(name.to_owned())),
        };
        check_input(input)?;
        let arn = self.0.machine.execution_arn(&name);
        match self.0.store.start(arn.clone(), name, &input.into())? {
            Some(execution) => self.spawn(&execution),
            None => {
                self.resume(&arn);
            }
        }
        Ok(arn)
    }

    pub(crate) fn spawn(&self, execution: &Arc<Execution>) {
        let definition = &self.0.machine.definition;
        let deadline = definition.timeout_seconds().map(|seconds| Instant::now() + Duration::from_secs(seconds));
        let run = machine::run(Arc::clone(&self.0), Arc::clone(execution), Arc::clone(&definition.graph), deadline);
        let (execution, engine) = (Arc::clone(execution), Arc::clone(&self.0));
        // Nobody may be interested.
        let _ = engine.begun.send(execution.arn.clone());
        tokio::spawn(async move {
            // A task of its own, so that even a bug that panics ends the execution.
            let outcome = tokio::spawn(run).await.unwrap_or_else(|panic| outcome_of_panic(&panic));
            tracing::debug!(execution = execution.arn, status = outcome.status().name(), "execution ended");
            if outcome.status() == ExecutionStatus::Succeeded {
                engine.store.remove_items_of(&execution.name);
            }
            execution.close(outcome);
        });
    }

    /// Follows an execution of the machine; `None` if there is none of this ARN.
    pub fn subscribe(&self, execution_arn: &str) -> Option<watch::Receiver<Progress>> {
        Some(self.0.store.execution(execution_arn)?.progress.subscribe())
    }

    /// Waits until an execution of the machine has ended and its results are written.
    pub async fn wait(&self, execution_arn: &str) -> Option<ExecutionOutcome> {
        ended(&*self.0.store.execution(execution_arn)?).await
    }

    /// Stops an execution, or a child, and waits until it has ended: its children are aborted, and what was never
    /// started is written to the results as pending. `None` if there is none of this ARN.
    ///
    /// An execution that has ended stays as it is.
    pub async fn stop(&self, execution_arn: &str, error: Option<String>, cause: Option<String>) -> Option<()> {
        let execution = self.0.store.execution(execution_arn)?;
        execution.stopper.abort(error, cause);
        // One that was interrupted goes on only to end, with its results.
        self.resume(execution_arn);
        ended(&execution).await;
        Some(())
    }

    /// Stops every execution of the machine that runs, as [`stop`](Self::stop) does.
    pub async fn stop_all(&self, cause: &str) {
        let all: Vec<String> = self.0.store.known().executions.keys().cloned().collect();
        for execution_arn in all {
            self.stop(&execution_arn, None, Some(cause.to_owned())).await;
        }
    }
}

/// Waits until an execution has ended.
async fn ended(execution: &Execution) -> Option<ExecutionOutcome> {
    // The execution has the other end of the channel, so this cannot fail while it is held here.
    let _ = execution.progress.subscribe().wait_for(|progress| progress.status != ExecutionStatus::Running).await;
    execution.end().map(|end| end.outcome.clone())
}

/// 1 to 80 characters, none of them blank, a bracket, a wildcard or otherwise special.
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>
fn is_name(name: &str) -> bool {
    let allowed = |c: char| {
        !c.is_whitespace()
            && !c.is_control()
            && !matches!(c, '\u{fffe}' | '\u{ffff}')
            && !"<>{}[]?*\"#%\\^|~`$&,;:/".contains(c)
    };
    (1..=80).contains(&name.chars().count()) && name.chars().all(allowed)
}

fn check_input(input: &str) -> Result<(), StartExecutionError> {
    if input.len() > MAX_PAYLOAD_BYTES {
        let problem = format!("{} bytes, at most {MAX_PAYLOAD_BYTES} are possible", input.len());
        return Err(StartExecutionError::InvalidExecutionInput(problem));
    }
    serde_json::from_str::<serde_json::Value>(input)
        .map(drop)
        .map_err(|error| StartExecutionError::InvalidExecutionInput(error.to_string()))
}
