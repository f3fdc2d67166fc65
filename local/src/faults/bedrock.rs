//! How calls of the model go wrong, and what the ledger says of them.

use super::{Entry, Faults, Moment, client, share::Kind, share::drawn};
use emulator_bedrock::{BedrockFault, CallOutcome, Interceptor, ItemName};

impl Kind for BedrockFault {
    fn all() -> impl Iterator<Item = Self> {
        Self::all()
    }

    fn shown(&self) -> String {
        self.to_string()
    }

    fn of_name(name: &str) -> Option<Self> {
        Self::of_name(name)
    }
}

impl Interceptor for Faults {
    fn fault(&self, identity: u64) -> Option<BedrockFault> {
        if self.model.is_empty() {
            return None;
        }
        drawn(&self.model, "fault", self.seed, identity, self.attempt(identity))
    }

    fn ended(&self, item: &ItemName, outcome: CallOutcome, caller_waits: bool) -> Option<(&'static str, &'static str)> {
        self.note(|| Entry::Answered {
            item: item.clone(),
            answer: outcome.name(),
            paid: matches!(outcome, CallOutcome::Paid(_)),
            fault: match outcome {
                CallOutcome::Paid(_) if !caller_waits => Some("CallerLeft".to_owned()),
                CallOutcome::Paid(fault) => fault.map(BedrockFault::name),
                _ => None,
            },
        });
        let is_whole = matches!(outcome, CallOutcome::Paid(None | Some(BedrockFault::Slow(_))));
        let fault = is_whole.then(|| self.inject(item, Moment::Paid)).flatten()?;
        Some((client::FAULT, fault.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::{Fault, FaultPlan};

    #[test]
    fn every_kind_is_read_with_its_share_and_listed_for_an_unknown_one() {
        let unknown = "0.25=Slow:soon".parse::<Fault<BedrockFault>>().unwrap_err().to_string();
        for kind in BedrockFault::all() {
            let fault: Fault<BedrockFault> = format!("0.25={kind}").parse().unwrap();
            assert_eq!(fault, Fault::new(0.25, kind).unwrap());
            assert!(unknown.contains(&kind.to_string()), "{unknown}");
        }
    }

    /// Which attempts at which items fail when the items are called in this order, each until it succeeds.
    fn failures(fault_seed: u64, order: impl Iterator<Item = u64>) -> Vec<(u64, u32)> {
        let fail = vec!["0.4=InferenceError".parse().unwrap()];
        let faults = Faults::new(&FaultPlan { fail, fault_seed: Some(fault_seed), ..FaultPlan::default() }, None);
        let of_item =
            |item| (1..).take_while(|_| faults.fault(item).is_some()).map(|attempt| (item, attempt)).collect();
        let mut failures: Vec<_> = order.flat_map(|item| -> Vec<_> { of_item(item) }).collect();
        failures.sort_unstable();
        failures
    }

    #[test]
    fn the_same_calls_fail_whatever_the_order() {
        let failed = failures(9, 0..100);
        assert!((30..110).contains(&failed.len()), "{}", failed.len());
        assert_eq!(failed, failures(9, (0..100).rev()));
        assert_ne!(failed, failures(10, 0..100));
    }
}
