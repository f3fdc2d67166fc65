//! How a call of S3 by a function can go wrong.

use super::share::FaultError;
use std::fmt;
use std::str::FromStr;

/// How a call of S3 goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum S3Fault {
    /// Status 503, and nothing was done.
    SlowDown,
    /// Status 500, and nothing was done.
    InternalError,
    /// The connection is cut before anything was done.
    Reset,
    /// What was asked for is done, an object is stored; then the connection is cut without an answer.
    LostAnswer,
}

impl S3Fault {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::SlowDown, Self::InternalError, Self::Reset, Self::LostAnswer];

    /// The name, as `--fail-s3` takes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SlowDown => "SlowDown",
            Self::InternalError => "InternalError",
            Self::Reset => "Reset",
            Self::LostAnswer => "LostAnswer",
        }
    }
}

impl fmt::Display for S3Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for S3Fault {
    type Err = FaultError;

    fn from_str(name: &str) -> Result<Self, FaultError> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| FaultError::unknown(name, Self::ALL.into_iter()))
    }
}
