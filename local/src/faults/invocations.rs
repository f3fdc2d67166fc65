//! Which invocations of `generator` go wrong, and at which moment; the same ones with the same seed.

use super::kinds::{FunctionFault, Moment};
use super::share::{Fault, drawn, hash};
use emulator_bedrock::ItemName;
use std::collections::{HashMap, HashSet};

/// The attempts that are under way and are to go wrong, and how many there were of every item. An item that waits for its slot and comes back
/// is still at the same attempt: how often it comes back depends on the other items.
#[derive(Debug, Default)]
pub(super) struct Invocations {
    attempts: HashMap<u64, u32>,
    planned: HashMap<u64, (FunctionFault, Moment)>,
    waiting: HashSet<u64>,
}

impl Invocations {
    /// An invocation for the item begins. Both what goes wrong and when follow from the seed, the item and the number of the attempt.
    pub(super) fn begin(&mut self, faults: &[Fault<FunctionFault>], seed: u64, item: u64) {
        if self.waiting.remove(&item) {
            return;
        }
        let attempt = self.attempts.entry(item).or_default();
        *attempt += 1;
        self.planned.remove(&item);
        if let Some(fault) = drawn(faults, "function", seed, item, *attempt) {
            let moment = hash(&[b"moment", &seed.to_be_bytes(), &item.to_be_bytes(), &attempt.to_be_bytes()]);
            let moment = Moment::ALL[(moment % Moment::ALL.len() as u64) as usize];
            self.planned.insert(item, (fault, moment));
        }
    }

    /// The invocation for the item has ended, and the item comes back.
    pub(super) fn wait(&mut self, item: u64) {
        self.waiting.insert(item);
    }

    /// What goes wrong now with the invocation for the item; once.
    pub(super) fn inject(&mut self, item: u64, now: Moment) -> Option<FunctionFault> {
        let (fault, moment) = *self.planned.get(&item)?;
        (moment == now).then(|| {
            self.planned.remove(&item);
            fault
        })
    }
}

/// A number for the item; `None` without a name by which it is recognised.
pub(super) fn identity(item: &ItemName) -> Option<u64> {
    (item.id.is_some() && item.rank.is_some()).then(|| item.identity(b""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invocation_goes_wrong_once_and_the_same_way_with_the_same_seed() {
        let faults = ["0.5=Kill".parse().unwrap(), "0.5=Timeout".parse().unwrap()];
        let of = |seed| {
            let mut invocations = Invocations::default();
            let mut injected = Vec::new();
            for item in [7, 8, 9, 7, 7] {
                invocations.begin(&faults, seed, item);
                let injections = Moment::ALL.map(|moment| invocations.inject(item, moment));
                assert_eq!(injections.iter().flatten().count(), 1);
                assert!(Moment::ALL.iter().all(|moment| invocations.inject(item, *moment).is_none()));
                injected.push(injections);
            }
            injected
        };
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }

    #[test]
    fn an_item_that_waits_is_still_at_the_same_attempt() {
        let faults = ["0.5=Kill".parse().unwrap()];
        let attempt = |invocations: &mut Invocations, visits: u32| {
            for _ in 1..visits {
                invocations.begin(&faults, 1, 7);
                invocations.wait(7);
            }
            invocations.begin(&faults, 1, 7);
            Moment::ALL.map(|moment| invocations.inject(7, moment))
        };
        let (mut once, mut often) = Default::default();
        for visits in 1..20 {
            assert_eq!(attempt(&mut once, 1), attempt(&mut often, visits));
        }
    }

    #[test]
    fn what_did_not_come_so_far_is_forgotten_with_the_next_invocation() {
        let always = ["1=Kill".parse().unwrap()];
        let mut invocations = Invocations::default();
        invocations.begin(&always, 1, 7);
        invocations.begin(&[], 1, 7);
        assert!(Moment::ALL.iter().all(|moment| invocations.inject(7, *moment).is_none()));
    }
}
