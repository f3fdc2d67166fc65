//! The Step Functions API in the AWS JSON 1.0 protocol.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html>

mod describe_map_run;
pub(crate) mod endpoint;
mod error;
mod executions;
mod history;
mod machines;
mod page;

use serde::Deserialize;
use serde_json::Value;

use crate::engine::executions::Executions;
use crate::engine::services::Services;
use error::ApiError;

impl<S: Services> Executions<S> {
    /// Answers a request: `target` is its header `X-Amz-Target`, for example `AWSStepFunctions.StartExecution`. Returns
    /// the HTTP status and the body, whose content type is `application/x-amz-json-1.0`.
    ///
    /// An operation that is not supported gets an error that names it. A child can be asked for while it runs.
    pub async fn handle(&self, target: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let answer = match target.strip_prefix("AWSStepFunctions.") {
            Some(operation) => self.answer(operation, body).await,
            None => Err(ApiError::UnknownOperation(target.to_owned())),
        };
        match answer {
            Ok(answer) => (200, answer.to_string().into_bytes()),
            Err(error) => (error.status(), error.to_json().to_string().into_bytes()),
        }
    }

    async fn answer(&self, operation: &str, body: &[u8]) -> Result<Value, ApiError> {
        match operation {
            "StartExecution" => self.start_execution(&request(body)?),
            "StopExecution" => self.stop_execution(request(body)?).await,
            "RedriveExecution" => self.redrive_execution(&request(body)?),
            "DescribeExecution" => self.describe_execution(&request(body)?),
            "ListExecutions" => self.list_executions(&request(body)?),
            "GetExecutionHistory" => self.get_execution_history(&request(body)?),
            "DescribeMapRun" => self.describe_map_run(&request(body)?),
            "ListMapRuns" => self.list_map_runs(&request(body)?),
            "DescribeStateMachine" => self.describe_state_machine(&request(body)?),
            "ListStateMachines" => Ok(self.list_state_machines()),
            _ => Err(ApiError::UnknownOperation(operation.to_owned())),
        }
    }
}

/// Parses the body of a request. Fields that are not known are passed over, as AWS does.
fn request<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => ApiError::Validation(error.to_string()),
        _ => ApiError::Serialization(error.to_string()),
    })
}

#[cfg(test)]
mod tests;
