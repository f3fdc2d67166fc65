//! A share of the calls and how they go wrong; which calls those are follows from a seed.

use emulator_bedrock::hash;
use std::fmt;
use std::str::FromStr;

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
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fault<K> {
    /// 0 to 1.
    pub(super) share: f64,
    pub(super) kind: K,
}

impl<K: Kind> FromStr for Fault<K> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let no_pair = || format!("{text:?} is not SHARE=ERROR, such as 0.1=ThrottlingException");
        let (share, name) = text.split_once('=').ok_or_else(no_pair)?;
        let unknown_kind = || {
            let names: Vec<String> = K::all().map(|kind| kind.shown()).collect();
            format!("there is no error {name:?}; there are {}", names.join(", "))
        };
        Ok(Self { share: self::share(share)?, kind: K::of_name(name).ok_or_else(unknown_kind)? })
    }
}

/// A number from 0 to 1.
pub(super) fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| format!("the share {text:?} is not a number from 0 to 1, such as 0.1 for every tenth call"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use emulator_bedrock::BedrockFault;

    #[test]
    fn what_is_wrong_with_a_fault_is_said_with_what_would_be_right() {
        let error = |text: &str| text.parse::<Fault<BedrockFault>>().unwrap_err();
        assert_eq!(error("Timeout"), "\"Timeout\" is not SHARE=ERROR, such as 0.1=ThrottlingException");
        for share in ["1.5", "-0.1", "ten", "NaN"] {
            let error = error(&format!("{share}=NoImage"));
            assert!(error.ends_with("is not a number from 0 to 1, such as 0.1 for every tenth call"), "{error}");
        }
        let unknown = error("0.1=Throttling");
        assert!(unknown.starts_with("there is no error \"Throttling\"; there are ThrottlingException, "), "{unknown}");
        for kind in BedrockFault::all() {
            assert_eq!(format!("0.25={kind}").parse::<Fault<_>>().unwrap(), Fault { share: 0.25, kind });
            assert!(unknown.contains(&kind.to_string()) && error("0.1=Slow:soon").contains(&kind.to_string()));
        }
    }

    #[test]
    fn faults_come_in_the_shares_that_were_asked_for_and_elsewhere_with_another_seed() {
        let faults = ["0.1=NoImage", "0.3=Disconnect"].map(|text| text.parse::<Fault<BedrockFault>>().unwrap());
        let of_items = |topic, seed, attempt| {
            let items = 0..20_000;
            items.map(|item| drawn(&faults, topic, seed, item, attempt)).collect::<Vec<_>>()
        };
        let drawn = of_items("a", 1, 1);
        let [few, more] = faults.map(|fault| drawn.iter().filter(|drawn| **drawn == Some(fault.kind)).count());
        assert!(few.abs_diff(2_000) < 200 && more.abs_diff(6_000) < 200, "{few} {more}");
        assert_eq!(drawn, of_items("a", 1, 1));
        for other in [of_items("a", 1, 2), of_items("a", 2, 1), of_items("b", 1, 1)] {
            assert_ne!(drawn, other);
        }
    }
}
