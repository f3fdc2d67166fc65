//! Retriers and catchers: which one takes an error, how often it is retried, and after what delay.

use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::language::bounded::{Bounded, MAX};
use crate::language::path::{Path, everything, reference};
use crate::model::error::{ALL, RESERVED, RUNTIME, StateError, TASK_FAILED, TIMEOUT};

/// One entry of a Task's `Retry`.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error>
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Retrier {
    #[serde(default, rename = "Comment")]
    _comment: IgnoredAny,
    pub(crate) error_equals: ErrorEquals,
    /// Before the first retry. Default 1 second.
    interval_seconds: Option<Bounded<u64, 1, MAX>>,
    /// Default 3; 0 means that the error is never retried.
    max_attempts: Option<Bounded<u32, 0, MAX>>,
    /// Factor from one delay to the next. Default 2. More than a million makes no sense, and AWS names no limit.
    backoff_rate: Option<Bounded<f64, 1, 1_000_000>>,
    jitter_strategy: Option<Jitter>,
}

/// Whether delays are randomised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Jitter {
    /// The computed delay, exactly.
    None,
    /// A random time between nothing and the computed delay.
    Full,
}

/// One entry of `Catch`.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-fallback-states>
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Catcher {
    #[serde(default, rename = "Comment")]
    _comment: IgnoredAny,
    pub(crate) error_equals: ErrorEquals,
    /// `None` (`null`) passes the input on as it came.
    #[serde(default = "everything", deserialize_with = "reference")]
    pub(crate) result_path: Option<Path>,
    pub(crate) next: String,
}

/// Names of errors, at least one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub(crate) struct ErrorEquals(Vec<String>);

impl TryFrom<Vec<String>> for ErrorEquals {
    type Error = String;

    fn try_from(names: Vec<String>) -> Result<Self, String> {
        if names.is_empty() {
            return Err("at least one error name must be there".to_owned());
        }
        for wildcard in [ALL, TASK_FAILED] {
            if names.len() > 1 && names.iter().any(|name| name == wildcard) {
                return Err(format!("`{wildcard}` must stand alone"));
            }
        }
        match names.iter().find(|name| name.starts_with("States.") && !RESERVED.contains(&name.as_str())) {
            Some(name) => Err(format!("`{name}` is none of the reserved error names")),
            None => Ok(Self(names)),
        }
    }
}

impl ErrorEquals {
    /// Whether the error is one of these.
    ///
    /// Names are compared exactly. `States.Runtime` is never covered, whatever the list says.
    /// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>
    pub(crate) fn cover(&self, error: &StateError) -> bool {
        error.error != RUNTIME
            && self.0.iter().any(|name| match name.as_str() {
                ALL => !error.is_terminal,
                TASK_FAILED => !error.is_terminal && error.error != TIMEOUT,
                name => name == error.error,
            })
    }
}

/// Refuses entries of which another than the last takes every error.
pub(crate) fn check_order<'a>(
    field: &str,
    entries: impl DoubleEndedIterator<Item = &'a ErrorEquals>,
) -> Result<(), String> {
    let is_early = entries.rev().skip(1).any(|names| names.0 == [ALL]);
    if is_early { Err(format!("/{field}: `{ALL}` must be in the last entry")) } else { Ok(()) }
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
            self.retriers.iter().zip(&mut self.used).find(|(retrier, _)| retrier.error_equals.cover(error))?;
        if *used >= retrier.max_attempts.map_or(3, |attempts| attempts.0) {
            return None;
        }
        let delay = retrier.delay(*used);
        *used += 1;
        Some(if retrier.jitter_strategy == Some(Jitter::Full) { delay.mul_f64(random()) } else { delay })
    }
}

impl Retrier {
    /// Delay before retry number `retry` (from 0), without jitter.
    fn delay(&self, retry: u32) -> Duration {
        // A century: beyond any execution, and far from the overflow of Duration.
        const LONGEST: Duration = Duration::from_secs(3_155_760_000);
        let factor = self.backoff_rate.map_or(2.0, |rate| rate.0).powf(f64::from(retry));
        let interval = self.interval_seconds.map_or(1, |seconds| seconds.0);
        Duration::try_from_secs_f64(interval as f64 * factor).map_or(LONGEST, |delay| delay.min(LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::error::{DATA_LIMIT_EXCEEDED, ITEM_READER_FAILED};

    fn retriers(entries: Value) -> Vec<Retrier> {
        serde_json::from_value(entries).unwrap()
    }

    fn seconds(attempts: &mut Attempts<'_>, error: &str) -> Vec<u64> {
        let error = StateError::new(error, "");
        std::iter::from_fn(|| attempts.next_delay(&error, || 0.5)).map(|delay| delay.as_secs()).collect()
    }

    #[test]
    fn names_cover_themselves_and_wildcards_what_can_be_caught() {
        for (name, error, covered) in [
            ("ModelThrottled", "ModelThrottled", true),
            ("ModelThrottled", "modelthrottled", false),
            (ALL, "Anything", true),
            (ALL, TIMEOUT, true),
            (ALL, ITEM_READER_FAILED, true),
            (ALL, RUNTIME, false),
            (ALL, DATA_LIMIT_EXCEEDED, false),
            (TASK_FAILED, "Anything", true),
            (TASK_FAILED, TIMEOUT, false),
            (TASK_FAILED, RUNTIME, false),
            (TASK_FAILED, DATA_LIMIT_EXCEEDED, false),
            (RUNTIME, RUNTIME, false),
            (DATA_LIMIT_EXCEEDED, DATA_LIMIT_EXCEEDED, true),
        ] {
            let names = ErrorEquals(vec![name.to_owned()]);
            assert_eq!(names.cover(&StateError::new(error, "")), covered, "{name} and {error}");
        }
    }

    #[test]
    fn delays_grow_until_the_attempts_are_used_up() {
        for (fields, delays) in [
            (json!({"ErrorEquals": ["A"]}), &[1, 2, 4][..]),
            (json!({"ErrorEquals": ["A"], "MaxAttempts": 2, "BackoffRate": 1}), &[1, 1]),
            (
                json!({"ErrorEquals": ["A"], "MaxAttempts": 2, "IntervalSeconds": 10, "JitterStrategy": "FULL"}),
                &[5, 10],
            ),
            (json!({"ErrorEquals": ["A"], "MaxAttempts": 0}), &[]),
            (json!({"ErrorEquals": ["B"]}), &[]),
        ] {
            let retriers = retriers(json!([fields]));
            assert_eq!(seconds(&mut Attempts::new(&retriers), "A"), delays, "{retriers:?}");
        }
        let retriers = retriers(json!([{"ErrorEquals": ["A"], "MaxAttempts": 5_000}]));
        assert_eq!(seconds(&mut Attempts::new(&retriers), "A").len(), 5_000, "without an overflow");
    }

    #[test]
    fn a_used_up_retrier_does_not_hand_over_to_a_later_one() {
        let retriers = retriers(json!([{"ErrorEquals": ["A"], "MaxAttempts": 1}, {"ErrorEquals": ["States.ALL"]}]));
        let mut attempts = Attempts::new(&retriers);
        assert_eq!(seconds(&mut attempts, "A"), [1]);
        assert_eq!(seconds(&mut attempts, "Other"), [1, 2, 4]);
        assert_eq!(attempts.retry_count(), 4);
    }
}
