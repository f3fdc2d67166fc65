//! Reads the elements of a JSON array from any reader, one at a time.

use std::io::Read;

use super::{CHUNK_BYTES, OwnedElement, RawElement, ReadError};
use crate::MAX_ITEM_BYTES;
use crate::array::{Array, Next, extent};
use crate::broken::Broken;
use crate::json;
use crate::position::Position;

/// The elements of a JSON array of any values, in order, while memory stays flat.
///
/// Every element was checked to be valid JSON. After an error there are no more.
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
    max_element_bytes: usize,
    array: Array,
    /// What was read and may still be needed.
    bytes: Vec<u8>,
    /// Where the last element begins, in `bytes` and in the file.
    last: (usize, Position),
    is_whole: bool,
    ended: bool,
}

impl<R: Read> JsonArray<R> {
    /// Reads elements of at most [`MAX_ITEM_BYTES`].
    pub fn new(reader: R) -> Self {
        Self::with_max_element_bytes(reader, MAX_ITEM_BYTES)
    }

    /// Reads elements of at most `max_element_bytes`.
    pub fn with_max_element_bytes(reader: R, max_element_bytes: usize) -> Self {
        let last = (0, Position::START);
        Self { reader, max_element_bytes, array: Array::new(), bytes: Vec::new(), last, is_whole: false, ended: false }
    }

    /// The next element, borrowed until the next call; `None` at the end of the list.
    ///
    /// # Errors
    ///
    /// [`ReadError`]; after that there are no more elements.
    pub fn read_element(&mut self) -> Result<Option<RawElement<'_>>, ReadError> {
        if self.ended {
            return Ok(None);
        }
        let found = self.find();
        self.ended = !matches!(found, Ok(Some(_)));
        let Some((index, from, to)) = found? else { return Ok(None) };
        let bytes = self.bytes.get(from..to).unwrap_or_default();
        Ok(Some(RawElement { index, start: self.last.1, bytes }))
    }

    /// The number of the next element, and where it begins and ends in `bytes`.
    fn find(&mut self) -> Result<Option<(u64, usize, usize)>, ReadError> {
        loop {
            match self.array.find(&self.bytes)? {
                Next::End if self.is_whole => return Ok(None),
                Next::More if self.is_whole => return Err(self.array.ended(&self.bytes).into()),
                Next::End | Next::More => {}
                Next::Element(from) => {
                    let rest = self.bytes.get(from..).unwrap_or_default();
                    let length = extent(rest);
                    if length.unwrap_or(rest.len()) > self.max_element_bytes {
                        return Err(self.too_long(from));
                    }
                    if let Some(length) = length {
                        return self.take(from, from + length).map(Some);
                    }
                    if self.is_whole {
                        return Err(self.array.ended_inside(&self.bytes, from).into());
                    }
                }
            }
            self.read_more()?;
        }
    }

    fn take(&mut self, from: usize, to: usize) -> Result<(u64, usize, usize), ReadError> {
        let index = self.array.elements;
        let (last, position) = self.last;
        let start = position.after(self.bytes.get(last..from).unwrap_or_default());
        let element = self.bytes.get(from..to).unwrap_or_default();
        json::validate(element).map_err(|fault| Broken::in_element(index, start, element, &fault))?;
        self.last = (from, start);
        self.array.pass(to);
        Ok((index, from, to))
    }

    fn too_long(&self, from: usize) -> ReadError {
        let line = self.array.position(&self.bytes, from).line;
        ReadError::TooLong { index: self.array.elements, line, max: self.max_element_bytes }
    }

    /// Reads as much again as there is, so that a long element is not looked through too often.
    fn read_more(&mut self) -> Result<(), ReadError> {
        let passed = self.array.forget_passed(&self.bytes);
        self.last = (0, self.array.position(&[], 0));
        self.bytes.drain(..passed);
        // Blanks are no element, but are not kept without end either.
        if self.bytes.len() > self.max_element_bytes.max(CHUNK_BYTES) {
            return Err(self.too_long(0));
        }
        let wanted = self.bytes.len().max(CHUNK_BYTES);
        let read = (&mut self.reader).take(wanted as u64).read_to_end(&mut self.bytes)?;
        self.is_whole = read < wanted;
        Ok(())
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
    use crate::broken::BrokenKind;
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
    fn an_element_that_is_too_long_ends_reading() {
        for list in [r#"[1,"12345", 6]"#.to_owned(), format!("[1,\"{}", "x".repeat(10 << 20))] {
            let mut array = JsonArray::with_max_element_bytes(list.as_bytes(), 6);
            assert!(array.next().unwrap().is_ok());
            let error = array.next().unwrap().unwrap_err();
            assert_eq!(error.to_string(), "line 1: item 1 has more than 6 bytes");
            assert!(array.bytes.capacity() <= 4 * CHUNK_BYTES, "{}", array.bytes.capacity());
            assert!(array.next().is_none());
        }
    }

    #[test]
    fn places_are_the_same_however_the_list_is_read() {
        /// Reads a byte at a time.
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
                let some = to.len().min(1);
                self.0.read(&mut to[..some])
            }
        }
        let blanks = " \n".repeat(CHUNK_BYTES);
        let list = format!("[ 1,{blanks}\n{{\"髪\": 2}},{}\n ]", &blanks[..CHUNK_BYTES]);
        let elements: Vec<_> = JsonArray::with_max_element_bytes(Slow(list.as_bytes()), 1 << 20).collect();
        assert_eq!(elements[1].as_ref().unwrap().start.line, CHUNK_BYTES as u64 + 2);
        let Err(ReadError::Broken(broken)) = &elements[2] else { panic!("{elements:?}") };
        assert_eq!((broken.kind, broken.column), (BrokenKind::TrailingComma, 9));
    }

    #[test]
    fn an_element_may_be_larger_than_what_is_read_at_a_time() {
        let long = format!("\"{}\"", "x".repeat(3 * CHUNK_BYTES));
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
