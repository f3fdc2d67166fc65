//! Strict JSON: a text that passes here can be read into any type, `serde_json::Value` included.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

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
    parse_seed(bytes, PhantomData)
}

/// Checks that bytes are one JSON value which can be read into any type.
pub(crate) fn validate(bytes: &[u8]) -> Result<(), Fault> {
    parse_seed(bytes, Skip { depth: 0 })
}

fn parse_seed<'a, S: DeserializeSeed<'a>>(bytes: &'a [u8], seed: S) -> Result<S::Value, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|error| Fault {
        offset: error.valid_up_to(),
        message: "a byte that is not UTF-8".to_owned(),
        kind: FaultKind::Encoding,
    })?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = seed.deserialize(&mut deserializer).map_err(|error| fault(text, &error))?;
    deserializer.end().map_err(|error| fault(text, &error))?;
    Ok(value)
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
    Fault {
        // Column 0 is the line feed before the line.
        offset: (line_start + error.column()).saturating_sub(1).min(text.len()),
        message: full.strip_suffix(&place).unwrap_or(&full).to_owned(),
        kind: match error.classify() {
            serde_json::error::Category::Eof => FaultKind::Incomplete,
            serde_json::error::Category::Data => FaultKind::Limit,
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => FaultKind::Syntax,
        },
    }
}

/// Reads a value of any type and forgets it, as strictly as `serde_json::Value` would read it.
///
/// `IgnoredAny` lets pass what `Value` refuses: half a surrogate pair, a number beyond `f64`, any depth.
#[derive(Clone, Copy)]
struct Skip {
    /// Arrays and objects around this value.
    depth: u8,
}

impl Skip {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth < MAX_DEPTH {
            Ok(Self { depth: self.depth + 1 })
        } else {
            Err(E::custom(format_args!("has arrays and objects more than {MAX_DEPTH} deep")))
        }
    }
}

impl<'de> DeserializeSeed<'de> for Skip {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Skip {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let inside = self.deeper()?;
        while seq.next_element_seed(inside)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let inside = self.deeper()?;
        while map.next_key_seed(self)?.is_some() {
            map.next_value_seed(inside)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    #[test]
    fn what_a_value_refuses_is_refused() {
        for text in [r#"{"a":"\ud800"}"#, r#"{"\ud800":1}"#, "[1e999]", "[tru]", "{\"a\":\"\u{1}\"}", "1 2", "{'a':1}"]
        {
            assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
            assert_eq!(validate(text.as_bytes()).unwrap_err().kind, FaultKind::Syntax, "{text}");
        }
    }

    #[test]
    fn depth_has_a_limit_below_that_of_serde_json() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(validate(nested(100).as_bytes()).is_ok());
        assert_eq!(validate(nested(101).as_bytes()).unwrap_err().kind, FaultKind::Limit);
        assert!(serde_json::from_str::<Value>(&nested(101)).is_ok());
        let objects = format!("{}1{}", r#"{"a":"#.repeat(101), "}".repeat(101));
        assert_eq!(validate(objects.as_bytes()).unwrap_err().kind, FaultKind::Limit);
    }

    #[test]
    fn a_fault_says_where() {
        let fault = validate(b"{\"a\": 1,\n\"b\": x}").unwrap_err();
        assert_eq!((fault.offset, fault.message.as_str()), (14, "expected value"));
        let fault = validate(b"[\"abc\xff\"]").unwrap_err();
        assert_eq!((fault.offset, fault.kind), (5, FaultKind::Encoding));
        let fault = validate(b"{\"a\":").unwrap_err();
        assert_eq!(fault.kind, FaultKind::Incomplete);
    }

    proptest! {
        #[test]
        fn any_text_passes_if_and_only_if_it_can_be_a_value(text in r#"[\[\]{},:"\\u0-9dabe.\-+ tfn]{0,24}"#) {
            let value = serde_json::from_slice::<Value>(text.as_bytes());
            prop_assert_eq!(validate(text.as_bytes()).is_ok(), value.is_ok());
        }
    }
}
