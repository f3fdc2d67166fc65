//! Reads JSON Lines: one JSON value on every line. <https://jsonlines.org>

use std::io::{BufRead, BufReader, Read};

use super::{CHUNK_BYTES, OwnedElement, ReadError};
use crate::MAX_ITEM_BYTES;
use crate::broken::Broken;
use crate::json;
use crate::position::Position;

/// The largest item and its line end.
const MAX_LINE_BYTES: u64 = MAX_ITEM_BYTES as u64 + 2;

/// The values of a JSON Lines file. Blank lines and a byte order mark at the start are skipped.
///
/// Every value was checked to be valid JSON. After an error there are no more.
#[derive(Debug)]
pub struct JsonLines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
    at: Position,
    elements: u64,
    ended: bool,
}

impl<R: Read> JsonLines<R> {
    /// Reads lines of at most [`MAX_ITEM_BYTES`].
    pub fn new(reader: R) -> Self {
        let reader = BufReader::with_capacity(CHUNK_BYTES, reader);
        Self { reader, line: Vec::new(), at: Position::START, elements: 0, ended: false }
    }

    fn read_element(&mut self) -> Result<Option<OwnedElement>, ReadError> {
        loop {
            self.line.clear();
            (&mut self.reader).take(MAX_LINE_BYTES).read_until(b'\n', &mut self.line)?;
            if self.line.is_empty() {
                return Ok(None);
            }
            let (line_start, index) = (self.at, self.elements);
            let is_cut = self.line.len() as u64 == MAX_LINE_BYTES && !self.line.ends_with(b"\n");
            if is_cut || self.line.trim_ascii().len() > MAX_ITEM_BYTES {
                return Err(ReadError::TooLong { index, line: line_start.line, max: MAX_ITEM_BYTES });
            }
            self.at = line_start.after(&self.line);
            let mut from = if line_start.offset == 0 && self.line.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
            let line = self.line.get(from..).unwrap_or_default();
            from += line.len() - line.trim_ascii_start().len();
            let value = line.trim_ascii();
            if value.is_empty() {
                continue;
            }
            let mut start = line_start.after(self.line.get(..from).unwrap_or_default());
            if line.len() < self.line.len() {
                // A byte order mark takes no column.
                start.column -= 1;
            }
            json::validate(value).map_err(|fault| Broken::in_element(index, start, value, &fault))?;
            self.elements += 1;
            return Ok(Some(OwnedElement { index, start, json: value.to_vec() }));
        }
    }
}

impl<R: Read> Iterator for JsonLines<R> {
    type Item = Result<OwnedElement, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let found = self.read_element();
        self.ended = !matches!(found, Ok(Some(_)));
        found.transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(file: &str) -> Vec<(String, u64, u64)> {
        JsonLines::new(file.as_bytes())
            .map(Result::unwrap)
            .map(|element| (String::from_utf8(element.json).unwrap(), element.start.line, element.start.column))
            .collect()
    }

    #[test]
    fn every_line_that_is_not_blank_is_an_element() {
        let expected = [("{\"a\":1}".to_owned(), 1, 1), ("[2]".to_owned(), 3, 2), ("3".to_owned(), 5, 1)];
        assert_eq!(texts("{\"a\":1}\n\n\t[2] \r\n  \n3"), expected);
        assert_eq!(texts("\u{feff}{\"a\":1}\r\n\n [2]\n\n3\n"), expected);
        assert_eq!(texts(""), []);
    }

    #[test]
    fn a_broken_line_is_named_and_ends_the_file() {
        let mut lines = JsonLines::new(&b"1\n{\"a\": }\n3"[..]);
        assert!(lines.next().unwrap().is_ok());
        assert_eq!(
            lines.next().unwrap().unwrap_err().to_string(),
            "line 2, column 7: item 1 is not valid JSON: expected value"
        );
        assert!(lines.next().is_none());
    }

    #[test]
    fn a_line_that_is_too_long_is_not_kept() {
        let file = format!("1\n\"{}\"\n2\n", "x".repeat(10 * MAX_ITEM_BYTES));
        let mut lines = JsonLines::new(file.as_bytes());
        assert!(lines.next().unwrap().is_ok());
        assert_eq!(lines.next().unwrap().unwrap_err().to_string(), "line 2: item 1 has more than 261120 bytes");
        assert!(lines.line.capacity() < 3 * MAX_ITEM_BYTES);
        assert!(lines.next().is_none());
    }
}
