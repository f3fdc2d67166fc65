//! Where an execution stands, and how it ended.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Where an execution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExecutionStatus {
    /// It has not ended.
    #[default]
    Running,
    /// It came to its end.
    Succeeded,
    /// A state failed and nothing caught the error.
    Failed,
    /// `TimeoutSeconds` were over.
    TimedOut,
    /// It was stopped.
    Aborted,
}

impl ExecutionStatus {
    /// The name in the API, for example `TIMED_OUT`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }

    /// The status of this name.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        let all = [Self::Running, Self::Succeeded, Self::Failed, Self::TimedOut, Self::Aborted];
        all.into_iter().find(|status| status.name() == name)
    }
}

impl fmt::Display for ExecutionStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// How an execution ended. Its form with serde is that of the event of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExecutionOutcome {
    /// With an output.
    #[serde(rename = "ExecutionSucceeded")]
    Succeeded {
        /// JSON text.
        output: Arc<str>,
    },
    /// With an error that nothing caught, or in a Fail state.
    #[serde(rename = "ExecutionFailed")]
    Failed {
        /// Name of the error. Only a Fail state can be without one.
        error: Option<String>,
        /// A sentence, or the error document of a function.
        cause: Option<String>,
    },
    /// Its time was over.
    #[serde(rename = "ExecutionTimedOut")]
    TimedOut,
    /// It was stopped; by whom, `cause` says.
    #[serde(rename = "ExecutionAborted")]
    Aborted {
        /// What `StopExecution` was given.
        error: Option<String>,
        /// What `StopExecution` was given, or that the Map Run ended.
        cause: Option<String>,
    },
}

impl ExecutionOutcome {
    /// The status of an execution that ended so.
    pub fn status(&self) -> ExecutionStatus {
        match self {
            Self::Succeeded { .. } => ExecutionStatus::Succeeded,
            Self::Failed { .. } => ExecutionStatus::Failed,
            Self::TimedOut => ExecutionStatus::TimedOut,
            Self::Aborted { .. } => ExecutionStatus::Aborted,
        }
    }

    /// Output as JSON text, if there is one.
    pub fn output(&self) -> Option<&str> {
        match self {
            Self::Succeeded { output } => Some(output),
            _ => None,
        }
    }

    /// Name of the error and its cause, as far as there are.
    pub fn failure(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::Failed { error, cause } | Self::Aborted { error, cause } => (error.as_deref(), cause.as_deref()),
            Self::Succeeded { .. } | Self::TimedOut => (None, None),
        }
    }
}
