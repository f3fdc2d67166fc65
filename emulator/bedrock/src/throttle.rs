//! A quota of requests a minute.

use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// Lets so many requests through in any stretch of a minute's length.
#[derive(Debug)]
pub(super) struct Throttle {
    pub(super) requests: u32,
    /// How long a minute lasts.
    pub(super) minute: Duration,
    /// When each request of the last minute was let through.
    pub(super) admitted: VecDeque<Instant>,
}

impl Throttle {
    /// Whether a request that comes at `now` is within the quota; one that is not does not count.
    pub(super) fn admits(&mut self, now: Instant) -> bool {
        while self.admitted.front().is_some_and(|first| now.duration_since(*first) >= self.minute) {
            self.admitted.pop_front();
        }
        let admits = self.admitted.len() < self.requests as usize;
        if admits {
            self.admitted.push_back(now);
        }
        admits
    }
}
