//! An execution: of the state machine, or of one item as a child workflow execution of a Map Run.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use time::OffsetDateTime;
use tokio::sync::watch;

use crate::states::clock::now;
use crate::states::history::{History, Kind, MAX_EVENTS};
use crate::states::map_run::MapRun;
use crate::states::stop::{Stop, Stopper};

/// Events kept of a running child; older ones make place. (An item that is throttled for days has thousands.)
const KEPT_OF_A_CHILD: usize = 50;

/// Where an execution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExecutionStatus {
    /// It has not ended.
    #[default]
    Running,
    /// It came to its end.
    Succeeded,
    /// A state failed and nothing caught the error.
    Failed,
    /// `TimeoutSeconds` were over.
    TimedOut,
    /// It was stopped.
    Aborted,
}

impl ExecutionStatus {
    /// The name in the API, for example `TIMED_OUT`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }

    /// Whether and why an execution can be redriven, as `redriveStatus` and `redriveStatusReason` say it.
    pub(crate) fn redrive(self, child: bool) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Running => ("NOT_REDRIVABLE", Some("Execution is RUNNING and cannot be redriven")),
            Self::Succeeded => ("NOT_REDRIVABLE", Some("Execution is SUCCEEDED and cannot be redriven")),
            _ if child => ("REDRIVABLE_BY_MAP_RUN", None),
            _ => ("REDRIVABLE", None),
        }
    }
}

impl fmt::Display for ExecutionStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// How an execution ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// With an output.
    Succeeded {
        /// JSON text.
        output: Arc<str>,
    },
    /// With an error that nothing caught, or in a Fail state.
    Failed {
        /// Name of the error. Only a Fail state can be without one.
        error: Option<String>,
        /// A sentence, or the error document of a function.
        cause: Option<String>,
    },
    /// Its time was over.
    TimedOut,
    /// It was stopped; by whom, `cause` says.
    Aborted {
        /// What `StopExecution` was given.
        error: Option<String>,
        /// What `StopExecution` was given, or that the Map Run ended.
        cause: Option<String>,
    },
}

impl Outcome {
    /// The status of an execution that ended so.
    pub fn status(&self) -> ExecutionStatus {
        match self {
            Self::Succeeded { .. } => ExecutionStatus::Succeeded,
            Self::Failed { .. } => ExecutionStatus::Failed,
            Self::TimedOut => ExecutionStatus::TimedOut,
            Self::Aborted { .. } => ExecutionStatus::Aborted,
        }
    }

    /// Output as JSON text, if there is one.
    pub fn output(&self) -> Option<&str> {
        match self {
            Self::Succeeded { output } => Some(output),
            _ => None,
        }
    }

    /// Name of the error and its cause, as far as there are.
    pub fn failure(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::Failed { error, cause } | Self::Aborted { error, cause } => (error.as_deref(), cause.as_deref()),
            Self::Succeeded { .. } | Self::TimedOut => (None, None),
        }
    }

    fn to_event(&self) -> Kind {
        match self.clone() {
            Self::Succeeded { output } => Kind::ExecutionSucceeded { output },
            Self::Failed { error, cause } => Kind::ExecutionFailed { error, cause },
            Self::TimedOut => Kind::ExecutionTimedOut,
            Self::Aborted { error, cause } => Kind::ExecutionAborted { error, cause },
        }
    }
}

impl From<Stop> for Outcome {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Aborted { error, cause } => Self::Aborted { error, cause },
            Stop::TimedOut => Self::TimedOut,
        }
    }
}

/// Items of a Map Run by what has become of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Items read from the list so far; all, once the first child has started.
    pub total: u64,
    /// Not started.
    pub pending: u64,
    /// Being worked on, with those that wait.
    pub running: u64,
    /// Of the running, those in a Wait state or before a retry.
    pub waiting: u64,
    /// Done.
    pub succeeded: u64,
    /// Ended with an error.
    pub failed: u64,
    /// Ended by a time limit.
    pub timed_out: u64,
    /// Stopped.
    pub aborted: u64,
    /// Written to files of results.
    pub results_written: u64,
}

/// How far an execution is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// Its status.
    pub status: ExecutionStatus,
    /// The state it is in, or was in last.
    pub state: Option<Arc<str>>,
    /// Items of its latest Map Run; all zero before.
    pub counts: Counts,
}

/// The end of a child workflow execution, for who wants to count or show them.
#[derive(Debug, Clone, Copy)]
pub struct ChildEnd<'a> {
    /// ARN of the execution that the Map Run belongs to.
    pub parent_arn: &'a str,
    /// ARN of the child.
    pub execution_arn: &'a str,
    /// Number of the item in its list, from 0.
    pub index: u64,
    /// Input of the child: the item, as the ItemSelector made it. JSON text.
    pub input: &'a str,
    /// What came of it.
    pub outcome: &'a Outcome,
}

/// An execution, running or ended.
#[derive(Debug)]
pub(crate) struct Execution {
    pub(crate) arn: String,
    pub(crate) name: String,
    /// JSON text, as it was given.
    pub(crate) input: Arc<str>,
    pub(crate) started: OffsetDateTime,
    pub(crate) stopper: Stopper,
    role: Role,
    history: Mutex<History>,
    end: OnceLock<End>,
}

/// How an execution ended, and when.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) at: OffsetDateTime,
    pub(crate) outcome: Outcome,
}

#[derive(Debug)]
enum Role {
    Parent { progress: watch::Sender<Progress> },
    Child { map_run: Arc<MapRun>, index: u64 },
}

impl Execution {
    pub(crate) fn parent(arn: String, name: String, input: Arc<str>) -> Self {
        let kept = usize::try_from(MAX_EVENTS).unwrap_or(usize::MAX);
        Self::new(arn, name, input, Role::Parent { progress: watch::Sender::default() }, kept)
    }

    /// The child for item number `index`.
    pub(crate) fn child(arn: String, name: String, input: Arc<str>, map_run: Arc<MapRun>, index: u64) -> Self {
        Self::new(arn, name, input, Role::Child { map_run, index }, KEPT_OF_A_CHILD)
    }

    fn new(arn: String, name: String, input: Arc<str>, role: Role, kept: usize) -> Self {
        let mut history = History::keeping(kept);
        history.add(Kind::ExecutionStarted { input: input.clone() });
        Self {
            arn,
            name,
            input,
            started: now(),
            stopper: Stopper::new(),
            role,
            history: Mutex::new(history),
            end: OnceLock::new(),
        }
    }

    /// The Map Run that started it, if it is a child.
    pub(crate) fn map_run(&self) -> Option<&Arc<MapRun>> {
        match &self.role {
            Role::Parent { .. } => None,
            Role::Child { map_run, .. } => Some(map_run),
        }
    }

    /// Number of its item, if it is a child.
    pub(crate) fn index(&self) -> Option<u64> {
        match &self.role {
            Role::Parent { .. } => None,
            Role::Child { index, .. } => Some(*index),
        }
    }

    /// The events so far; no event is added while they are held.
    pub(crate) fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn end(&self) -> Option<&End> {
        self.end.get()
    }

    pub(crate) fn status(&self) -> ExecutionStatus {
        self.end().map_or(ExecutionStatus::Running, |end| end.outcome.status())
    }

    /// Notes how it ended. Later ends change nothing.
    pub(crate) fn close(&self, outcome: Outcome) {
        self.history().add(outcome.to_event());
        let status = outcome.status();
        if self.end.set(End { at: now(), outcome }).is_ok() {
            self.report(|progress| progress.status = status);
        }
    }

    /// Changes what the watchers of a parent see.
    pub(crate) fn report(&self, change: impl FnOnce(&mut Progress)) {
        if let Role::Parent { progress } = &self.role {
            progress.send_modify(change);
        }
    }

    pub(crate) fn subscribe(&self) -> Option<watch::Receiver<Progress>> {
        match &self.role {
            Role::Parent { progress } => Some(progress.subscribe()),
            Role::Child { .. } => None,
        }
    }

    /// Counts a child as waiting until the guard is dropped.
    pub(crate) fn waiting(&self) -> Waiting<'_> {
        let map_run = self.map_run();
        if let Some(map_run) = map_run {
            map_run.count(|counts| counts.waiting += 1);
        }
        Waiting(map_run)
    }
}

/// See [`Execution::waiting`].
pub(crate) struct Waiting<'a>(Option<&'a Arc<MapRun>>);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(map_run) = self.0 {
            map_run.count(|counts| counts.waiting -= 1);
        }
    }
}
