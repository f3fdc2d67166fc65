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
    /// No delay is longer, before jitter.
    pub(crate) max_delay: Option<Duration>,
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
        let longest = self.max_delay.unwrap_or(LONGEST);
        let factor = self.backoff_rate.powf(f64::from(retry));
        Duration::try_from_secs_f64(self.interval.as_secs_f64() * factor).map_or(longest, |delay| delay.min(longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retrier(errors: &[&str]) -> Retrier {
        Retrier {
            error_equals: errors.iter().map(|&name| name.to_owned()).collect(),
            interval: Duration::from_secs(5),
            max_attempts: 6,
            backoff_rate: 2.0,
            max_delay: None,
            jitter: Jitter::None,
        }
    }

    fn seconds(attempts: &mut Attempts<'_>, error: &str) -> Vec<u64> {
        std::iter::from_fn(|| attempts.next_delay(&StateError::new(error, ""), || 0.5))
            .map(|delay| delay.as_secs())
            .collect()
    }

    #[test]
    fn delays_grow_by_the_backoff_rate_until_the_attempts_are_used_up() {
        let retriers = [retrier(&["ModelThrottled"])];
        let mut attempts = Attempts::new(&retriers);
        assert_eq!(seconds(&mut attempts, "ModelThrottled"), [5, 10, 20, 40, 80, 160]);
        assert_eq!(attempts.retry_count(), 6);
    }

    #[test]
    fn max_delay_caps_the_growth() {
        let retriers = [Retrier { max_delay: Some(Duration::from_secs(30)), ..retrier(&["E"]) }];
        assert_eq!(seconds(&mut Attempts::new(&retriers), "E"), [5, 10, 20, 30, 30, 30]);
    }

    #[test]
    fn full_jitter_stays_between_nothing_and_the_delay() {
        let retriers = [Retrier { jitter: Jitter::Full, ..retrier(&["E"]) }];
        for (random, expected) in [(0.0, 0.0), (0.5, 2.5), (0.999, 4.995)] {
            let delay = Attempts::new(&retriers).next_delay(&StateError::new("E", ""), || random).unwrap();
            assert!((delay.as_secs_f64() - expected).abs() < 1e-6, "{random} gave {delay:?}");
        }
    }

    #[test]
    fn counts_are_kept_per_retrier() {
        let retriers = [
            Retrier { max_attempts: 1, ..retrier(&["A"]) },
            Retrier { max_attempts: 2, interval: Duration::from_secs(1), ..retrier(&["B"]) },
        ];
        let mut attempts = Attempts::new(&retriers);
        assert_eq!(seconds(&mut attempts, "A"), [5]);
        assert_eq!(seconds(&mut attempts, "B"), [1, 2]);
        assert_eq!(attempts.retry_count(), 3);
    }

    #[test]
    fn a_used_up_retrier_does_not_hand_over_to_a_later_one() {
        let retriers = [Retrier { max_attempts: 1, ..retrier(&["A"]) }, retrier(&["States.ALL"])];
        let mut attempts = Attempts::new(&retriers);
        assert_eq!(seconds(&mut attempts, "A"), [5]);
        assert_eq!(seconds(&mut attempts, "Other"), [5, 10, 20, 40, 80, 160]);
    }

    #[test]
    fn no_attempts_means_never() {
        let retriers = [Retrier { max_attempts: 0, ..retrier(&["A"]) }];
        assert_eq!(seconds(&mut Attempts::new(&retriers), "A"), [0_u64; 0]);
        assert_eq!(seconds(&mut Attempts::new(&[]), "A"), [0_u64; 0]);
    }

    #[test]
    fn an_absurd_number_of_retries_does_not_overflow() {
        let retriers = [Retrier { max_attempts: 5_000, ..retrier(&["A"]) }];
        assert_eq!(seconds(&mut Attempts::new(&retriers), "A").len(), 5_000);
    }
}
