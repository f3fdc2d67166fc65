//! Which invocations of `generator` go wrong, and at which moment; the same ones with the same seed.

use super::kinds::{FunctionFault, Moment};
use super::share::{Fault, drawn};
use emulator_bedrock::{ItemName, hash};
use std::collections::HashMap;

/// How far every item is, by its [`identity`].
#[derive(Debug, Default)]
pub(super) struct Invocations(HashMap<u64, Attempts>);

/// An item that waits for its slot and comes back is still at the same attempt: how often it comes back depends on the other items.
#[derive(Debug, Default)]
struct Attempts {
    number: u32,
    planned: Option<(FunctionFault, Moment)>,
    is_waiting: bool,
}

impl Invocations {
    /// An invocation for the item begins. Both what goes wrong and when follow from the seed, the item and the number of the attempt.
    pub(super) fn begin(&mut self, faults: &[Fault<FunctionFault>], seed: u64, item: u64) {
        let attempts = self.0.entry(item).or_default();
        if std::mem::take(&mut attempts.is_waiting) {
            return;
        }
        attempts.number += 1;
        attempts.planned = drawn(faults, "function", seed, item, attempts.number).map(|fault| {
            let moment = hash(&[b"moment", &seed.to_be_bytes(), &item.to_be_bytes(), &attempts.number.to_be_bytes()]);
            (fault, Moment::ALL[(moment % Moment::ALL.len() as u64) as usize])
        });
    }

    /// The invocation for the item has ended, and the item comes back.
    pub(super) fn wait(&mut self, item: u64) {
        self.0.entry(item).or_default().is_waiting = true;
    }

    /// What goes wrong now with the invocation for the item; once.
    pub(super) fn inject(&mut self, item: u64, now: Moment) -> Option<FunctionFault> {
        let planned = self.0.get_mut(&item)?.planned.take_if(|(_, moment)| *moment == now);
        planned.map(|(fault, _)| fault)
    }
}

/// A number for the item; `None` without a name by which it is recognised.
pub(super) fn identity(item: &ItemName) -> Option<u64> {
    (item.id.is_some() && item.rank.is_some()).then(|| item.identity(b""))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lets an item come back so many times at each of its attempts: what goes wrong at which attempt and moment.
    fn injected(visits: u32) -> Vec<[Option<FunctionFault>; 4]> {
        let faults = ["0.5=Kill".parse().unwrap()];
        let mut invocations = Invocations::default();
        let attempt = |_| {
            for _ in 1..visits {
                invocations.begin(&faults, 1, 7);
                invocations.wait(7);
            }
            invocations.begin(&faults, 1, 7);
            let injected = Moment::ALL.map(|moment| invocations.inject(7, moment));
            assert_eq!(Moment::ALL.map(|moment| invocations.inject(7, moment)), [None; 4], "it goes wrong once");
            injected
        };
        (0..20).map(attempt).collect()
    }

    #[test]
    fn an_item_that_waits_is_still_at_the_same_attempt() {
        assert_eq!(injected(1), injected(5));
    }

    #[test]
    fn what_did_not_come_so_far_is_forgotten_with_the_next_invocation() {
        let always = ["1=Kill".parse().unwrap()];
        let mut invocations = Invocations::default();
        invocations.begin(&always, 1, 7);
        invocations.begin(&[], 1, 7);
        assert_eq!(Moment::ALL.map(|moment| invocations.inject(7, moment)), [None; 4]);
    }
}
