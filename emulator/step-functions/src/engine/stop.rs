//! How a running execution is told to end before its states do.

use std::future::Future;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::model::execution_outcome::ExecutionOutcome;

/// Tells an execution to stop, as aborted. The first reason counts.
#[derive(Debug, Default)]
pub(crate) struct Stopper(watch::Sender<Option<ExecutionOutcome>>);

impl Stopper {
    pub(crate) fn abort(&self, error: Option<String>, cause: Option<String>) {
        self.0.send_if_modified(|stop| {
            let first = stop.is_none();
            stop.get_or_insert(ExecutionOutcome::Aborted { error, cause });
            first
        });
    }

    /// The other end; the execution is also stopped at its deadline.
    pub(crate) fn stopping(&self, deadline: Option<Instant>) -> Stopping {
        Stopping { signal: self.0.subscribe(), deadline }
    }
}

/// What an execution watches while it waits for anything.
#[derive(Debug, Clone)]
pub(crate) struct Stopping {
    signal: watch::Receiver<Option<ExecutionOutcome>>,
    deadline: Option<Instant>,
}

impl Stopping {
    /// Whether it is time to stop.
    pub(crate) fn reason(&self) -> Option<ExecutionOutcome> {
        let signal = self.signal.borrow().clone();
        signal.or_else(|| {
            self.deadline.filter(|&deadline| Instant::now() >= deadline).map(|_| ExecutionOutcome::TimedOut)
        })
    }

    /// Waits until it is time to stop.
    pub(crate) async fn stopped(&mut self) -> ExecutionOutcome {
        let deadline = self.deadline;
        let timed_out = async {
            match deadline {
                Some(deadline) => sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            // The sender lives as long as the execution, so this ends only with a reason.
            Ok(reason) = self.signal.wait_for(Option::is_some) => reason.clone().unwrap_or(ExecutionOutcome::TimedOut),
            () = timed_out => ExecutionOutcome::TimedOut,
        }
    }

    /// Does `work`, unless the execution is to stop before it is done.
    pub(crate) async fn unless_stopped<T>(&mut self, work: impl Future<Output = T>) -> Result<T, ExecutionOutcome> {
        tokio::select! {
            biased;
            reason = self.stopped() => Err(reason),
            done = work => Ok(done),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::sleep;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_is_done_unless_a_stop_comes_first_and_the_first_counts() {
        let stopper = Stopper::default();
        let mut stopping = stopper.stopping(Some(Instant::now() + Duration::from_secs(5)));
        assert_eq!(stopping.unless_stopped(async { 1 }).await, Ok(1));
        assert_eq!(stopping.reason(), None);
        assert_eq!(stopping.unless_stopped(sleep(Duration::from_secs(9))).await, Err(ExecutionOutcome::TimedOut));
        assert_eq!(stopping.reason(), Some(ExecutionOutcome::TimedOut));
        for error in ["first", "second"] {
            stopper.abort(Some(error.to_owned()), None);
        }
        let first = ExecutionOutcome::Aborted { error: Some("first".to_owned()), cause: None };
        assert_eq!(stopper.stopping(None).stopped().await, first);
    }
}
