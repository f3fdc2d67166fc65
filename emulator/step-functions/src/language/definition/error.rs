//! Why a definition is refused. Every refusal names the place, written as AWS does: `/States/Make image/Retry[0]`.

/// A definition that cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// The text is no JSON.
    #[error("the definition is not JSON: {0}")]
    NotJson(String),
    /// A field that must be there is not.
    #[error("{at}: the field `{field}` is missing")]
    Missing {
        /// The object without it.
        at: String,
        /// Its name.
        field: &'static str,
    },
    /// Something that this interpreter does not run, whether or not Step Functions does.
    #[error("{at}: {what} is not supported")]
    Unsupported {
        /// The object it is in.
        at: String,
        /// What it is, with the reason where there is one.
        what: String,
    },
    /// Something that Step Functions would not accept either.
    #[error("{at}: {problem}")]
    Invalid {
        /// The field or object.
        at: String,
        /// What is wrong and what would be right.
        problem: String,
    },
}

impl DefinitionError {
    pub(super) fn unsupported(at: &str, what: impl Into<String>) -> Self {
        Self::Unsupported { at: at.to_owned(), what: what.into() }
    }

    pub(super) fn invalid(at: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid { at: at.into(), problem: problem.into() }
    }
}
