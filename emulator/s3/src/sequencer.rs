//! Time stamps that never repeat and never go back: what orders the versions of an object.

use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Hands out strictly growing time stamps.
///
/// They follow the system's clock, so that they also grow over a restart. While the clock stands still or goes back,
/// they go on by one nanosecond each.
#[derive(Debug, Default)]
pub(crate) struct Sequencer(Mutex<u64>);

impl Sequencer {
    pub(crate) fn stamp(&self) -> Stamp {
        let Stamp(now) = Stamp::of(SystemTime::now());
        let mut last = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *last = now.max(last.saturating_add(1));
        Stamp(*last)
    }
}

/// One time stamp: nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Stamp(u64);

impl Stamp {
    /// The stamp of a file that was written at this time.
    pub(crate) fn of(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
    }

    pub(crate) fn time(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_nanos(self.0)
    }

    /// The `sequencer` of S3's events: upper-case hex digits that grow with every version of a key.
    pub(crate) fn sequencer(self) -> String {
        format!("{:016X}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_grow_even_when_the_clock_does_not() {
        let clock = Sequencer(Mutex::new(u64::MAX - 10));
        let stamps: Vec<_> = (0..5).map(|_| clock.stamp()).collect();
        assert!(stamps.is_sorted_by(|a, b| a < b), "{stamps:?}");
        assert!(stamps.is_sorted_by(|a, b| a.sequencer() < b.sequencer()));
    }
}
