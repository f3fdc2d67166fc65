//! Hints about a list: what is no problem, but may well be a mistake.

use crate::problem::quoted;
use crate::report::Count;

/// Shortest rank that is compared. Shorter ones are often meant to be alike: `A` and `B`, `sr` and `ssr`.
const MIN_CHARS: usize = 4;

/// Ranks of which one is probably the other with a typing error, as sentences.
pub(crate) fn similar_ranks(counts: &[Count]) -> Vec<String> {
    let mut ranks: Vec<(&str, u64)> = Vec::new();
    for count in counts {
        match ranks.iter_mut().find(|(rank, _)| *rank == count.rank) {
            Some((_, items)) => *items += count.items,
            None => ranks.push((&count.rank, count.items)),
        }
    }
    ranks.sort_unstable();
    let mut hints = Vec::new();
    for (nth, (one, items)) in ranks.iter().enumerate() {
        for (other, other_items) in ranks.iter().skip(nth + 1) {
            if is_near_miss(one, other) {
                hints.push(format!(
                    "the ranks {} ({items}) and {} ({other_items}) are nearly the same; is one a typing error?",
                    quoted(one),
                    quoted(other)
                ));
            }
        }
    }
    hints
}

/// One character more, less, other or swapped, and not only a digit: `vip1` and `vip2` are meant.
fn is_near_miss(one: &str, other: &str) -> bool {
    let [one, other]: [Vec<char>; 2] = [one, other].map(|rank| rank.to_lowercase().chars().collect());
    if one.len().min(other.len()) < MIN_CHARS || one.len().abs_diff(other.len()) > 1 {
        return false;
    }
    let same_start = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let [one, other] = [&one, &other].map(|rank| rank.get(same_start..).unwrap_or_default());
    let same_end = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    let [one, other] = [one, other].map(|rank| rank.get(..rank.len() - same_end).unwrap_or_default());
    if one.iter().chain(other).any(|char| char.is_numeric()) {
        return false;
    }
    match (one, other) {
        ([a, b], [c, d]) => (a, b) == (d, c),
        _ => one.len().max(other.len()) <= 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_of_the_finger_is_a_near_miss() {
        for (one, other) in [
            ("nomal", "normal"),
            ("vipp", "VIP1x"),
            ("rare", "raer"),
            ("gold", "bold"),
            ("Gold", "gold"),
            ("レアカード", "レアガード"),
        ] {
            assert_eq!(is_near_miss(one, other), one != "vipp", "{one} {other}");
            assert_eq!(is_near_miss(other, one), one != "vipp", "{one} {other}");
        }
        for (one, other) in [("vip1", "vip2"), ("vip", "vips"), ("sr", "ssr"), ("normal", "rare"), ("rank10", "rank1")]
        {
            assert!(!is_near_miss(one, other), "{one} {other}");
        }
    }

    #[test]
    fn items_of_all_models_are_counted_together() {
        let count = |model: &str, rank: &str, items| Count {
            model: model.to_owned(),
            successor: None,
            rank: rank.to_owned(),
            items,
        };
        let counts = [count("a", "nomal", 900), count("a", "normal", 1), count("b", "normal", 2), count("b", "vip", 9)];
        let hint = "the ranks \"nomal\" (900) and \"normal\" (3) are nearly the same; is one a typing error?";
        assert_eq!(similar_ranks(&counts), [hint]);
    }
}
