//! Failing on demand: which share of the calls fails, how, and which calls those are.

use super::error::BedrockError;
use super::painter::hash;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaultKind {
    /// An error of Bedrock.
    Error(BedrockError),
    /// Status 200 with the finish reason `Inference error` and no image.
    InferenceError,
    /// Status 200 with something under `images` that is no image.
    NoImage,
    /// The connection is closed without an answer.
    Disconnect,
    /// Status 200 with the first half of the answer.
    Truncated,
}

impl FaultKind {
    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        let others = [Self::InferenceError, Self::NoImage, Self::Disconnect, Self::Truncated];
        BedrockError::ALL.into_iter().map(Self::Error).chain(others)
    }

    /// The name, as `--fail` takes it and the counts show it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error(error) => error.name(),
            Self::InferenceError => "InferenceError",
            Self::NoImage => "NoImage",
            Self::Disconnect => "Disconnect",
            Self::Truncated => "Truncated",
        }
    }
}

impl FromStr for FaultKind {
    type Err = FaultError;

    fn from_str(name: &str) -> Result<Self, FaultError> {
        Self::all().find(|kind| kind.name() == name).ok_or_else(|| FaultError::UnknownKind(name.to_owned()))
    }
}

/// A share of the calls and how they go wrong; written `0.1=ThrottlingException`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fault {
    share: f64,
    kind: FaultKind,
}

impl Fault {
    /// `share` of the calls (0 to 1) go wrong like `kind`.
    ///
    /// # Errors
    ///
    /// [`FaultError::NoShare`] if `share` is not in 0 to 1.
    pub fn new(share: f64, kind: FaultKind) -> Result<Self, FaultError> {
        if (0.0..=1.0).contains(&share) {
            Ok(Self { share, kind })
        } else {
            Err(FaultError::NoShare(share.to_string()))
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.share, self.kind.name())
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (share, kind) = text.split_once('=').ok_or_else(|| FaultError::NoPair(text.to_owned()))?;
        let share = share.trim();
        let number = share.parse().map_err(|_| FaultError::NoShare(share.to_owned()))?;
        Self::new(number, kind.trim().parse()?)
    }
}

/// Why a text is no fault.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FaultError {
    /// There is no `=` in it.
    #[error("{0:?} is not SHARE=ERROR, such as 0.1=ThrottlingException")]
    NoPair(String),
    /// The share is not a number from 0 to 1.
    #[error("the share {0:?} is not a number from 0 to 1, such as 0.1 for every tenth call")]
    NoShare(String),
    /// No fault has this name.
    #[error("there is no error {0:?}; there are {names}", names = names())]
    UnknownKind(String),
}

fn names() -> String {
    FaultKind::all().map(FaultKind::name).collect::<Vec<_>>().join(", ")
}

/// Decides which calls fail.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    pub(super) of: Vec<Fault>,
    pub(super) seed: u64,
}

impl Faults {
    /// The fault of an item's `attempt` (from 1), or none; the same for the same three numbers, whatever happens in between.
    ///
    /// The shares lie side by side: 0.1 of one kind and 0.2 of another make 0.3 of the calls fail.
    pub(super) fn of(&self, item: u64, attempt: u32) -> Option<FaultKind> {
        let draw = hash(&[b"fault", &self.seed.to_be_bytes(), &item.to_be_bytes(), &attempt.to_be_bytes()]);
        let mut draw = (draw >> 11) as f64 / (1u64 << 53) as f64;
        self.of.iter().find_map(|fault| {
            draw -= fault.share;
            (draw < 0.0).then_some(fault.kind)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_by_its_name() {
        for kind in FaultKind::all() {
            let fault: Fault = format!("0.25={}", kind.name()).parse().unwrap();
            assert_eq!(fault, Fault::new(0.25, kind).unwrap());
            assert_eq!(fault.to_string().parse(), Ok(fault));
        }
    }

    #[test]
    fn what_is_wrong_with_a_fault_is_said_with_what_would_be_right() {
        let error = |text: &str| text.parse::<Fault>().unwrap_err().to_string();
        assert_eq!(error("Timeout"), "\"Timeout\" is not SHARE=ERROR, such as 0.1=ThrottlingException");
        for share in ["1.5", "-0.1", "ten", "NaN"] {
            let error = error(&format!("{share}=NoImage"));
            assert!(error.ends_with("is not a number from 0 to 1, such as 0.1 for every tenth call"), "{error}");
        }
        let unknown = error("0.1=Throttling");
        assert!(unknown.starts_with("there is no error \"Throttling\"; there are ThrottlingException, "), "{unknown}");
        for kind in FaultKind::all() {
            assert!(unknown.contains(kind.name()));
        }
    }

    #[test]
    fn faults_come_in_the_shares_that_were_asked_for() {
        let faults = Faults { of: vec!["0.1=NoImage".parse().unwrap(), "0.3=Disconnect".parse().unwrap()], seed: 5 };
        let calls = 20_000;
        let count = |kind| (0..calls).filter(|item| faults.of(*item, 1) == kind).count() as f64 / calls as f64;
        assert!((count(Some(FaultKind::NoImage)) - 0.1).abs() < 0.01);
        assert!((count(Some(FaultKind::Disconnect)) - 0.3).abs() < 0.01);
        assert!((count(None) - 0.6).abs() < 0.01);
    }

    #[test]
    fn other_attempts_and_other_seeds_fail_elsewhere() {
        let faults = |seed| Faults { of: vec!["0.5=NoImage".parse().unwrap()], seed };
        let draws = |seed, attempt| (0..200).map(|item| faults(seed).of(item, attempt).is_some()).collect::<Vec<_>>();
        assert_eq!(draws(1, 1), draws(1, 1));
        assert_ne!(draws(1, 1), draws(1, 2));
        assert_ne!(draws(1, 1), draws(2, 1));
    }

    #[test]
    fn a_share_of_1_always_fails_and_of_0_never() {
        let faults = |text: &str| Faults { of: vec![text.parse().unwrap()], seed: 0 };
        assert!((0..1000).all(|item| faults("1=NoImage").of(item, 1).is_some()));
        assert!((0..1000).all(|item| faults("0=NoImage").of(item, 1).is_none()));
    }
}
