//! Reads the elements of a JSON array from any reader, one at a time.

use std::io::Read;

use super::{OwnedElement, ReadError, read_chunk};
use crate::MAX_ITEM_BYTES;
use crate::json;
use crate::scan::{Cut, Place, Position, RawElement, Scanner};

/// The elements of a JSON array of any values, in order, while memory stays flat.
///
/// Every element was checked to be valid JSON. After an error other than [`ReadError::TooLong`] there are no more.
///
/// ```
/// use idlist::read::JsonArray;
///
/// let elements: Result<Vec<_>, _> = JsonArray::new(&b"[1, {\"a\": 2}]"[..]).collect();
/// assert_eq!(elements?[1].json, b"{\"a\": 2}");
/// # Ok::<(), idlist::read::ReadError>(())
/// ```
#[derive(Debug)]
pub struct JsonArray<R> {
    reader: R,
    scanner: Scanner,
    max_element_bytes: usize,
    /// What was read last; `from` is the first byte that was not scanned, `to` the end.
    chunk: Box<[u8]>,
    from: usize,
    to: usize,
    ended: bool,
}

impl<R: Read> JsonArray<R> {
    /// Reads elements of at most [`MAX_ITEM_BYTES`].
    pub fn new(reader: R) -> Self {
        Self::with_max_element_bytes(reader, MAX_ITEM_BYTES)
    }

    /// Reads elements of at most `max_element_bytes`.
    pub fn with_max_element_bytes(reader: R, max_element_bytes: usize) -> Self {
        let chunk = vec![0; super::CHUNK_BYTES].into_boxed_slice();
        let scanner = Scanner::new(max_element_bytes);
        Self { reader, scanner, max_element_bytes, chunk, from: 0, to: 0, ended: false }
    }

    /// The next element, borrowed until the next call; `None` at the end of the list.
    ///
    /// # Errors
    ///
    /// [`ReadError::Io`], [`ReadError::Broken`], or [`ReadError::TooLong`], after which reading can go on.
    pub fn read_element(&mut self) -> Result<Option<RawElement<'_>>, ReadError> {
        if self.ended {
            return Ok(None);
        }
        let found = self.find();
        self.ended = !matches!(found, Ok(Some(_)) | Err(ReadError::TooLong { .. }));
        let Some((index, start, place)) = found? else { return Ok(None) };
        Ok(Some(RawElement { index, start, bytes: self.bytes(place) }))
    }

    fn find(&mut self) -> Result<Option<(u64, Position, Place)>, ReadError> {
        loop {
            let input = self.chunk.get(..self.to).unwrap_or_default();
            match self.scanner.cut(input, &mut self.from)? {
                Cut::Element { index, start, place } => {
                    let element = RawElement { index, start, bytes: self.bytes(place) };
                    json::validate(element.bytes).map_err(|fault| element.broken(&fault))?;
                    return Ok(Some((index, start, place)));
                }
                Cut::TooLong { index, start, bytes } => {
                    return Err(ReadError::TooLong { index, start, bytes, max: self.max_element_bytes });
                }
                Cut::NeedMore => {
                    (self.from, self.to) = (0, read_chunk(&mut self.reader, &mut self.chunk)?);
                    if self.to == 0 {
                        self.scanner.finish()?;
                        return Ok(None);
                    }
                }
            }
        }
    }

    fn bytes(&self, place: Place) -> &[u8] {
        self.scanner.bytes_at(place, self.chunk.get(..self.to).unwrap_or_default())
    }
}

impl<R: Read> Iterator for JsonArray<R> {
    type Item = Result<OwnedElement, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read_element().map(|element| element.map(OwnedElement::from)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::BrokenKind;
    use std::io;

    #[test]
    fn elements_of_any_type_come_as_they_stand() {
        let text = r#"[ {"a" : "]"}, [1, 2] ,"x\"y", -1.5e3, true,null ]"#;
        let elements: Vec<_> = JsonArray::new(text.as_bytes()).map(Result::unwrap).collect();
        let json: Vec<_> = elements.iter().map(|element| str::from_utf8(&element.json).unwrap()).collect();
        assert_eq!(json, [r#"{"a" : "]"}"#, "[1, 2]", r#""x\"y""#, "-1.5e3", "true", "null"]);
        assert_eq!(elements.iter().map(|element| element.index).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(elements[1].start, Position { offset: 15, line: 1, column: 16 });
    }

    #[test]
    fn after_a_fault_there_is_nothing_more() {
        let mut array = JsonArray::new(&b"[1, tru, 2]"[..]);
        assert_eq!(array.next().unwrap().unwrap().json, b"1");
        let Some(Err(ReadError::Broken(broken))) = array.next() else { panic!("no fault") };
        assert_eq!((broken.kind, broken.line, broken.column), (BrokenKind::InvalidJson, 1, 7));
        assert!(array.next().is_none());
    }

    #[test]
    fn reading_goes_on_after_an_element_that_is_too_long() {
        let mut array = JsonArray::with_max_element_bytes(&b"[\"12345\", 6]"[..], 6);
        let error = array.next().unwrap().unwrap_err();
        assert_eq!(error.to_string(), "line 1: item 0 has 7 bytes; at most 6 are possible");
        assert_eq!(array.next().unwrap().unwrap().json, b"6");
        assert!(array.next().is_none());
    }

    #[test]
    fn an_element_may_be_larger_than_what_is_read_at_a_time() {
        let long = format!("\"{}\"", "x".repeat(3 * super::super::CHUNK_BYTES));
        let text = format!("[{long},{long}]");
        let elements: Vec<_> =
            JsonArray::with_max_element_bytes(text.as_bytes(), 1 << 20).map(Result::unwrap).collect();
        assert!(elements.iter().all(|element| element.json == long.as_bytes()));
        assert_eq!(elements.len(), 2);
    }

    #[test]
    fn a_failing_reader_is_an_error() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("disk gone"))
            }
        }
        let mut array = JsonArray::new(Failing);
        assert_eq!(array.next().unwrap().unwrap_err().to_string(), "cannot read the list: disk gone");
        assert!(array.next().is_none());
    }
}
