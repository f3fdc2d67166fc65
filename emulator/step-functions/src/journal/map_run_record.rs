//! What is kept of a Map Run after the process that ran it, for DescribeMapRun.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::model::counts::Counts;
use crate::model::execution_outcome::ExecutionStatus;
use crate::model::redrive::Redrive;
use crate::model::timestamp::nanos;

/// A Map Run as the log of its execution has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MapRunRecord {
    pub(crate) arn: String,
    pub(crate) label: String,
    #[serde(with = "nanos")]
    pub(crate) started: OffsetDateTime,
    pub(crate) redrive: Option<Redrive>,
    pub(crate) max_concurrency: u64,
    pub(crate) tolerated_failure_count: u64,
    pub(crate) tolerated_failure_percentage: f64,
    pub(crate) counts: Counts,
    pub(crate) end: Option<MapRunEnd>,
    pub(crate) result_files: BTreeMap<String, usize>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MapRunEnd {
    pub(crate) status: ExecutionStatus,
    #[serde(with = "nanos")]
    pub(crate) at: OffsetDateTime,
}
