//! The clock of one model: a line of tickets, and how fast it moves. Pure: it is told what time it is.
//!
//! How Bedrock keeps a quota is not documented, and Service Quotas may say something else than what a model has left for this account at
//! this moment. So the clock learns. What it knows for certain is that at two moments in which the model refused there was nothing left, so
//! that what passed between them, divided by the time between them, is the quota: of a bucket that is filled all the time exactly, of a
//! window of a minute on average. In between it moves a little faster than that, and the faster the longer nothing is refused. After a time in
//! which nothing passed at all, as at the end of a window, it makes up for that time. Where many calls pass, a refusal that comes alone is no
//! news about the quota: a model also refuses now and then because it has no capacity at that moment.
//!
//! All times are seconds since 1970, all rates images a second.

use serde::{Deserialize, Serialize};

/// The rate of a model that nobody has asked yet.
const FIRST_RATE: f64 = 2.0;
/// By how much the rate grows with every ticket as long as nothing was refused: it doubles in 1.7 seconds. The faster, the more calls are on
/// their way when the first one is refused.
const FIRST_GROWTH: f64 = 0.4;
/// Seconds after the first refusal of all: quotas are by the minute, so that little is missed and much is saved.
const FIRST_PAUSE: f64 = 0.5;
/// Beyond this rate a model is free: no tickets. Some 2,500 tickets without a refusal lead there, in 16 seconds.
const FREE_RATE: f64 = 1_000.0;
/// The rate of a model that was free and is refused for the first time: a guess, and half of it is the least that is assumed.
const LOST_RATE: f64 = 5.0;
/// A clock is never slower than this.
const LEAST_RATE: f64 = 1.0 / 3_600.0;
/// How much faster than the quota that was measured the clock moves.
const OVER: f64 = 1.02;
/// Tickets that are taken within so many seconds of each other count for the growth although none of them had to wait: the board, or whoever
/// asks, is no faster.
const DENSE: f64 = 0.1;
/// Seconds of the past that the measured quota is an average of. Two minutes, as quotas are by the minute.
const MEMORY: f64 = 120.0;
/// Seconds after a refusal in which one item alone asks: about as long as it takes until everybody knows how that ended.
const PROBE: f64 = 0.5;
/// Tickets without a refusal after which the rate has doubled, at most; a minute's worth where that is more.
const DOUBLING: f64 = 120.0;
/// But that takes so many seconds at least: until a refusal is known to all, when many write the clock, some are gone.
const DOUBLING_SECONDS: f64 = 5.0;
/// What a rate that was kept for [`SUSTAINED`] tickets is worth when it is refused after all.
const SUSTAINED_SHARE: f64 = 0.8;
/// … but no more than this many times what was measured: a window gives at once what it has left.
const SUSTAINED_TIMES: f64 = 2.0;
/// Tickets that make a rate a sustained one …
const SUSTAINED: f64 = 8.0;
/// … or those of so many seconds, where that is more.
const SUSTAINED_SECONDS: f64 = 2.0;
/// Times between two calls while the model refuses everything: this many times the time that it has done so …
const PAUSE_GROWTH: f64 = 3.0;
/// … and no longer than this, or a tenth of that time.
const PAUSE: f64 = 10.0;
/// The longest time between two calls of a model that has refused everything for an hour.
const LONGEST_PAUSE: f64 = 300.0;
/// A model that has refused everything for so long has an outage, which says nothing about its quota.
const OUTAGE: f64 = 60.0;
/// A quota that gave nothing for as long as it takes to make so many images is no bucket, which fills all the time: it is one of a window, and
/// what would have passed meanwhile is there when the next one begins.
const WINDOW_TICKETS: f64 = 3.0;
/// How many times as fast as the clock the tickets move then that make up for it.
const CATCH_UP: f64 = 4.0;
/// What makes up for a time in which nobody asked: a bucket of two seconds' worth has one image at least, and with two whole tickets one of an
/// image a second is found empty more often than it gains.
const IDLE_TICKETS: f64 = 1.7;
/// From this rate on a refusal that comes alone is not believed. Below it that would cost too much: a call for every time that the quota is met.
const DOUBT_RATE: f64 = 0.5;
/// A refusal comes alone when there was none within so many tickets.
const DOUBT_TICKETS: f64 = 8.0;
/// Times in a clock may be ahead of the reader's by this: the longest pause, and clocks that differ.
const AHEAD: f64 = 2.0 * LONGEST_PAUSE;

/// A place in the line. Ordered; those that were refused have fractions.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ticket(f64);

/// What a ticket is worth at some moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    /// It is its turn.
    Now,
    /// Its turn comes.
    In {
        /// Seconds, if the clock keeps its rate.
        seconds: f64,
        /// Seconds, if nothing is refused until then.
        at_least: f64,
    },
    /// Its turn came and went, and now the model refuses: [`Clock::put_back`] gives it a new one in front of all others.
    Missed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Phase {
    /// Nothing was ever refused.
    First,
    /// The quota was met, and is known more or less.
    Paced,
    /// Nothing is refused, however fast.
    Free,
}

/// The clock of one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Clock {
    phase: Phase,
    /// The last ticket that was given out.
    last: f64,
    /// How far the clock was at the time `at`: tickets up to this have had their turn. At most [`IDLE_TICKETS`] ahead of `last`.
    served: f64,
    /// In the future while the model is left alone after a refusal.
    at: f64,
    /// At `at` one ticket has its turn, and the others after [`PROBE`].
    probing: bool,
    /// Images a second, as of the last refusal.
    rate: f64,
    /// Tickets since the last refusal that had to wait for their turn.
    clear: f64,
    /// `clear` after which the rate has doubled.
    doubling: f64,
    /// The measured quota is what passed since this time …
    since: f64,
    /// … and since the clock was here.
    base: f64,
    /// A quota is at least what passed in the minute before the first refusal, divided by a minute.
    floor: f64,
    /// Tickets that move faster, because nothing passed for longer than a bucket takes to fill.
    credit: f64,
    /// When the model began to refuse, the last time.
    exhausted: f64,
    /// Who asked before this did not know of the last refusal.
    resumed: f64,
    /// Where the clock was when it did not believe a refusal, the last time.
    #[serde(default)]
    doubted: f64,
}

impl Clock {
    /// The clock of a model that nobody has asked yet.
    #[must_use]
    pub fn new(now: f64) -> Self {
        Self {
            phase: Phase::First,
            last: 0.0,
            served: 1.0,
            at: now,
            probing: false,
            rate: FIRST_RATE,
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

    /// A clock as it was stored; `None` if it is not one, or not one of these days.
    #[must_use]
    pub fn from_json(text: &[u8], now: f64) -> Option<Self> {
        let clock: Self = serde_json::from_slice(text).ok()?;
        let times = [clock.at, clock.since, clock.exhausted, clock.resumed];
        let places = [clock.last, clock.served, clock.base, clock.doubted];
        let sane = times.iter().all(|&time| time.is_finite() && time <= now + AHEAD)
            && places.iter().all(|place| place.abs() < 1e12)
            && clock.last >= 0.0
            && clock.served <= clock.last + IDLE_TICKETS
            && (LEAST_RATE..=FREE_RATE * 2.0).contains(&clock.rate)
            && (0.0..1e12).contains(&clock.clear)
            && (1.0..1e12).contains(&clock.doubling)
            && (0.0..1e12).contains(&clock.credit)
            && (0.0..=FREE_RATE).contains(&clock.floor);
        sane.then_some(clock)
    }

    /// The clock as it is stored.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // A struct of numbers has no way to fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Whether the model is never refused: nobody needs a ticket.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.phase == Phase::Free
    }

    /// Seconds until a ticket that is taken now has its turn.
    #[must_use]
    pub fn backlog(&self, now: f64) -> f64 {
        match self.place(Ticket(self.last + 1.0), now) {
            Place::In { seconds, .. } => seconds,
            Place::Now | Place::Missed => 0.0,
        }
    }

    /// The next ticket.
    pub fn take(&mut self, now: f64) -> Ticket {
        self.advance(now);
        self.last += 1.0;
        Ticket(self.last)
    }

    /// When a ticket has its turn.
    #[must_use]
    pub fn place(&self, ticket: Ticket, now: f64) -> Place {
        if self.is_free() {
            return Place::Now;
        }
        let one_asks = self.probing && now < self.at + PROBE;
        if ticket.0 <= self.served && (now < self.at || one_asks) || ticket.0 > self.last + IDLE_TICKETS {
            return Place::Missed;
        }
        let (served, from) = if self.probing { (self.served + 1.0, self.at + PROBE) } else { (self.served, self.at) };
        let tickets = ticket.0 - served;
        let seconds = if tickets <= 0.0 { self.at - now } else { from + self.time_for(tickets) - now };
        if seconds <= 0.0 {
            return Place::Now;
        }
        let at_least = match self.phase {
            Phase::Paced if tickets > 0.0 => from + tickets / self.rate_after(self.clear + tickets) - now,
            _ => seconds,
        };
        // Not less than half of it, so that a few looks are enough.
        Place::In { seconds, at_least: at_least.clamp(seconds / 2.0, seconds) }
    }

    /// A new ticket for an item whose own was [`Place::Missed`], in front of all others.
    pub fn put_back(&mut self, now: f64) -> Ticket {
        // What passed does not change: that this turn was not used is no news about the quota.
        let ticket = self.back(now);
        self.base -= 1.0;
        ticket
    }

    /// Learns that a call was refused, which was made at `asked`. Gives its item a new ticket, in front of all others.
    pub fn refused(&mut self, asked: f64, now: f64) -> Ticket {
        let was_free = self.is_free();
        if was_free {
            // What passed since is not known, only that it was a lot.
            let last = self.last;
            *self = Self { last, served: last, base: last, rate: LOST_RATE, floor: LOST_RATE / 2.0, ..Self::new(now) };
        }
        let ticket = self.back(now);
        if asked < self.since {
            self.base -= 1.0;
        }
        if asked < self.resumed || asked < self.exhausted {
            return ticket;
        }
        if self.is_doubtful() {
            self.doubted = self.served;
            return ticket;
        }
        let is_probe = asked < self.resumed + PROBE.max(1.0 / self.rate_now());
        if !is_probe {
            self.exhausted = now;
        }
        let is_first = self.phase == Phase::First;
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
        ticket
    }

    /// Whether a refusal comes alone, at a rate at which that says little. After the first one of all is no time to wait for a second.
    fn is_doubtful(&self) -> bool {
        let alone = self.clear >= DOUBT_TICKETS && self.served - self.doubted >= DOUBT_TICKETS;
        self.phase == Phase::Paced && alone && self.rate_now() >= DOUBT_RATE
    }

    /// The rate, from what passed since nothing was left the last time.
    fn measure(&mut self, now: f64, is_probe: bool, was_free: bool) {
        let seconds = (now - self.since).max(0.0);
        let passed = (self.served - self.base).max(0.0);
        if self.phase == Phase::First {
            self.phase = Phase::Paced;
            if !was_free {
                self.floor = (passed / seconds.max(60.0)).min(FREE_RATE);
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
        self.rate = self.rate.clamp(LEAST_RATE, FREE_RATE);
        self.clear = 0.0;
        self.credit = 0.0;
        // The less is known, the sooner it may turn out to be wrong.
        let known = (self.served - self.base).max(0.0);
        let doubling = (4.0 * known + 10.0).max(DOUBLING_SECONDS * self.rate);
        self.doubling = doubling.min(DOUBLING.max(60.0 * self.rate));
    }

    /// Moves the clock back by one, and gives the ticket that it passed last.
    fn back(&mut self, now: f64) -> Ticket {
        self.advance(now);
        if self.probing && now >= self.at {
            self.end_probe();
        }
        self.served = self.served.min(self.last);
        let ticket = Ticket(self.served);
        self.served -= 1.0;
        ticket
    }

    /// Moves the clock to now.
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
        let limit = self.last + IDLE_TICKETS;
        let mut served = self.served + self.tickets_in(seconds);
        if served > limit {
            // Nobody waited: most of that time does not count.
            let idle = (seconds - self.time_for(limit - self.served)).max(0.0);
            self.since += idle - (idle / 2.0).min(1.0 / self.rate_now());
            served = limit.max(self.served);
            self.credit = 0.0;
        }
        let is_dense = self.phase == Phase::First && seconds < DENSE;
        let counting = if is_dense { served } else { served.min(self.last) } - self.served;
        self.served = served;
        self.at = now;
        self.grow(counting);
    }

    fn end_probe(&mut self) {
        let missed = (self.at - self.exhausted).clamp(0.0, OUTAGE) * self.rate;
        self.credit = if missed > WINDOW_TICKETS { missed } else { 0.0 };
        self.served += 1.0;
        self.probing = false;
        self.at += PROBE;
    }

    fn grow(&mut self, tickets: f64) {
        let tickets = tickets.max(0.0);
        match self.phase {
            Phase::First => self.rate += FIRST_GROWTH * tickets,
            Phase::Paced => {
                let credited = tickets.min(self.credit);
                self.credit -= credited;
                self.clear += tickets - credited;
            }
            Phase::Free => {}
        }
        if self.rate_now() > FREE_RATE {
            self.rate = FREE_RATE;
            self.phase = Phase::Free;
        }
    }

    fn rate_now(&self) -> f64 {
        self.rate_after(self.clear)
    }

    /// The rate after so many tickets without a refusal: slowly first, while it is about right, then faster.
    fn rate_after(&self, clear: f64) -> f64 {
        let part = clear / self.doubling;
        match self.phase {
            Phase::Paced => self.rate * if part < 1.0 { 1.0 + part * part } else { 2.0 * part },
            Phase::First | Phase::Free => self.rate,
        }
    }

    fn tickets_in(&self, seconds: f64) -> f64 {
        match self.phase {
            // The rate grows with every ticket. Bounded, as the line is: e^50 is more than any.
            Phase::First => self.rate / FIRST_GROWTH * ((FIRST_GROWTH * seconds).min(50.0).exp() - 1.0),
            Phase::Paced | Phase::Free => {
                let fast = CATCH_UP * self.rate_now();
                let rest = (seconds - self.credit / fast).max(0.0);
                (fast * seconds).min(self.credit) + self.rate_now() * rest
            }
        }
    }

    fn time_for(&self, tickets: f64) -> f64 {
        let tickets = tickets.max(0.0);
        match self.phase {
            Phase::First => (FIRST_GROWTH * tickets / self.rate).ln_1p() / FIRST_GROWTH,
            Phase::Paced | Phase::Free => {
                let credited = tickets.min(self.credit);
                (credited / CATCH_UP + tickets - credited) / self.rate_now()
            }
        }
    }
}

#[cfg(test)]
#[path = "clock_tests.rs"]
mod tests;
