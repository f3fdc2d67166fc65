//! The schedule of one model: which slot is due when, and what a throttled call says about the quota. Pure: it is told the time.
//!
//! - Slots on a virtual clock, with a small burst, are the virtual scheduling algorithm (GCRA) of
//!   [ITU-T I.371](https://www.itu.int/rec/T-REC-I.371); when a slot is due is the theoretical arrival time.
//! - The rate grows while nothing is throttled and falls when something is: AIMD, as in
//!   [RFC 5681](https://www.rfc-editor.org/rfc/rfc5681). Growth is slow near the rate that was throttled last and faster farther from it:
//!   [CUBIC, RFC 9438](https://www.rfc-editor.org/rfc/rfc9438), which the
//!   [client rate limiter of the AWS SDKs](https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html) uses too.
//! - The new rate lies between the one that was throttled, which is above the quota, and the one at which calls passed since the model
//!   throttled before, which is not: the binary search of
//!   [BIC-TCP](https://doi.org/10.1109/INFCOM.2004.1354672), fed with a delivery rate as in
//!   [BBR](https://queue.acm.org/detail.cfm?id=3022184).
//!
//! How Bedrock refills a quota is not documented. The schedule works with a token bucket as well as with a fixed window of one minute.
//!
//! Times are seconds since 1970, rates are images per second. A slot is a number; fractions are between two reserved ones.

use serde::{Deserialize, Serialize};

/// Images per second for a model that was never called: twice the smallest common quota (60 a minute).
const START_RATE: f64 = 2.0;
/// Images per second that are always tried: no quota is below one image a minute.
const LEAST_RATE: f64 = 1.0 / 60.0;
/// Images per second beyond which the rate does not grow: one S3 object takes fewer conditional writes per second.
const UNLIMITED: f64 = 100.0;
/// Slots that may be used at once after a time without demand: below 2, because a quota of 60 a minute allows two at most.
const BURST: f64 = 1.9;
/// Slots after which the rate has doubled, while little is known: a fixed window of 60 is used up before the rate exceeds 10 per second.
const LEAST_DOUBLING: f64 = 32.0;
/// Slots after which the rate has doubled, at most: a quota that was raised tenfold is found within 600 images.
const MOST_DOUBLING: f64 = 180.0;
/// Slots to double the rate per slot that the rate was measured with: the more is known, the fewer calls are spent on probing.
const CERTAINTY: f64 = 8.0;
/// Slots that outweigh chance: models also throttle now and then for lack of capacity, below the quota.
const ALONE: f64 = 8.0;
/// Slots that must pass before another throttled call starts a new streak: fewer say nothing about the rate.
const STREAK: f64 = 3.0;
/// Seconds of the first pause, and until the outcome of one call is known to all: the call (0.2) and the state object (0.1).
pub(super) const PAUSE: f64 = 0.5;
/// Seconds that the doubled pause reaches: a sixth of the minute after which a fixed window is full again.
pub(super) const LONGEST_PAUSE: f64 = 10.0;

/// A reserved slot, which an item brings along when it comes back. One JSON number, opaque to others.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slot(f64);

/// When the slots of one model are due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Schedule {
    /// The virtual clock has reached slot `passed` at the time `at`.
    at: f64,
    passed: f64,
    /// The last reserved slot.
    reserved: f64,
    /// As of the last streak; it has doubled `doubling` slots after `grows_from`.
    rate: f64,
    grows_from: f64,
    doubling: f64,
    /// When the last streak of throttled calls began, without time in which nobody waited, and the slot it began at.
    streak_at: f64,
    streak_from: f64,
    /// The current pause or the last one, in seconds, and when it ends: calls that were sent before did not know of it.
    pause: f64,
    paused_until: f64,
    /// The slot at which a throttled call was ignored because it came alone.
    ignored_at: f64,
    /// The rate that the user allows.
    #[serde(skip)]
    allowed: Option<f64>,
}

impl Schedule {
    /// The schedule of a model that was never called. A given rate counts twice, so that one streak does not take the rate below it.
    fn new(now: f64, allowed: Option<f64>) -> Self {
        Self {
            at: now,
            passed: BURST,
            reserved: 0.0,
            rate: allowed.map_or(START_RATE, |rate| (2.0 * rate).max(LEAST_RATE)),
            grows_from: 0.0,
            doubling: LEAST_DOUBLING,
            streak_at: now,
            streak_from: 0.0,
            pause: PAUSE,
            paused_until: 0.0,
            ignored_at: 0.0,
            allowed,
        }
    }

    /// A stored schedule, or a new one if there is none, or one that cannot be right.
    pub(super) fn load(state: Option<&[u8]>, now: f64, allowed: Option<f64>) -> Self {
        let stored = state.and_then(|state| serde_json::from_slice(state).ok()).filter(|stored: &Self| {
            let ranges =
                [stored.reserved - stored.passed, stored.passed - stored.streak_from, stored.pause, stored.rate];
            let latest = stored.at.max(stored.streak_at).max(stored.paused_until - stored.pause);
            ranges.iter().all(|value| value.abs() < 1e6)
                && stored.rate >= LEAST_RATE
                && (LEAST_DOUBLING..=MOST_DOUBLING).contains(&stored.doubling)
                && latest <= now + LONGEST_PAUSE
        });
        stored.map_or_else(|| Self::new(now, allowed), |stored| Self { allowed, ..stored })
    }

    /// Seconds to the next slot.
    pub(super) fn next_slot(mut self, now: f64) -> f64 {
        self.advance(now);
        let slot = self.passed.floor().min(self.reserved) + 1.0;
        (self.due(Slot(slot)).max(self.paused_until) - now).max(0.0)
    }

    /// Whether the model was not throttled for so long, at the highest rate, that reservations cost more than they save.
    pub(super) fn is_unlimited(&self) -> bool {
        self.allowed.is_none() && self.passed - self.grows_from >= LONGEST_PAUSE * UNLIMITED
    }

    /// Whether this schedule has given out the slot.
    pub(super) fn has_reserved(&self, slot: Slot) -> bool {
        slot.0 <= self.reserved
    }

    /// Reserves the next slot.
    pub(super) fn reserve(&mut self, now: f64) -> Slot {
        if self.advance(now) > PAUSE {
            // Nobody waited, so the rate was not tried.
            self.grows_from += 1.0;
        }
        self.reserved += 1.0;
        Slot(self.reserved)
    }

    /// When a slot is due if nothing is throttled until then.
    pub(super) fn due(&self, slot: Slot) -> f64 {
        let (mut at, mut passed) = (self.at, self.passed);
        while passed < slot.0 {
            let step = (slot.0 - passed).min(1.0);
            at += step / self.rate_at(passed);
            passed += step;
        }
        at
    }

    /// Learns that a call was throttled. Returns the slot to try again, or `None` if the schedule had paused for the same reason.
    pub(super) fn throttled(&mut self, sent_at: f64, now: f64) -> Option<Slot> {
        self.advance(now);
        if sent_at < self.paused_until {
            return None;
        }
        let grown = self.grown(self.passed);
        let late = (now - sent_at).clamp(0.0, PAUSE) * self.rate_at(self.passed);
        let passed = (self.passed - self.streak_from - late).max(0.0);
        if passed >= ALONE && self.passed - self.ignored_at >= ALONE {
            self.ignored_at = self.passed;
            return Some(Slot(self.passed + 1.0));
        }
        if passed >= STREAK {
            // Neither this call nor the one that was ignored has passed. `ALONE` slots at the old rate outweigh a chance result.
            let measured = (passed - 2.0 + ALONE) / ((sent_at - self.streak_at).max(0.0) + ALONE / grown);
            self.rate = (measured.min(grown) * grown).sqrt().max(LEAST_RATE);
            self.doubling = (CERTAINTY * passed).clamp(LEAST_DOUBLING, MOST_DOUBLING);
            (self.streak_at, self.streak_from) = (sent_at, self.passed);
            self.pause = PAUSE;
        } else {
            self.pause = (2.0 * self.pause).min(LONGEST_PAUSE.max((now - self.streak_at) / 10.0));
            self.streak_from = self.passed - passed;
        }
        // The clock is set back by the pause, by the slot that is tried again after it, and by the time until its outcome is known.
        self.paused_until = now + self.pause;
        self.grows_from = self.passed;
        let rate = self.rate_at(self.passed);
        self.passed -= 1.0 + (self.pause + PAUSE) * rate;
        Some(Slot(self.grows_from - 1.0 - PAUSE * rate))
    }

    /// Moves the virtual clock to now; returns the seconds for which it stood because nobody waited.
    fn advance(&mut self, now: f64) -> f64 {
        let last = self.reserved + BURST;
        while self.at < now && self.passed < last {
            let rate = self.rate_at(self.passed);
            let step = (last - self.passed).min(1.0).min((now - self.at) * rate);
            self.passed += step;
            self.at += (step / rate).max(1e-6);
        }
        let idle = (now - self.at).max(0.0);
        self.at += idle;
        self.streak_at += idle;
        idle
    }

    /// The rate at which the clock passes a slot.
    fn rate_at(&self, slot: f64) -> f64 {
        self.grown(slot).min(self.allowed.unwrap_or(UNLIMITED))
    }

    fn grown(&self, slot: f64) -> f64 {
        let clear = (slot.min(self.reserved) - self.grows_from).max(0.0);
        let grown = self.rate * (1.0 + (clear / self.doubling).powi(2));
        grown.min(self.allowed.map_or(UNLIMITED, |allowed| 2.0 * allowed))
    }
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
