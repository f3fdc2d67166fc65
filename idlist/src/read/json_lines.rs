//! Reads JSON Lines: one JSON value on every line. <https://jsonlines.org>

use std::io::{BufRead, BufReader, Read};

use super::{OwnedElement, ReadError};
use crate::MAX_ITEM_BYTES;
use crate::json;
use crate::scan::{Position, RawElement};

/// The values of a JSON Lines file. Blank lines and a byte order mark at the start are skipped.
///
/// Every value was checked to be valid JSON. After an error other than [`ReadError::TooLong`] there are no more.
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
        let reader = BufReader::with_capacity(super::CHUNK_BYTES, reader);
        Self { reader, line: Vec::new(), at: Position::START, elements: 0, ended: false }
    }

    /// Reads a line without its line feed, as far as it is kept. Returns its bytes in the file, 0 at the end.
    fn read_line(&mut self) -> Result<u64, ReadError> {
        self.line.clear();
        let mut read = 0;
        loop {
            let available = match self.reader.fill_buf() {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                outcome => outcome?,
            };
            let end = memchr::memchr(b'\n', available);
            let part = end.map_or(available, |end| available.get(..end).unwrap_or_default());
            // One byte beyond the maximum is kept, so that a line is seen to be too long.
            let room = (MAX_ITEM_BYTES + 1).saturating_sub(self.line.len());
            self.line.extend_from_slice(part.get(..room).unwrap_or(part));
            let used = part.len() + usize::from(end.is_some());
            self.reader.consume(used);
            read += used as u64;
            if end.is_some() || used == 0 {
                return Ok(read);
            }
        }
    }

    fn read_element(&mut self) -> Result<Option<OwnedElement>, ReadError> {
        loop {
            let line_start = self.at;
            let read = self.read_line()?;
            if read == 0 {
                return Ok(None);
            }
            self.at = Position { offset: line_start.offset + read, line: line_start.line + 1, column: 1 };

            let mut line = self.line.as_slice();
            let mut start = line_start;
            if let (0, Some(rest)) = (line_start.offset, line.strip_prefix(b"\xEF\xBB\xBF")) {
                line = rest;
                start.offset = 3;
            }
            let value = line.trim_ascii();
            if value.is_empty() {
                continue;
            }
            start = start.after(line.get(..line.len() - line.trim_ascii_start().len()).unwrap_or_default());
            let index = self.elements;
            self.elements += 1;
            if self.line.len() > MAX_ITEM_BYTES {
                return Err(ReadError::TooLong { index, start, bytes: read, max: MAX_ITEM_BYTES });
            }
            let element = RawElement { index, start, bytes: value };
            json::validate(value).map_err(|fault| element.broken(&fault))?;
            return Ok(Some(element.into()));
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
        self.ended = !matches!(found, Ok(Some(_)) | Err(ReadError::TooLong { .. }));
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
    fn a_line_that_is_too_long_is_passed_over_and_not_kept() {
        let file = format!("\"{}\"\n2\n", "x".repeat(10 * MAX_ITEM_BYTES));
        let mut lines = JsonLines::new(file.as_bytes());
        assert_eq!(
            lines.next().unwrap().unwrap_err().to_string(),
            "line 1: item 0 has 2611203 bytes; at most 261120 are possible"
        );
        assert!(lines.line.capacity() < 3 * MAX_ITEM_BYTES);
        assert_eq!(lines.next().unwrap().unwrap().json, b"2");
    }
}
