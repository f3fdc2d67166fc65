//! RedriveExecution: an execution that did not succeed goes on where it ended, under the same ARN.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html>

use std::io;
use std::path::Path;
use std::sync::Arc;

use time::OffsetDateTime;

use crate::engine::execution::Execution;
use crate::engine::executions::Executions;
use crate::engine::services::Services;
use crate::journal::history::History;
use crate::journal::log::Log;
use crate::model::event::{EventKind, MAX_EVENTS};
use crate::model::redrive::{REDRIVABLE, RedriveError, by_status};
use crate::model::timestamp::now;

/// `redriveStatus` and `redriveStatusReason` of an execution, now.
pub(crate) fn status_of(execution: &Execution) -> (&'static str, Option<&'static str>) {
    match by_status(execution.status(), execution.map_run().is_some()) {
        (_, None) if execution.history().latest + 1 >= MAX_EVENTS => {
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
        let (at, new) = store.redrive(execution_arn, client_token, |execution| {
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
        if let Some(execution) = &new {
            self.spawn(execution);
        }
        Ok(at)
    }
}

/// The same execution, about to go on.
fn again(execution: &Execution, log: &Path) -> Result<Arc<Execution>, RedriveError> {
    let not_kept = |cause: io::Error| RedriveError::NotKept(cause.to_string());
    let mut history = History::of_machine(execution.history().events().cloned());
    let redriven = EventKind::ExecutionRedriven { redrive_count: execution.redrives() + 1 };
    Log::open(log).and_then(|log| history.begin(log, redriven)).map_err(not_kept)?;
    Ok(Arc::new(Execution::of_machine(execution.arn.clone(), execution.name.clone(), history)))
}
