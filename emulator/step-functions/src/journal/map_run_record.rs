//! What is kept of a Map Run after the process that ran it, for DescribeMapRun.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::serde::timestamp::nanoseconds;

use crate::language::definition::Map;
use crate::model::counts::Counts;
use crate::model::execution_outcome::ExecutionStatus;
use crate::model::redrive::Redrive;

/// A Map Run as the log of its execution has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MapRunRecord {
    pub(crate) arn: String,
    pub(crate) label: String,
    #[serde(with = "nanoseconds")]
    pub(crate) started: OffsetDateTime,
    /// If it was redriven, the latest time.
    pub(crate) redrive: Option<Redrive>,
    pub(crate) max_concurrency: u64,
    pub(crate) tolerated_failure_percentage: f64,
    pub(crate) counts: Counts,
    pub(crate) end: Option<MapRunEnd>,
    /// How many files of results there are in the bucket, by status.
    pub(crate) result_files: BTreeMap<String, usize>,
}

impl MapRunRecord {
    /// Of a Map Run whose items have not been read.
    pub(crate) fn new(arn: String, started: OffsetDateTime, map: &Map) -> Self {
        Self {
            arn,
            label: map.label.clone(),
            started,
            redrive: None,
            max_concurrency: map.max_concurrency(),
            tolerated_failure_percentage: map.tolerated_failure_percentage(),
            counts: Counts::default(),
            end: None,
            result_files: BTreeMap::new(),
        }
    }

    pub(crate) fn status(&self) -> ExecutionStatus {
        self.end.map_or(ExecutionStatus::Running, |end| end.status)
    }

    /// How often it was redriven.
    pub(crate) fn redrives(&self) -> u32 {
        self.redrive.map_or(0, |redrive| redrive.count)
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct MapRunEnd {
    pub(crate) status: ExecutionStatus,
    #[serde(with = "nanoseconds")]
    pub(crate) at: OffsetDateTime,
}
