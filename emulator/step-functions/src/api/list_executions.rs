//! ListExecutions: of the machine, and of a Map Run.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::sync::Arc;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::error::ApiError;
use super::{ApiRequest, MAX_RESULTS, key, page};
use crate::engine::children::child_name;
use crate::engine::execution::Execution;
use crate::engine::executions::Executions;
use crate::engine::map_run::MapRun;
use crate::engine::services::Services;
use crate::engine::store::ENDED;
use crate::journal::ended;
use crate::model::execution_outcome::ExecutionStatus;
use crate::model::timestamp::epoch_seconds;

/// The values of the filters.
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html>
const STATUSES: [&str; 6] = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"];
const REDRIVEN: [&str; 2] = ["REDRIVEN", "NOT_REDRIVEN"];

impl<S: Services> Executions<S> {
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html>
    pub(super) fn list_executions(&self, request: &ApiRequest) -> Result<Value, ApiError> {
        let status = filter("statusFilter", request.status_filter.as_deref(), &STATUSES)?;
        let redriven = filter("redriveFilter", request.redrive_filter.as_deref(), &REDRIVEN)?;
        let matches = |of: ExecutionStatus, redrives: u32| {
            status.is_none_or(|status| status == of.name())
                && redriven.is_none_or(|redriven| redriven == REDRIVEN[usize::from(redrives == 0)])
        };
        let (known, ended) = match (&request.state_machine_arn, &request.map_run_arn) {
            (Some(_), None) => {
                self.check_machine(request)?;
                (self.0.store.known().executions.values().cloned().collect(), BTreeMap::new())
            }
            (None, Some(_)) => {
                let map_run = self.map_run(request)?;
                let running = self.0.store.children(&map_run.arn);
                let ended = self.ended_children(request, &map_run, &running, matches)?;
                (running, ended)
            }
            _ => return Err(ApiError::Validation("either stateMachineArn or mapRunArn must be there".to_owned())),
        };
        let known = known.iter().filter(|execution| matches(execution.status(), execution.redrives()));
        let known = known.map(|execution| (key(execution.started, &execution.name), self.summary(execution)));
        page("executions", known.chain(ended).collect(), request)
    }

    /// The children of a Map Run that have ended, from disk; the latest, and one more than a page may have.
    fn ended_children(
        &self,
        request: &ApiRequest,
        map_run: &MapRun,
        running: &[Arc<Execution>],
        matches: impl Fn(ExecutionStatus, u32) -> bool,
    ) -> Result<BTreeMap<String, Value>, ApiError> {
        let running: HashSet<_> = running.iter().filter_map(|child| child.index()).collect();
        let ended = ended::list(
            &self.0.store.folder_of_map_run(&map_run.execution_arn, &map_run.arn).join(ENDED),
            MAX_RESULTS + 1,
            request.next_token.as_deref(),
            |started, index| key(started, &child_name(map_run.id(), index)),
            |index, status, redrives| !running.contains(&index) && matches(status, redrives),
        );
        let ended = match ended {
            Ok(ended) => ended,
            // Before the first child has ended, and after 14 days.
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(ApiError::NotRead(error.to_string())),
        };
        let summary = |(key, (head, stopped)): (String, (ended::Head, OffsetDateTime))| {
            let name = key.split_once('-').map_or("", |(_, name)| name);
            let arn = self.0.machine.arn_of("execution", &format!("/{}:{name}", map_run.label));
            let mut summary = self.summary_of(&arn, Some(map_run), head.started, head.status, head.redrives);
            summary["stopDate"] = epoch_seconds(stopped);
            (key, summary)
        };
        Ok(ended.into_iter().map(summary).collect())
    }

    /// What lists of executions and the description of one have in common.
    pub(super) fn summary(&self, execution: &Execution) -> Value {
        let (map_run, redrives) = (execution.map_run().map(Arc::as_ref), execution.redrives());
        let mut summary = self.summary_of(&execution.arn, map_run, execution.started, execution.status(), redrives);
        if let Some(end) = execution.end() {
            summary["stopDate"] = epoch_seconds(end.at);
        }
        if let Some(redrive) = execution.redrive {
            summary["redriveDate"] = epoch_seconds(redrive.at);
        }
        summary
    }

    fn summary_of(
        &self,
        arn: &str,
        map_run: Option<&MapRun>,
        started: OffsetDateTime,
        status: ExecutionStatus,
        redrives: u32,
    ) -> Value {
        let machine = &self.0.machine;
        let mut summary = json!({
            "executionArn": arn,
            "name": arn.rsplit(':').next(),
            "redriveCount": redrives,
            "startDate": epoch_seconds(started),
            "stateMachineArn": map_run.map_or_else(|| machine.arn(), |run| run.child_machine_arn(machine)),
            "status": status.name(),
        });
        if let Some(map_run) = map_run {
            summary["mapRunArn"] = json!(map_run.arn);
            summary["itemCount"] = json!(1);
        }
        summary
    }
}

fn filter<'a>(field: &str, value: Option<&'a str>, values: &[&str]) -> Result<Option<&'a str>, ApiError> {
    match value {
        Some(other) if !values.contains(&other) => {
            let problem = format!("{field} is '{other}', not one of {}", values.join(", "));
            Err(ApiError::Validation(problem))
        }
        known => Ok(known),
    }
}
