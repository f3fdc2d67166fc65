//! Rows of a sheet of an .xlsx file.

use std::io::Cursor;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use super::{Place, Row, text};
use crate::message;
use crate::message::Message;

/// The rows that have cells, and the visible sheets that were not read.
pub(super) fn rows(bytes: Vec<u8>, sheet: Option<&str>) -> Result<(Vec<Row>, Vec<String>), Message> {
    if !bytes.starts_with(b"PK") {
        return Err(match bytes.first() {
            Some(0xD0) => text::locked(),
            _ => message!("not-a-spreadsheet", "the file is not a spreadsheet; if it is CSV, name it .csv"),
        });
    }
    let damaged = |error: XlsxError| message!("damaged", "the file is damaged: {error}", error = error.to_string());
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let sheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let is_wanted = |found: &&calamine::Sheet| match sheet {
        Some(name) => found.name == name,
        None => found.visible == SheetVisible::Visible,
    };
    let (wanted, others): (Vec<_>, Vec<_>) = sheets.clone().partition(|sheet| is_wanted(sheet));
    let mut wanted = wanted.into_iter().map(|sheet| sheet.name.clone());
    let Some(name) = wanted.next() else {
        let sheets = others.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>().join(", ");
        let name = format!("{:?}", sheet.unwrap_or_default());
        return Err(message!("no-such-sheet", "there is no sheet {name}; the sheets are {sheets}", name, sheets));
    };
    let others = wanted.collect();
    let mut cells = book.worksheet_cells_reader(&name).map_err(damaged)?;
    let mut rows: Vec<Row> = Vec::new();
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(damaged)? {
        let (row, column) = (u64::from(cell.pos.0) + 1, cell.pos.1 as usize);
        let text = as_text(&cell.value, cell.formula.is_some()).map_err(|what| {
            let cell = format!("{}{row}", letters(column));
            message!("cell-holds", "cell {cell} holds {what}", cell, what)
        })?;
        if text.is_empty() {
            continue;
        }
        let place = Place::Row(row);
        if rows.last().is_none_or(|last| last.place != place) {
            rows.push(Row { place, cells: Vec::new() });
        }
        if let Some(last) = rows.last_mut() {
            let width = last.cells.len().max(column + 1);
            last.cells.resize(width, String::new());
            last.cells.splice(column..=column, [text]);
        }
    }
    Ok((rows, others))
}

/// A cell as text, or what is wrong with it.
fn as_text(value: &DataRef<'_>, is_formula: bool) -> Result<String, Message> {
    Ok(match value {
        DataRef::Empty if is_formula => {
            return Err(message!(
                "formula-without-result",
                "a formula without a result; open the file in a spreadsheet program and save it"
            ));
        }
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.abs() >= 1e15 => {
            return Err(message!(
                "too-many-digits",
                "a number of more digits than spreadsheets keep; format the column as text and enter it again"
            ));
        }
        DataRef::Float(number) if number.fract() == 0.0 => (*number as i64).to_string(),
        // The 15 digits that spreadsheets show; a 64-bit float has stray ones behind them.
        DataRef::Float(number) => format!("{number:.14e}").parse::<f64>().unwrap_or(*number).to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_) => {
            return Err(message!(
                "date-or-time",
                "a date or a time (2:3 becomes one); format the column as text and enter it again"
            ));
        }
        DataRef::Error(error) => {
            return Err(message!("error-in-cell", "the error {error}; correct it", error = error.to_string()));
        }
    })
}

/// Name of a column, such as `C`, by its number from 0.
fn letters(mut column: usize) -> String {
    let mut name = Vec::new();
    loop {
        name.insert(0, char::from(b'A' + (column % 26) as u8));
        match column / 26 {
            0 => return name.into_iter().collect(),
            more => column = more - 1,
        }
    }
}
