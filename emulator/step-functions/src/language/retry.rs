//! Retriers: which one takes an error, how often, and after what delay.

use std::time::Duration;

use crate::model::error::{StateError, covers};

/// One entry of a Task's `Retry`.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error>
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Retrier {
    pub(crate) error_equals: Vec<String>,
    /// Before the first retry. Default 1 second.
    pub(crate) interval: Duration,
    /// Default 3; 0 means that the error is never retried.
    pub(crate) max_attempts: u32,
    /// Factor from one delay to the next, at least 1. Default 2.
    pub(crate) backoff_rate: f64,
    pub(crate) jitter: Jitter,
}

/// Whether delays are randomised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Jitter {
    /// The computed delay, exactly.
    #[default]
    None,
    /// A random time between nothing and the computed delay.
    Full,
}

/// The retries of one visit of a state. Counts are per retrier; entering the state again starts from nothing.
#[derive(Debug)]
pub(crate) struct Attempts<'a> {
    retriers: &'a [Retrier],
    used: Vec<u32>,
}

impl<'a> Attempts<'a> {
    pub(crate) fn new(retriers: &'a [Retrier]) -> Self {
        Self { retriers, used: vec![0; retriers.len()] }
    }

    /// Retries of this visit so far, by all retriers: `$$.State.RetryCount`.
    pub(crate) fn retry_count(&self) -> u32 {
        self.used.iter().sum()
    }

    /// The delay before the next attempt, or `None` if the error is not (or no longer) retried.
    ///
    /// Only the first retrier that covers the error counts. `random` gives a number in `0.0..1.0`.
    pub(crate) fn next_delay(&mut self, error: &StateError, random: impl FnOnce() -> f64) -> Option<Duration> {
        let (retrier, used) =
            self.retriers.iter().zip(&mut self.used).find(|(retrier, _)| covers(&retrier.error_equals, error))?;
        if *used >= retrier.max_attempts {
            return None;
        }
        let delay = retrier.delay(*used);
        *used += 1;
        Some(match retrier.jitter {
            Jitter::None => delay,
            Jitter::Full => delay.mul_f64(random()),
        })
    }
}

impl Retrier {
    /// Delay before retry number `retry` (from 0), without jitter.
    fn delay(&self, retry: u32) -> Duration {
        // A century: beyond any execution, and far from the overflow of Duration.
        const LONGEST: Duration = Duration::from_secs(3_155_760_000);
        let factor = self.backoff_rate.powf(f64::from(retry));
        Duration::try_from_secs_f64(self.interval.as_secs_f64() * factor).map_or(LONGEST, |delay| delay.min(LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Duration = Duration::from_secs(1);

    fn retrier(error: &str, max_attempts: u32) -> Retrier {
        let error_equals = vec![error.to_owned()];
        Retrier { error_equals, interval: ONE, max_attempts, backoff_rate: 2.0, jitter: Jitter::None }
    }

    fn seconds(attempts: &mut Attempts<'_>, error: &str) -> Vec<u64> {
        let error = StateError::new(error, "");
        std::iter::from_fn(|| attempts.next_delay(&error, || 0.5)).map(|delay| delay.as_secs()).collect()
    }

    #[test]
    fn delays_grow_until_the_attempts_are_used_up() {
        for (retrier, delays) in [
            (retrier("A", 6), &[1, 2, 4, 8, 16, 32][..]),
            (Retrier { backoff_rate: 1.0, ..retrier("A", 2) }, &[1, 1]),
            (Retrier { interval: ONE * 10, jitter: Jitter::Full, ..retrier("A", 2) }, &[5, 10]),
            (retrier("A", 0), &[]),
            (retrier("B", 1), &[]),
        ] {
            assert_eq!(seconds(&mut Attempts::new(std::slice::from_ref(&retrier)), "A"), delays, "{retrier:?}");
        }
        let retriers = [retrier("A", 5_000)];
        assert_eq!(seconds(&mut Attempts::new(&retriers), "A").len(), 5_000, "without an overflow");
    }

    #[test]
    fn a_used_up_retrier_does_not_hand_over_to_a_later_one() {
        let retriers = [retrier("A", 1), retrier("States.ALL", 3)];
        let mut attempts = Attempts::new(&retriers);
        assert_eq!(seconds(&mut attempts, "A"), [1]);
        assert_eq!(seconds(&mut attempts, "Other"), [1, 2, 4]);
        assert_eq!(attempts.retry_count(), 4);
    }
}
