//! What is known of executions and Map Runs. In memory only.
//!
//! Ended executions of the machine and Map Runs stay; a child is known while it runs. Keeping executions beyond the
//! process, and redriving them, would begin here: a Map Run's children are its list, which `items` has in a file.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::states::execution::{Execution, ExecutionStatus};
use crate::states::map_run::MapRun;

/// All executions and Map Runs, by ARN.
#[derive(Debug, Default)]
pub(crate) struct Store(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    executions: HashMap<String, Arc<Execution>>,
    children: HashMap<String, Arc<Execution>>,
    map_runs: HashMap<String, Arc<MapRun>>,
}

/// What became of the wish to start an execution.
pub(crate) enum Started {
    New(Arc<Execution>),
    /// One of this name runs with the same input: the same wish again.
    Same,
    /// One of this name has ended, or has another input.
    AlreadyExists,
}

impl Store {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an execution of the machine, unless its name is taken.
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>
    pub(crate) fn start(&self, execution: Execution) -> Started {
        let mut inner = self.inner();
        match inner.executions.get(&execution.arn) {
            Some(known) if known.status() == ExecutionStatus::Running && known.input == execution.input => {
                Started::Same
            }
            Some(_) => Started::AlreadyExists,
            None => {
                let execution = Arc::new(execution);
                inner.executions.insert(execution.arn.clone(), Arc::clone(&execution));
                Started::New(execution)
            }
        }
    }

    pub(crate) fn add_child(&self, child: &Arc<Execution>) {
        self.inner().children.insert(child.arn.clone(), Arc::clone(child));
    }

    pub(crate) fn remove_child(&self, arn: &str) {
        self.inner().children.remove(arn);
    }

    /// An execution of the machine, or a running child.
    pub(crate) fn execution(&self, arn: &str) -> Option<Arc<Execution>> {
        let inner = self.inner();
        inner.executions.get(arn).or_else(|| inner.children.get(arn)).cloned()
    }

    /// All executions of the machine.
    pub(crate) fn executions(&self) -> Vec<Arc<Execution>> {
        self.inner().executions.values().cloned().collect()
    }

    /// The running children of a Map Run.
    pub(crate) fn children(&self, map_run_arn: &str) -> Vec<Arc<Execution>> {
        let inner = self.inner();
        let of_run = |child: &&Arc<Execution>| child.map_run().is_some_and(|map_run| map_run.arn == map_run_arn);
        inner.children.values().filter(of_run).cloned().collect()
    }

    pub(crate) fn add_map_run(&self, map_run: &Arc<MapRun>) {
        self.inner().map_runs.insert(map_run.arn.clone(), Arc::clone(map_run));
    }

    pub(crate) fn map_run(&self, arn: &str) -> Option<Arc<MapRun>> {
        self.inner().map_runs.get(arn).cloned()
    }

    /// The Map Runs of an execution.
    pub(crate) fn map_runs(&self, execution_arn: &str) -> Vec<Arc<MapRun>> {
        let inner = self.inner();
        inner.map_runs.values().filter(|map_run| map_run.parent.arn == execution_arn).cloned().collect()
    }

    /// Number of children that are known.
    #[cfg(test)]
    pub(crate) fn children_known(&self) -> usize {
        self.inner().children.len()
    }
}
