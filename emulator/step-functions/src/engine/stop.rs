//! How a running execution is told to end before its states do.

use std::future::Future;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::model::execution_outcome::ExecutionOutcome;

/// Why an execution ends early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stop {
    /// `StopExecution`, or the Map Run of a child ended.
    Aborted { error: Option<String>, cause: Option<String> },
    /// `TimeoutSeconds` of the machine are over.
    TimedOut,
}

impl From<Stop> for ExecutionOutcome {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Aborted { error, cause } => Self::Aborted { error, cause },
            Stop::TimedOut => Self::TimedOut,
        }
    }
}

/// Tells an execution to stop. The first reason counts.
#[derive(Debug)]
pub(crate) struct Stopper(watch::Sender<Option<Stop>>);

impl Stopper {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    pub(crate) fn stop(&self, reason: Stop) {
        self.0.send_if_modified(|stop| {
            let first = stop.is_none();
            stop.get_or_insert(reason);
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
    signal: watch::Receiver<Option<Stop>>,
    deadline: Option<Instant>,
}

impl Stopping {
    /// Whether it is time to stop.
    pub(crate) fn reason(&self) -> Option<Stop> {
        let signal = self.signal.borrow().clone();
        signal.or_else(|| self.deadline.filter(|&deadline| Instant::now() >= deadline).map(|_| Stop::TimedOut))
    }

    /// Waits until it is time to stop.
    pub(crate) async fn stopped(&mut self) -> Stop {
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
            Ok(reason) = self.signal.wait_for(Option::is_some) => reason.clone().unwrap_or(Stop::TimedOut),
            () = timed_out => Stop::TimedOut,
        }
    }

    /// Does `work`, unless the execution is to stop before it is done.
    pub(crate) async fn unless_stopped<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Stop> {
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
    async fn work_is_done_unless_the_stop_comes_first() {
        let stopper = Stopper::new();
        let mut stopping = stopper.stopping(Some(Instant::now() + Duration::from_secs(5)));
        assert_eq!(stopping.unless_stopped(async { 1 }).await, Ok(1));
        assert_eq!(stopping.reason(), None);
        assert_eq!(stopping.unless_stopped(sleep(Duration::from_secs(9))).await, Err(Stop::TimedOut));
        assert_eq!(stopping.reason(), Some(Stop::TimedOut));
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_reason_counts() {
        let stopper = Stopper::new();
        let aborted = |text: &str| Stop::Aborted { error: Some(text.to_owned()), cause: None };
        stopper.stop(aborted("first"));
        stopper.stop(aborted("second"));
        assert_eq!(stopper.stopping(None).stopped().await, aborted("first"));
    }
}
