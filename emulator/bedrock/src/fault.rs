//! How a call of the stand-in can go wrong.

use super::error::BedrockError;
use std::fmt;

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BedrockFault {
    /// An error of Bedrock.
    Error(BedrockError),
    /// Status 200 with the finish reason `Inference error` and no image.
    InferenceError,
    /// Status 200 with the finish reason of a prompt that the filter refuses.
    Filtered,
    /// Status 200 with something under `images` that is not an image.
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

impl BedrockFault {
    /// Every kind; of those that have a number with them, an example.
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

    /// The kind that is shown by this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let slow = name.strip_prefix("Slow:").and_then(|milliseconds| milliseconds.parse().ok()).map(Self::Slow);
        slow.or_else(|| Self::all().find(|kind| kind.to_string() == name))
    }

    /// The name. `Display` adds the milliseconds of a slow one.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Error(error) => error.name.to_owned(),
            Self::Slow(_) => "Slow".to_owned(),
            other => format!("{other:?}"),
        }
    }
}

impl fmt::Display for BedrockFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slow(milliseconds) => write!(f, "Slow:{milliseconds}"),
            other => f.write_str(&other.name()),
        }
    }
}
