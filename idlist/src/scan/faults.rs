//! What the scanner says about broken files.

use super::extent::Extent;
use super::{BYTE_ORDER_MARK_START, Broken, BrokenKind, Position, Scanner, State};
use crate::json::{Fault, FaultKind};

const UTF_16: &str = "the file looks like UTF-16; save it as UTF-8 without BOM";

/// Says where in the file a fault lies that was found in an element.
pub(super) fn broken_element(index: u64, start: Position, bytes: &[u8], fault: &Fault) -> Broken {
    let at = start.after(bytes.get(..fault.offset).unwrap_or(bytes));
    let kind = match fault.kind {
        FaultKind::Encoding => BrokenKind::InvalidUtf8,
        _ => BrokenKind::InvalidJson,
    };
    let begins = if at.line == start.line { String::new() } else { format!(", which begins on line {},", start.line) };
    let message = match (fault.kind, fault.message.as_str()) {
        (FaultKind::Encoding, message) => format!("item {index}{begins} has {message}; save the file as UTF-8"),
        (_, message) if message.starts_with("control character") => format!(
            "item {index}{begins} has a string with a line break or other control character in it; is the closing quote \
             missing?"
        ),
        (_, "trailing comma") => {
            format!("item {index}{begins} has a comma after its last value; remove that comma")
        }
        (FaultKind::Incomplete, _) | (_, "trailing characters") => format!("item {index}{begins} is not a JSON value"),
        (_, message) => {
            format!("item {index}{begins} is not valid JSON: {message}{}", hint(message, bytes, fault.offset))
        }
    };
    Broken::new(kind, at, message)
}

/// What was probably meant.
fn hint(message: &str, bytes: &[u8], at: usize) -> &'static str {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    match (message, before, bytes.get(at)) {
        ("expected `,` or `}`", Some(b'"'), Some(b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | 0x80..)) => {
            "; is the closing quote of the text before missing?"
        }
        ("expected `,` or `}`", _, Some(b'"')) => "; put a comma between the fields",
        ("key must be a string", _, Some(b'{')) => "; is the closing } of the item before missing?",
        ("key must be a string", ..) => "; put names between double quotes",
        ("expected value", _, Some(b'\'' | b'A'..=b'Z' | b'a'..=b'z' | 0x80..)) => "; put texts between double quotes",
        _ => "",
    }
}

impl Scanner {
    /// Says what is wrong with a byte that is not expected, and what to do.
    pub(super) fn unexpected(&self, state: State, byte: u8) -> Broken {
        let (kind, at, message) = match (state, byte) {
            (State::Mark(2), 0xBF) => (
                BrokenKind::ByteOrderMark,
                Position::START,
                "the file begins with a byte order mark; save it as UTF-8 without BOM".to_owned(),
            ),
            (State::Start, _) => return no_array(byte, self.at),
            (State::Mark(_), _) => return no_array(BYTE_ORDER_MARK_START, Position::START),
            (State::Next(comma), b']') => (
                BrokenKind::TrailingComma,
                comma,
                "a comma after the last item; JSON does not allow it: remove the comma".to_owned(),
            ),
            (State::First | State::Next(_), b',') => {
                (BrokenKind::ExtraComma, self.at, "a comma without an item before it; remove the comma".to_owned())
            }
            (State::After, byte) if Extent::can_begin(byte) => (
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
        Broken::new(kind, at, message)
    }

    /// Says what is missing at the end of the file.
    pub(super) fn ended_in(&self, state: State) -> Broken {
        let (kind, message) = match state {
            State::Mark(_) => return no_array(BYTE_ORDER_MARK_START, Position::START),
            State::Start => (BrokenKind::EmptyFile, "the file is empty; a list is a JSON array: [ … ]".to_owned()),
            State::Inside => {
                // The end may never have come because of a fault much earlier, such as a missing brace or quote.
                if let Err(broken) = self.check_carry() {
                    return broken;
                }
                let (index, line) = (self.elements, self.start.line);
                let message =
                    format!("the file ends inside item {index}, which begins on line {line}; is it complete?");
                (BrokenKind::UnexpectedEnd, message)
            }
            State::First | State::After | State::Next(_) | State::End => (
                BrokenKind::UnexpectedEnd,
                "the file ends before the closing ] of the list; is it complete?".to_owned(),
            ),
        };
        Broken::new(kind, self.at, message)
    }
}

/// Says why a file that does not begin with `[` is no list.
fn no_array(byte: u8, at: Position) -> Broken {
    let (kind, message) = match byte {
        0xFE | 0xFF | 0 => (BrokenKind::NotUtf8File, UTF_16.to_owned()),
        _ => {
            let found = match byte {
                b'{' => "an object; put the items between [ and ], with commas between them".to_owned(),
                b'"' => "a string".to_owned(),
                b'-' | b'0'..=b'9' => "a number".to_owned(),
                byte => shown(byte),
            };
            (BrokenKind::NotAnArray, format!("a list is a JSON array, [ … ]; found {found}"))
        }
    };
    Broken::new(kind, at, message)
}

/// A byte in words.
fn shown(byte: u8) -> String {
    match byte {
        b'!'..=b'~' => format!("the character {}", char::from(byte)),
        0x80.. => "a character that is not ASCII".to_owned(),
        byte => format!("the byte 0x{byte:02X}"),
    }
}
