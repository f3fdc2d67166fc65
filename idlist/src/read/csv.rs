//! Reads CSV: the first line names the fields, every other line is an item.

use std::io::Read;

use csv::{ErrorKind, ReaderBuilder, StringRecord};
use serde_json::{Map, Number, Value};

use super::{OwnedElement, ReadError};
use crate::position::Position;

/// Fields that hold numbers; everything else in a CSV file is text.
const NUMBERS: [&str; 2] = ["seed", "strength"];

/// The rows of a CSV file, as JSON objects. A byte order mark at the start is skipped.
///
/// A blank cell is an absent field. Columns that have no meaning for us are kept, as text. After an error there
/// are no more rows.
#[derive(Debug)]
pub struct CsvRows<R> {
    reader: csv::Reader<R>,
    names: Option<StringRecord>,
    /// 1 if lines end in CR LF: the reader then takes the LF for the begin of the next row.
    line_lag: u64,
    row: StringRecord,
    rows: u64,
    ended: bool,
    /// Names of columns, each with the field that is meant.
    renamed: Vec<(String, String)>,
}

impl<R: Read> CsvRows<R> {
    /// Reads rows with commas between the cells.
    pub fn new(reader: R) -> Self {
        let reader = ReaderBuilder::new().has_headers(false).from_reader(reader);
        Self { reader, names: None, line_lag: 0, row: StringRecord::new(), rows: 0, ended: false, renamed: Vec::new() }
    }

    /// Takes columns for fields of another name: pairs of column and field.
    #[must_use]
    pub fn rename(mut self, columns: Vec<(String, String)>) -> Self {
        self.renamed = columns;
        self
    }

    fn read_names(&mut self) -> Result<StringRecord, ReadError> {
        let mut names = StringRecord::new();
        if !self.reader.read_record(&mut names).map_err(|error| read_error(error, self.line_lag))? {
            return Err(header_error("the file is empty; its first line has to name the fields".to_owned()));
        }
        let lines_in_names: usize = names.iter().map(|name| name.matches('\n').count()).sum();
        self.line_lag = (2 + lines_in_names as u64).saturating_sub(self.reader.position().line());
        names.trim();
        for (column, _) in &self.renamed {
            if !names.iter().any(|name| name == column) {
                let known: Vec<_> = names.iter().collect();
                return Err(header_error(format!("there is no column {column:?} among {}", known.join(", "))));
            }
        }
        let names: StringRecord = names
            .iter()
            .map(|name| match self.renamed.iter().find(|(column, _)| column == name) {
                Some((_, field)) => field.as_str(),
                None => name,
            })
            .collect();
        let mut known: Vec<&str> = names.iter().collect();
        known.sort_unstable();
        if let Some(twice) =
            known.windows(2).find_map(|pair| (pair.first() == pair.last()).then(|| pair.first())).flatten()
        {
            return Err(header_error(format!("the column {twice:?} is there twice; leave one")));
        }
        Ok(names)
    }

    fn read_element(&mut self) -> Result<Option<OwnedElement>, ReadError> {
        let names = match self.names.take() {
            Some(names) => names,
            None => self.read_names()?,
        };
        let names = self.names.insert(names);
        if !self.reader.read_record(&mut self.row).map_err(|error| read_error(error, self.line_lag))? {
            return Ok(None);
        }
        let fields: Map<String, Value> = names
            .iter()
            .zip(&self.row)
            .filter(|(_, cell)| !cell.trim().is_empty())
            .map(|(name, cell)| (name.to_owned(), value(name, cell)))
            .collect();
        let at = self.row.position();
        let start = Position {
            offset: at.map_or(0, csv::Position::byte),
            line: at.map_or(0, csv::Position::line) + self.line_lag,
            column: 1,
        };
        let index = self.rows;
        self.rows += 1;
        Ok(Some(OwnedElement { index, start, json: Value::Object(fields).to_string().into_bytes() }))
    }
}

/// The cell as JSON. What should be a number and is not stays a text, so that checking the item says so.
fn value(name: &str, cell: &str) -> Value {
    if NUMBERS.contains(&name)
        && let Ok(number) = cell.trim().parse::<Number>()
    {
        return Value::Number(number);
    }
    Value::String(cell.to_owned())
}

fn header_error(message: String) -> ReadError {
    ReadError::Csv { line: 1, message }
}

fn read_error(error: csv::Error, line_lag: u64) -> ReadError {
    let line = error.position().map_or(1, |position| position.line() + line_lag);
    let message = match error.into_kind() {
        ErrorKind::Io(error) => return ReadError::Io(error),
        ErrorKind::Utf8 { .. } => "a byte that is not UTF-8; save the file as UTF-8, or name its encoding".to_owned(),
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} cells, but the first line names {expected_len} fields; quote cells that contain commas")
        }
        other => format!("not valid CSV: {other:?}"),
    };
    ReadError::Csv { line, message }
}

impl<R: Read> Iterator for CsvRows<R> {
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
    use crate::{Item, RetiredModels};
    use serde_json::json;

    fn rows(file: &str) -> Vec<Value> {
        CsvRows::new(file.as_bytes()).map(|row| serde_json::from_slice(&row.unwrap().json).unwrap()).collect()
    }

    fn error(file: &str) -> String {
        CsvRows::new(file.as_bytes()).find_map(Result::err).unwrap().to_string()
    }

    #[test]
    fn a_row_becomes_an_item() {
        let file = "\u{feff}id, rank ,inputBucketName,inputKeyName,model,prompt,seed,strength,customer\r\n\
                    A1,nomal,images,image.png,stability.stable-image-core-v1:1,\"brown, white\", 7 ,,42\r\n";
        let rows: Vec<_> = CsvRows::new(file.as_bytes()).map(Result::unwrap).collect();
        assert_eq!((rows[0].index, rows[0].start.line), (0, 2));
        let item = Item::from_slice(&rows[0].json, RetiredModels::Reject).unwrap();
        assert_eq!((item.prompt.as_str(), item.seed, item.strength), ("brown, white", Some(7), None));
        let value: Value = serde_json::from_slice(&rows[0].json).unwrap();
        assert_eq!(value["customer"], json!("42"));
    }

    #[test]
    fn only_seed_and_strength_are_numbers_and_blank_cells_are_absent() {
        assert_eq!(
            rows("id,seed,strength\n1,-5,0.5\n 2,1e3,\n3,abc,  \n"),
            [
                json!({"id": "1", "seed": -5, "strength": 0.5}),
                json!({"id": " 2", "seed": 1000.0}),
                json!({"id": "3", "seed": "abc"})
            ]
        );
        assert_eq!(rows("id\n"), [] as [Value; 0]);
    }

    #[test]
    fn columns_can_be_renamed() {
        let renamed = |column: &str| {
            CsvRows::new(&b"no,rank\nA1,vip\n"[..]).rename(vec![(column.to_owned(), "id".to_owned())]).next().unwrap()
        };
        let row: Value = serde_json::from_slice(&renamed("no").unwrap().json).unwrap();
        assert_eq!(row, json!({"id": "A1", "rank": "vip"}));
        assert_eq!(renamed("number").unwrap_err().to_string(), "line 1: there is no column \"number\" among no, rank");
        assert_eq!(renamed("rank").unwrap().json, br#"{"no":"A1","id":"vip"}"#);
    }

    #[test]
    fn faults_say_the_line_and_what_to_do() {
        assert_eq!(error(""), "line 1: the file is empty; its first line has to name the fields");
        assert_eq!(error("id,rank,id\n"), "line 1: the column \"id\" is there twice; leave one");
        assert_eq!(
            error("id,rank\nA1,vip\nA2,vip,extra\n"),
            "line 3: 3 cells, but the first line names 2 fields; quote cells that contain commas"
        );
        let mut rows = CsvRows::new(&b"id\n\xff\n"[..]);
        assert_eq!(
            rows.next().unwrap().unwrap_err().to_string(),
            "line 2: a byte that is not UTF-8; save the file as UTF-8, or name its encoding"
        );
        assert!(rows.next().is_none());
    }
}
