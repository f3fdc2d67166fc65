//! Counts items by model and rank.

use std::collections::BTreeMap;

use crate::report::Count;

/// Most pairs of model and rank that are told apart, so that memory stays flat whatever the ranks are.
const MAX_PAIRS: usize = 1_000;

/// Items by model and rank.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Ordered by model, as the list has it, and rank.
    counts: Vec<Count>,
    /// Items of pairs beyond the first.
    pub(crate) uncounted: u64,
    /// All items by the model that makes their pictures.
    pub(crate) by_used_model: BTreeMap<&'static str, u64>,
}

impl Counts {
    /// Counts an item; `used` is the model that makes its picture.
    pub(crate) fn add(&mut self, model: &str, used: &'static str, rank: &str) {
        *self.by_used_model.entry(used).or_default() += 1;
        match self.find(model, rank) {
            Ok(nth) => self.counts[nth].items += 1,
            Err(nth) if self.counts.len() < MAX_PAIRS => {
                let successor = (model != used).then_some(used);
                self.counts.insert(nth, Count { model: model.to_owned(), successor, rank: rank.to_owned(), items: 1 });
            }
            Err(_) => self.uncounted += 1,
        }
    }

    /// Takes back an item that was counted.
    pub(crate) fn take_back(&mut self, model: &str, used: &'static str, rank: &str) {
        self.by_used_model.entry(used).and_modify(|items| *items -= 1);
        match self.find(model, rank) {
            Ok(nth) => self.counts[nth].items -= 1,
            Err(_) => self.uncounted -= 1,
        }
    }

    fn find(&self, model: &str, rank: &str) -> Result<usize, usize> {
        self.counts.binary_search_by(|count| (count.model.as_str(), count.rank.as_str()).cmp(&(model, rank)))
    }

    /// The counts, ordered by model and rank.
    pub(crate) fn into_counts(mut self) -> Vec<Count> {
        self.counts.retain(|count| count.items > 0);
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_told_apart_up_to_a_limit() {
        let mut counts = Counts::default();
        for rank in 0..MAX_PAIRS + 5 {
            counts.add("m", "m", &rank.to_string());
            counts.add("m", "m", "0");
        }
        counts.add("m", "m", "last");
        counts.take_back("m", "m", "last");
        counts.add("m", "m", "1");
        counts.take_back("m", "m", "1");
        assert_eq!(counts.uncounted, 5);
        assert_eq!(counts.by_used_model["m"], 2 * (MAX_PAIRS as u64 + 5));
        let counts = counts.into_counts();
        assert_eq!(counts.len(), MAX_PAIRS);
        assert_eq!(counts[0], Count { model: "m".to_owned(), successor: None, rank: "0".to_owned(), items: 1_006 });
    }
}
