//! An execution of the machine at a glance, for a host that shows all of them.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::engine::executions::Executions;
use crate::engine::map_run::MapRun;
use crate::engine::redrive;
use crate::engine::services::Services;
use crate::model::execution_outcome::ExecutionOutcome;

/// An execution of the machine, now.
#[derive(Debug, Clone)]
pub struct ExecutionOverview {
    /// Its ARN.
    pub execution_arn: String,
    /// Its input, JSON text.
    pub input: Arc<str>,
    /// When it was started.
    pub started: OffsetDateTime,
    /// How often it was redriven.
    pub redrives: u32,
    /// How it ended; `None` while it runs.
    pub outcome: Option<ExecutionOutcome>,
    /// Items of its latest Map Run that a redrive would run, if it can be redriven now.
    pub redrivable_items: u64,
}

impl<S: Services> Executions<S> {
    /// Every execution of the machine, the oldest first.
    pub fn overviews(&self) -> Vec<ExecutionOverview> {
        let mut executions: Vec<_> = self.0.store.known().executions.values().cloned().collect();
        executions.sort_by_key(|execution| execution.started);
        executions.iter().filter_map(|execution| self.overview(&execution.arn)).collect()
    }

    /// The executions that ran when the process before this one died. [`resume`](Self::resume) runs them to their end,
    /// [`stop`](Self::stop) ends them; until then they are `RUNNING`, but nothing happens.
    pub fn interrupted(&self) -> Vec<ExecutionOverview> {
        let interrupted = self.0.store.known().interrupted.clone();
        interrupted.iter().filter_map(|arn| self.overview(arn)).collect()
    }

    /// An execution of the machine; `None` if there is none of this ARN.
    pub fn overview(&self, execution_arn: &str) -> Option<ExecutionOverview> {
        let execution = self.0.store.execution(execution_arn)?;
        let latest = self.0.store.map_runs(execution_arn).into_iter().max_by_key(|map_run| map_run.record().started);
        let redrivable = |map_run: Arc<MapRun>| {
            let counts = map_run.record().counts;
            counts.total.saturating_sub(counts.succeeded)
        };
        Some(ExecutionOverview {
            execution_arn: execution.arn.clone(),
            input: Arc::clone(&execution.input),
            started: execution.started,
            redrives: execution.redrives(),
            outcome: execution.end().map(|end| end.outcome.clone()),
            redrivable_items: latest.filter(|_| redrive::status_of(&execution).1.is_none()).map_or(0, redrivable),
        })
    }
}
