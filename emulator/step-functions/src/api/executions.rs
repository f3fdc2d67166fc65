//! StartExecution, StopExecution, RedriveExecution, DescribeExecution, ListExecutions.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::error::ApiError;
use super::page::{MAX_RESULTS, page};
use crate::engine::children::child_name;
use crate::engine::execution::Execution;
use crate::engine::executions::Executions;
use crate::engine::map_run::MapRun;
use crate::engine::redrive;
use crate::engine::services::Services;
use crate::engine::store::ENDED;
use crate::journal::ended;
use crate::model::execution_outcome::ExecutionStatus;
use crate::model::timestamp::{epoch_seconds, now};

/// Statuses that `statusFilter` of ListExecutions takes.
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html>
const STATUS_FILTERS: [&str; 6] = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StartExecution {
    state_machine_arn: String,
    name: Option<String>,
    input: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StopExecution {
    execution_arn: String,
    error: Option<String>,
    cause: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RedriveExecution {
    execution_arn: String,
    client_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeExecution {
    execution_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListExecutions {
    state_machine_arn: Option<String>,
    map_run_arn: Option<String>,
    status_filter: Option<String>,
    redrive_filter: Option<String>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// What is known of every execution, also of a child that has ended.
struct Known<'a> {
    arn: &'a str,
    name: &'a str,
    map_run: Option<&'a MapRun>,
    redrives: u32,
    started: OffsetDateTime,
    stopped: Option<OffsetDateTime>,
    status: ExecutionStatus,
}

impl<S: Services> Executions<S> {
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>
    pub(super) fn start_execution(&self, request: &StartExecution) -> Result<Value, ApiError> {
        self.check_machine(&request.state_machine_arn)?;
        let arn = self.start(request.name.as_deref(), request.input.as_deref().unwrap_or("{}"))?;
        let execution = self.execution(&arn)?;
        Ok(json!({ "executionArn": arn, "startDate": epoch_seconds(execution.started) }))
    }

    /// Answers when the execution has ended and its results are written.
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html>
    pub(super) async fn stop_execution(&self, request: StopExecution) -> Result<Value, ApiError> {
        let execution = self.execution(&request.execution_arn)?;
        self.stop(&request.execution_arn, request.error, request.cause).await;
        Ok(json!({ "stopDate": epoch_seconds(execution.end().map_or_else(now, |end| end.at)) }))
    }

    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html>
    pub(super) fn redrive_execution(&self, request: &RedriveExecution) -> Result<Value, ApiError> {
        check_arn(&request.execution_arn)?;
        let at = self.redrive(&request.execution_arn, request.client_token.as_deref())?;
        Ok(json!({ "redriveDate": epoch_seconds(at) }))
    }

    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html>
    pub(super) fn describe_execution(&self, request: &DescribeExecution) -> Result<Value, ApiError> {
        let execution = self.execution(&request.execution_arn)?;
        let mut answer = self.summary(&execution);
        answer["input"] = json!(&*execution.input);
        answer["inputDetails"] = json!({ "included": true });
        let (redrive_status, reason) = redrive::status_of(&execution);
        answer["redriveStatus"] = json!(redrive_status);
        if let Some(reason) = reason {
            answer["redriveStatusReason"] = json!(reason);
        }
        if let Some(end) = execution.end() {
            if let Some(output) = end.outcome.output() {
                answer["output"] = json!(output);
                answer["outputDetails"] = json!({ "included": true });
            }
            let (error, cause) = end.outcome.failure();
            for (field, text) in [("error", error), ("cause", cause)] {
                if let Some(text) = text {
                    answer[field] = json!(text);
                }
            }
        }
        Ok(answer)
    }

    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html>
    pub(super) fn list_executions(&self, request: &ListExecutions) -> Result<Value, ApiError> {
        if let Some(status) = request.status_filter.as_deref()
            && !STATUS_FILTERS.contains(&status)
        {
            let problem = format!("statusFilter is '{status}', not one of {}", STATUS_FILTERS.join(", "));
            return Err(ApiError::Validation(problem));
        }
        let is_redriven = match request.redrive_filter.as_deref() {
            None => None,
            Some("REDRIVEN") => Some(true),
            Some("NOT_REDRIVEN") => Some(false),
            Some(other) => {
                let problem = format!("redriveFilter is '{other}', not REDRIVEN or NOT_REDRIVEN");
                return Err(ApiError::Validation(problem));
            }
        };
        let matches = |status: ExecutionStatus, redrives: u32| {
            request.status_filter.as_deref().is_none_or(|filter| filter == status.name())
                && is_redriven.is_none_or(|is_redriven| is_redriven == (redrives > 0))
        };
        let mut executions = match (&request.state_machine_arn, &request.map_run_arn) {
            (Some(arn), None) => {
                self.check_machine(arn)?;
                self.0.store.executions()
            }
            (None, Some(arn)) => return self.list_children(request, self.map_run(arn)?.as_ref(), matches),
            _ => return Err(ApiError::Validation("either stateMachineArn or mapRunArn must be there".to_owned())),
        };
        executions.retain(|execution| matches(execution.status(), execution.redrives()));
        // The latest first.
        executions.sort_by_cached_key(|execution| std::cmp::Reverse(key(execution)));
        page(
            "executions",
            executions,
            request.max_results,
            request.next_token.as_deref(),
            key,
            |execution, token| Ok(*key(execution) < *token),
            |execution| self.summary(execution),
        )
    }

    /// The children of a Map Run: those that run, from memory, and those that have ended, from disk.
    fn list_children(
        &self,
        request: &ListExecutions,
        map_run: &MapRun,
        matches: impl Fn(ExecutionStatus, u32) -> bool,
    ) -> Result<Value, ApiError> {
        let running = self.0.store.children(&map_run.arn);
        let indexes: HashSet<_> = running.iter().filter_map(|child| child.index()).collect();
        let mut children: BTreeMap<String, Value> = running
            .iter()
            .filter(|child| matches(child.status(), child.redrives()))
            .map(|child| (key(child), self.summary(child)))
            .collect();
        let path = self.0.store.folder(map_run).join(ENDED);
        let token = request.next_token.as_deref();
        // One more than a page may have: it shows that there is a next one.
        let ended = ended::list(
            &path,
            MAX_RESULTS + 1,
            token,
            |started, index| key_of(started, &child_name(map_run.id(), index)),
            |index, status, redrives| !indexes.contains(&index) && matches(status, redrives),
        );
        let ended = match ended {
            Ok(ended) => ended,
            // Before the first child has ended, and after 14 days.
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(ApiError::NotRead(error.to_string())),
        };
        let machine = &self.0.machine;
        for (key, child) in ended {
            let name = key.split_once('-').map_or("", |(_, name)| name);
            let summary = self.summary_of(&Known {
                arn: &machine.arn_of("execution", &format!("/{}:{name}", map_run.label)),
                name,
                map_run: Some(map_run),
                redrives: child.redrives,
                started: child.started,
                stopped: Some(child.stopped),
                status: child.status,
            });
            children.insert(key, summary);
        }
        page(
            "executions",
            children.into_iter().rev(),
            request.max_results,
            token,
            |(key, _)| key.clone(),
            |(key, _), token| Ok(**key < *token),
            |(_, summary)| summary.clone(),
        )
    }

    /// What lists of executions and the description of one have in common.
    fn summary(&self, execution: &Execution) -> Value {
        let mut summary = self.summary_of(&Known {
            arn: &execution.arn,
            name: &execution.name,
            map_run: execution.map_run().map(Arc::as_ref),
            redrives: execution.redrives(),
            started: execution.started,
            stopped: execution.end().map(|end| end.at),
            status: execution.status(),
        });
        if let Some(redrive) = execution.redrive {
            summary["redriveDate"] = epoch_seconds(redrive.at);
        }
        summary
    }

    fn summary_of(&self, known: &Known<'_>) -> Value {
        let machine = &self.0.machine;
        let mut summary = json!({
            "executionArn": known.arn,
            "name": known.name,
            "redriveCount": known.redrives,
            "startDate": epoch_seconds(known.started),
            "stateMachineArn": known.map_run.map_or_else(|| machine.arn(), |run| run.child_machine_arn(machine)),
            "status": known.status.name(),
        });
        if let Some(map_run) = known.map_run {
            summary["mapRunArn"] = json!(map_run.arn);
            summary["itemCount"] = json!(1);
        }
        if let Some(stopped) = known.stopped {
            summary["stopDate"] = epoch_seconds(stopped);
        }
        summary
    }

    pub(super) fn execution(&self, arn: &str) -> Result<Arc<Execution>, ApiError> {
        check_arn(arn)?;
        self.0.store.execution(arn).ok_or_else(|| ApiError::ExecutionDoesNotExist(arn.to_owned()))
    }
}

fn check_arn(arn: &str) -> Result<(), ApiError> {
    if arn.starts_with("arn:aws:states:") { Ok(()) } else { Err(ApiError::InvalidArn(arn.to_owned())) }
}

/// Orders executions by their start.
fn key(execution: &Arc<Execution>) -> String {
    key_of(execution.started, &execution.name)
}

fn key_of(started: OffsetDateTime, name: &str) -> String {
    format!("{:020}-{name}", started.unix_timestamp_nanos())
}
