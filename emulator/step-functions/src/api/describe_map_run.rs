//! DescribeMapRun and ListMapRuns.

use std::sync::Arc;

use serde_json::{Value, json};

use super::error::ApiError;
use super::{ApiRequest, key, page};
use crate::engine::executions::Executions;
use crate::engine::map_run::MapRun;
use crate::engine::services::Services;
use crate::model::timestamp::epoch_seconds;

impl<S: Services> Executions<S> {
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html>
    pub(super) fn describe_map_run(&self, request: &ApiRequest) -> Result<Value, ApiError> {
        Ok(self.map_run(request)?.describe(epoch_seconds))
    }

    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListMapRuns.html>
    pub(super) fn list_map_runs(&self, request: &ApiRequest) -> Result<Value, ApiError> {
        self.execution(request)?;
        let map_runs = self.0.store.map_runs(request.execution_arn()?).into_iter();
        let keyed = map_runs.map(|map_run| {
            let record = map_run.record();
            let mut summary = json!({
                "executionArn": map_run.execution_arn,
                "mapRunArn": map_run.arn,
                "stateMachineArn": map_run.child_machine_arn(&self.0.machine),
                "startDate": epoch_seconds(record.started),
            });
            if let Some(end) = record.end {
                summary["stopDate"] = epoch_seconds(end.at);
            }
            (key(record.started, &map_run.arn), summary)
        });
        page("mapRuns", keyed.collect(), request)
    }

    pub(super) fn map_run(&self, request: &ApiRequest) -> Result<Arc<MapRun>, ApiError> {
        let arn = ApiRequest::arn("mapRunArn", request.map_run_arn.as_ref())?;
        let known = self.0.store.known().map_runs.get(arn).cloned();
        known.ok_or_else(|| ApiError::ResourceNotFound(arn.to_owned()))
    }
}
