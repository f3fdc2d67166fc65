//! GetExecutionHistory.

use serde_json::{Value, json};

use super::ApiRequest;
use super::error::ApiError;
use crate::engine::executions::Executions;
use crate::engine::services::Services;
use crate::model::event::{Event, Shown};

impl<S: Services> Executions<S> {
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
}
