//! Finds the elements of a JSON array in bytes: where each begins, how far it reaches, and what is wrong between them.

use crate::broken::{Broken, BrokenKind};
use crate::json::{self, Fault, FaultKind};
use crate::message;
use crate::message::Message;
use crate::position::Position;

/// What is expected next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// `[`.
    Start,
    /// The first element or `]`.
    First,
    /// An element, after the comma at this byte.
    AfterComma(usize),
    /// `,` or `]`.
    AfterElement,
    /// Nothing but blanks.
    End,
}

/// A place between the elements of an array.
#[derive(Debug)]
pub(crate) struct Array<'a> {
    bytes: &'a [u8],
    /// As much of them as is UTF-8.
    pub(crate) text: &'a str,
    state: State,
    /// The next byte to be looked at.
    at: usize,
    /// Elements that were passed.
    pub(crate) elements: u64,
}

impl<'a> Array<'a> {
    /// The place before the array.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let text = str::from_utf8(bytes).unwrap_or_else(|error| {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            str::from_utf8(valid).unwrap_or_default()
        });
        Self { bytes, text, state: State::Start, at: 0, elements: 0 }
    }

    /// Goes on to the next element and returns the byte at which it begins; `None` at the end.
    pub(crate) fn find(&mut self) -> Result<Option<usize>, Broken> {
        while let Some(&byte) = self.bytes.get(self.at) {
            self.state = match (self.state, byte) {
                (state, b' ' | b'\n' | b'\r' | b'\t') => state,
                (State::Start, b'[') => State::First,
                (State::First | State::AfterElement, b']') => State::End,
                (State::AfterElement, b',') => State::AfterComma(self.at),
                (State::First | State::AfterComma(_), _) if can_begin(byte) => return Ok(Some(self.at)),
                (state, _) => return Err(self.unexpected(state, byte)),
            };
            self.at += 1;
        }
        let (kind, message) = match self.state {
            State::End => return Ok(None),
            State::Start => {
                (BrokenKind::EmptyFile, message!("empty-file", "the file is empty; a list is a JSON array: [ … ]"))
            }
            _ => (
                BrokenKind::UnexpectedEnd,
                message!("end-of-file", "the file ends before the closing ] of the list; is it complete?"),
            ),
        };
        Err(Broken::new(kind, self.position(self.at), message))
    }

    /// Goes behind an element, which ends before the byte `to`.
    pub(crate) fn pass(&mut self, to: usize) {
        (self.state, self.at) = (State::AfterElement, to);
        self.elements += 1;
    }

    fn position(&self, at: usize) -> Position {
        Position::START.after(self.bytes.get(..at).unwrap_or(self.bytes))
    }

    /// The element that begins at `from`. Its strings and numbers may still be wrong.
    pub(crate) fn element(&self, from: usize) -> Result<&'a str, Broken> {
        let rest = self.text.get(from..).unwrap_or_default();
        let fault = match json::first(rest) {
            Ok(element) => return Ok(element),
            Err(fault) if fault.kind != FaultKind::Incomplete => fault,
            Err(_) if self.text.len() < self.bytes.len() => Fault::not_utf8(rest.len()),
            Err(_) => {
                let (index, line) = (self.elements, self.position(from).line);
                let message = message!(
                    "end-of-file-in-item",
                    "the file ends inside item {index}, which begins on line {line}; is it complete?",
                    index,
                    line,
                );
                return Err(Broken::new(BrokenKind::UnexpectedEnd, self.position(self.bytes.len()), message));
            }
        };
        Err(self.fault(from, rest, &fault))
    }

    /// Says where in the file the fault of the element is that begins at `from`.
    pub(crate) fn fault(&self, from: usize, element: &str, fault: &Fault) -> Broken {
        Broken::in_element(self.elements, self.position(from), element.as_bytes(), fault)
    }

    /// Says what is wrong with a byte that is not expected, and what to do.
    fn unexpected(&self, state: State, byte: u8) -> Broken {
        let (kind, at, message) = match (state, byte) {
            (State::Start, _) => not_an_array(byte, self.bytes, self.at),
            (State::AfterComma(comma), b']') => (
                BrokenKind::TrailingComma,
                comma,
                message!("trailing-comma", "a comma after the last item; JSON does not allow it: remove the comma"),
            ),
            (State::First | State::AfterComma(_), b',') => (
                BrokenKind::ExtraComma,
                self.at,
                message!("extra-comma", "a comma without an item before it; remove the comma"),
            ),
            (State::AfterElement, byte) if can_begin(byte) => (
                BrokenKind::MissingComma,
                self.at,
                message!(
                    "missing-comma",
                    "item {index} follows without a comma; put a comma between the items",
                    index = self.elements,
                ),
            ),
            (State::End, _) => (
                BrokenKind::TextAfterEnd,
                self.at,
                message!(
                    "text-after-end",
                    "there is text after the closing ] of the list; a file holds one list and nothing else"
                ),
            ),
            // Every other byte of UTF-16 is 0, as far as the text is English.
            (_, 0) => (BrokenKind::NotUtf8File, self.at, utf_16()),
            (_, byte) => (
                BrokenKind::UnexpectedCharacter,
                self.at,
                message!(
                    "unexpected-character",
                    "expected an item, a comma or the closing ] of the list, found {found}",
                    found = shown(byte),
                ),
            ),
        };
        Broken::new(kind, self.position(at), message)
    }
}

fn utf_16() -> Message {
    message!(
        "utf-16",
        "the list is UTF-16, and the trigger reads only UTF-8; write it as UTF-8: idlist convert LIST.json -o NEW.json"
    )
}

/// An element may begin with this byte. More begins than is valid: the reader of the element says why it is not.
fn can_begin(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"{[\"'-+./".contains(&byte)
}

/// Says why a file whose first text is not `[` is not a list.
fn not_an_array(byte: u8, bytes: &[u8], at: usize) -> (BrokenKind, usize, Message) {
    let encoded = match bytes {
        [0xEF, 0xBB, 0xBF, ..] => Some((
            BrokenKind::ByteOrderMark,
            message!("byte-order-mark", "the file begins with a byte order mark; save it as UTF-8 without BOM"),
        )),
        [0xFE | 0xFF | 0, ..] => Some((BrokenKind::NotUtf8File, utf_16())),
        [0x1F, 0x8B, ..] => Some((
            BrokenKind::Compressed,
            message!("gzip", "the file is compressed with gzip; unpack it: a list is plain JSON"),
        )),
        [b'P', b'K', 3, 4, ..] => Some((
            BrokenKind::Compressed,
            message!(
                "zip",
                "the file is a ZIP archive or a spreadsheet; unpack it, or make a list of it with idlist convert"
            ),
        )),
        _ => None,
    };
    if let Some((kind, message)) = encoded {
        return (kind, 0, message);
    }
    let found = match byte {
        b'{' => message!("object-for-a-list", "an object; put the items between [ and ], with commas between them"),
        b'"' => message!("a-string", "a string"),
        b'-' | b'0'..=b'9' => message!("a-number", "a number"),
        byte => shown(byte),
    };
    (BrokenKind::NotAnArray, at, message!("not-a-list", "a list is a JSON array, [ … ]; found {found}", found))
}

/// A byte in words.
fn shown(byte: u8) -> Message {
    match byte {
        b'!'..=b'~' => message!("found-character", "the character {character}", character = char::from(byte)),
        0x80.. => message!("found-not-ascii", "a character that is not ASCII"),
        byte => message!("found-byte", "the byte {byte}", byte = format!("0x{byte:02X}")),
    }
}

#[cfg(test)]
#[path = "array_tests.rs"]
mod tests;
