//! A share of the calls and how they go wrong; which calls those are follows from a seed.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// How something can go wrong: kinds that options and plans name.
pub trait Kind: Copy + fmt::Debug {
    /// Every kind; of those that have a number with them, an example.
    fn all() -> impl Iterator<Item = Self>;

    /// Its name.
    fn shown(&self) -> String {
        format!("{self:?}")
    }

    /// The kind of this name.
    fn of_name(name: &str) -> Option<Self> {
        Self::all().find(|kind| kind.shown() == name)
    }
}

/// A share of the calls and how they go wrong; written `0.1=ThrottlingException`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String", bound = "K: Kind")]
pub struct Fault<K> {
    share: f64,
    kind: K,
}

impl<K> Fault<K> {
    /// `share` of the calls (0 to 1) go wrong like `kind`.
    ///
    /// # Errors
    /// [`FaultError::NoShare`] if `share` is not in 0 to 1.
    pub fn new(share: f64, kind: K) -> Result<Self, FaultError> {
        if (0.0..=1.0).contains(&share) {
            Ok(Self { share, kind })
        } else {
            Err(FaultError::NoShare(share.to_string()))
        }
    }
}

impl<K: Kind> FromStr for Fault<K> {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (share, kind) = text.split_once('=').ok_or_else(|| FaultError::NoPair(text.to_owned()))?;
        let share = share.trim();
        let number = share.parse().map_err(|_| FaultError::NoShare(share.to_owned()))?;
        let name = kind.trim();
        let names = || K::all().map(|kind| kind.shown()).collect();
        let kind =
            K::of_name(name).ok_or_else(|| FaultError::UnknownKind { given: name.to_owned(), names: names() })?;
        Self::new(number, kind)
    }
}

impl<K: Kind> TryFrom<String> for Fault<K> {
    type Error = FaultError;

    fn try_from(text: String) -> Result<Self, FaultError> {
        text.parse()
    }
}

/// Why a text is not a fault.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FaultError {
    /// There is no `=` in it.
    #[error("{0:?} is not SHARE=ERROR, such as 0.1=ThrottlingException")]
    NoPair(String),
    /// The share is not a number from 0 to 1.
    #[error("the share {0:?} is not a number from 0 to 1, such as 0.1 for every tenth call")]
    NoShare(String),
    /// No fault has this name.
    #[error("there is no error {given:?}; there are {}", names.join(", "))]
    UnknownKind {
        /// The name.
        given: String,
        /// Those that there are.
        names: Vec<String>,
    },
}

/// The fault of an `attempt` (from 1), if it fails: the same for the same arguments, whatever happens in between.
///
/// The shares lie side by side: 0.1 of one kind and 0.2 of another make 0.3 of the calls fail.
pub(super) fn drawn<K: Copy>(faults: &[Fault<K>], topic: &str, seed: u64, identity: u64, attempt: u32) -> Option<K> {
    if faults.is_empty() {
        return None;
    }
    let draw = hash(&[topic.as_bytes(), &seed.to_be_bytes(), &identity.to_be_bytes(), &attempt.to_be_bytes()]);
    let mut draw = (draw >> 11) as f64 / (1u64 << 53) as f64;
    faults.iter().find_map(|fault| {
        draw -= fault.share;
        (draw < 0.0).then_some(fault.kind)
    })
}

/// The first 64 bits of the SHA-256 of `parts`: the same on every machine and in every version. Each part counts with its length, so that
/// `ab`, `c` and `a`, `bc` differ.
pub(super) fn hash(parts: &[&[u8]]) -> u64 {
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
    use emulator_bedrock::BedrockFault;

    fn faults<const N: usize>(texts: [&str; N]) -> [Fault<BedrockFault>; N] {
        texts.map(|text| text.parse().unwrap())
    }

    #[test]
    fn hashes_parts_with_their_boundaries() {
        assert_ne!(hash(&[b"ab", b"c"]), hash(&[b"a", b"bc"]));
    }

    #[test]
    fn what_is_wrong_with_a_fault_is_said_with_what_would_be_right() {
        let error = |text: &str| text.parse::<Fault<BedrockFault>>().unwrap_err().to_string();
        assert_eq!(error("Timeout"), "\"Timeout\" is not SHARE=ERROR, such as 0.1=ThrottlingException");
        for share in ["1.5", "-0.1", "ten", "NaN"] {
            let error = error(&format!("{share}=NoImage"));
            assert!(error.ends_with("is not a number from 0 to 1, such as 0.1 for every tenth call"), "{error}");
        }
        let unknown = error("0.1=Throttling");
        assert!(unknown.starts_with("there is no error \"Throttling\"; there are ThrottlingException, "), "{unknown}");
    }

    #[test]
    fn faults_come_in_the_shares_that_were_asked_for() {
        let faults = faults(["0.1=NoImage", "0.3=Disconnect"]);
        let calls = 20_000;
        let of = |item| drawn(&faults, "fault", 5, item, 1);
        let count = |kind| (0..calls).filter(|item| of(*item) == kind).count() as f64 / calls as f64;
        assert!((count(Some(BedrockFault::NoImage)) - 0.1).abs() < 0.01);
        assert!((count(Some(BedrockFault::Disconnect)) - 0.3).abs() < 0.01);
        assert!((count(None) - 0.6).abs() < 0.01);
    }

    #[test]
    fn other_attempts_other_seeds_and_other_topics_fail_elsewhere() {
        let faults = faults(["0.5=NoImage"]);
        let draws = |topic, seed, attempt| {
            let failed = |item| drawn(&faults, topic, seed, item, attempt).is_some();
            (0..200).map(failed).collect::<Vec<_>>()
        };
        assert_eq!(draws("a", 1, 1), draws("a", 1, 1));
        assert_ne!(draws("a", 1, 1), draws("a", 1, 2));
        assert_ne!(draws("a", 1, 1), draws("a", 2, 1));
        assert_ne!(draws("a", 1, 1), draws("b", 1, 1));
    }

    #[test]
    fn a_share_of_1_always_fails_and_of_0_never() {
        let failing = |text| (0..1000).filter(|item| drawn(&faults([text]), "fault", 0, *item, 1).is_some()).count();
        assert_eq!((failing("1=NoImage"), failing("0=NoImage")), (1000, 0));
    }
}
