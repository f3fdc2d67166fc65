//! GetExecutionHistory.

use serde::Deserialize;
use serde_json::Value;

use super::error::ApiError;
use super::page::page;
use crate::engine::executions::Executions;
use crate::engine::services::Services;
use crate::model::event::{Event, Shown};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetExecutionHistory {
    execution_arn: String,
    include_execution_data: Option<bool>,
    max_results: Option<usize>,
    next_token: Option<String>,
    #[serde(default)]
    reverse_order: bool,
}

impl<S: Services> Executions<S> {
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html>
    pub(super) fn get_execution_history(&self, request: &GetExecutionHistory) -> Result<Value, ApiError> {
        let execution = self.execution(&request.execution_arn)?;
        let machine = &self.0.machine;
        let data = request.include_execution_data.unwrap_or(true);
        let shown = Shown { role_arn: &machine.role_arn, region: &machine.region, data };
        let history = execution.history();
        let events: Vec<&Event> =
            if request.reverse_order { history.events().rev().collect() } else { history.events().collect() };
        page(
            "events",
            events,
            request.max_results,
            request.next_token.as_deref(),
            |event| event.id.to_string(),
            |event, token| {
                let token: u64 = token.parse().map_err(|_| ApiError::InvalidToken(token.to_owned()))?;
                Ok(if request.reverse_order { event.id < token } else { event.id > token })
            },
            |event| event.to_json(shown),
        )
    }
}
