//! Counts items by model and rank.

use std::collections::BTreeMap;

use crate::report::Count;

/// Most pairs of model and rank that are told apart, so that memory stays flat whatever the ranks are.
const MAX_PAIRS: usize = 1_000;

/// Items by model and rank.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Model id as the list has it, rank, number of items.
    by_model: BTreeMap<String, (Option<&'static str>, BTreeMap<String, u64>)>,
    pairs: usize,
    /// Items of pairs beyond the first.
    pub(crate) uncounted: u64,
    /// All items by the model that makes their pictures.
    pub(crate) by_used_model: BTreeMap<&'static str, u64>,
}

impl Counts {
    /// Counts an item; `used` is the model that makes its picture.
    pub(crate) fn add(&mut self, model: &str, used: &'static str, rank: &str) {
        *self.by_used_model.entry(used).or_default() += 1;
        if let Some(items) = self.by_model.get_mut(model).and_then(|(_, ranks)| ranks.get_mut(rank)) {
            *items += 1;
        } else if self.pairs < MAX_PAIRS {
            let successor = (model != used).then_some(used);
            let (_, ranks) = self.by_model.entry(model.to_owned()).or_insert_with(|| (successor, BTreeMap::new()));
            ranks.insert(rank.to_owned(), 1);
            self.pairs += 1;
        } else {
            self.uncounted += 1;
        }
    }

    /// The counts, ordered by model and rank.
    pub(crate) fn into_counts(self) -> Vec<Count> {
        self.by_model
            .into_iter()
            .flat_map(|(model, (successor, ranks))| {
                ranks.into_iter().map(move |(rank, items)| Count { model: model.clone(), successor, rank, items })
            })
            .collect()
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
        assert_eq!(counts.uncounted, 5);
        assert_eq!(counts.by_used_model["m"], 2 * (MAX_PAIRS as u64 + 5));
        let counts = counts.into_counts();
        assert_eq!(counts.len(), MAX_PAIRS);
        assert_eq!(counts[0], Count { model: "m".to_owned(), successor: None, rank: "0".to_owned(), items: 1_006 });
    }
}
