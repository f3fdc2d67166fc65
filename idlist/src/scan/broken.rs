//! What makes a file as a whole unreadable as a JSON array, where, and what to do.

use serde::Serialize;

use super::position::Position;

/// How a file is broken. The names are public interface: reports carry them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum BrokenKind {
    /// Nothing but blanks.
    EmptyFile,
    /// A UTF-8 byte order mark at the start. JSON has none (RFC 8259, section 8.1), and Step Functions does not say
    /// that it skips one. <https://www.rfc-editor.org/rfc/rfc8259#section-8.1>
    ByteOrderMark,
    /// UTF-16 or UTF-32.
    NotUtf8File,
    /// Bytes inside an element that are not UTF-8.
    InvalidUtf8,
    /// The file holds something else than an array.
    NotAnArray,
    /// A comma between the last element and `]`.
    TrailingComma,
    /// A comma with no element before it.
    ExtraComma,
    /// Two elements with no comma between them.
    MissingComma,
    /// Something that cannot begin an element.
    UnexpectedCharacter,
    /// An element is not valid JSON.
    InvalidJson,
    /// The file ends before its `]`.
    UnexpectedEnd,
    /// Something after the `]`.
    TextAfterEnd,
}

/// A file that cannot be read on: what is wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct Broken {
    /// What kind of fault.
    pub kind: BrokenKind,
    /// Line, from 1.
    pub line: u64,
    /// Column, from 1, in characters.
    pub column: u64,
    /// Bytes before the place.
    pub offset: u64,
    /// What is wrong and what to do.
    pub message: String,
}

impl Broken {
    pub(crate) fn new(kind: BrokenKind, at: Position, message: impl Into<String>) -> Self {
        Self { kind, line: at.line, column: at.column, offset: at.offset, message: message.into() }
    }
}
