//! RedriveExecution: an execution that did not succeed goes on where it ended, under the same ARN.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html>

use std::io;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::execution::{Execution, ExecutionStatus};
use crate::history::{Kind, MAX_EVENTS};
use crate::log::Log;
use crate::model::timestamp::{nanos, now};
use crate::{Executions, Services};

/// So long after its end an execution can be redriven.
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html>
pub(crate) const REDRIVABLE: Duration = Duration::days(14);

/// A Map Run can be redriven so often.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html>
pub(crate) const MAX_REDRIVES_OF_A_MAP_RUN: u32 = 1_000;

/// The latest redrive of an execution or a Map Run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Redrive {
    /// How often it was redriven, at least 1.
    pub(crate) count: u32,
    #[serde(with = "nanos")]
    pub(crate) at: OffsetDateTime,
}

/// Why an execution was not redriven.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedriveError {
    /// There is none of this ARN.
    #[error("Execution Does Not Exist: '{0}'")]
    ExecutionDoesNotExist(String),
    /// It runs, succeeded, ended too long ago or has too many events.
    #[error("{0}")]
    ExecutionNotRedrivable(&'static str),
    /// Its log cannot be written; it stays as it is.
    #[error("The execution cannot be redriven: {0}")]
    NotKept(String),
}

/// `redriveStatus` and `redriveStatusReason` as far as the status decides them; `child` if it belongs to a Map Run.
pub(crate) fn by_status(status: ExecutionStatus, child: bool) -> (&'static str, Option<&'static str>) {
    match status {
        ExecutionStatus::Running => ("NOT_REDRIVABLE", Some("Execution is RUNNING and cannot be redriven")),
        ExecutionStatus::Succeeded => ("NOT_REDRIVABLE", Some("Execution is SUCCEEDED and cannot be redriven")),
        _ if child => ("REDRIVABLE_BY_MAP_RUN", None),
        _ => ("REDRIVABLE", None),
    }
}

/// `redriveStatus` and `redriveStatusReason` of an execution, now.
pub(crate) fn status_of(execution: &Execution) -> (&'static str, Option<&'static str>) {
    match by_status(execution.status(), execution.map_run().is_some()) {
        (_, None) if execution.history().latest() + 1 >= MAX_EVENTS => {
            ("NOT_REDRIVABLE", Some("Execution history event limit exceeded"))
        }
        (_, None) if execution.end().is_some_and(|end| now() - end.at > REDRIVABLE) => {
            ("NOT_REDRIVABLE", Some("Execution redrivable period exceeded"))
        }
        status => status,
    }
}

impl<S: Services> Executions<S> {
    /// Redrives an execution: the state that did not succeed is run again, and of a Map Run only what did not succeed.
    /// The same `client_token` again returns the time of that redrive and does nothing.
    ///
    /// # Errors
    /// If there is no such execution, or its end was not one that can be redriven.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub fn redrive(&self, execution_arn: &str, client_token: Option<&str>) -> Result<OffsetDateTime, RedriveError> {
        let store = &self.0.store;
        let redriven = store.redrive(execution_arn, client_token, |execution| {
            if let (_, Some(reason)) = status_of(execution) {
                return Err(RedriveError::ExecutionNotRedrivable(reason));
            }
            if execution.map_run().is_some() {
                return Err(RedriveError::ExecutionNotRedrivable(
                    "A child is redriven with the execution of its Map Run",
                ));
            }
            again(execution, &store.log_of(&execution.name))
        })?;
        if let Some(execution) = &redriven.new {
            self.spawn(execution);
        }
        Ok(redriven.at)
    }
}

/// The same execution, about to go on.
fn again(execution: &Execution, log: &Path) -> Result<Arc<Execution>, RedriveError> {
    let not_kept = |cause: io::Error| RedriveError::NotKept(cause.to_string());
    let mut history = execution.history().copy();
    history.log_to(Log::open(log).map_err(not_kept)?);
    let redrive_count = execution.redrive.map_or(0, |redrive| redrive.count) + 1;
    history.add(Kind::ExecutionRedriven { redrive_count });
    if history.log().is_some_and(|log| log.has_failed()) {
        return Err(not_kept(io::Error::other("its log cannot be written")));
    }
    Ok(Arc::new(Execution::of_machine(execution.arn.clone(), execution.name.clone(), history)))
}
