//! The fields of an item and their JSON names.

/// A field that has a meaning for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Id,
    Rank,
    InputBucketName,
    InputKeyName,
    Model,
    Prompt,
    NegativePrompt,
    AspectRatio,
    Seed,
    SourceBucketName,
    SourceKeyName,
    Strength,
}

impl Field {
    /// Number of fields.
    pub(super) const COUNT: usize = 12;

    /// The field with a JSON name; `None` for a name that has no meaning for us.
    pub(crate) fn from_name(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"id" => Self::Id,
            b"rank" => Self::Rank,
            b"inputBucketName" => Self::InputBucketName,
            b"inputKeyName" => Self::InputKeyName,
            b"model" => Self::Model,
            b"prompt" => Self::Prompt,
            b"negativePrompt" => Self::NegativePrompt,
            b"aspectRatio" => Self::AspectRatio,
            b"seed" => Self::Seed,
            b"sourceBucketName" => Self::SourceBucketName,
            b"sourceKeyName" => Self::SourceKeyName,
            b"strength" => Self::Strength,
            _ => return None,
        })
    }

    /// JSON name of the field.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Rank => "rank",
            Self::InputBucketName => "inputBucketName",
            Self::InputKeyName => "inputKeyName",
            Self::Model => "model",
            Self::Prompt => "prompt",
            Self::NegativePrompt => "negativePrompt",
            Self::AspectRatio => "aspectRatio",
            Self::Seed => "seed",
            Self::SourceBucketName => "sourceBucketName",
            Self::SourceKeyName => "sourceKeyName",
            Self::Strength => "strength",
        }
    }
}

/// JSON names of the fields that have a meaning, the required ones first.
pub const FIELDS: [&str; Field::COUNT] = [
    "id",
    "rank",
    "inputBucketName",
    "inputKeyName",
    "model",
    "prompt",
    "negativePrompt",
    "aspectRatio",
    "seed",
    "sourceBucketName",
    "sourceKeyName",
    "strength",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_fields_are_in_the_same_order() {
        for (nth, name) in FIELDS.into_iter().enumerate() {
            let field = Field::from_name(name.as_bytes()).unwrap();
            assert_eq!((field as usize, field.name()), (nth, name));
        }
    }
}
