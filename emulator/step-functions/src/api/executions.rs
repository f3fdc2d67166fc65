//! StartExecution, StopExecution, RedriveExecution, DescribeExecution, GetExecutionHistory.

use std::sync::Arc;

use serde_json::{Value, json};

use super::ApiRequest;
use super::error::ApiError;
use crate::engine::execution::Execution;
use crate::engine::executions::Executions;
use crate::engine::redrive;
use crate::engine::services::Services;
use crate::model::event::{Event, Shown};
use crate::model::timestamp::{epoch_seconds, now};

impl<S: Services> Executions<S> {
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>
    pub(super) fn start_execution(&self, request: &ApiRequest) -> Result<Value, ApiError> {
        self.check_machine(request)?;
        let arn = self.start(request.name.as_deref(), request.input.as_deref().unwrap_or("{}"))?;
        let started = self.0.store.execution(&arn).map_or_else(now, |execution| execution.started);
        Ok(json!({ "executionArn": arn, "startDate": epoch_seconds(started) }))
    }

    /// Answers when the execution has ended and its results are written.
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html>
    pub(super) async fn stop_execution(&self, request: &ApiRequest) -> Result<Value, ApiError> {
        let execution = self.execution(request)?;
        self.stop(&execution.arn, request.error.clone(), request.cause.clone()).await;
        Ok(json!({ "stopDate": epoch_seconds(execution.end().map_or_else(now, |end| end.at)) }))
    }

    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html>
    pub(super) fn redrive_execution(&self, request: &ApiRequest) -> Result<Value, ApiError> {
        let at = self.redrive(request.execution_arn()?, request.client_token.as_deref())?;
        Ok(json!({ "redriveDate": epoch_seconds(at) }))
    }

    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html>
    pub(super) fn describe_execution(&self, request: &ApiRequest) -> Result<Value, ApiError> {
        let execution = self.execution(request)?;
        let mut answer = self.summary(&execution);
        answer["input"] = json!(&*execution.input);
        answer["inputDetails"] = json!({ "included": true });
        let (redrive_status, reason) = redrive::status_of(&execution);
        answer["redriveStatus"] = json!(redrive_status);
        let outcome = execution.end().map(|end| &end.outcome);
        let output = outcome.and_then(|outcome| outcome.output());
        let (error, cause) = outcome.map_or((None, None), |outcome| outcome.failure());
        let optional = [("redriveStatusReason", reason), ("output", output), ("error", error), ("cause", cause)];
        for (field, text) in optional {
            if let Some(text) = text {
                answer[field] = json!(text);
            }
        }
        if output.is_some() {
            answer["outputDetails"] = json!({ "included": true });
        }
        Ok(answer)
    }

    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html>
    pub(super) fn get_execution_history(&self, request: &ApiRequest) -> Result<Value, ApiError> {
        let execution = self.execution(request)?;
        let machine = &self.0.machine;
        let data = request.include_execution_data.unwrap_or(true);
        let shown = Shown { role_arn: &machine.role_arn, region: &machine.region, data };
        // The token is the id of the last event that was shown.
        let token = request.next_token.as_ref();
        let after = token.map(|token| token.parse::<u64>().map_err(|_| ApiError::InvalidToken(token.clone())));
        let after = after.transpose()?;
        let history = execution.history();
        let mut events: Vec<&Event> = if request.reverse_order {
            history.events().rev().filter(|event| after.is_none_or(|id| event.id < id)).collect()
        } else {
            history.events().filter(|event| after.is_none_or(|id| event.id > id)).collect()
        };
        let size = request.page_size()?;
        let more = events.len() > size;
        events.truncate(size);
        let page: Vec<Value> = events.iter().map(|event| event.to_json(shown)).collect();
        let last = events.last().map(|event| event.id.to_string());
        Ok(if more { json!({ "events": page, "nextToken": last }) } else { json!({ "events": page }) })
    }

    pub(super) fn execution(&self, request: &ApiRequest) -> Result<Arc<Execution>, ApiError> {
        let arn = request.execution_arn()?;
        self.0.store.execution(arn).ok_or_else(|| ApiError::ExecutionDoesNotExist(arn.to_owned()))
    }
}
