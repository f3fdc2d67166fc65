//! Finds the elements of a JSON array in bytes: where each begins, how far it reaches, and what is wrong between them.

use memchr::memchr2;

use crate::broken::{Broken, BrokenKind};
use crate::json::{self, FaultKind};
use crate::position::Position;

/// What comes next in an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// An element, which begins at this byte.
    Element(usize),
    /// Nothing: the array has ended, and so have the bytes.
    End,
    /// What the next bytes say, if there are any.
    More,
}

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
pub(crate) struct Array {
    state: State,
    /// The next byte to be looked at.
    at: usize,
    /// Elements that were passed.
    pub(crate) elements: u64,
    /// Where the first byte is in the file.
    origin: Position,
}

const UTF_16: &str = "the file looks like UTF-16; save it as UTF-8 without BOM";

impl Array {
    /// The place before the array.
    pub(crate) fn new() -> Self {
        Self { state: State::Start, at: 0, elements: 0, origin: Position::START }
    }

    /// Goes on to the next element.
    pub(crate) fn find(&mut self, bytes: &[u8]) -> Result<Next, Broken> {
        while let Some(&byte) = bytes.get(self.at) {
            self.state = match (self.state, byte) {
                (state, b' ' | b'\n' | b'\r' | b'\t') => state,
                (State::Start, b'[') => State::First,
                (State::First | State::AfterElement, b']') => State::End,
                (State::AfterElement, b',') => State::AfterComma(self.at),
                (State::First | State::AfterComma(_), _) if can_begin(byte) => return Ok(Next::Element(self.at)),
                (state, _) => return Err(self.unexpected(state, byte, bytes)),
            };
            self.at += 1;
        }
        Ok(if self.state == State::End { Next::End } else { Next::More })
    }

    /// Goes behind an element, which ends before the byte `to`.
    pub(crate) fn pass(&mut self, to: usize) {
        (self.state, self.at) = (State::AfterElement, to);
        self.elements += 1;
    }

    /// Where a byte is in the file.
    pub(crate) fn position(&self, bytes: &[u8], at: usize) -> Position {
        self.origin.after(bytes.get(..at).unwrap_or(bytes))
    }

    /// Takes away bytes that were passed, and returns their number.
    pub(crate) fn forget_passed(&mut self, bytes: &[u8]) -> usize {
        let passed = if let State::AfterComma(comma) = self.state { comma } else { self.at };
        self.origin = self.position(bytes, passed);
        self.at -= passed;
        if let State::AfterComma(comma) = &mut self.state {
            *comma = 0;
        }
        passed
    }

    /// Says what is missing when the bytes end between elements.
    pub(crate) fn ended(&self, bytes: &[u8]) -> Broken {
        let (kind, message) = match self.state {
            State::Start => (BrokenKind::EmptyFile, "the file is empty; a list is a JSON array: [ … ]"),
            _ => (BrokenKind::UnexpectedEnd, "the file ends before the closing ] of the list; is it complete?"),
        };
        Broken::new(kind, self.position(bytes, bytes.len()), message)
    }

    /// Says what is wrong when the bytes end inside the element that begins at `from`.
    pub(crate) fn ended_inside(&self, bytes: &[u8], from: usize) -> Broken {
        let (start, rest) = (self.position(bytes, from), bytes.get(from..).unwrap_or_default());
        // The end may never have come because of a fault much earlier, such as a missing brace or quote.
        if let Err(fault) = json::validate(rest)
            && fault.kind == FaultKind::Syntax
        {
            return Broken::in_element(self.elements, start, rest, &fault);
        }
        let message = format!(
            "the file ends inside item {}, which begins on line {}; is it complete?",
            self.elements, start.line
        );
        Broken::new(BrokenKind::UnexpectedEnd, start.after(rest), message)
    }

    /// Says what is wrong with a byte that is not expected, and what to do.
    fn unexpected(&self, state: State, byte: u8, bytes: &[u8]) -> Broken {
        let (kind, at, message) = match (state, byte) {
            (State::Start, _) => not_an_array(byte, bytes, self.at),
            (State::AfterComma(comma), b']') => (
                BrokenKind::TrailingComma,
                comma,
                "a comma after the last item; JSON does not allow it: remove the comma".to_owned(),
            ),
            (State::First | State::AfterComma(_), b',') => {
                (BrokenKind::ExtraComma, self.at, "a comma without an item before it; remove the comma".to_owned())
            }
            (State::AfterElement, byte) if can_begin(byte) => (
                BrokenKind::MissingComma,
                self.at,
                format!("item {} follows without a comma; put a comma between the items", self.elements),
            ),
            (State::End, _) => (
                BrokenKind::TextAfterEnd,
                self.at,
                "there is text after the closing ] of the list; a file holds one list and nothing else".to_owned(),
            ),
            // Every other byte of UTF-16 is 0, as far as the text is English.
            (_, 0) => (BrokenKind::NotUtf8File, self.at, UTF_16.to_owned()),
            (_, byte) => (
                BrokenKind::UnexpectedCharacter,
                self.at,
                format!("expected an item, a comma or the closing ] of the list, found {}", shown(byte)),
            ),
        };
        Broken::new(kind, self.position(bytes, at), message)
    }
}

/// An element may begin with this byte. More begins than is valid: the reader of the element says why it is not.
fn can_begin(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"{[\"'-+./".contains(&byte)
}

/// The number of bytes of the element that `bytes` begin with; `None` if it goes on after them.
///
/// Brackets are counted and strings are jumped over. What is inside may not be JSON.
pub(crate) fn extent(bytes: &[u8]) -> Option<usize> {
    if !matches!(bytes.first()?, b'{' | b'[' | b'"') {
        // A number or a word ends where something else begins.
        return bytes.iter().position(|byte| b",][{}\":\n\r\t ".contains(byte));
    }
    let (mut at, mut depth) = (0, 0_u64);
    loop {
        let byte = *bytes.get(at)?;
        at += 1;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b'"' => at = string_end(bytes, at)?,
            _ => continue,
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

/// The byte after the closing quote of a string, which begins at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}

/// Says why a file whose first text is not `[` is not a list.
fn not_an_array(byte: u8, bytes: &[u8], at: usize) -> (BrokenKind, usize, String) {
    let encoded = match bytes {
        [0xEF, 0xBB, 0xBF, ..] => {
            Some((BrokenKind::ByteOrderMark, "the file begins with a byte order mark; save it as UTF-8 without BOM"))
        }
        [0xFE | 0xFF | 0, ..] => Some((BrokenKind::NotUtf8File, UTF_16)),
        [0x1F, 0x8B, ..] => {
            Some((BrokenKind::Compressed, "the file is compressed with gzip; unpack it: a list is plain JSON"))
        }
        [b'P', b'K', 3, 4, ..] => Some((
            BrokenKind::Compressed,
            "the file is a ZIP archive or a spreadsheet; unpack it, or make a list of it with idlist convert",
        )),
        _ => None,
    };
    if let Some((kind, message)) = encoded {
        return (kind, 0, message.to_owned());
    }
    let found = match byte {
        b'{' => "an object; put the items between [ and ], with commas between them".to_owned(),
        b'"' => "a string".to_owned(),
        b'-' | b'0'..=b'9' => "a number".to_owned(),
        byte => shown(byte),
    };
    (BrokenKind::NotAnArray, at, format!("a list is a JSON array, [ … ]; found {found}"))
}

/// A byte in words.
fn shown(byte: u8) -> String {
    match byte {
        b'!'..=b'~' => format!("the character {}", char::from(byte)),
        0x80.. => "a character that is not ASCII".to_owned(),
        byte => format!("the byte 0x{byte:02X}"),
    }
}

#[cfg(test)]
#[path = "array_tests.rs"]
mod tests;
