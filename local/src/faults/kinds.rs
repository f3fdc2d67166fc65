//! How the model, the functions and their calls of S3 can go wrong, and at which moment. The names are those of the options and of the ledger.

use super::share::Kind;
use emulator_bedrock::BedrockFault;
use serde::{Deserialize, Serialize};

impl Kind for BedrockFault {
    fn all() -> impl Iterator<Item = Self> {
        Self::all()
    }

    fn shown(&self) -> String {
        self.to_string()
    }

    fn of_name(name: &str) -> Option<Self> {
        Self::of_name(name)
    }
}

/// How a call of S3 goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

impl Kind for S3Fault {
    fn all() -> impl Iterator<Item = Self> {
        [Self::SlowDown, Self::InternalError, Self::Reset, Self::LostAnswer].into_iter()
    }
}

/// How an invocation goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FunctionFault {
    /// The process does nothing more, until its time limit ends it.
    Timeout,
    /// The code panics.
    Panic,
    /// The process is killed: SIGKILL.
    Kill,
}

impl Kind for FunctionFault {
    fn all() -> impl Iterator<Item = Self> {
        [Self::Timeout, Self::Panic, Self::Kill].into_iter()
    }
}

/// When, in the course of an invocation, it goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Moment {
    /// Before the model is asked: with the answer to the first HeadObject.
    Begun,
    /// Between the model's image and its PutObject.
    Paid,
    /// At the PutObject, with nothing stored.
    Storing,
    /// After the PutObject, before the function has answered.
    Stored,
}

impl Moment {
    /// Every moment, in the order in which they come.
    pub(crate) const ALL: [Self; 4] = [Self::Begun, Self::Paid, Self::Storing, Self::Stored];
}
