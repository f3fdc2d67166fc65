//! The clock against models with a quota, and against whatever may happen to it.

use super::*;
use proptest::prelude::*;

/// Far from zero, as times since 1970 are.
const EPOCH: f64 = 1_800_000_000.0;

fn seconds(place: Place) -> f64 {
    match place {
        Place::Now => 0.0,
        Place::In { seconds, .. } => seconds,
        Place::Missed => panic!("missed"),
    }
}

/// A model whose quota is a bucket of two seconds' worth.
struct Bucket {
    quota: f64,
    left: f64,
    at: f64,
}

impl Bucket {
    fn new(quota: f64) -> Self {
        Self { quota, left: (2.0 * quota).max(1.0), at: EPOCH }
    }

    fn gives(&mut self, now: f64) -> bool {
        self.left = (self.left + (now - self.at) * self.quota).min((2.0 * self.quota).max(1.0));
        self.at = now;
        let gives = self.left >= 1.0;
        self.left -= if gives { 1.0 } else { 0.0 };
        gives
    }
}

#[test]
fn a_small_list_hardly_waits() {
    let mut clock = Clock::new(EPOCH);
    let places: Vec<_> = (0..10).map(|_| clock.take(EPOCH)).collect();
    let waits: Vec<_> = places.into_iter().map(|ticket| seconds(clock.place(ticket, EPOCH))).collect();
    assert_eq!(waits[0], 0.0);
    assert!(waits.is_sorted() && waits[9] < 3.0, "{waits:?}");
}

#[test]
fn a_model_that_never_refuses_is_free_within_seconds() {
    let mut clock = Clock::new(EPOCH);
    let mut now = EPOCH;
    while !clock.is_free() {
        let ticket = clock.take(now);
        clock.take(now);
        now += seconds(clock.place(ticket, now)) + 0.001;
    }
    assert!(now - EPOCH < 17.0, "{}", now - EPOCH);
    assert_eq!(clock.place(Ticket(1e9), now), Place::Now);
}

#[test]
fn a_model_that_is_asked_in_quick_succession_is_free_although_nobody_waits() {
    let mut clock = Clock::new(EPOCH);
    let mut now = EPOCH;
    for _ in 0..2_500 {
        clock.take(now);
        now += 0.02;
    }
    assert!(clock.is_free());
}

#[test]
fn a_model_that_is_asked_now_and_then_stays_paced() {
    let mut clock = Clock::new(EPOCH);
    for n in 0..2_000 {
        clock.take(EPOCH + f64::from(n));
    }
    assert!(!clock.is_free());
}

#[test]
fn whoever_comes_when_nobody_waits_does_not_wait() {
    let mut clock = Clock::new(EPOCH);
    clock.refused(EPOCH, EPOCH + 0.2);
    for n in 1..50 {
        let now = EPOCH + 1_000.0 * f64::from(n);
        let ticket = clock.take(now);
        assert_eq!(clock.place(ticket, now), Place::Now);
    }
}

#[test]
fn time_in_which_nobody_waits_gives_no_credit() {
    let mut clock = Clock::new(EPOCH);
    let ticket = clock.take(EPOCH);
    assert_eq!(clock.place(ticket, EPOCH), Place::Now);
    clock.refused(EPOCH, EPOCH + 0.2);
    let now = EPOCH + 86_400.0;
    let tickets: Vec<_> = (0..10).map(|_| clock.take(now)).collect();
    let waits: Vec<_> = tickets.into_iter().map(|ticket| seconds(clock.place(ticket, now))).collect();
    assert!(waits[9] > waits[1] && waits[9] >= 8.0 / clock.rate_now(), "{waits:?}");
}

#[test]
fn a_refused_item_is_in_front_of_all_that_wait() {
    let mut clock = Clock::new(EPOCH);
    let tickets: Vec<_> = (0..20).map(|_| clock.take(EPOCH)).collect();
    let now = EPOCH + 0.3;
    let waiting: Vec<_> = tickets.into_iter().filter(|&ticket| clock.place(ticket, now) != Place::Now).collect();
    let back = clock.refused(EPOCH, now);
    assert!(!waiting.is_empty() && waiting.iter().all(|&ticket| back < ticket), "{back:?} {waiting:?}");
}

#[test]
fn one_item_alone_asks_after_a_refusal() {
    let mut clock = Clock::new(EPOCH);
    for _ in 0..20 {
        clock.take(EPOCH);
    }
    let first = clock.refused(EPOCH, EPOCH + 0.2);
    let second = clock.refused(EPOCH + 0.1, EPOCH + 0.21);
    let again = clock.at;
    assert!(clock.place(first, again - 0.01) != Place::Now && clock.place(second, again - 0.01) != Place::Now);
    assert!(clock.place(first, again) != Place::Now && clock.place(second, again) == Place::Now);
}

#[test]
fn what_was_asked_before_a_refusal_is_no_further_news() {
    let mut clock = Clock::new(EPOCH);
    for _ in 0..20 {
        clock.take(EPOCH);
    }
    clock.refused(EPOCH + 0.1, EPOCH + 0.4);
    let rate = clock.rate;
    clock.refused(EPOCH + 0.2, EPOCH + 0.5);
    clock.refused(EPOCH + 0.3, EPOCH + 0.5);
    assert_eq!(clock.rate, rate);
}

#[test]
fn the_rate_does_not_run_away_while_a_refusal_is_on_its_way() {
    let mut clock = Clock::new(EPOCH);
    for _ in 0..400 {
        clock.take(EPOCH);
    }
    clock.refused(EPOCH + 5.5, EPOCH + 6.0);
    let rate = clock.rate;
    assert!(rate > 5.0, "{rate}");
    let late = clock.at + PROBE + 2.0;
    clock.take(clock.at + PROBE + 1e-3);
    clock.take(late);
    assert!(clock.rate_now() < 1.5 * rate, "{rate} {}", clock.rate_now());
    clock.refused(late - 0.1, late);
    assert!(clock.rate < 1.5 * rate, "{rate} {}", clock.rate);
}

/// Makes a thousand images with somebody always waiting behind: the time over the least possible, and the calls that were refused.
fn made(quota: f64, mut gives: impl FnMut(f64) -> bool) -> (f64, u32) {
    let (mut clock, mut now) = (Clock::new(EPOCH), EPOCH);
    let mut ticket = clock.take(now);
    let (mut made, mut refused) = (0, 0);
    while made < 1_000 {
        while clock.last < ticket.0 + 5.0 {
            clock.take(now);
        }
        now += seconds(clock.place(ticket, now)) + 1e-6;
        if gives(now) {
            made += 1;
            ticket = Ticket(ticket.0.ceil() + if ticket.0.fract() == 0.0 { 1.0 } else { 0.0 });
        } else {
            refused += 1;
            ticket = clock.refused(now, now);
        }
    }
    ((now - EPOCH) * quota / 1_000.0, refused)
}

#[test]
fn whatever_the_quota_hardly_a_call_is_refused_and_hardly_any_of_it_is_left() {
    for quota in [0.1, 0.5, 1.0, 3.0, 10.0] {
        let mut model = Bucket::new(quota);
        let (time, refused) = made(quota, |now| model.gives(now));
        assert!(time < 1.1 && refused < 110, "quota {quota}: {time:.2}, {refused} refused");
    }
}

#[test]
fn what_is_left_of_a_window_when_it_begins_late_is_made_up_for() {
    for quota in [0.5, 1.0, 3.0, 10.0] {
        let (mut minute, mut left) = (0.0, 0.0);
        let (time, refused) = made(quota, |now: f64| {
            if now >= minute {
                (minute, left) = ((now / 60.0).floor() * 60.0 + 60.0, quota * 60.0);
            }
            left -= 1.0;
            left >= 0.0
        });
        assert!(time < 1.03 && refused < 110, "quota {quota}: {time:.3}, {refused} refused");
    }
}

#[test]
fn a_refusal_now_and_then_hardly_slows_down_who_is_let_through_quickly() {
    // The higher the quota, the more of a thousand images it takes to find out; who believed every refusal would take 1.95 and 9.
    for (quota, most) in [(1.0, 1.1), (10.0, 1.4), (50.0, 4.4)] {
        let times = (0..10).map(|seed| {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut model = Bucket::new(quota);
            made(quota, |now| random.f64() >= 0.03 && model.gives(now)).0
        });
        let mean = times.sum::<f64>() / 10.0;
        assert!(mean < most, "quota {quota}: {mean:.2}");
    }
}

#[test]
fn a_model_that_refuses_everything_is_asked_less_and_less() {
    let mut clock = Clock::new(EPOCH);
    clock.take(EPOCH);
    let (mut now, mut calls) = (EPOCH, 0);
    while now < EPOCH + 129_600.0 {
        calls += 1;
        let ticket = clock.refused(now, now + 0.2);
        now = now + 0.2 + seconds(clock.place(ticket, now + 0.2)) + 1e-3;
    }
    assert!((100..1_000).contains(&calls), "{calls}");
    // And it is found soon when it is there again.
    assert!(seconds(clock.place(Ticket(clock.last), now)) <= 2.0 * LONGEST_PAUSE);
}

#[test]
fn what_is_no_clock_is_none() {
    let mut clock = Clock::new(EPOCH);
    let good = String::from_utf8(clock.to_json()).unwrap();
    assert_eq!(Clock::from_json(good.as_bytes(), EPOCH), Some(clock.clone()));
    for (from, to) in [
        ("\"rate\":2.0", "\"rate\":0.0"),
        ("\"rate\":2.0", "\"rate\":1e300"),
        ("\"rate\":2.0", "\"rate\":-1"),
        ("\"rate\":2.0", "\"rate\":null"),
        ("\"served\":1.0", "\"served\":1e9"),
        ("\"last\":0.0", "\"last\":1e300"),
        ("\"doubling\":120.0", "\"doubling\":0"),
        ("\"phase\":\"first\"", "\"phase\":\"over\""),
        ("}", ""),
    ] {
        assert!(good.contains(from), "{good}");
        assert_eq!(Clock::from_json(good.replace(from, to).as_bytes(), EPOCH), None, "{to}");
    }
    clock.at = EPOCH + 2.0 * AHEAD;
    assert_eq!(Clock::from_json(&clock.to_json(), EPOCH), None);
}

proptest! {
    #[test]
    fn whatever_happens_the_clock_goes_on(
        events in prop::collection::vec((0_u8..6, -2.0..400.0_f64, 0.0..3.0_f64), 1..200)
    ) {
        let (mut clock, mut now, mut given) = (Clock::new(EPOCH), EPOCH, vec![]);
        for (event, pause, before) in events {
            // Clocks of functions differ a little: time may go back.
            now += if event < 3 { pause.min(0.3) } else { pause };
            given.push(match event {
                0..=3 => clock.take(now),
                4 => clock.refused(now - before, now),
                _ => clock.put_back(now),
            });
            prop_assert!(Clock::from_json(&clock.to_json(), now).is_some(), "{clock:?}");
            for &ticket in given.iter().rev().take(5) {
                if let Place::In { seconds, at_least } = clock.place(ticket, now) {
                    prop_assert!(seconds > 0.0 && (0.0..=seconds).contains(&at_least));
                }
            }
        }
        // Nobody waits for ever: in the end every ticket has had its turn.
        let late = now + 1e9;
        for ticket in given {
            prop_assert_eq!(clock.place(ticket, late), Place::Now);
        }
    }
}
