//! How a call of S3 by a function can go wrong.

use super::share::Kind;
use std::fmt;

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

impl Kind for S3Fault {
    fn all() -> impl Iterator<Item = Self> {
        [Self::SlowDown, Self::InternalError, Self::Reset, Self::LostAnswer].into_iter()
    }
}
