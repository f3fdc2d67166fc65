//! An execution: of the state machine, or of one item as a child workflow execution of a Map Run.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tokio::sync::watch;

use crate::history::{History, Kind};
use crate::log::Log;
use crate::map_run::{MapRun, Summary};
use crate::model::timestamp::now;
use crate::redrive::Redrive;
use crate::stop::{Stop, Stopper};

/// Events kept of a running child; older ones make place. (An item that is throttled for days has thousands.)
const KEPT_OF_A_CHILD: usize = 50;

/// Where an execution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
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

    /// The status of this name.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        let all = [Self::Running, Self::Succeeded, Self::Failed, Self::TimedOut, Self::Aborted];
        all.into_iter().find(|status| status.name() == name)
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

    fn of_event(kind: &Kind) -> Option<Self> {
        match kind.clone() {
            Kind::ExecutionSucceeded { output } => Some(Self::Succeeded { output }),
            Kind::ExecutionFailed { error, cause } => Some(Self::Failed { error, cause }),
            Kind::ExecutionTimedOut => Some(Self::TimedOut),
            Kind::ExecutionAborted { error, cause } => Some(Self::Aborted { error, cause }),
            _ => None,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
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
    /// Not successful before the Map Run was redriven, and not started again yet.
    pub pending_redrive: u64,
    /// Written to files of results.
    pub results_written: u64,
}

impl Counts {
    /// The count of those that ended so.
    pub(crate) fn ended(&mut self, status: ExecutionStatus) -> &mut u64 {
        match status {
            ExecutionStatus::Succeeded => &mut self.succeeded,
            ExecutionStatus::TimedOut => &mut self.timed_out,
            ExecutionStatus::Aborted => &mut self.aborted,
            ExecutionStatus::Failed | ExecutionStatus::Running => &mut self.failed,
        }
    }
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
    /// If it was redriven, the latest time.
    pub(crate) redrive: Option<Redrive>,
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
    /// A new execution of the machine. When this returns, a later process will find it in its log.
    pub(crate) fn begin(arn: String, name: String, input: &Arc<str>, log: &Path) -> io::Result<Self> {
        let mut history = History::of_machine([]);
        history.log_to(Log::create(log, &name)?);
        history.add(Kind::ExecutionStarted { input: Arc::clone(input) });
        if history.log().is_some_and(|log| log.has_failed()) {
            return Err(io::Error::other("its start could not be written"));
        }
        Ok(Self::of_machine(arn, name, history))
    }

    /// An execution of the machine as its history tells of it.
    pub(crate) fn of_machine(arn: String, name: String, history: History) -> Self {
        let (mut input, mut started, mut redrive, mut end) = ("{}".into(), None, None, None);
        for event in history.events() {
            match &event.kind {
                Kind::ExecutionStarted { input: given } => (input, started) = (Arc::clone(given), Some(event.at)),
                Kind::ExecutionRedriven { redrive_count } => {
                    redrive = Some(Redrive { count: *redrive_count, at: event.at });
                    end = None;
                }
                kind => end = Outcome::of_event(kind).map(|outcome| End { at: event.at, outcome }).or(end),
            }
        }
        let status = end.as_ref().map_or(ExecutionStatus::Running, |end| end.outcome.status());
        let progress = watch::Sender::new(Progress { status, ..Progress::default() });
        let execution = Self::new(arn, name, input, Role::Parent { progress }, history);
        if let Some(end) = end {
            // It was just made.
            let _ = execution.end.set(end);
        }
        Self { started: started.unwrap_or_else(now), redrive, ..execution }
    }

    /// The child for item number `index`.
    pub(crate) fn child(arn: String, name: String, input: Arc<str>, map_run: Arc<MapRun>, index: u64) -> Self {
        let mut history = History::keeping(KEPT_OF_A_CHILD);
        history.add(Kind::ExecutionStarted { input: Arc::clone(&input) });
        Self::new(arn, name, input, Role::Child { map_run, index }, history)
    }

    fn new(arn: String, name: String, input: Arc<str>, role: Role, history: History) -> Self {
        Self {
            arn,
            name,
            input,
            started: now(),
            redrive: None,
            stopper: Stopper::new(),
            role,
            history: Mutex::new(history),
            end: OnceLock::new(),
        }
    }

    /// Writes what happens from now on into its log again.
    pub(crate) fn log_to(&self, log: Log) {
        self.history().log_to(log);
    }

    /// Keeps what is to be known of a Map Run after this process.
    pub(crate) fn keep_map_run(&self, map_run: &Summary) {
        if let Some(log) = self.history().log() {
            log.map_run(map_run);
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
        let mut history = self.history();
        history.add(outcome.to_event());
        let at = history.events().next_back().map_or_else(now, |event| event.at);
        history.close_log();
        drop(history);
        let status = outcome.status();
        if self.end.set(End { at, outcome }).is_ok() {
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
