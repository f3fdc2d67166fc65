//! Reads tables that people keep their lists in: CSV of any separator and encoding, spreadsheets, and lines of text.
//!
//! The first row with text names the columns. A row without text is not a row; a column without a heading must have no text.
//! What cannot be understood is an error with its place, never a guess: each row may become a picture that is paid for.

mod delimited;
mod sheet;
mod text;

use std::fmt;

pub use text::{decode, encoding};

use crate::FIELDS;
use crate::message;
use crate::message::{Argument, Message};

/// A table: its columns, and the rows below the heading.
pub struct Table {
    columns: Vec<Column>,
    rows: Rows,
    other_sheets: Vec<String>,
}

/// Rows with their places, as they stand in the file.
type Rows = Box<dyn Iterator<Item = Result<Row, Message>>>;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What the heading says, without blanks around it. Empty for a column without a heading.
    pub heading: String,
    /// The field of an item that the column fills.
    pub field: Option<&'static str>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub place: Place,
    /// Its cells, one for each column.
    pub cells: Vec<String>,
}

/// Where a row begins in its file, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A line of a text file.
    Line(u64),
    /// A row of a spreadsheet.
    Row(u64),
}

impl Place {
    /// The place in words: `line 3`, `row 3`.
    pub fn message(self) -> Message {
        match self {
            Self::Line(line) => message!("line", "line {line}", line),
            Self::Row(row) => message!("row", "row {row}", row),
        }
    }

    /// Says what is there.
    pub fn says(self, what: impl Into<Argument>) -> Message {
        message!("at-place", "{place}: {what}", place = self.message(), what = what.into())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(f)
    }
}

impl Table {
    /// Reads CSV, as spreadsheets and programs write it. Without a delimiter the first line decides: `sep=`, else what
    /// makes most fields or cells of it, among comma, semicolon and tab.
    ///
    /// # Errors
    ///
    /// What cannot be understood, and where; quotes are checked to the end of the file.
    pub fn csv(text: String, delimiter: Option<u8>) -> Result<Self, Message> {
        Self::new(Box::new(delimited::CsvRows::new(text, delimiter)?))
    }

    /// Reads a sheet of an .xlsx file, the first visible one if no name is given.
    ///
    /// # Errors
    ///
    /// What cannot be understood, and where.
    pub fn xlsx(bytes: Vec<u8>, sheet: Option<&str>) -> Result<Self, Message> {
        let (rows, other_sheets) = sheet::rows(bytes, sheet)?;
        Ok(Self { other_sheets, ..Self::new(Box::new(rows.into_iter().map(Ok)))? })
    }

    /// Every line that is not blank is a row with one cell, the prompt.
    ///
    /// # Errors
    ///
    /// A tab inside a line, which is rather the row of a table.
    pub fn lines(text: &str) -> Result<Self, Message> {
        let lines = (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty());
        let row = |(number, line): (u64, &str)| match line.contains('\t') {
            true => Err(Place::Line(number).says(tab())),
            false => Ok(Ok(Row { place: Place::Line(number), cells: vec![line.to_owned()] })),
        };
        let rows = lines.map(row).collect::<Result<Vec<_>, _>>()?;
        let columns = vec![Column { heading: "prompt".to_owned(), field: Some("prompt") }];
        Ok(Self { columns, rows: Box::new(rows.into_iter()), other_sheets: Vec::new() })
    }

    fn new(mut rows: Rows) -> Result<Self, Message> {
        let has_text = |row: &Result<Row, _>| row.as_ref().map_or(true, Row::has_text);
        let heading = rows
            .find(has_text)
            .ok_or_else(|| message!("no-rows", "there are no rows; the first row names the columns"))??;
        let mut columns: Vec<Column> = Vec::with_capacity(heading.cells.len());
        for cell in &heading.cells {
            let heading = cell.trim().to_owned();
            if !heading.is_empty() && columns.iter().any(|column| column.heading == heading) {
                return Err(two_columns(&heading));
            }
            columns.push(Column { field: FIELDS.into_iter().find(|field| *field == heading), heading });
        }
        let named = columns.iter().rposition(|column| !column.heading.is_empty()).map_or(0, |last| last + 1);
        columns.truncate(named);
        Ok(Self { columns, rows: Box::new(rows.filter(has_text)), other_sheets: Vec::new() })
    }

    /// Takes columns for fields of other names: pairs of heading and field.
    ///
    /// # Errors
    ///
    /// There is no such column, or another column fills the field.
    pub fn assign(&mut self, pairs: &[(String, &'static str)]) -> Result<(), Message> {
        for (name, field) in pairs {
            let columns = self.headings();
            let column = self.columns.iter_mut().find(|column| column.heading == *name);
            let unknown = || {
                let name = format!("{name:?}");
                message!("no-such-column", "there is no column {name}; the columns are {columns}", name, columns)
            };
            column.ok_or_else(unknown)?.field = Some(field);
            if self.columns.iter().filter(|column| column.field == Some(field)).count() > 1 {
                return Err(two_columns(field));
            }
        }
        Ok(())
    }

    /// The columns, those without a heading among them.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Whether a column fills a field.
    pub fn has(&self, field: &str) -> bool {
        self.columns.iter().any(|column| column.field == Some(field))
    }

    /// The headings in words.
    pub fn headings(&self) -> String {
        let named = self.columns.iter().map(|column| column.heading.as_str()).filter(|heading| !heading.is_empty());
        named.collect::<Vec<_>>().join(", ")
    }

    /// Visible sheets of the spreadsheet that are not read.
    pub fn other_sheets(&self) -> &[String] {
        &self.other_sheets
    }
}

impl Iterator for Table {
    type Item = Result<Row, Message>;

    /// The next row with text.
    fn next(&mut self) -> Option<Self::Item> {
        let mut row = match self.rows.next()? {
            Ok(row) => row,
            Err(error) => return Some(Err(error)),
        };
        let (place, cells, columns) = (row.place, row.cells.len(), self.columns.len());
        let beyond = row.cells.get(columns..).unwrap_or_default();
        let is_short = cells < columns && matches!(place, Place::Line(_));
        if is_short || beyond.iter().any(|cell| !cell.trim().is_empty()) {
            return Some(Err(place.says(message!(
                "row-of-other-length",
                "the row ends with cell {cells}, but the heading with cell {columns}; put a cell with separators or line \
                 ends in quotes",
                cells,
                columns,
            ))));
        }
        row.cells.resize(columns, String::new());
        let nameless = |(column, cell): (&Column, &String)| column.heading.is_empty() && !cell.trim().is_empty();
        match self.columns.iter().zip(&row.cells).position(nameless) {
            Some(at) => {
                let what = message!(
                    "column-without-heading",
                    "cell {cell} has text, but its column has no heading; name the column, or remove the text",
                    cell = at + 1,
                );
                Some(Err(place.says(what)))
            }
            None => Some(Ok(row)),
        }
    }
}

/// Why a tab stops the reading of lines.
fn tab() -> Message {
    message!(
        "tab-in-line",
        "a tab inside a line; name a table .csv or .tsv, and put blanks between the words of a prompt"
    )
}

fn two_columns(name: &str) -> Message {
    let name = format!("{name:?}");
    message!("column-twice", "the column {name} appears twice; remove or rename one", name)
}

impl Row {
    fn has_text(&self) -> bool {
        self.cells.iter().any(|cell| !cell.trim().is_empty())
    }
}

#[cfg(test)]
mod tests;
