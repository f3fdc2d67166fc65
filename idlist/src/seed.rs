//! The seed of the model's randomness: the item's own, or one that follows from its id and rank.

use sha2::{Digest, Sha256};

/// Seed for an item without one: always the same for the same id and rank, within 1 to `max`.
///
/// 0 is left out, because Stability's models read it as "choose one at random". The values are part of what makes
/// a picture come out the same again, so they never change.
pub fn seed_of(id: &str, rank: &str, max: u64) -> u64 {
    let number = digest_of(id, rank).iter().take(8).fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
    1 + number % max.max(1)
}

/// SHA-256 of id and rank.
pub(crate) fn digest_of(id: &str, rank: &str) -> [u8; 32] {
    digest_of_parts(&[id, rank])
}

/// SHA-256 of texts, which do not run into each other.
pub(crate) fn digest_of_parts(parts: &[&str]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in parts {
        // With its length before it, ("a", "bc") differs from ("ab", "c").
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{CORE, MODELS, SD3_5_LARGE};

    #[test]
    fn the_same_item_keeps_its_seed_for_ever() {
        assert_eq!(seed_of("A1", "nomal", CORE.max_seed), 1_455_859_945);
        assert_eq!(seed_of("A2", "vip", CORE.max_seed), 1_780_489_061);
        assert_eq!(seed_of("髪", "レア", SD3_5_LARGE.max_seed), 655_513_829);
    }

    #[test]
    fn id_and_rank_do_not_run_into_each_other() {
        let max = CORE.max_seed;
        assert_ne!(seed_of("a", "bc", max), seed_of("ab", "c", max));
        assert_ne!(seed_of("A1", "vip", max), seed_of("A1", "nomal", max));
    }

    #[test]
    fn a_seed_is_within_the_models_range_and_never_random() {
        for model in MODELS.into_iter().filter(|model| model.max_seed > 0) {
            for number in 0..1_000 {
                let seed = seed_of(&format!("A{number}"), "nomal", model.max_seed);
                assert!((1..=model.max_seed).contains(&seed));
            }
        }
        assert_eq!(seed_of("A1", "nomal", 1), 1);
    }
}
