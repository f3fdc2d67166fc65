//! Rows of CSV: the separator, the quotes, and the lines that rows begin on.

use std::io::Cursor;

use csv::{Reader, ReaderBuilder, StringRecord};
use memchr::memchr;

use super::text::line_ends;
use super::{Place, Row};
use crate::FIELDS;
use crate::message;
use crate::message::Message;

/// The rows of a file, blank ones among them.
pub(super) struct CsvRows {
    reader: Reader<Cursor<String>>,
    row: StringRecord,
    /// Byte at which the reader began.
    begin: usize,
    /// Byte up to which lines are counted, and the line that it is on.
    counted: (usize, u64),
}

impl CsvRows {
    pub(super) fn new(text: String, delimiter: Option<u8>) -> Result<Self, Message> {
        let (declared, begin) = declared(&text);
        let delimiter = match delimiter.or(declared) {
            Some(delimiter) => delimiter,
            None => likely(text.get(begin..).unwrap_or_default())?,
        };
        check_quotes(&text, begin, delimiter)?;
        let mut text = Cursor::new(text);
        text.set_position(begin as u64);
        Ok(Self { reader: reader(text, delimiter), row: StringRecord::new(), begin, counted: (0, 1) })
    }
}

fn reader<R: std::io::Read>(text: R, delimiter: u8) -> Reader<R> {
    ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text)
}

/// The separator that a first line such as `sep=;` declares, and where the next line begins.
fn declared(text: &str) -> (Option<u8>, usize) {
    let line = text.split_inclusive(['\n', '\r']).next().unwrap_or_default();
    match line.trim_end_matches(['\n', '\r']).as_bytes() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] if !matches!(separator, b'"') => {
            (Some(*separator), line.len())
        }
        _ => (None, 0),
    }
}

/// The separator that splits the first row into most fields of an item, or into most cells. One cell needs none.
fn likely(text: &str) -> Result<u8, Message> {
    let mut scores = [b',', b';', b'\t'].map(|delimiter| {
        let row = reader(text.as_bytes(), delimiter).into_records().next();
        let row = row.and_then(Result::ok).unwrap_or_default();
        let fields = row.iter().filter(|cell| FIELDS.contains(&cell.trim())).count();
        (fields, row.len(), delimiter)
    });
    scores.sort_by_key(|(fields, cells, _)| std::cmp::Reverse((*fields, *cells)));
    let [first, second, _] = scores;
    if first.1 == 1 {
        return Ok(b',');
    }
    if (first.0, first.1) == (second.0, second.1) {
        let [one, other] = [first, second].map(|(.., delimiter)| format!("{:?}", char::from(delimiter)));
        return Err(message!(
            "two-separators",
            "the cells of the first row can be separated by {one} or {other}; give --delimiter",
            one,
            other,
        ));
    }
    Ok(first.2)
}

/// Checks what the reader takes as it comes: a quote that is never closed, and text before or behind the quotes.
fn check_quotes(text: &str, begin: usize, delimiter: u8) -> Result<(), Message> {
    let bytes = text.as_bytes();
    let line = |at: usize| Place::Line(1 + line_ends(text.get(..at).unwrap_or_default()));
    let open = |at| {
        line(at).says(message!(
            "open-quote",
            "the quote that begins a cell here is never closed; close it, or double a quote that is text"
        ))
    };
    let outside = |at| {
        line(at).says(message!(
            "text-outside-quotes",
            "the cell that begins here has text outside its quotes; put all inside, and double quotes that are text"
        ))
    };
    let ends = |at: usize| bytes.get(at).is_none_or(|byte| *byte == delimiter || matches!(byte, b'\r' | b'\n'));
    let mut at = begin;
    while at < bytes.len() {
        let cell = at;
        if bytes.get(cell) == Some(&b'"') {
            at += 1;
            loop {
                let rest = bytes.get(at..).unwrap_or_default();
                at += memchr(b'"', rest).ok_or_else(|| open(cell))? + 1;
                if bytes.get(at) != Some(&b'"') {
                    break;
                }
                at += 1;
            }
            if !ends(at) {
                return Err(outside(cell));
            }
        } else {
            while !ends(at) {
                at += 1;
            }
            if bytes.get(cell..at).is_some_and(|cell| cell.trim_ascii_start().starts_with(b"\"")) {
                return Err(outside(cell));
            }
        }
        at += 1;
    }
    Ok(())
}

impl Iterator for CsvRows {
    type Item = Result<Row, Message>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.reader.read_record(&mut self.row) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => {
                return Some(Err(message!("damaged", "the file is damaged: {error}", error = error.to_string())));
            }
        }
        let from = self.begin + self.row.position().map_or(0, |position| position.byte() as usize);
        let text = self.reader.get_ref().get_ref();
        let rest = text.get(from..).unwrap_or_default();
        // The reader counts the line ends before a row, and the LF of the CR LF before it, as parts of the row.
        let start = text.len() - rest.trim_start_matches(['\r', '\n']).len();
        let (counted, line) = self.counted;
        self.counted = (start, line + line_ends(text.get(counted..start).unwrap_or_default()));
        let cells = self.row.iter().map(str::to_owned).collect();
        Some(Ok(Row { place: Place::Line(self.counted.1), cells }))
    }
}
