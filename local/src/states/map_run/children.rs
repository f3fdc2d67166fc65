//! The child workflow executions of a Map Run that are in flight, and the results of those that have ended.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::task::{Id, JoinError, JoinSet};
use uuid::Uuid;

use super::MapRun;
use crate::states::Services;
use crate::states::definition::Map;
use crate::states::error::{EXCEED_TOLERATED_FAILURE_THRESHOLD, StateError};
use crate::states::execution::{ChildEnd, Execution, ExecutionStatus, Outcome};
use crate::states::executions::Engine;
use crate::states::items::Items;
use crate::states::machine::{self, Halt};
use crate::states::results::Results;
use crate::states::stop::{Stop, Stopping};

/// The cause that a running child is given when its Map Run ends before it.
const STOPPED: &str = "The Map Run was stopped.";

pub(super) struct Children<'a, S> {
    engine: &'a Arc<Engine<S>>,
    map_run: &'a Arc<MapRun>,
    machine_arn: String,
    results: Results,
    tasks: JoinSet<Outcome>,
    running: HashMap<Id, Arc<Execution>>,
}

impl<'a, S: Services> Children<'a, S> {
    pub(super) fn new(engine: &'a Arc<Engine<S>>, map_run: &'a Arc<MapRun>) -> Result<Self, StateError> {
        let settings = &engine.settings;
        Ok(Self {
            engine,
            map_run,
            machine_arn: map_run.child_machine_arn(&engine.machine),
            results: Results::create(&settings.temporary_directory, settings.max_result_file_bytes)?,
            tasks: JoinSet::new(),
            running: HashMap::new(),
        })
    }

    /// Runs a child for every item, until all have ended or the run must end early: more items failed than are
    /// tolerated, the execution is stopped, results cannot be kept. Then children may still be running.
    ///
    /// Tolerance is judged whenever a child has ended, so a run that cannot succeed any more ends at once.
    pub(super) async fn run(&mut self, map: &Map, items: &mut Items, stopping: &mut Stopping) -> Result<(), Halt> {
        loop {
            while (self.tasks.len() as u64) < map.max_concurrency {
                let Some((index, input)) = items.next_input()? else { break };
                self.start(map, index, input);
            }
            let ended = tokio::select! {
                biased;
                stop = stopping.stopped() => return Err(stop.into()),
                ended = self.tasks.join_next_with_id() => ended,
            };
            let Some(ended) = ended else { return Ok(()) };
            self.end(ended)?;
            let counts = self.map_run.counts();
            let unsuccessful = counts.failed + counts.timed_out + counts.aborted;
            if map.tolerance.is_exceeded(unsuccessful, items.total()) {
                let cause = "The specified tolerated failure threshold was exceeded";
                return Err(StateError::new(EXCEED_TOLERATED_FAILURE_THRESHOLD, cause).into());
            }
        }
    }

    /// Starts the child for an item.
    fn start(&mut self, map: &Map, index: u64, input: String) {
        let name = Uuid::new_v4().to_string();
        let arn = self.engine.machine.arn_of("execution", &format!("/{}:{name}", map.label));
        let child = Arc::new(Execution::child(arn, name, input.into(), Arc::clone(self.map_run), index));
        self.engine.store.add_child(&child);
        self.map_run.count(|counts| {
            counts.pending -= 1;
            counts.running += 1;
        });
        let work = machine::run(Arc::clone(self.engine), Arc::clone(&child), Arc::clone(&map.processor), None);
        let task = self.tasks.spawn(work);
        self.running.insert(task.id(), child);
    }

    /// Notes how a child ended; afterwards nothing is kept of it but its result.
    fn end(&mut self, ended: Result<(Id, Outcome), JoinError>) -> Result<(), StateError> {
        let (id, outcome) = ended.unwrap_or_else(|panic| (panic.id(), machine::outcome_of_panic(&panic)));
        // Every task was entered when it was started.
        let Some(child) = self.running.remove(&id) else { return Ok(()) };
        self.engine.store.remove_child(&child.arn);
        child.close(outcome);
        self.map_run.count(|counts| {
            counts.running -= 1;
            match child.status() {
                ExecutionStatus::Succeeded => counts.succeeded += 1,
                ExecutionStatus::TimedOut => counts.timed_out += 1,
                ExecutionStatus::Aborted => counts.aborted += 1,
                ExecutionStatus::Failed | ExecutionStatus::Running => counts.failed += 1,
            }
        });
        if let (Some(observe), Some(end), Some(index)) =
            (&self.engine.settings.on_child_end, child.end(), child.index())
        {
            observe(ChildEnd {
                parent_arn: &self.map_run.parent.arn,
                execution_arn: &child.arn,
                index,
                input: &child.input,
                outcome: &end.outcome,
            });
        }
        self.results.add_ended(&child, &self.machine_arn)
    }

    /// Stops the children that are running and waits for their end. They all end, even if a result cannot be kept.
    pub(super) async fn stop(&mut self) -> Result<(), StateError> {
        for child in self.running.values() {
            child.stopper.stop(Stop::Aborted { error: None, cause: Some(STOPPED.to_owned()) });
        }
        let mut kept = Ok(());
        while let Some(ended) = self.tasks.join_next_with_id().await {
            let result = self.end(ended);
            kept = kept.and(result);
        }
        kept
    }

    /// Notes the items whose children were never started.
    pub(super) fn leave_pending(&mut self, items: &mut Items) -> Result<(), StateError> {
        while let Some((_, input)) = items.next_input()? {
            self.results.add_pending(&input)?;
        }
        Ok(())
    }

    /// Hands the results over; returns the manifest's key.
    pub(super) async fn store_results(self, bucket: &str, folder: &str) -> Result<String, StateError> {
        let entries = self.results.entries();
        let key = self.results.store(&self.engine.services, bucket, folder, &self.map_run.arn).await?;
        self.map_run.count(|counts| counts.results_written = entries);
        Ok(key)
    }
}
