//! What makes a file as a whole unreadable as a JSON array, where, and what to do.

use serde::Serialize;

use crate::json::{Fault, FaultKind};
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

    /// Says where in the file a fault lies that was found in an element.
    pub(crate) fn in_element(index: u64, start: Position, bytes: &[u8], fault: &Fault) -> Self {
        let at = start.after(bytes.get(..fault.offset).unwrap_or(bytes));
        let kind = match fault.kind {
            FaultKind::Encoding => BrokenKind::InvalidUtf8,
            _ => BrokenKind::InvalidJson,
        };
        let begins = match start.line {
            line if line == at.line => String::new(),
            line => format!(", which begins on line {line},"),
        };
        let (before, after) = bytes.split_at(fault.offset.min(bytes.len()));
        let is_last = matches!(after, [b'}' | b']', ..]) && before.trim_ascii_end().ends_with(b",");
        let what = match (fault.kind, fault.message.as_str()) {
            (FaultKind::Encoding, message) => format!("has {message}; save the file as UTF-8"),
            (_, message) if message.starts_with("control character") => {
                "has a string with a line break or other control character in it; is the closing quote missing?".to_owned()
            }
            (_, "lone leading surrogate in hex escape" | "unexpected end of hex escape") => {
                "has half a surrogate pair in a string: a character was cut in two; write the whole character, or remove \
                 the half"
                    .to_owned()
            }
            _ if is_last => "has a comma after its last value; remove that comma".to_owned(),
            (_, message) => format!("is not valid JSON: {message}{}", hint(message, bytes, fault.offset)),
        };
        Self::new(kind, at, format!("item {index}{begins} {what}"))
    }
}

/// What was probably meant.
fn hint(message: &str, bytes: &[u8], at: usize) -> String {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    let hint = match (message, before, bytes.get(at)) {
        ("expected `,` or `}`", Some(b'"'), Some(b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | 0x80..)) => {
            "is the closing quote of the text before missing?"
        }
        ("expected `,` or `}`", _, Some(b'"')) => "put a comma between the fields",
        ("key must be a string", _, Some(b'{')) => "is the closing } of the item before missing?",
        ("key must be a string", ..) => "put names between double quotes",
        ("expected value" | "expected ident" | "invalid number", ..) => match (meant(bytes, at), bytes.get(at)) {
            (Some(meant), _) => meant,
            (None, Some(b'\'' | b'A'..=b'Z' | b'a'..=b'z' | 0x80..)) if message == "expected value" => {
                "put texts between double quotes"
            }
            _ => return String::new(),
        },
        _ => return String::new(),
    };
    format!("; {hint}")
}

/// What is meant by a word at this byte that other programs write for a value which JSON writes otherwise or does not have.
fn meant(bytes: &[u8], at: usize) -> Option<&'static str> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-+/#_".contains(byte);
    let (before, after) = bytes.split_at_checked(at)?;
    let begin = before.iter().rposition(|byte| !is_part(byte)).map_or(0, |last| last + 1);
    let end = after.iter().position(|byte| !is_part(byte)).map_or(bytes.len(), |length| at + length);
    match bytes.get(begin..end)?.to_ascii_lowercase().as_slice() {
        b"nan" | b"none" | b"null" | b"nil" | b"undefined" | b"n/a" | b"#n/a" | b"infinity" | b"-infinity" | b"inf"
        | b"-inf" => Some("write null or leave the field out"),
        b"true" => Some("write true"),
        b"false" => Some("write false"),
        _ => None,
    }
}
