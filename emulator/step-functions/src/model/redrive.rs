//! Redrives: how often, how long, and why not.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html>

use serde::{Deserialize, Serialize};
use time::serde::timestamp::nanoseconds;
use time::{Duration, OffsetDateTime};

use crate::model::execution_outcome::ExecutionStatus;

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
    #[serde(with = "nanoseconds")]
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
