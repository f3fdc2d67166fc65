//! DescribeMapRun and ListMapRuns, and the description of a Map Run as a Task of the state machine gets it.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ApiError;
use super::page::page;
use crate::engine::description::describe;
use crate::engine::executions::Executions;
use crate::engine::map_run::MapRun;
use crate::engine::services::Services;
use crate::model::timestamp::epoch_seconds;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeMapRun {
    map_run_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListMapRuns {
    execution_arn: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

impl<S: Services> Executions<S> {
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html>
    pub(super) fn describe_map_run(&self, request: &DescribeMapRun) -> Result<Value, ApiError> {
        Ok(describe(&*self.map_run(&request.map_run_arn)?, epoch_seconds))
    }

    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListMapRuns.html>
    pub(super) fn list_map_runs(&self, request: &ListMapRuns) -> Result<Value, ApiError> {
        self.execution(&request.execution_arn)?;
        let mut map_runs = self.0.store.map_runs(&request.execution_arn);
        map_runs.sort_by_cached_key(|map_run| std::cmp::Reverse(key(map_run)));
        page(
            "mapRuns",
            map_runs,
            request.max_results,
            request.next_token.as_deref(),
            key,
            |map_run, token| Ok(*key(map_run) < *token),
            |map_run| {
                let mut summary = json!({
                    "executionArn": map_run.execution_arn,
                    "mapRunArn": map_run.arn,
                    "stateMachineArn": map_run.child_machine_arn(&self.0.machine),
                    "startDate": epoch_seconds(map_run.started),
                });
                if let (_, Some(stopped)) = map_run.status() {
                    summary["stopDate"] = epoch_seconds(stopped);
                }
                summary
            },
        )
    }

    pub(super) fn map_run(&self, arn: &str) -> Result<Arc<MapRun>, ApiError> {
        self.0.store.map_run(arn).ok_or_else(|| ApiError::ResourceNotFound(arn.to_owned()))
    }
}

/// Orders Map Runs by their start.
fn key(map_run: &Arc<MapRun>) -> String {
    format!("{:020}-{}", map_run.started.unix_timestamp_nanos(), map_run.arn)
}
