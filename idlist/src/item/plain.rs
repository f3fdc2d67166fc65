//! Reads plain items in one pass over their bytes: objects of texts and whole numbers, without escapes.
//!
//! Nearly every item is plain. What is not, valid or not, is left to the general reader, so this one never has to say
//! what is wrong; it only must not take what the general one would not.

use std::ops::Range;

use super::field::Field;
use super::given::{Given, GivenItem};

/// How far a plain item reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PlainExtent {
    /// Bytes of its text.
    pub(crate) bytes: usize,
    /// All of it is on one line, and every byte is a character.
    pub(crate) is_simple: bool,
}

/// Reads the item that `text` begins with; `None` if it is not plain, or goes on after `text`.
///
/// It fills an item in place, because an item is large and there are many.
pub(crate) fn read_plain<'a>(text: &'a str, item: &mut GivenItem<'a>) -> Option<PlainExtent> {
    let mut reader = Reader { bytes: text.as_bytes(), at: 0, has_newline: false, is_ascii: true };
    reader.expect(b'{')?;
    loop {
        let name = reader.string()?;
        reader.expect(b':')?;
        let value = match reader.next()? {
            b'"' => Given::Text(text.get(reader.rest_of_string()?)?.into()),
            b'0'..=b'9' => Given::Unsigned(reader.rest_of_number()?),
            _ => return None,
        };
        if let Some(field) = Field::from_name(reader.bytes.get(name)?) {
            if !matches!(item.get(field), Given::Absent) {
                return None;
            }
            item.set(field, value);
        }
        match reader.next()? {
            b',' => {}
            b'}' => break,
            _ => return None,
        }
    }
    Some(PlainExtent { bytes: reader.at, is_simple: reader.is_ascii && !reader.has_newline })
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    has_newline: bool,
    is_ascii: bool,
}

/// Most digits of a number that surely fits `u64`.
const MAX_DIGITS: usize = 19;

impl Reader<'_> {
    /// The next byte that is not blank.
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            match byte {
                b' ' | b'\t' | b'\r' => {}
                b'\n' => self.has_newline = true,
                byte => return Some(byte),
            }
        }
    }

    fn expect(&mut self, expected: u8) -> Option<()> {
        (self.next()? == expected).then_some(())
    }

    /// Where the next string is, without its quotes.
    fn string(&mut self) -> Option<Range<usize>> {
        self.expect(b'"')?;
        self.rest_of_string()
    }

    fn rest_of_string(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        let rest = self.bytes.get(start..)?;
        let (words, tail) = rest.as_chunks::<8>();
        let special = words
            .iter()
            .enumerate()
            .find_map(|(nth, &word)| {
                let word = u64::from_le_bytes(word);
                self.is_ascii &= word & HIGH_BITS == 0;
                first_special(word).map(|special| nth * 8 + special)
            })
            .or_else(|| {
                self.is_ascii &= tail.is_ascii();
                tail.iter()
                    .position(|byte| matches!(byte, b'"' | b'\\' | ..b' '))
                    .map(|special| words.len() * 8 + special)
            })?;
        self.at = start + special + 1;
        (rest.get(special) == Some(&b'"')).then_some(start..start + special)
    }

    /// The number whose first digit was just taken.
    fn rest_of_number(&mut self) -> Option<u64> {
        let rest = self.bytes.get(self.at - 1..)?;
        let digits = rest.iter().take(MAX_DIGITS + 1).take_while(|byte| byte.is_ascii_digit()).count();
        // What follows decides whether it is a whole number; and JSON has no 007.
        let is_whole = matches!(rest.get(digits)?, b',' | b'}' | b' ' | b'\n' | b'\r' | b'\t');
        if !is_whole || digits > MAX_DIGITS || (rest.first() == Some(&b'0') && digits > 1) {
            return None;
        }
        self.at += digits - 1;
        let digits = rest.get(..digits)?;
        Some(digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
    }
}

const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// The first of eight bytes that is a quote, a backslash or a control character.
fn first_special(word: u64) -> Option<usize> {
    let each = |byte: u8| u64::from(byte) * 0x0101_0101_0101_0101;
    // The high bit of each byte below `limit`. A borrow may mark bytes after the first that is, never before it.
    let below = |word: u64, limit: u8| word.wrapping_sub(each(limit)) & !word & HIGH_BITS;
    let marks = below(word ^ each(b'"'), 1) | below(word ^ each(b'\\'), 1) | below(word, b' ');
    (marks != 0).then(|| marks.trailing_zeros() as usize / 8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::ReadElement;
    use crate::json;
    use proptest::prelude::*;

    fn plain(text: &str) -> Option<(&str, bool)> {
        let extent = read_plain(text, &mut GivenItem::default())?;
        Some((&text[..extent.bytes], extent.is_simple))
    }

    #[test]
    fn a_plain_item_is_read_up_to_its_end() {
        let text = r#"{"id": "A1", "other": "", "seed":12}"#;
        assert_eq!(plain(&format!("{text},\n{{}}")), Some((text, true)));
        assert_eq!(plain("{\"id\" :\n\"A1\"}"), Some(("{\"id\" :\n\"A1\"}", false)));
        assert_eq!(plain("{\"id\":\"髪は茶色\"}"), Some(("{\"id\":\"髪は茶色\"}", false)));
        let mut item = GivenItem::default();
        read_plain(text, &mut item).unwrap();
        assert_eq!(item.id(), Some("A1"));
        assert!(matches!(item.get(Field::Seed), Given::Unsigned(12)));
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_general_reader() {
        for text in [
            "{}",
            "[]",
            "{\"id\":\"A1\"",
            "{\"id\":\"A1\",}",
            "{\"id\":\"A\\n\"}",
            "{\"id\":\"A\n\"}",
            "{\"id\":\"A1\",\"id\":\"A1\"}",
            "{\"id\":[]}",
            "{\"id\":null}",
            "{\"seed\":01}",
            "{\"seed\":1.5}",
            "{\"seed\":1e5}",
            "{\"seed\":10000000000000000000}",
            "{\"seed\":1",
        ] {
            assert_eq!(plain(text), None, "{text}");
        }
    }

    proptest! {
        /// The two readers can never disagree about an item that both read.
        #[test]
        fn a_plain_item_is_what_the_general_reader_reads(
            text in r#"\{("(id|seed|x)" ?:\n?("[ -~é髪\\"\t]{0,12}"|[0-9.e]{1,4}|9{19}) ?,?){0,3}\},?"#
        ) {
            let mut item = GivenItem::default();
            if let Some(extent) = read_plain(&text, &mut item) {
                let text = &text[..extent.bytes];
                let mut given = GivenItem::default();
                prop_assert!(json::parse(text.as_bytes(), ReadElement(&mut given)).unwrap().is_none());
                prop_assert_eq!(format!("{item:?}"), format!("{given:?}"));
                prop_assert_eq!(extent.is_simple, text.is_ascii() && !text.contains('\n'));
            }
        }

        #[test]
        fn the_first_special_byte_is_found(word in any::<[u8; 8]>()) {
            let expected = word.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..b' '));
            prop_assert_eq!(first_special(u64::from_le_bytes(word)), expected);
        }
    }
}
