//! Choices that follow from a seed: the same seed always chooses the same.

use sha2::{Digest, Sha256};

/// A stream of numbers made from a seed (SplitMix64, <https://prng.di.unimi.it/splitmix64.c>).
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    /// A stream of its own for `topic`, so that one more choice about hair does not move the eyes.
    pub(crate) fn of(seed: u64, topic: &str) -> Self {
        Self(hash(&[&seed.to_be_bytes(), topic.as_bytes()]))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in 0..1.
    pub(crate) fn share(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// A number in `low..high`.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.share()
    }

    /// True this often (0 to 1).
    pub(crate) fn chance(&mut self, share: f32) -> bool {
        self.share() < share
    }

    /// A number in `0..count`; 0 for an empty range.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }

    /// One of `choices`.
    pub(crate) fn pick<T: Copy, const N: usize>(&mut self, choices: &[T; N]) -> T {
        const { assert!(N > 0) };
        choices[self.below(N)]
    }
}

/// A 64-bit hash of `parts` that is the same on every machine and in every version.
pub(crate) fn hash(parts: &[&[u8]]) -> u64 {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let digest = digest.finalize();
    digest[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_same_choices_other_topic_other_choices() {
        let draw = |seed, topic| {
            let mut chance = Chance::of(seed, topic);
            [chance.next(), chance.next(), chance.next()]
        };
        assert_eq!(draw(1, "hair"), draw(1, "hair"));
        assert_ne!(draw(1, "hair"), draw(1, "eyes"));
        assert_ne!(draw(1, "hair"), draw(2, "hair"));
    }

    #[test]
    fn share_stays_in_range_and_spreads() {
        let mut chance = Chance::of(7, "any");
        let mean = (0..10_000).map(|_| chance.share()).sum::<f32>() / 10_000.0;
        assert!((0.48..0.52).contains(&mean), "{mean}");
    }

    #[test]
    fn parts_are_kept_apart_when_hashed() {
        assert_ne!(hash(&[b"ab", b"c"]), hash(&[b"a", b"bc"]));
    }
}
