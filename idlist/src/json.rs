//! Reads single JSON values with `serde_json`, and says where and why one is not what it should be.

use serde::de::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// Most arrays and objects inside one another in one item.
///
/// `serde_json` reads 127 and fails beyond; the rest is left for what Step Functions and the Lambda wrap around an item.
pub const MAX_DEPTH: u8 = 100;

/// Where and why a text is not what it should be.
#[derive(Debug)]
pub(crate) struct Fault {
    /// Bytes before the place.
    pub(crate) offset: usize,
    /// What is wrong, without the place.
    pub(crate) message: String,
    /// What sort of fault.
    pub(crate) kind: FaultKind,
}

impl Fault {
    pub(crate) fn not_utf8(offset: usize) -> Self {
        Self { offset, message: "a byte that is not UTF-8".to_owned(), kind: FaultKind::Encoding }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// Not JSON.
    Syntax,
    /// JSON so far, but not all of it.
    Incomplete,
    /// Not UTF-8.
    Encoding,
    /// JSON that goes beyond our limits.
    Limit,
}

/// Reads one JSON value, and nothing after it.
pub(crate) fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Fault> {
    let text = str::from_utf8(bytes).map_err(|error| Fault::not_utf8(error.valid_up_to()))?;
    serde_json::from_str(text).map_err(|error| fault(text, &error))
}

/// The JSON value that a text begins with. Numbers may be too large, and strings may have half surrogate pairs.
pub(crate) fn first(text: &str) -> Result<&str, Fault> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    <&RawValue>::deserialize(&mut deserializer).map(RawValue::get).map_err(|error| {
        let fault = fault(text, &error);
        // Passing over a string, serde_json stops before a control character, else behind it.
        Fault { offset: fault.offset + usize::from(fault.message.starts_with("control character")), ..fault }
    })
}

/// Arrays and objects inside one another in a value.
pub(crate) fn depth(value: &Value) -> u8 {
    let inside = match value {
        Value::Array(values) => values.iter().map(depth).max(),
        Value::Object(fields) => fields.values().map(depth).max(),
        _ => return 0,
    };
    inside.unwrap_or_default().saturating_add(1)
}

/// Turns an error of `serde_json` about `text` into a [`Fault`].
fn fault(text: &str, error: &serde_json::Error) -> Fault {
    // serde_json counts lines from 1 and gives the bytes of the line up to and with the one it stopped at.
    let line_start = match error.line() {
        0 | 1 => 0,
        line => memchr::memchr_iter(b'\n', text.as_bytes()).nth(line - 2).map_or(0, |newline| newline + 1),
    };
    let full = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = full.strip_suffix(&place).unwrap_or(&full).to_owned();
    let kind = match error.classify() {
        serde_json::error::Category::Eof => FaultKind::Incomplete,
        _ if message == "recursion limit exceeded" => FaultKind::Limit,
        _ => FaultKind::Syntax,
    };
    // Column 0 is the line feed before the line.
    Fault { offset: (line_start + error.column()).saturating_sub(1).min(text.len()), message, kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_where() {
        let fault = parse::<Value>(b"{\"a\": 1,\n\"b\": x}").unwrap_err();
        assert_eq!((fault.offset, fault.message.as_str()), (14, "expected value"));
        let fault = parse::<Value>(b"[\"abc\xff\"]").unwrap_err();
        assert_eq!((fault.offset, fault.kind), (5, FaultKind::Encoding));
        assert_eq!(parse::<Value>(b"{\"a\":").unwrap_err().kind, FaultKind::Incomplete);
        assert_eq!(parse::<Value>("[".repeat(200).as_bytes()).unwrap_err().kind, FaultKind::Limit);
    }

    #[test]
    fn depth_counts_arrays_and_objects() {
        for (text, expected) in [("1", 0), ("[]", 1), ("[1, [{\"a\": [2]}], []]", 4)] {
            assert_eq!(depth(&serde_json::from_str(text).unwrap()), expected, "{text}");
        }
    }
}
