//! StartExecution, StopExecution, RedriveExecution, DescribeExecution, ListExecutions.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ApiError;
use super::page::page;
use crate::engine::execution::Execution;
use crate::engine::executions::Executions;
use crate::engine::redrive;
use crate::engine::services::Services;
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

    /// Of a Map Run, the children that are running: one that has ended is in the files of results.
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html>
    pub(super) fn list_executions(&self, request: &ListExecutions) -> Result<Value, ApiError> {
        let mut executions = match (&request.state_machine_arn, &request.map_run_arn) {
            (Some(arn), None) => {
                self.check_machine(arn)?;
                self.0.store.executions()
            }
            (None, Some(arn)) => {
                self.map_run(arn)?;
                self.0.store.children(arn)
            }
            _ => return Err(ApiError::Validation("either stateMachineArn or mapRunArn must be there".to_owned())),
        };
        if let Some(status) = request.status_filter.as_deref() {
            if !STATUS_FILTERS.contains(&status) {
                return Err(ApiError::Validation(format!(
                    "statusFilter is '{status}', not one of {}",
                    STATUS_FILTERS.join(", ")
                )));
            }
            executions.retain(|execution| execution.status().name() == status);
        }
        match request.redrive_filter.as_deref() {
            None => {}
            Some("REDRIVEN") => executions.retain(|execution| execution.redrive.is_some()),
            Some("NOT_REDRIVEN") => executions.retain(|execution| execution.redrive.is_none()),
            Some(other) => {
                let problem = format!("redriveFilter is '{other}', not REDRIVEN or NOT_REDRIVEN");
                return Err(ApiError::Validation(problem));
            }
        }
        // The latest first.
        executions.sort_by_cached_key(|execution| std::cmp::Reverse(key(execution)));
        page(
            "executions",
            executions,
            request.max_results,
            request.next_token.as_deref(),
            key,
            |execution, token| Ok(*key(execution) < *token),
            |execution| {
                let mut summary = self.summary(execution);
                if request.map_run_arn.is_some() {
                    summary["itemCount"] = json!(1);
                }
                summary
            },
        )
    }

    /// What lists of executions and the description of one have in common.
    fn summary(&self, execution: &Execution) -> Value {
        let machine = &self.0.machine;
        let mut summary = json!({
            "executionArn": execution.arn,
            "name": execution.name,
            "redriveCount": execution.redrive.map_or(0, |redrive| redrive.count),
            "startDate": epoch_seconds(execution.started),
            "stateMachineArn": execution.map_run().map_or_else(|| machine.arn(), |run| run.child_machine_arn(machine)),
            "status": execution.status().name(),
        });
        if let Some(map_run) = execution.map_run() {
            summary["mapRunArn"] = json!(map_run.arn);
        }
        if let Some(redrive) = execution.redrive {
            summary["redriveDate"] = epoch_seconds(redrive.at);
        }
        if let Some(end) = execution.end() {
            summary["stopDate"] = epoch_seconds(end.at);
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
    format!("{:020}-{}", execution.started.unix_timestamp_nanos(), execution.name)
}
