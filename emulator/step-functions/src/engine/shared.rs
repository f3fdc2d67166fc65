//! What every part of a running execution needs.

use std::fmt;
use std::path::PathBuf;

use tokio::sync::broadcast;

use crate::engine::state_machine::StateMachine;
use crate::engine::store::ExecutionStore;
use crate::model::counts::ChildEnd;

/// How executions are run.
pub struct EngineSettings {
    /// Where executions are kept, and of a Map Run that has not succeeded the list and what came of its items. It must
    /// exist and belong to these executions alone. Room for the list and twice for the results is needed.
    pub directory: PathBuf,
    /// Waits, in Wait states and before retries, are so many times as short. More than 0; 1 is real time. Not those of a
    /// `SecondsPath`: whoever told them knows what time it is.
    pub speed: f64,
    /// Called for every child workflow execution that was started, when it has ended; one call at a time for each Map
    /// Run, which waits for it.
    pub on_child_end: Option<Box<OnChildEnd>>,
}

type OnChildEnd = dyn Fn(ChildEnd<'_>) + Send + Sync;

impl EngineSettings {
    /// The settings of AWS.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), speed: 1.0, on_child_end: None }
    }
}

impl fmt::Debug for EngineSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("EngineSettings").field("directory", &self.directory).finish_non_exhaustive()
    }
}

/// What every part of a running execution needs.
#[derive(Debug)]
pub(crate) struct Engine<S> {
    pub(crate) services: S,
    pub(crate) machine: StateMachine,
    pub(crate) settings: EngineSettings,
    pub(crate) store: ExecutionStore,
    /// Told the ARN of every execution of the machine that begins to run.
    pub(crate) begun: broadcast::Sender<String>,
}
