//! What makes a file as a whole unreadable as a JSON array, where, and what to do.

use std::fmt;

use serde::Serialize;

use crate::json::{Fault, FaultKind};
use crate::message;
use crate::message::Message;
use crate::position::Position;

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
    /// Compressed by gzip, or a ZIP archive, as spreadsheets are.
    Compressed,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    pub message: Message,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sentence().fmt(f)
    }
}

impl std::error::Error for Broken {}

impl Broken {
    pub(crate) fn new(kind: BrokenKind, at: Position, message: Message) -> Self {
        Self { kind, line: at.line, column: at.column, offset: at.offset, message }
    }

    /// The fault as a sentence, with its place.
    pub fn sentence(&self) -> Message {
        let Self { line, column, message, .. } = self;
        let (line, column, message) = (*line, *column, message.clone());
        message!("broken", "line {line}, column {column}: {message}", line, column, message)
    }

    /// Says where in the file a fault lies that was found in an element.
    pub(crate) fn in_element(index: u64, start: Position, bytes: &[u8], fault: &Fault) -> Self {
        let at = start.after(bytes.get(..fault.offset).unwrap_or(bytes));
        let kind = match fault.kind {
            FaultKind::Encoding => BrokenKind::InvalidUtf8,
            _ => BrokenKind::InvalidJson,
        };
        let item = match start.line {
            line if line == at.line => message!("broken-item", "item {index}", index),
            line => message!("broken-item-on-line", "item {index}, which begins on line {line},", index, line),
        };
        let (before, after) = bytes.split_at(fault.offset.min(bytes.len()));
        let is_last = matches!(after, [b'}' | b']', ..]) && before.trim_ascii_end().ends_with(b",");
        let what = match (fault.kind, fault.message.as_str()) {
            (FaultKind::Encoding, _) => {
                message!("not-utf-8", "has a byte that is not UTF-8; save the file as UTF-8")
            }
            (_, message) if message.starts_with("control character") => message!(
                "line-break-in-string",
                "has a string with a line break or other control character in it; is the closing quote missing?"
            ),
            (_, "lone leading surrogate in hex escape" | "unexpected end of hex escape") => message!(
                "half-a-surrogate-pair",
                "has half a surrogate pair in a string: a character was cut in two; write the whole character, or remove \
                 the half"
            ),
            _ if is_last => message!("comma-after-last-value", "has a comma after its last value; remove that comma"),
            (_, reason) => match hint(reason, bytes, fault.offset) {
                None => message!("invalid-json", "is not valid JSON: {reason}", reason),
                Some(hint) => message!("invalid-json-with-hint", "is not valid JSON: {reason}; {hint}", reason, hint),
            },
        };
        Self::new(kind, at, message!("fault-of-item", "{item} {what}", item, what))
    }
}

/// What was probably meant.
fn hint(message: &str, bytes: &[u8], at: usize) -> Option<Message> {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    Some(match (message, before, bytes.get(at)) {
        ("expected `,` or `}`", Some(b'"'), Some(b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | 0x80..)) => {
            message!("missing-quote", "is the closing quote of the text before missing?")
        }
        ("expected `,` or `}`", _, Some(b'"')) => message!("comma-between-fields", "put a comma between the fields"),
        ("key must be a string", _, Some(b'{')) => {
            message!("missing-brace", "is the closing }} of the item before missing?")
        }
        ("key must be a string", ..) => message!("quotes-around-names", "put names between double quotes"),
        ("expected value" | "expected ident" | "invalid number", ..) => match (meant(bytes, at), bytes.get(at)) {
            (Some(meant), _) => meant,
            (None, Some(b'\'' | b'A'..=b'Z' | b'a'..=b'z' | 0x80..)) if message == "expected value" => {
                message!("quotes-around-texts", "put texts between double quotes")
            }
            _ => return None,
        },
        _ => return None,
    })
}

/// What is meant by a word at this byte that other programs write for a value which JSON writes otherwise or does not have.
fn meant(bytes: &[u8], at: usize) -> Option<Message> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-+/#_".contains(byte);
    let (before, after) = bytes.split_at_checked(at)?;
    let begin = before.iter().rposition(|byte| !is_part(byte)).map_or(0, |last| last + 1);
    let end = after.iter().position(|byte| !is_part(byte)).map_or(bytes.len(), |length| at + length);
    match bytes.get(begin..end)?.to_ascii_lowercase().as_slice() {
        b"nan" | b"none" | b"null" | b"nil" | b"undefined" | b"n/a" | b"#n/a" | b"infinity" | b"-infinity" | b"inf"
        | b"-inf" => Some(message!("leave-out-no-value", "write null or leave the field out")),
        b"true" => Some(message!("write-true", "write true")),
        b"false" => Some(message!("write-false", "write false")),
        _ => None,
    }
}
