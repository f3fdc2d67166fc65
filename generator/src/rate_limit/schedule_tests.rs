//! The schedule against models with a quota, and against whatever may happen to it.

use super::*;
use proptest::prelude::*;

/// Far from zero, as times since 1970 are.
const EPOCH: f64 = 1_800_000_000.0;

fn seconds(place: Due) -> f64 {
    match place {
        Due::Now => 0.0,
        Due::In { seconds, .. } => seconds,
        Due::Missed => panic!("missed"),
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
    let mut schedule = Schedule::new(EPOCH, None);
    let places: Vec<_> = (0..10).map(|_| schedule.reserve(EPOCH)).collect();
    let waits: Vec<_> = places.into_iter().map(|slot| seconds(schedule.due(slot, EPOCH))).collect();
    assert_eq!(waits[0], 0.0);
    assert!(waits.is_sorted() && waits[9] < 3.0, "{waits:?}");
}

#[test]
fn a_model_that_never_refuses_is_unlimited_within_seconds() {
    let mut schedule = Schedule::new(EPOCH, None);
    let mut now = EPOCH;
    while !schedule.is_unlimited() {
        let slot = schedule.reserve(now);
        schedule.reserve(now);
        now += seconds(schedule.due(slot, now)) + 0.001;
    }
    assert!(now - EPOCH < 17.0, "{}", now - EPOCH);
    assert_eq!(schedule.due(Slot(1e9), now), Due::Now);
}

#[test]
fn a_model_that_is_asked_in_quick_succession_is_unlimited_although_nobody_waits() {
    let mut schedule = Schedule::new(EPOCH, None);
    let mut now = EPOCH;
    for _ in 0..2_500 {
        schedule.reserve(now);
        now += 0.02;
    }
    assert!(schedule.is_unlimited());
}

#[test]
fn a_model_that_is_asked_now_and_then_stays_paced() {
    let mut schedule = Schedule::new(EPOCH, None);
    for n in 0..2_000 {
        schedule.reserve(EPOCH + f64::from(n));
    }
    assert!(!schedule.is_unlimited());
}

#[test]
fn whoever_comes_when_nobody_waits_does_not_wait() {
    let mut schedule = Schedule::new(EPOCH, None);
    schedule.throttled(EPOCH, EPOCH + 0.2);
    for n in 1..50 {
        let now = EPOCH + 1_000.0 * f64::from(n);
        let slot = schedule.reserve(now);
        assert_eq!(schedule.due(slot, now), Due::Now);
    }
}

#[test]
fn time_in_which_nobody_waits_gives_no_credit() {
    let mut schedule = Schedule::new(EPOCH, None);
    let slot = schedule.reserve(EPOCH);
    assert_eq!(schedule.due(slot, EPOCH), Due::Now);
    schedule.throttled(EPOCH, EPOCH + 0.2);
    let now = EPOCH + 86_400.0;
    let slots: Vec<_> = (0..10).map(|_| schedule.reserve(now)).collect();
    let waits: Vec<_> = slots.into_iter().map(|slot| seconds(schedule.due(slot, now))).collect();
    assert!(waits[9] > waits[1] && waits[9] >= 8.0 / schedule.rate_now(), "{waits:?}");
}

#[test]
fn a_refused_item_is_in_front_of_all_that_wait() {
    let mut schedule = Schedule::new(EPOCH, None);
    let slots: Vec<_> = (0..20).map(|_| schedule.reserve(EPOCH)).collect();
    let now = EPOCH + 0.3;
    let waiting: Vec<_> = slots.into_iter().filter(|&slot| schedule.due(slot, now) != Due::Now).collect();
    let back = schedule.throttled(EPOCH, now);
    assert!(!waiting.is_empty() && waiting.iter().all(|&slot| back < slot), "{back:?} {waiting:?}");
}

#[test]
fn one_item_alone_asks_after_a_refusal() {
    let mut schedule = Schedule::new(EPOCH, None);
    for _ in 0..20 {
        schedule.reserve(EPOCH);
    }
    let first = schedule.throttled(EPOCH, EPOCH + 0.2);
    let second = schedule.throttled(EPOCH + 0.1, EPOCH + 0.21);
    let again = schedule.at;
    assert!(schedule.due(first, again - 0.01) != Due::Now && schedule.due(second, again - 0.01) != Due::Now);
    assert!(schedule.due(first, again) != Due::Now && schedule.due(second, again) == Due::Now);
}

#[test]
fn what_was_asked_before_a_refusal_is_no_further_news() {
    let mut schedule = Schedule::new(EPOCH, None);
    for _ in 0..20 {
        schedule.reserve(EPOCH);
    }
    schedule.throttled(EPOCH + 0.1, EPOCH + 0.4);
    let rate = schedule.rate;
    schedule.throttled(EPOCH + 0.2, EPOCH + 0.5);
    schedule.throttled(EPOCH + 0.3, EPOCH + 0.5);
    assert_eq!(schedule.rate, rate);
}

#[test]
fn the_rate_does_not_run_away_while_a_refusal_is_on_its_way() {
    let mut schedule = Schedule::new(EPOCH, None);
    for _ in 0..400 {
        schedule.reserve(EPOCH);
    }
    schedule.throttled(EPOCH + 5.5, EPOCH + 6.0);
    let rate = schedule.rate;
    assert!(rate > 5.0, "{rate}");
    let late = schedule.at + PROBE + 2.0;
    schedule.reserve(schedule.at + PROBE + 1e-3);
    schedule.reserve(late);
    assert!(schedule.rate_now() < 1.5 * rate, "{rate} {}", schedule.rate_now());
    schedule.throttled(late - 0.1, late);
    assert!(schedule.rate < 1.5 * rate, "{rate} {}", schedule.rate);
}

/// Makes a thousand images with somebody always waiting behind: the time over the least possible, and the calls that were throttled.
fn made(quota: f64, mut gives: impl FnMut(f64) -> bool) -> (f64, u32) {
    let (mut schedule, mut now) = (Schedule::new(EPOCH, None), EPOCH);
    let mut slot = schedule.reserve(now);
    let (mut made, mut throttled) = (0, 0);
    while made < 1_000 {
        while schedule.last < slot.0 + 5.0 {
            schedule.reserve(now);
        }
        now += seconds(schedule.due(slot, now)) + 1e-6;
        if gives(now) {
            made += 1;
            slot = Slot(slot.0.ceil() + if slot.0.fract() == 0.0 { 1.0 } else { 0.0 });
        } else {
            throttled += 1;
            slot = schedule.throttled(now, now);
        }
    }
    ((now - EPOCH) * quota / 1_000.0, throttled)
}

#[test]
fn whatever_the_quota_hardly_a_call_is_refused_and_hardly_any_of_it_is_left() {
    for quota in [0.1, 0.5, 1.0, 3.0, 10.0] {
        let mut model = Bucket::new(quota);
        let (time, throttled) = made(quota, |now| model.gives(now));
        assert!(time < 1.1 && throttled < 110, "quota {quota}: {time:.2}, {throttled} throttled");
    }
}

#[test]
fn what_is_left_of_a_window_when_it_begins_late_is_made_up_for() {
    for quota in [0.5, 1.0, 3.0, 10.0] {
        let (mut minute, mut left) = (0.0, 0.0);
        let (time, throttled) = made(quota, |now: f64| {
            if now >= minute {
                (minute, left) = ((now / 60.0).floor() * 60.0 + 60.0, quota * 60.0);
            }
            left -= 1.0;
            left >= 0.0
        });
        assert!(time < 1.03 && throttled < 110, "quota {quota}: {time:.3}, {throttled} throttled");
    }
}

#[test]
fn a_refusal_now_and_then_hardly_slows_down_who_is_let_through_quickly() {
    // The higher the quota, the more of a thousand images it takes to find out; who believed every throttle would take 1.95 and 9.
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
    let mut schedule = Schedule::new(EPOCH, None);
    schedule.reserve(EPOCH);
    let (mut now, mut calls) = (EPOCH, 0);
    while now < EPOCH + 129_600.0 {
        calls += 1;
        let slot = schedule.throttled(now, now + 0.2);
        now = now + 0.2 + seconds(schedule.due(slot, now + 0.2)) + 1e-3;
    }
    assert!((100..1_000).contains(&calls), "{calls}");
    // And it is found soon when it is there again.
    assert!(seconds(schedule.due(Slot(schedule.last), now)) <= 2.0 * LONGEST_PAUSE);
}

#[test]
fn what_is_no_clock_is_none() {
    let mut schedule = Schedule::new(EPOCH, None);
    let good = String::from_utf8(schedule.to_json()).unwrap();
    assert_eq!(Schedule::from_json(good.as_bytes(), EPOCH), Some(schedule.clone()));
    for (from, to) in [
        ("\"rate\":2.0", "\"rate\":0.0"),
        ("\"rate\":2.0", "\"rate\":1e300"),
        ("\"rate\":2.0", "\"rate\":-1"),
        ("\"rate\":2.0", "\"rate\":null"),
        ("\"served\":1.0", "\"served\":1e9"),
        ("\"last\":0.0", "\"last\":1e300"),
        ("\"doubling\":120.0", "\"doubling\":0"),
        ("\"phase\":\"learning\"", "\"phase\":\"over\""),
        ("}", ""),
    ] {
        assert!(good.contains(from), "{good}");
        assert_eq!(Schedule::from_json(good.replace(from, to).as_bytes(), EPOCH), None, "{to}");
    }
    schedule.at = EPOCH + 2.0 * AHEAD;
    assert_eq!(Schedule::from_json(&schedule.to_json(), EPOCH), None);
}

proptest! {
    #[test]
    fn whatever_happens_the_clock_goes_on(
        events in prop::collection::vec((0_u8..6, -2.0..400.0_f64, 0.0..3.0_f64), 1..200)
    ) {
        let (mut schedule, mut now, mut given) = (Schedule::new(EPOCH, None), EPOCH, vec![]);
        for (event, pause, before) in events {
            // Clocks of functions differ a little: time may go back.
            now += if event < 3 { pause.min(0.3) } else { pause };
            given.push(match event {
                0..=3 => schedule.reserve(now),
                4 => schedule.throttled(now - before, now),
                _ => schedule.reserve_first(now),
            });
            prop_assert!(Schedule::from_json(&schedule.to_json(), now).is_some(), "{schedule:?}");
            for &slot in given.iter().rev().take(5) {
                if let Due::In { seconds, at_least } = schedule.due(slot, now) {
                    prop_assert!(seconds > 0.0 && (0.0..=seconds).contains(&at_least));
                }
            }
        }
        // Nobody waits for ever: in the end every slot has had its turn.
        let late = now + 1e9;
        for slot in given {
            prop_assert_eq!(schedule.due(slot, late), Due::Now);
        }
    }
}

#[test]
fn a_known_quota_is_kept_until_a_call_is_throttled() {
    let mut schedule = Schedule::new(EPOCH, Some(60.0));
    let slots: Vec<_> = (0..60).map(|_| schedule.reserve(EPOCH)).collect();
    let last = seconds(schedule.due(slots[59], EPOCH));
    assert!((57.0..60.0).contains(&last), "{last}");
}
