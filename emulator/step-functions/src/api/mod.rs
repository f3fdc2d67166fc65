//! The Step Functions API in the AWS JSON 1.0 protocol.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html>

mod describe_map_run;
pub(crate) mod endpoint;
mod error;
mod executions;
mod list_executions;
mod machines;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::engine::executions::Executions;
use crate::engine::services::Services;
use error::ApiError;

/// Results of a page, if the request does not say, or says 0.
const DEFAULT: usize = 100;
/// More are not possible.
const MAX_RESULTS: usize = 1_000;

/// The fields of all requests; each action takes its own. Others are passed over, as AWS does.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct ApiRequest {
    state_machine_arn: Option<String>,
    execution_arn: Option<String>,
    map_run_arn: Option<String>,
    name: Option<String>,
    input: Option<String>,
    error: Option<String>,
    cause: Option<String>,
    client_token: Option<String>,
    status_filter: Option<String>,
    redrive_filter: Option<String>,
    include_execution_data: Option<bool>,
    reverse_order: bool,
    max_results: Option<usize>,
    next_token: Option<String>,
}

impl ApiRequest {
    fn parse(body: &[u8]) -> Result<Self, ApiError> {
        serde_json::from_slice(body).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => ApiError::Validation(error.to_string()),
            _ => ApiError::Serialization(error.to_string()),
        })
    }

    /// An ARN that the action needs; `field` is its name.
    fn arn<'a>(field: &str, arn: Option<&'a String>) -> Result<&'a str, ApiError> {
        let arn = arn.ok_or_else(|| ApiError::Validation(format!("'{field}' is missing")))?;
        if arn.starts_with("arn:aws:states:") { Ok(arn) } else { Err(ApiError::InvalidArn(arn.to_owned())) }
    }

    fn execution_arn(&self) -> Result<&str, ApiError> {
        Self::arn("executionArn", self.execution_arn.as_ref())
    }

    /// How many results a page has.
    fn page_size(&self) -> Result<usize, ApiError> {
        match self.max_results {
            None | Some(0) => Ok(DEFAULT),
            Some(limit) if limit <= MAX_RESULTS => Ok(limit),
            Some(limit) => Err(ApiError::Validation(format!("maxResults is {limit}, more than {MAX_RESULTS}"))),
        }
    }
}

impl<S: Services> Executions<S> {
    /// Answers a request: `target` is its header `X-Amz-Target`, for example `AWSStepFunctions.StartExecution`.
    async fn answer(&self, target: &str, body: &[u8]) -> Result<Value, ApiError> {
        let unknown = || ApiError::UnknownOperation(target.to_owned());
        let action = target.strip_prefix("AWSStepFunctions.").filter(|action| ACTIONS.contains(action));
        let action = action.ok_or_else(unknown)?;
        let request = ApiRequest::parse(body)?;
        match action {
            "StartExecution" => self.start_execution(&request),
            "StopExecution" => self.stop_execution(&request).await,
            "RedriveExecution" => self.redrive_execution(&request),
            "DescribeExecution" => self.describe_execution(&request),
            "ListExecutions" => self.list_executions(&request),
            "GetExecutionHistory" => self.get_execution_history(&request),
            "DescribeMapRun" => self.describe_map_run(&request),
            "ListMapRuns" => self.list_map_runs(&request),
            "DescribeStateMachine" => self.describe_state_machine(&request),
            "ListStateMachines" => Ok(self.list_state_machines()),
            _ => Err(unknown()),
        }
    }
}

/// A page of `results`, from the largest key to the smallest.
///
/// The token is the key of the last result that was shown, so results that come or go between two requests shift nothing.
fn page(field: &str, mut results: BTreeMap<String, Value>, request: &ApiRequest) -> Result<Value, ApiError> {
    if let Some(token) = &request.next_token {
        drop(results.split_off(token));
    }
    let size = request.page_size()?;
    let more = results.len() > size;
    let last = results.keys().rev().nth(size - 1).cloned();
    let shown: Vec<Value> = results.into_values().rev().take(size).collect();
    Ok(if more { json!({ field: shown, "nextToken": last }) } else { json!({ field: shown }) })
}

/// Orders what is listed by its start.
fn key(started: OffsetDateTime, id: &str) -> String {
    format!("{:020}-{id}", started.unix_timestamp_nanos())
}

/// What is served.
const ACTIONS: [&str; 10] = [
    "StartExecution",
    "StopExecution",
    "RedriveExecution",
    "DescribeExecution",
    "ListExecutions",
    "GetExecutionHistory",
    "DescribeMapRun",
    "ListMapRuns",
    "DescribeStateMachine",
    "ListStateMachines",
];

#[cfg(test)]
mod tests;
