//! The schedule of one model: a line of slots, and how fast it moves. Pure: it is told what time it is.
//!
//! How Bedrock keeps a quota is not documented, and Service Quotas may say something else than what a model has left for this account at
//! this moment. So the schedule learns. What it knows for certain is that at two moments in which the model throttled there was nothing left, so
//! that what passed between them, divided by the time between them, is the quota: of a bucket that is filled all the time exactly, of a
//! window of a minute on average. In between it moves a little faster than that, and the faster the longer nothing is throttled. After a time in
//! which nothing passed at all, as at the end of a window, it makes up for that time. Where many calls pass, a throttle that comes alone is no
//! news about the quota: a model also throttles now and then because it has no capacity at that moment.
//!
//! All times are seconds since 1970, all rates images a second.

use serde::{Deserialize, Serialize};

/// The rate of a model that nobody has asked yet.
const START_RATE: f64 = 2.0;
/// By how much the rate grows with every slot as long as nothing was throttled: it doubles in 1.7 seconds. The faster, the more calls are on
/// their way when the first one is throttled.
const FIRST_GROWTH: f64 = 0.4;
/// Seconds after the first throttle of all: quotas are by the minute, so that little is missed and much is saved.
const FIRST_PAUSE: f64 = 0.5;
/// Beyond this rate a model is free: no slots. Some 2,500 slots without a throttle lead there, in 16 seconds.
const UNLIMITED_RATE: f64 = 1_000.0;
/// The rate of a model that was free and is throttled for the first time: a guess, and half of it is the least that is assumed.
const LOST_RATE: f64 = 5.0;
/// A schedule is never slower than this.
const LEAST_RATE: f64 = 1.0 / 3_600.0;
/// How much faster than the quota that was measured the schedule moves.
const OVER: f64 = 1.02;
/// Tickets that are taken within so many seconds of each other count for the growth although none of them had to wait: the board, or whoever
/// asks, is no faster.
const DENSE: f64 = 0.1;
/// Seconds of the past that the measured quota is an average of. Two minutes, as quotas are by the minute.
const MEMORY: f64 = 120.0;
/// Seconds after a throttle in which one item alone asks: about as long as it takes until everybody knows how that ended.
const PROBE: f64 = 0.5;
/// Tickets without a throttle after which the rate has doubled, at most; a minute's worth where that is more.
const DOUBLING: f64 = 120.0;
/// But that takes so many seconds at least: until a throttle is known to all, when many write the schedule, some are gone.
const DOUBLING_SECONDS: f64 = 5.0;
/// What a rate that was kept for [`SUSTAINED`] slots is worth when it is throttled after all.
const SUSTAINED_SHARE: f64 = 0.8;
/// … but no more than this many times what was measured: a window gives at once what it has left.
const SUSTAINED_TIMES: f64 = 2.0;
/// Tickets that make a rate a sustained one …
const SUSTAINED: f64 = 8.0;
/// … or those of so many seconds, where that is more.
const SUSTAINED_SECONDS: f64 = 2.0;
/// Times between two calls while the model throttles everything: this many times the time that it has done so …
const PAUSE_GROWTH: f64 = 3.0;
/// … and no longer than this, or a tenth of that time.
const PAUSE: f64 = 10.0;
/// The longest time between two calls of a model that has throttled everything for an hour.
const LONGEST_PAUSE: f64 = 300.0;
/// A model that has throttled everything for so long has an outage, which says nothing about its quota.
const OUTAGE: f64 = 60.0;
/// A quota that gave nothing for as long as it takes to make so many images is no bucket, which fills all the time: it is one of a window, and
/// what would have passed meanwhile is there when the next one begins.
const WINDOW_SLOTS: f64 = 3.0;
/// How many times as fast as the schedule the slots move then that make up for it.
const CATCH_UP: f64 = 4.0;
/// What makes up for a time in which nobody asked: a bucket of two seconds' worth has one image at least, and with two whole slots one of an
/// image a second is found empty more often than it gains.
const IDLE_SLOTS: f64 = 1.7;
/// From this rate on a throttle that comes alone is not believed. Below it that would cost too much: a call for every time that the quota is met.
const DOUBT_RATE: f64 = 0.5;
/// A throttle comes alone when there was none within so many slots.
const DOUBT_SLOTS: f64 = 8.0;
/// Times in a schedule may be ahead of the reader's by this: the longest pause, and schedules that differ.
const AHEAD: f64 = 2.0 * LONGEST_PAUSE;

/// A place in the line. Ordered; those that were throttled have fractions.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slot(f64);

/// What a slot is worth at some moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Due {
    /// It is its turn.
    Now,
    /// Its turn comes.
    In {
        /// Seconds, if the schedule keeps its rate.
        seconds: f64,
        /// Seconds, if nothing is throttled until then.
        at_least: f64,
    },
    /// Its turn came and went, and now the model throttles: [`Schedule::reserve_first`] gives it a new one in front of all others.
    Missed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Phase {
    /// The quota was given, and is kept until a call is throttled.
    Known,
    /// Nothing was ever throttled.
    Learning,
    /// The quota was met, and is known more or less.
    Limited,
    /// Nothing is throttled, however fast.
    Unlimited,
}

/// The schedule of one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Schedule {
    phase: Phase,
    /// The last slot that was given out.
    last: f64,
    /// How far the schedule was at the time `at`: slots up to this have had their turn. At most [`IDLE_SLOTS`] ahead of `last`.
    served: f64,
    /// In the future while the model is left alone after a throttle.
    at: f64,
    /// At `at` one slot has its turn, and the others after [`PROBE`].
    probing: bool,
    /// Images a second, as of the last throttle.
    rate: f64,
    /// Tickets since the last throttle that had to wait for their turn.
    clear: f64,
    /// `clear` after which the rate has doubled.
    doubling: f64,
    /// The measured quota is what passed since this time …
    since: f64,
    /// … and since the schedule was here.
    base: f64,
    /// A quota is at least what passed in the minute before the first throttle, divided by a minute.
    floor: f64,
    /// Tickets that move faster, because nothing passed for longer than a bucket takes to fill.
    credit: f64,
    /// When the model began to throttle, the last time.
    exhausted: f64,
    /// Who asked before this did not know of the last throttle.
    resumed: f64,
    /// Where the schedule was when it did not believe a throttle, the last time.
    #[serde(default)]
    doubted: f64,
}

impl Schedule {
    /// The schedule of a model that nobody has asked yet.
    #[must_use]
    pub(super) fn new(now: f64, images_per_minute: Option<f64>) -> Self {
        let rate = images_per_minute.map(|images| (images / 60.0).clamp(LEAST_RATE, UNLIMITED_RATE));
        Self {
            phase: if rate.is_some() { Phase::Known } else { Phase::Learning },
            last: 0.0,
            served: 1.0,
            at: now,
            probing: false,
            rate: rate.unwrap_or(START_RATE),
            clear: 0.0,
            doubling: DOUBLING,
            since: now,
            base: 0.0,
            floor: 0.0,
            credit: 0.0,
            exhausted: 0.0,
            resumed: 0.0,
            doubted: 0.0,
        }
    }

    /// A schedule as it was stored; `None` if it is not one, or not one of these days.
    #[must_use]
    pub(super) fn from_json(text: &[u8], now: f64) -> Option<Self> {
        let schedule: Self = serde_json::from_slice(text).ok()?;
        let times = [schedule.at, schedule.since, schedule.exhausted, schedule.resumed];
        let places = [schedule.last, schedule.served, schedule.base, schedule.doubted];
        let sane = times.iter().all(|&time| time.is_finite() && time <= now + AHEAD)
            && places.iter().all(|place| place.abs() < 1e12)
            && schedule.last >= 0.0
            && schedule.served <= schedule.last + IDLE_SLOTS
            && (LEAST_RATE..=UNLIMITED_RATE * 2.0).contains(&schedule.rate)
            && (0.0..1e12).contains(&schedule.clear)
            && (1.0..1e12).contains(&schedule.doubling)
            && (0.0..1e12).contains(&schedule.credit)
            && (0.0..=UNLIMITED_RATE).contains(&schedule.floor);
        sane.then_some(schedule)
    }

    /// The schedule as it is stored.
    #[must_use]
    pub(super) fn to_json(&self) -> Vec<u8> {
        // A struct of numbers has no way to fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Whether the model is never throttled: nobody needs a slot.
    #[must_use]
    pub(super) fn is_unlimited(&self) -> bool {
        self.phase == Phase::Unlimited
    }

    /// Seconds until a slot that is taken now has its turn.
    #[must_use]
    pub(super) fn backlog(&self, now: f64) -> f64 {
        match self.due(Slot(self.last + 1.0), now) {
            Due::In { seconds, .. } => seconds,
            Due::Now | Due::Missed => 0.0,
        }
    }

    /// The next slot.
    pub(super) fn reserve(&mut self, now: f64) -> Slot {
        self.advance(now);
        self.last += 1.0;
        Slot(self.last)
    }

    /// When a slot has its turn.
    #[must_use]
    pub(super) fn due(&self, slot: Slot, now: f64) -> Due {
        if self.is_unlimited() {
            return Due::Now;
        }
        let one_asks = self.probing && now < self.at + PROBE;
        if slot.0 <= self.served && (now < self.at || one_asks) || slot.0 > self.last + IDLE_SLOTS {
            return Due::Missed;
        }
        let (served, from) = if self.probing { (self.served + 1.0, self.at + PROBE) } else { (self.served, self.at) };
        let slots = slot.0 - served;
        let seconds = if slots <= 0.0 { self.at - now } else { from + self.time_for(slots) - now };
        if seconds <= 0.0 {
            return Due::Now;
        }
        let at_least = match self.phase {
            Phase::Limited if slots > 0.0 => from + slots / self.rate_after(self.clear + slots) - now,
            _ => seconds,
        };
        // Not less than half of it, so that a few looks are enough.
        Due::In { seconds, at_least: at_least.clamp(seconds / 2.0, seconds) }
    }

    /// A new slot for an item whose own was [`Due::Missed`], in front of all others.
    pub(super) fn reserve_first(&mut self, now: f64) -> Slot {
        // What passed does not change: that this turn was not used is no news about the quota.
        let slot = self.back(now);
        self.base -= 1.0;
        slot
    }

    /// Learns that a call was throttled, which was made at `asked`. Gives its item a new slot, in front of all others.
    pub(super) fn throttled(&mut self, asked: f64, now: f64) -> Slot {
        let was_free = self.is_unlimited();
        if was_free {
            // What passed since is not known, only that it was a lot.
            let last = self.last;
            *self = Self {
                last,
                served: last,
                base: last,
                rate: LOST_RATE,
                floor: LOST_RATE / 2.0,
                ..Self::new(now, None)
            };
        }
        let slot = self.back(now);
        if asked < self.since {
            self.base -= 1.0;
        }
        if asked < self.resumed || asked < self.exhausted {
            return slot;
        }
        if self.is_doubtful() {
            self.doubted = self.served;
            return slot;
        }
        let is_probe = asked < self.resumed + PROBE.max(1.0 / self.rate_now());
        if !is_probe {
            self.exhausted = now;
        }
        let is_first = self.phase == Phase::Learning;
        self.measure(now, is_probe, was_free);
        let refused_for = (now - self.exhausted).max(0.0);
        let pause = if is_probe {
            (PAUSE_GROWTH * refused_for).min((refused_for / 10.0).max(PAUSE)).max(1.0 / self.rate)
        } else {
            (0.25 / self.rate).max(if is_first { FIRST_PAUSE } else { 0.0 })
        };
        let pause = pause.min(LONGEST_PAUSE);
        if refused_for > OUTAGE {
            self.since += pause;
        }
        self.at = now + pause;
        self.resumed = self.at;
        self.probing = true;
        slot
    }

    /// Whether a throttle comes alone, at a rate at which that says little. After the first one of all is no time to wait for a second.
    fn is_doubtful(&self) -> bool {
        let alone = self.clear >= DOUBT_SLOTS && self.served - self.doubted >= DOUBT_SLOTS;
        self.phase == Phase::Limited && alone && self.rate_now() >= DOUBT_RATE
    }

    /// The rate, from what passed since nothing was left the last time.
    fn measure(&mut self, now: f64, is_probe: bool, was_free: bool) {
        let seconds = (now - self.since).max(0.0);
        let passed = (self.served - self.base).max(0.0);
        if matches!(self.phase, Phase::Known | Phase::Learning) {
            self.phase = Phase::Limited;
            if !was_free {
                self.floor = (passed / seconds.max(60.0)).min(UNLIMITED_RATE);
            }
            self.rate = (self.rate / 2.0).min((passed + 1.0) / (seconds + 0.1));
            (self.since, self.base) = (now, self.served);
        } else {
            // The rate so far counts as one image: a guess, as long as there is little else.
            let mut measured = (passed + 1.0) / (seconds + 1.0 / self.rate);
            if !is_probe && self.clear >= SUSTAINED.max(SUSTAINED_SECONDS * self.rate_now()) {
                measured = measured.max((SUSTAINED_SHARE * self.rate_now()).min(SUSTAINED_TIMES * measured));
            }
            if seconds < MEMORY {
                measured = measured.max(self.floor);
            } else {
                self.base += passed * (1.0 - MEMORY / seconds);
                self.since = now - MEMORY;
            }
            self.rate = measured * OVER;
        }
        self.rate = self.rate.clamp(LEAST_RATE, UNLIMITED_RATE);
        self.clear = 0.0;
        self.credit = 0.0;
        // The less is known, the sooner it may turn out to be wrong.
        let known = (self.served - self.base).max(0.0);
        let doubling = (4.0 * known + 10.0).max(DOUBLING_SECONDS * self.rate);
        self.doubling = doubling.min(DOUBLING.max(60.0 * self.rate));
    }

    /// Moves the schedule back by one, and gives the slot that it passed last.
    fn back(&mut self, now: f64) -> Slot {
        self.advance(now);
        if self.probing && now >= self.at {
            self.end_probe();
        }
        self.served = self.served.min(self.last);
        let slot = Slot(self.served);
        self.served -= 1.0;
        slot
    }

    /// Moves the schedule to now.
    fn advance(&mut self, now: f64) {
        if self.probing {
            if now < self.at + PROBE {
                return;
            }
            self.end_probe();
        }
        if now <= self.at {
            return;
        }
        let seconds = now - self.at;
        let limit = self.last + IDLE_SLOTS;
        let mut served = self.served + self.tickets_in(seconds);
        if served > limit {
            // Nobody waited: most of that time does not count.
            let idle = (seconds - self.time_for(limit - self.served)).max(0.0);
            self.since += idle - (idle / 2.0).min(1.0 / self.rate_now());
            served = limit.max(self.served);
            self.credit = 0.0;
        }
        let is_dense = self.phase == Phase::Learning && seconds < DENSE;
        let counting = if is_dense { served } else { served.min(self.last) } - self.served;
        self.served = served;
        self.at = now;
        self.grow(counting);
    }

    fn end_probe(&mut self) {
        let missed = (self.at - self.exhausted).clamp(0.0, OUTAGE) * self.rate;
        self.credit = if missed > WINDOW_SLOTS { missed } else { 0.0 };
        self.served += 1.0;
        self.probing = false;
        self.at += PROBE;
    }

    fn grow(&mut self, slots: f64) {
        let slots = slots.max(0.0);
        match self.phase {
            Phase::Learning => self.rate += FIRST_GROWTH * slots,
            Phase::Limited => {
                let credited = slots.min(self.credit);
                self.credit -= credited;
                self.clear += slots - credited;
            }
            Phase::Known | Phase::Unlimited => {}
        }
        if self.rate_now() > UNLIMITED_RATE {
            self.rate = UNLIMITED_RATE;
            self.phase = Phase::Unlimited;
        }
    }

    fn rate_now(&self) -> f64 {
        self.rate_after(self.clear)
    }

    /// The rate after so many slots without a throttle: slowly first, while it is about right, then faster.
    fn rate_after(&self, clear: f64) -> f64 {
        let part = clear / self.doubling;
        match self.phase {
            Phase::Limited => self.rate * if part < 1.0 { 1.0 + part * part } else { 2.0 * part },
            Phase::Known | Phase::Learning | Phase::Unlimited => self.rate,
        }
    }

    fn tickets_in(&self, seconds: f64) -> f64 {
        match self.phase {
            // The rate grows with every slot. Bounded, as the line is: e^50 is more than any.
            Phase::Learning => self.rate / FIRST_GROWTH * ((FIRST_GROWTH * seconds).min(50.0).exp() - 1.0),
            Phase::Known | Phase::Limited | Phase::Unlimited => {
                let fast = CATCH_UP * self.rate_now();
                let rest = (seconds - self.credit / fast).max(0.0);
                (fast * seconds).min(self.credit) + self.rate_now() * rest
            }
        }
    }

    fn time_for(&self, slots: f64) -> f64 {
        let slots = slots.max(0.0);
        match self.phase {
            Phase::Learning => (FIRST_GROWTH * slots / self.rate).ln_1p() / FIRST_GROWTH,
            Phase::Known | Phase::Limited | Phase::Unlimited => {
                let credited = slots.min(self.credit);
                (credited / CATCH_UP + slots - credited) / self.rate_now()
            }
        }
    }
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
