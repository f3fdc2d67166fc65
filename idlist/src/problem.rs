//! What can be wrong with an item: the kinds of problems, and how values are shown in their messages.

use std::fmt;

use serde::Serialize;

use crate::message;
use crate::message::Message;

/// Kind of a problem. The names are public interface: reports carry them, and programs may filter by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum ProblemKind {
    /// The element of the list is not a JSON object.
    NotAnObject,
    /// The element is not valid JSON.
    InvalidJson,
    /// The element is larger than [`crate::MAX_ITEM_BYTES`].
    ItemTooLong,
    /// Arrays and objects are nested deeper than [`crate::MAX_DEPTH`].
    TooDeep,
    /// A required field is not there, or `null`.
    MissingField,
    /// A field is there twice.
    DuplicateField,
    /// A field has a value of another JSON type.
    WrongType,
    /// `id` or `rank` cannot be part of an object key.
    InvalidName,
    /// A bucket name breaks the rules of S3.
    InvalidBucketName,
    /// `inputKeyName` is not the file name of an image.
    InvalidFileName,
    /// `<rank>/<id>/<inputKeyName>` is longer than an object key may be.
    KeyTooLong,
    /// `model` is not a model that we know.
    UnknownModel,
    /// `model` was retired, and redirecting is off.
    RetiredModel,
    /// A prompt that the model needs has nothing but blanks.
    BlankPrompt,
    /// A prompt is longer than the model takes.
    PromptTooLong,
    /// `aspectRatio` is not one of the model's.
    UnsupportedAspectRatio,
    /// `seed` is outside the model's range.
    SeedOutOfRange,
    /// Of bucket and key of a source image, a mask or a style image, one is there without the other.
    IncompleteSource,
    /// The key of a source image, a mask or a style image is empty or longer than an object key may be.
    InvalidSourceKey,
    /// There is a source image, but the model makes images from text only.
    SourceNotSupported,
    /// `strength` is not within 0 to 1.
    StrengthOutOfRange,
    /// `strength` is there without a source image.
    StrengthWithoutSource,
    /// The model wants `strength` with a source image.
    MissingStrength,
    /// The model does not take `aspectRatio` with a source image.
    AspectRatioWithSource,
    /// The model does not take the field.
    FieldNotTaken,
    /// A number is outside what the model takes.
    NumberOutOfRange,
    /// A text is not one of those that the model takes.
    UnsupportedValue,
    /// Of some numbers one has to be above 0, and none is.
    NothingToAdd,
    /// The image would be transparent in part, and the format of its file name cannot be.
    FormatWithoutTransparency,
    /// A picture that goes to the model would be replaced by the image.
    SourceIsDestination,
    /// Another item has the same destination.
    DuplicateDestination,
    /// The list has no items.
    EmptyList,
    /// The list has more items than are allowed.
    TooManyItems,
    /// The list has more bytes than whoever reads it can hold.
    ListTooLarge,
    /// The name of the list does not end in `.json`.
    InvalidListName,
    /// The images of the list cost more than is allowed, as far as prices are known.
    TooExpensive,
    /// There is a limit for the price, and a model whose price is not known.
    UnknownPrice,
}

/// One thing that is wrong with an item, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// JSON name of the field; `None` if it is about the item as a whole.
    pub field: Option<&'static str>,
    /// What kind of problem.
    pub kind: ProblemKind,
    /// What is wrong and what would be right, in words that follow the field's name.
    pub message: Message,
}

impl FieldProblem {
    /// The problem as a sentence.
    pub fn sentence(&self) -> Message {
        let message = self.message.clone();
        match self.field {
            Some(field) => message!("field-problem", "`{field}` {message}", field, message),
            None => message,
        }
    }
}

impl fmt::Display for FieldProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentence().fmt(f)
    }
}

/// Most characters of a value that a message shows.
const SHOWN_CHARS: usize = 60;

/// A value for a message: in quotes, on one line, without control characters, cut where it gets long.
pub(crate) fn quoted(value: &str) -> String {
    let mut chars = value.chars();
    let shown: String = chars.by_ref().take(SHOWN_CHARS).flat_map(char::escape_debug).collect();
    let more = if chars.next().is_some() { "…" } else { "" };
    format!("\"{shown}{more}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_on_one_line_and_cut() {
        assert_eq!(quoted("髪は茶"), "\"髪は茶\"");
        assert_eq!(quoted("a\nb\u{1b}[31m"), "\"a\\nb\\u{1b}[31m\"");
        assert_eq!(quoted(&"x".repeat(61)), format!("\"{}…\"", "x".repeat(60)));
        assert_eq!(quoted(&"x".repeat(60)), format!("\"{}\"", "x".repeat(60)));
    }
}
