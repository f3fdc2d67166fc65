//! An execution: of the state machine, or of one item as a child workflow execution of a Map Run.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use time::OffsetDateTime;
use tokio::sync::watch;

use crate::engine::map_run::MapRun;
use crate::engine::stop::Stopper;
use crate::journal::ended::Head;
use crate::journal::history::History;
use crate::journal::log::Log;
use crate::journal::map_run_record::MapRunRecord;
use crate::model::counts::Progress;
use crate::model::event::{Event, EventKind};
use crate::model::execution_outcome::{ExecutionOutcome, ExecutionStatus};
use crate::model::redrive::Redrive;
use crate::model::timestamp::now;

/// Events kept of a child; older ones make place. (An item that is throttled for days has thousands.)
const KEPT_OF_A_CHILD: usize = 250;

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
    /// Of a child: the Map Run that started it, and the number of its item.
    child_of: Option<(Arc<MapRun>, u64)>,
    /// What its watchers see.
    pub(crate) progress: watch::Sender<Progress>,
    history: Mutex<History>,
    end: OnceLock<End>,
}

/// How an execution ended, and when.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) at: OffsetDateTime,
    pub(crate) outcome: ExecutionOutcome,
}

impl Execution {
    /// A new execution of the machine. When this returns, a later process will find it in its log.
    pub(crate) fn begin(arn: String, name: String, input: &Arc<str>, log: &Path) -> io::Result<Self> {
        let mut history = History::of_machine([]);
        history.begin(Log::create(log, &name)?, EventKind::ExecutionStarted { input: Arc::clone(input) })?;
        Ok(Self::of_machine(arn, name, history))
    }

    /// An execution of the machine as its history tells of it.
    pub(crate) fn of_machine(arn: String, name: String, history: History) -> Self {
        let (mut input, mut started, mut redrive, mut end) = ("{}".into(), None, None, None);
        for event in history.events() {
            match &event.kind {
                EventKind::ExecutionStarted { input: given } => (input, started) = (Arc::clone(given), Some(event.at)),
                EventKind::ExecutionRedriven { redrive_count } => {
                    redrive = Some(Redrive { count: *redrive_count, at: event.at });
                    end = None;
                }
                EventKind::Ended(outcome) => end = Some(End { at: event.at, outcome: outcome.clone() }),
                _ => {}
            }
        }
        let status = end.as_ref().map_or(ExecutionStatus::Running, |end: &End| end.outcome.status());
        Self {
            arn,
            name,
            input,
            started: started.unwrap_or_else(now),
            redrive,
            stopper: Stopper::default(),
            child_of: None,
            progress: watch::Sender::new(Progress { status, ..Progress::default() }),
            history: Mutex::new(history),
            end: end.map_or_else(OnceLock::new, OnceLock::from),
        }
    }

    /// The child for item number `index`.
    pub(crate) fn child(arn: String, name: String, input: Arc<str>, map_run: Arc<MapRun>, index: u64) -> Self {
        let mut history = History::keeping(KEPT_OF_A_CHILD);
        history.add(EventKind::ExecutionStarted { input });
        Self { child_of: Some((map_run, index)), ..Self::of_machine(arn, name, history) }
    }

    /// The child for item number `index`, which has ended, as its history tells of it.
    pub(crate) fn ended_child(
        arn: String,
        name: String,
        map_run: Arc<MapRun>,
        index: u64,
        (Head { redrives, started, .. }, events): (Head, Vec<Event>),
    ) -> Self {
        let known = Self::of_machine(arn, name, History::of_machine(events));
        let redrive = (redrives > 0).then_some(Redrive { count: redrives, at: known.started });
        Self { child_of: Some((map_run, index)), started, redrive, ..known }
    }

    /// How often it was redriven.
    pub(crate) fn redrives(&self) -> u32 {
        self.redrive.map_or(0, |redrive| redrive.count)
    }

    /// Keeps what is to be known of a Map Run after this process.
    pub(crate) fn keep_map_run(&self, map_run: &MapRunRecord) {
        if let Some(log) = &mut self.history().log {
            log.map_run(map_run);
        }
    }

    /// The Map Run that started it, if it is a child.
    pub(crate) fn map_run(&self) -> Option<&Arc<MapRun>> {
        self.child_of.as_ref().map(|(map_run, _)| map_run)
    }

    /// Number of its item, if it is a child.
    pub(crate) fn index(&self) -> Option<u64> {
        self.child_of.as_ref().map(|&(_, index)| index)
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
    pub(crate) fn close(&self, outcome: ExecutionOutcome) {
        let mut history = self.history();
        history.add(EventKind::Ended(outcome.clone()));
        let at = history.events().next_back().map_or_else(now, |event| event.at);
        history.log = None;
        drop(history);
        let status = outcome.status();
        if self.end.set(End { at, outcome }).is_ok() {
            self.progress.send_modify(|progress| progress.status = status);
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
