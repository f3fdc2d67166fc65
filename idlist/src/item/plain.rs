//! Reads plain items in one pass over their bytes: objects of texts and whole numbers, without escapes.
//!
//! Nearly every item is plain. What is not, valid or not, is left to the general reader, so this one never has to say
//! what is wrong; it only must not take what the general one would not.

use super::field::Field;
use super::given::{Given, GivenItem};
use super::plain_reader::Reader;

/// How far a plain item reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PlainExtent {
    /// Bytes of its text.
    pub(crate) bytes: usize,
    /// All of it is on one line, and every byte is a character.
    pub(crate) is_simple: bool,
}

/// Reads the plain items of one text.
///
/// Most lists are written by a program, so that an item has the names, the blanks and many of the values of the one before it: what is
/// the same byte for byte is not looked at again.
#[derive(Debug)]
pub(crate) struct PlainItems<'a> {
    text: &'a str,
    /// How the last item was written; no parts if it was not plain.
    parts: Vec<Part<'a>>,
    /// What came after its last part, up to the `}`.
    end: &'a str,
    has_newline: bool,
}

/// A value, and what is written before it.
#[derive(Debug)]
struct Part<'a> {
    /// From the end of the value before to this one. Quotes are not part of a value.
    before: &'a str,
    /// `None` for a name that has no meaning for us.
    field: Option<Field>,
    /// `None` for a number.
    value: Option<&'a str>,
}

impl<'a> PlainItems<'a> {
    /// A reader for the items of `text`, which need not begin with one.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, parts: Vec::new(), end: "", has_newline: false }
    }

    /// Reads the item at the byte `from`; `None` if it is not plain, or goes on after the text.
    ///
    /// It fills an item in place, because an item is large and there are many.
    pub(crate) fn read(&mut self, from: usize, item: &mut GivenItem<'a>) -> Option<PlainExtent> {
        let text = self.text.get(from..)?;
        let bytes = self.read_as_last(text, item).or_else(|| {
            *item = GivenItem::default();
            self.parts.clear();
            let bytes = self.read_anew(text, item);
            if bytes.is_none() {
                self.parts.clear();
            }
            bytes
        })?;
        let is_simple = !self.has_newline && text.as_bytes().get(..bytes)?.is_ascii();
        Some(PlainExtent { bytes, is_simple })
    }

    /// Reads an item that is written as the last one was.
    fn read_as_last(&self, text: &'a str, item: &mut GivenItem<'a>) -> Option<usize> {
        if self.parts.is_empty() {
            return None;
        }
        let mut reader = Reader::new(text);
        for part in &self.parts {
            reader.exactly(part.before)?;
            let given = match part.value {
                Some(value) => Given::Text(reader.this_or_text(value)?.into()),
                None => Given::Unsigned(reader.number()?),
            };
            if let Some(field) = part.field {
                item.set(field, given);
            }
        }
        reader.exactly(self.end)?;
        Some(reader.at())
    }

    /// Reads any plain item, and remembers how it is written.
    fn read_anew(&mut self, text: &'a str, item: &mut GivenItem<'a>) -> Option<usize> {
        let mut reader = Reader::new(text);
        let mut end_of_value = 0;
        reader.next_is(b'{')?;
        loop {
            reader.next_is(b'"')?;
            let name = reader.text()?;
            reader.next_is(b'"')?;
            reader.next_is(b':')?;
            let is_text = reader.skip_blanks_to()? == b'"';
            if is_text {
                reader.next_is(b'"')?;
            }
            let before = text.get(end_of_value..reader.at())?;
            let (value, given) = if is_text {
                let value = reader.text()?;
                (Some(value), Given::Text(value.into()))
            } else {
                (None, Given::Unsigned(reader.number()?))
            };
            end_of_value = reader.at();
            let field = Field::from_name(name.as_bytes());
            if let Some(field) = field {
                if !matches!(item.get(field), Given::Absent) {
                    return None;
                }
                item.set(field, given);
            }
            self.parts.push(Part { before, field, value });
            if is_text {
                reader.next_is(b'"')?;
            }
            match reader.next()? {
                b',' => {}
                b'}' => break,
                _ => return None,
            }
        }
        self.end = text.get(end_of_value..reader.at())?;
        self.has_newline = reader.has_newline();
        Some(reader.at())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::ReadElement;
    use crate::json;
    use proptest::prelude::*;

    fn plain(text: &str) -> Option<(&str, bool)> {
        let extent = PlainItems::new(text).read(0, &mut GivenItem::default())?;
        Some((&text[..extent.bytes], extent.is_simple))
    }

    #[test]
    fn a_plain_item_is_read_up_to_its_end() {
        let text = r#"{"id": "A1", "other": "", "seed":12}"#;
        assert_eq!(plain(&format!("{text},\n{{}}")), Some((text, true)));
        assert_eq!(plain("{\"id\" :\n\"A1\"}"), Some(("{\"id\" :\n\"A1\"}", false)));
        assert_eq!(plain("{\"id\":\"髪は茶色\"}"), Some(("{\"id\":\"髪は茶色\"}", false)));
        let mut item = GivenItem::default();
        PlainItems::new(text).read(0, &mut item).unwrap();
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

    #[test]
    fn an_item_that_differs_from_the_one_before_in_any_way_is_read_anew() {
        let first = r#"{"id":"A1","rank":"vip","seed":7}"#;
        for (text, id, seed) in [
            (r#"{"id":"A1","rank":"vip","seed":7}"#, "A1", Some(7)),
            (r#"{"id":"A12","rank":"vip","seed":70}"#, "A12", Some(70)),
            (r#"{"id":"A","rank":"vi","seed":0}"#, "A", Some(0)),
            (r#"{"rank":"vip","id":"B"}"#, "B", None),
            (r#"{"id":"A1","rank":"vip"}"#, "A1", None),
            (r#"{"id":"A1","rank":"vip","seed":7 }"#, "A1", Some(7)),
            (r#"{"id":"A1","rank":"vip","other":7}"#, "A1", None),
            (r#"{"id":"A1","seed":7,"rank":"vip"}"#, "A1", Some(7)),
            (r#"{"id":"A1","rank":"vip","seed":"7"}"#, "A1", None),
        ] {
            let both = format!("{first}{text}");
            let mut items = PlainItems::new(&both);
            items.read(0, &mut GivenItem::default()).unwrap();
            let mut item = GivenItem::default();
            let extent = items.read(first.len(), &mut item).unwrap();
            assert_eq!((extent.bytes, extent.is_simple, item.id()), (text.len(), true, Some(id)), "{text}");
            let unsigned = if let Given::Unsigned(seed) = item.get(Field::Seed) { Some(*seed) } else { None };
            assert_eq!(unsigned, seed, "{text}");
        }
        for text in [r#"{"id":"A1","rank":"vip","seed":07}"#, r#"{"id":"A1","rank":"v\u0069p","seed":7}"#] {
            let both = format!("{first}{text}");
            let mut items = PlainItems::new(&both);
            items.read(0, &mut GivenItem::default()).unwrap();
            assert_eq!(items.read(first.len(), &mut GivenItem::default()), None, "{text}");
        }
    }

    const ITEM: &str = r#"\{("(id|seed|x)" ?:\n?("[ -~é髪\\"\t]{0,3}"|[0-9.e]{1,4}|9{19}) ?,?){0,3}\},?"#;

    proptest! {
        /// An item is the same after another one as it is alone.
        #[test]
        fn what_was_read_before_makes_no_difference(first in ITEM, second in ITEM, repeat in any::<bool>()) {
            let second = if repeat { first.replace(['1', 'a'], "2") } else { second };
            let both = format!("{first}{second}");
            let mut items = PlainItems::new(&both);
            items.read(0, &mut GivenItem::default());
            let (mut after, mut alone) = (GivenItem::default(), GivenItem::default());
            let extent = items.read(first.len(), &mut after);
            prop_assert_eq!(extent, PlainItems::new(&second).read(0, &mut alone));
            if extent.is_some() {
                prop_assert_eq!(format!("{after:?}"), format!("{alone:?}"));
            }
        }

        /// The two readers can never disagree about an item that both read.
        #[test]
        fn a_plain_item_is_what_the_general_reader_reads(
            text in r#"\{("(id|seed|x)" ?:\n?("[ -~é髪\\"\t]{0,12}"|[0-9.e]{1,4}|9{19}) ?,?){0,3}\},?"#
        ) {
            let mut item = GivenItem::default();
            if let Some(extent) = PlainItems::new(&text).read(0, &mut item) {
                let text = &text[..extent.bytes];
                let mut given = GivenItem::default();
                prop_assert!(json::parse(text.as_bytes(), ReadElement(&mut given)).unwrap().is_none());
                prop_assert_eq!(format!("{item:?}"), format!("{given:?}"));
                prop_assert_eq!(extent.is_simple, text.is_ascii() && !text.contains('\n'));
            }
        }
    }
}
