//! How a call of the stand-in can go wrong.

use super::error::BedrockError;
use crate::faults::FaultError;
use std::fmt;
use std::str::FromStr;

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaultKind {
    /// An error of Bedrock.
    Error(BedrockError),
    /// Status 200 with the finish reason `Inference error` and no image.
    InferenceError,
    /// Status 200 with the finish reason of a prompt that the filter refuses.
    Filtered,
    /// Status 200 with something under `images` that is no image.
    NoImage,
    /// Status 200 with a page of HTML, as a proxy in between answers.
    Html,
    /// Status 200 with JSON of another shape.
    OtherJson,
    /// The connection is closed without an answer.
    Disconnect,
    /// Status 200 with the first half of the answer. The image is made, so it is paid.
    Truncated,
    /// A good answer that takes so many milliseconds longer. Written `Slow:3000`.
    Slow(u32),
}

impl FaultKind {
    /// Every kind; of the slow ones, an example.
    pub fn all() -> impl Iterator<Item = Self> {
        let others = [
            Self::InferenceError,
            Self::Filtered,
            Self::NoImage,
            Self::Html,
            Self::OtherJson,
            Self::Disconnect,
            Self::Truncated,
            Self::Slow(3000),
        ];
        BedrockError::ALL.into_iter().map(Self::Error).chain(others)
    }

    /// The name, as the counts show it; `--fail` takes it too, with the milliseconds of a slow one.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error(error) => error.name(),
            Self::InferenceError => "InferenceError",
            Self::Filtered => "Filtered",
            Self::NoImage => "NoImage",
            Self::Html => "Html",
            Self::OtherJson => "OtherJson",
            Self::Disconnect => "Disconnect",
            Self::Truncated => "Truncated",
            Self::Slow(_) => "Slow",
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slow(milliseconds) => write!(f, "Slow:{milliseconds}"),
            other => f.write_str(other.name()),
        }
    }
}

impl FromStr for FaultKind {
    type Err = FaultError;

    fn from_str(name: &str) -> Result<Self, FaultError> {
        let slow = name.strip_prefix("Slow:").and_then(|milliseconds| milliseconds.parse().ok()).map(Self::Slow);
        let plain = || Self::all().find(|kind| kind.to_string() == name);
        slow.or_else(plain).ok_or_else(|| FaultError::unknown(name, Self::all()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Fault;

    #[test]
    fn every_kind_is_read_by_its_name() {
        for kind in FaultKind::all() {
            let fault: Fault<FaultKind> = format!("0.25={kind}").parse().unwrap();
            assert_eq!(fault, Fault::new(0.25, kind).unwrap());
            assert_eq!(fault.to_string().parse(), Ok(fault));
        }
    }

    #[test]
    fn an_unknown_kind_is_told_all_there_are() {
        for name in ["Throttling", "Slow", "Slow:soon"] {
            let error = name.parse::<FaultKind>().unwrap_err().to_string();
            assert!(FaultKind::all().all(|kind| error.contains(&kind.to_string())), "{error}");
        }
    }
}
