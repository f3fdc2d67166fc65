//! What is known of executions and Map Runs, in memory and in the folder of a later process.
//!
//! ```text
//! DIRECTORY/<hash of the name>/log.jsonl     an execution: see `log`
//! DIRECTORY/<hash of the name>/<map run>/    the items of a Map Run until it has succeeded, and what came of them
//! ```
//!
//! Ended executions of the machine and Map Runs stay in memory; a child that has ended is read from the folder of its Map Run.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};

use crate::engine::children::child_name;
use crate::engine::execution::Execution;
use crate::engine::map_run::MapRun;
use crate::engine::state_machine::StateMachine;
use crate::journal::ended;
use crate::journal::history::History;
use crate::journal::log;
use crate::journal::log::Log;
use crate::model::execution_outcome::ExecutionStatus;
use crate::model::redrive::{REDRIVABLE, RedriveError};
use crate::model::timestamp::now;

/// An execution is forgotten so long after its end, and its name is free again.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
const KEPT: Duration = Duration::days(90);

/// All executions and Map Runs, by ARN.
#[derive(Debug)]
pub(crate) struct ExecutionStore {
    directory: PathBuf,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) executions: HashMap<String, Arc<Execution>>,
    /// Those that run.
    pub(crate) children: HashMap<String, Arc<Execution>>,
    pub(crate) map_runs: HashMap<String, Arc<MapRun>>,
    /// Those that ran when the process before this one died, and have not been carried on.
    pub(crate) interrupted: BTreeSet<String>,
    /// The client tokens of the latest redrives.
    tokens: HashMap<String, String>,
}

/// Why an execution was not started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartExecutionError {
    /// The name breaks the rules.
    #[error("Invalid Name: '{0}'")]
    InvalidName(String),
    /// The input is not JSON, or too large.
    #[error("Invalid State Machine Execution Input: '{0}'")]
    InvalidExecutionInput(String),
    /// An execution of this name has ended, or runs with another input. The ARN of it.
    #[error("Execution Already Exists: '{0}'")]
    ExecutionAlreadyExists(String),
    /// Its log cannot be written, so it would be lost with this process.
    #[error("The execution cannot be kept: {0}")]
    NotKept(String),
}

impl Known {
    fn execution(&self, arn: &str) -> Option<Arc<Execution>> {
        self.executions.get(arn).or_else(|| self.children.get(arn)).cloned()
    }
}

impl ExecutionStore {
    /// What is known; it is locked as long as the answer is held.
    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what earlier processes left in the directory, and removes what nobody can ask for any more.
    pub(crate) fn open(directory: PathBuf, machine: &StateMachine) -> io::Result<Self> {
        let store = Self { directory, known: Mutex::default() };
        for entry in fs::read_dir(&store.directory)? {
            let folder = entry?.path();
            if !folder.is_dir() {
                continue;
            }
            let log = folder.join(LOG);
            let Some(logged) = log.exists().then(|| log::read(&log)).transpose()?.flatten() else {
                // Not started when the process died: nobody was told of it.
                fs::remove_dir_all(&folder)?;
                continue;
            };
            let arn = machine.execution_arn(&logged.name);
            let execution = Arc::new(Execution::of_machine(arn, logged.name, History::of_machine(logged.events)));
            match execution.end() {
                Some(end) if now() - end.at > KEPT => {
                    fs::remove_dir_all(&folder)?;
                    continue;
                }
                Some(end) if now() - end.at > REDRIVABLE => remove_folders_in(&folder)?,
                Some(_) => {}
                None => {
                    execution.history().log = Some(Log::open(&log)?);
                    store.known().interrupted.insert(execution.arn.clone());
                }
            }
            for mut record in logged.map_runs {
                // While its execution runs, it will be carried on.
                record.end = record.end.filter(|_| execution.end().is_some());
                let map_run = MapRun::new(record, &execution.arn, execution.progress.clone());
                store.known().map_runs.insert(map_run.arn.clone(), Arc::new(map_run));
            }
            store.known().executions.insert(execution.arn.clone(), execution);
        }
        Ok(store)
    }

    /// The folder of an execution. Names of executions are no names for folders: they may be longer, or differ only in
    /// case.
    pub(crate) fn folder_of(&self, name: &str) -> PathBuf {
        let hash = Sha256::digest(name);
        let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        self.directory.join(hex)
    }

    pub(crate) fn log_of(&self, name: &str) -> PathBuf {
        self.folder_of(name).join(LOG)
    }

    /// Adds an execution of the machine, unless its name is taken; `None` if it runs already, with the same input.
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>
    pub(crate) fn start(
        &self,
        arn: String,
        name: String,
        input: &Arc<str>,
    ) -> Result<Option<Arc<Execution>>, StartExecutionError> {
        let mut all = self.known();
        match all.executions.get(&arn) {
            Some(known) if known.status() == ExecutionStatus::Running && known.input == *input => Ok(None),
            Some(_) => Err(StartExecutionError::ExecutionAlreadyExists(arn)),
            None => {
                let begin = || -> io::Result<Execution> {
                    fs::create_dir_all(self.folder_of(&name))?;
                    let log = self.log_of(&name);
                    Execution::begin(arn, name, input, &log)
                };
                let execution = begin().map_err(|cause| StartExecutionError::NotKept(cause.to_string()))?;
                let execution = Arc::new(execution);
                all.executions.insert(execution.arn.clone(), Arc::clone(&execution));
                Ok(Some(execution))
            }
        }
    }

    /// Puts an execution that goes on in the place of the one that ended, which `again` makes it of. Returns when it was redriven,
    /// and the execution unless the same wish came before.
    pub(crate) fn redrive(
        &self,
        arn: &str,
        token: Option<&str>,
        again: impl FnOnce(&Execution) -> Result<Arc<Execution>, RedriveError>,
    ) -> Result<(OffsetDateTime, Option<Arc<Execution>>), RedriveError> {
        let mut all = self.known();
        let known = all.execution(arn).ok_or_else(|| RedriveError::ExecutionDoesNotExist(arn.to_owned()))?;
        if let (Some(token), Some(redrive)) = (token, known.redrive)
            && all.tokens.get(arn).is_some_and(|known| known == token)
        {
            return Ok((redrive.at, None));
        }
        let execution = again(&known)?;
        match token {
            Some(token) => all.tokens.insert(arn.to_owned(), token.to_owned()),
            None => all.tokens.remove(arn),
        };
        all.executions.insert(arn.to_owned(), Arc::clone(&execution));
        let at = execution.redrive.map_or(execution.started, |redrive| redrive.at);
        Ok((at, Some(execution)))
    }

    /// Removes what only an execution needs that can go on.
    pub(crate) fn remove_items_of(&self, name: &str) {
        // What is left costs room, nothing else.
        for map_run in fs::read_dir(self.folder_of(name)).into_iter().flatten().flatten() {
            let _ = fs::remove_file(map_run.path().join(ITEMS));
        }
    }

    /// What a Map Run of an execution has on disk.
    pub(crate) fn folder_of_map_run(&self, execution_arn: &str, map_run_arn: &str) -> PathBuf {
        let last = |arn: &str| arn.rsplit(':').next().unwrap_or_default().to_owned();
        self.folder_of(&last(execution_arn)).join(last(map_run_arn))
    }

    /// A child that has ended, as its history tells of it.
    fn ended_child(&self, arn: &str) -> Option<Execution> {
        let name = arn.rsplit(':').next()?;
        let index = u64::from_str_radix(name.get(24..)?, 16).ok()?;
        let map_run =
            self.known().map_runs.values().find(|map_run| child_name(map_run.id(), index) == name).cloned()?;
        let past = ended::history(&self.folder_of_map_run(&map_run.execution_arn, &map_run.arn).join(ENDED), index);
        let past = past.inspect_err(|error| tracing::warn!(%error, arn, "no history")).ok()??;
        Some(Execution::ended_child(arn.to_owned(), name.to_owned(), map_run, index, past))
    }

    /// An execution of the machine, or a child.
    pub(crate) fn execution(&self, arn: &str) -> Option<Arc<Execution>> {
        let known = self.known().execution(arn);
        known.or_else(|| self.ended_child(arn).map(Arc::new))
    }

    /// The running children of a Map Run.
    pub(crate) fn children(&self, map_run_arn: &str) -> Vec<Arc<Execution>> {
        let all = self.known();
        let of_run = |child: &&Arc<Execution>| child.map_run().is_some_and(|map_run| map_run.arn == map_run_arn);
        all.children.values().filter(of_run).cloned().collect()
    }

    /// The Map Runs of an execution.
    pub(crate) fn map_runs(&self, execution_arn: &str) -> Vec<Arc<MapRun>> {
        let all = self.known();
        all.map_runs.values().filter(|map_run| map_run.execution_arn == execution_arn).cloned().collect()
    }
}

/// Name of the log in an execution's folder.
const LOG: &str = "log.jsonl";
/// Names of the files in the folder of a Map Run: its items, and how their children ended.
pub(crate) const ITEMS: &str = "items";
pub(crate) const ENDED: &str = "ended";

fn remove_folders_in(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}
