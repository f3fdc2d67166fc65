//! The child workflow executions of a Map Run that are in flight, and the results of those that have ended.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;

use time::OffsetDateTime;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;

use crate::engine::execution::{End, Execution};
use crate::engine::map_run::MapRun;
use crate::engine::run::{Halt, outcome_of_panic};
use crate::engine::services::Services;
use crate::engine::shared::Engine;
use crate::engine::stop::Stopping;
use crate::journal::ended::Ended;
use crate::journal::items::Items;
use crate::journal::results::{Details, Entry, not_kept};
use crate::language::definition::{Graph, Map};
use crate::model::counts::ChildEnd;
use crate::model::error::{EXCEED_TOLERATED_FAILURE_THRESHOLD, StateError};
use crate::model::execution_outcome::ExecutionOutcome;
use crate::model::redrive::{Redrive, by_status};
use crate::model::timestamp::{iso, now};

/// Runs an execution to its end, or to its deadline. A parameter, since the interpreter that runs a child also runs Map states.
pub(crate) type RunChild<S> =
    fn(Arc<Engine<S>>, Arc<Execution>, Arc<Graph>, Option<Instant>) -> BoxFuture<ExecutionOutcome>;

pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The cause that a running child is given when its Map Run ends before it.
const STOPPED: &str = "The Map Run was stopped.";

pub(crate) struct Children<'a, S> {
    engine: &'a Arc<Engine<S>>,
    map_run: &'a Arc<MapRun>,
    machine_arn: String,
    /// The ends of the children so far.
    pub(crate) ended: Ended,
    tasks: JoinSet<ExecutionOutcome>,
    running: HashMap<Id, Arc<Execution>>,
    run_child: RunChild<S>,
}

impl<'a, S: Services> Children<'a, S> {
    pub(crate) fn new(
        engine: &'a Arc<Engine<S>>,
        map_run: &'a Arc<MapRun>,
        ended: Ended,
        run_child: RunChild<S>,
    ) -> Self {
        let machine_arn = map_run.child_machine_arn(&engine.machine);
        Self { engine, map_run, machine_arn, ended, tasks: JoinSet::new(), running: HashMap::new(), run_child }
    }

    /// Runs a child for every item, until all have ended or the run must end early: more items failed than are
    /// tolerated, the execution is stopped, results cannot be kept. Then children may still be running.
    ///
    /// Tolerance is judged whenever a child has ended, so a run that cannot succeed any more ends at once.
    pub(crate) async fn run(&mut self, map: &Map, items: &mut Items, stopping: &mut Stopping) -> Result<(), Halt> {
        loop {
            if let Some(stop) = stopping.reason() {
                return Err(stop.into());
            }
            let counts = self.map_run.record().counts;
            let unsuccessful = counts.failed + counts.timed_out + counts.aborted;
            if map.is_tolerance_exceeded(unsuccessful, items.total) {
                let cause = "The specified tolerated failure threshold was exceeded";
                return Err(StateError::new(EXCEED_TOLERATED_FAILURE_THRESHOLD, cause).into());
            }
            while (self.tasks.len() as u64) < map.max_concurrency() {
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
        }
    }

    /// Starts the child for an item. Its name follows from the Map Run and the item: one that is run again, after a kill
    /// or redriven, is the same child workflow execution.
    fn start(&mut self, map: &Map, index: u64, input: String) {
        let id = self.map_run.id();
        let name = child_name(id, index);
        let arn = self.engine.machine.arn_of("execution", &format!("/{}:{name}", map.label));
        let mut child = Execution::child(arn, name, input.into(), Arc::clone(self.map_run), index);
        let earlier = self.ended.to_redrive.remove(&index);
        if let Some(earlier) = earlier {
            child.started = earlier.started;
            child.redrive = Some(Redrive { count: earlier.redrives + 1, at: now() });
        }
        let child = Arc::new(child);
        self.engine.store.known().children.insert(child.arn.clone(), Arc::clone(&child));
        self.map_run.count(|counts| {
            match earlier {
                Some(_) => counts.pending_redrive -= 1,
                None => counts.pending -= 1,
            }
            counts.running += 1;
        });
        let work = (self.run_child)(Arc::clone(self.engine), Arc::clone(&child), Arc::clone(&map.processor), None);
        let task = self.tasks.spawn(work);
        self.running.insert(task.id(), child);
    }

    /// Notes how a child ended; afterwards nothing is kept of it but its result.
    fn end(&mut self, ended: Result<(Id, ExecutionOutcome), JoinError>) -> Result<(), StateError> {
        let (id, outcome) = ended.unwrap_or_else(|panic| (panic.id(), outcome_of_panic(&panic)));
        // Every task was entered when it was started.
        let Some(child) = self.running.remove(&id) else { return Ok(()) };
        self.engine.store.known().children.remove(&child.arn);
        child.close(outcome);
        let (Some(End { at, outcome }), Some(index)) = (child.end(), child.index()) else { return Ok(()) };
        let kept = self.keep(&child, index, outcome, *at);
        self.map_run.count(|counts| {
            counts.running -= 1;
            *counts.ended(outcome.status()) += 1;
        });
        if let Some(observe) = &self.engine.settings.on_child_end {
            let (parent_arn, execution_arn, input) = (&self.map_run.execution_arn, &child.arn, &child.input);
            observe(ChildEnd { parent_arn, execution_arn, index, input, outcome });
        }
        kept
    }

    /// Keeps what came of a child that has ended.
    fn keep(
        &mut self,
        child: &Execution,
        index: u64,
        outcome: &ExecutionOutcome,
        at: OffsetDateTime,
    ) -> Result<(), StateError> {
        let status = outcome.status();
        let (error, cause) = outcome.failure();
        let (redrive_status, redrive_status_reason) = by_status(status, true);
        let redrive_count = child.redrives();
        let entry = Entry {
            cause,
            error,
            execution_arn: &child.arn,
            input: &child.input,
            input_details: Details::INCLUDED,
            name: &child.name,
            output: outcome.output(),
            output_details: Details::INCLUDED,
            redrive_count,
            redrive_status,
            redrive_status_reason,
            start_date: iso(child.started),
            state_machine_arn: &self.machine_arn,
            status: status.name(),
            stop_date: iso(at),
        };
        let kept = self.ended.add(index, status, redrive_count, child.started, &entry, child.history().events());
        kept.map_err(|error| not_kept(&error))
    }

    /// Stops the children that are running and waits for their end. They all end, even if a result cannot be kept.
    pub(crate) async fn stop(&mut self) -> Result<(), StateError> {
        for child in self.running.values() {
            child.stopper.abort(None, Some(STOPPED.to_owned()));
        }
        let mut kept = Ok(());
        while let Some(ended) = self.tasks.join_next_with_id().await {
            let result = self.end(ended);
            kept = kept.and(result);
        }
        kept
    }
}

/// The name of the child for an item: a UUID, whose last twelve digits are the number of the item.
pub(crate) fn child_name(map_run_id: &str, index: u64) -> String {
    format!("{}{index:012x}", map_run_id.get(..24).unwrap_or(map_run_id))
}
