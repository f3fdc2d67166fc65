//! The schedule against models with a quota, and against everything that may happen to it.

use super::*;
use proptest::prelude::*;

/// Far from zero, as times since 1970 are.
const EPOCH: f64 = 1_800_000_000.0;

fn new() -> Schedule {
    Schedule::new(EPOCH, None)
}

/// A model that has just been throttled for the first time, with twenty items that wait.
fn throttled() -> (Schedule, Slot) {
    let mut schedule = new();
    for _ in 0..20 {
        schedule.reserve(EPOCH);
    }
    let slot = schedule.throttled(EPOCH + 1.0, EPOCH + 1.2).unwrap();
    (schedule, slot)
}

#[test]
fn a_small_list_hardly_waits() {
    let mut schedule = new();
    let slots: Vec<_> = (0..10).map(|_| schedule.reserve(EPOCH)).collect();
    let due: Vec<_> = slots.into_iter().map(|slot| schedule.due(slot) - EPOCH).collect();
    assert_eq!(due[0], 0.0);
    assert!(due.is_sorted() && due[9] < 5.0, "{due:?}");
}

#[test]
fn a_model_that_never_throttles_is_unlimited_within_a_thousand_images() {
    let (mut schedule, mut now, mut slots) = (new(), EPOCH, 0);
    while !schedule.is_unlimited() {
        schedule.reserve(now);
        let slot = schedule.reserve(now);
        now = now.max(schedule.due(slot));
        slots += 2;
    }
    assert!(slots <= 1_100 && now - EPOCH < 60.0, "{slots} slots, {} s", now - EPOCH);
}

#[test]
fn a_model_that_is_called_now_and_then_stays_limited() {
    let mut schedule = new();
    for n in 0..3_000 {
        schedule.reserve(EPOCH + f64::from(n));
    }
    assert!(!schedule.is_unlimited());
}

#[test]
fn an_item_that_comes_alone_does_not_wait() {
    let (mut schedule, _) = throttled();
    for n in 1..50 {
        let now = EPOCH + 1_000.0 * f64::from(n);
        let slot = schedule.reserve(now);
        assert!(schedule.due(slot) <= now);
    }
}

#[test]
fn a_day_without_items_allows_no_more_than_the_burst() {
    let (mut schedule, _) = throttled();
    let now = EPOCH + 86_400.0;
    let slots: Vec<_> = (0..10).map(|_| schedule.reserve(now)).collect();
    let due: Vec<_> = slots.into_iter().map(|slot| schedule.due(slot) - now).collect();
    assert!(due[0] <= 0.0 && due[2] > 0.3 && due[9] > 2.0, "{due:?}");
}

#[test]
fn a_throttled_item_is_tried_first_and_alone() {
    let (schedule, slot) = throttled();
    assert!(schedule.due(slot) >= schedule.paused_until);
    let waiting: Vec<_> = (1..=20).map(f64::from).filter(|slot| *slot > schedule.grows_from).map(Slot).collect();
    assert!(waiting.len() > 10);
    assert!(waiting.iter().all(|other| schedule.due(*other) >= schedule.due(slot) + PAUSE));
}

#[test]
fn the_next_slot_comes_after_the_pause() {
    let (schedule, slot) = throttled();
    let (due, now) = (schedule.due(slot), EPOCH + 1.2);
    assert!((schedule.next_slot(now) - (due - now)).abs() < 1e-3);
    assert_eq!(new().next_slot(EPOCH + 100.0), 0.0);
}

#[test]
fn calls_sent_before_a_pause_change_nothing() {
    let (mut schedule, _) = throttled();
    let before = schedule.clone();
    assert_eq!(schedule.throttled(EPOCH + 1.1, EPOCH + 1.3), None);
    assert_eq!((schedule.rate, schedule.paused_until), (before.rate, before.paused_until));
}

#[test]
fn pauses_double_while_everything_is_throttled() {
    let (mut schedule, mut slot) = throttled();
    let mut pauses = vec![schedule.pause];
    for _ in 0..6 {
        let now = schedule.due(slot) + 1e-3;
        slot = schedule.throttled(now, now + 0.2).unwrap();
        pauses.push(schedule.pause);
    }
    assert_eq!(pauses, [0.5, 1.0, 2.0, 4.0, 8.0, LONGEST_PAUSE, LONGEST_PAUSE]);
}

#[test]
fn a_lone_throttled_call_does_not_lower_the_rate() {
    let mut schedule = new();
    let slots: Vec<_> = (0..40).map(|_| schedule.reserve(EPOCH)).collect();
    let now = schedule.due(slots[30]);
    schedule.throttled(now - 0.2, now).unwrap();
    assert_eq!((schedule.rate, schedule.paused_until), (new().rate, new().paused_until));
    schedule.throttled(now, now + 0.2).unwrap();
    assert!(schedule.paused_until > now);
}

/// Makes a thousand images while others always wait: the time over the least possible, and the calls that were throttled.
fn make(quota: f64, allowed: Option<f64>, mut gives: impl FnMut(f64) -> bool) -> (f64, u32) {
    let (mut schedule, mut now) = (Schedule::new(EPOCH, allowed), EPOCH);
    let (mut next, mut again, mut made, mut throttled) = (0.0, None, 0, 0);
    while made < 1_000 {
        while schedule.reserved < next + 20.0 {
            schedule.reserve(now);
        }
        let slot = again.take().unwrap_or_else(|| {
            next += 1.0;
            Slot(next)
        });
        now = now.max(schedule.due(slot)) + 1e-6;
        if gives(now) {
            made += 1;
        } else {
            throttled += 1;
            again = schedule.throttled(now, now);
        }
    }
    ((now - EPOCH) * quota / 1_000.0, throttled)
}

/// A quota that refills all the time and holds two seconds of it, with a share of calls that are throttled without reason.
fn bucket(quota: f64, stray: f64) -> impl FnMut(f64) -> bool {
    let (mut left, mut at, mut random) = ((2.0 * quota).max(1.0), EPOCH, fastrand::Rng::with_seed(1));
    move |now| {
        left = (left + (now - at) * quota).min((2.0 * quota).max(1.0));
        at = now;
        let gives = left >= 1.0 && random.f64() >= stray;
        left -= if gives { 1.0 } else { 0.0 };
        gives
    }
}

/// A quota of each minute.
fn window(quota: f64) -> impl FnMut(f64) -> bool {
    let (mut minute, mut left) = (0.0, 0.0);
    move |now: f64| {
        if now >= minute {
            (minute, left) = ((now / 60.0).floor() * 60.0 + 60.0, quota * 60.0);
        }
        left -= 1.0;
        left >= 0.0
    }
}

#[test]
fn a_quota_is_used_and_few_calls_are_throttled() {
    for (quota, most, most_throttled) in [(0.5, 1.2, 130), (1.0, 1.15, 120), (3.0, 1.15, 120), (10.0, 1.15, 120)] {
        for (name, (time, throttled)) in
            [("bucket", make(quota, None, bucket(quota, 0.0))), ("window", make(quota, None, window(quota)))]
        {
            assert!(time < most && throttled < most_throttled, "{name} of {quota}: {time:.3}, {throttled} throttled");
        }
    }
}

#[test]
fn a_rate_that_is_given_is_kept() {
    let (time, throttled) = make(1.0, Some(1.0), bucket(1.0, 0.0));
    assert!((0.99..1.05).contains(&time) && throttled <= 30, "{time:.3}, {throttled} throttled");
    let (time, throttled) = make(1.0, Some(0.5), bucket(1.0, 0.0));
    assert!((1.99..2.05).contains(&time) && throttled == 0, "{time:.3}, {throttled} throttled");
}

#[test]
fn stray_throttled_calls_hardly_slow_a_list_down() {
    for (quota, most) in [(1.0, 1.4), (10.0, 1.5)] {
        let (time, _) = make(quota, None, bucket(quota, 0.03));
        assert!(time < most, "quota {quota}: {time:.2}");
    }
}

#[test]
fn a_model_that_throttles_everything_is_called_less_and_less() {
    let mut schedule = new();
    schedule.reserve(EPOCH);
    let (mut now, mut calls) = (EPOCH, 0);
    while now < EPOCH + 129_600.0 {
        calls += 1;
        let slot = schedule.throttled(now, now + 0.2).unwrap();
        now = schedule.due(slot) + 1e-3;
    }
    // A history of Step Functions holds 25,000 events; a wait takes about ten.
    assert!((50..1_000).contains(&calls), "{calls}");
}

#[test]
fn what_is_not_a_schedule_is_replaced() {
    let good = serde_json::to_string(&Schedule { rate: 7.0, ..new() }).unwrap();
    assert_eq!(Schedule::load(Some(good.as_bytes()), EPOCH, None).rate, 7.0);
    for (from, to) in [
        ("\"rate\":7.0", "\"rate\":0.0"),
        ("\"rate\":7.0", "\"rate\":1e300"),
        ("\"rate\":7.0", "\"rate\":null"),
        ("\"passed\":1.9", "\"passed\":1e9"),
        ("\"reserved\":0.0", "\"reserved\":1e300"),
        ("\"doubling\":32.0", "\"doubling\":0"),
        ("\"at\":1800000000.0", "\"at\":1900000000.0"),
        ("}", ""),
    ] {
        assert!(good.contains(from), "{good}");
        assert_eq!(Schedule::load(Some(good.replace(from, to).as_bytes()), EPOCH, None), new(), "{to}");
    }
}

proptest! {
    #[test]
    fn every_reserved_slot_becomes_due(
        events in prop::collection::vec((0_u8..5, -2.0..400.0_f64, 0.0..3.0_f64), 1..200)
    ) {
        let (mut schedule, mut now, mut slots) = (new(), EPOCH, vec![]);
        for (event, pause, before) in events {
            // The clocks of functions differ a little: time may go back.
            now += if event < 3 { pause.min(0.3) } else { pause };
            match event {
                0..=3 => slots.push(schedule.reserve(now)),
                _ => slots.extend(schedule.throttled(now - before, now)),
            }
            let text = serde_json::to_vec(&schedule).unwrap();
            let loaded = Schedule::load(Some(&text), now, None);
            prop_assert_eq!(loaded.reserved, schedule.reserved);
            prop_assert!((loaded.at - schedule.at).abs() < 1e-3, "{:?}", schedule);
        }
        for slot in slots {
            prop_assert!(schedule.due(slot) < now + 20_000.0, "{:?} {:?}", slot, schedule);
        }
    }
}
