//! Items as rows of CSV, which read back as the same items.

use std::io::{self, Write};

use csv::{ErrorKind, QuoteStyle, WriterBuilder};
use idlist::make::EMPTY;
use idlist::{FIELDS, Message, message};
use serde_json::Value;

use super::fields::Fields;

/// Why items cannot be written as CSV.
pub(crate) enum Fault {
    Write(io::Error),
    /// The number of an item, and what CSV cannot hold.
    Item(usize, Message),
}

impl From<csv::Error> for Fault {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            ErrorKind::Io(error) => Self::Write(error),
            other => Self::Write(io::Error::other(format!("{other:?}"))),
        }
    }
}

/// Writes items: a heading with all fields, those that have a meaning first, and a row for each item.
pub(crate) fn write(items: &[Fields], delimiter: u8, output: &mut impl Write) -> Result<(), Fault> {
    let mut columns: Vec<&str> = Vec::new();
    for (nth, item) in items.iter().enumerate() {
        for (name, _) in &item.0 {
            if name.is_empty() || name.trim() != name {
                let name = format!("{name:?}");
                let what =
                    message!("blanks-around-name", "the field name {name} has blanks around it; leave them out", name);
                return Err(Fault::Item(nth, what));
            }
            if !columns.contains(&name.as_str()) {
                columns.push(name);
            }
        }
    }
    columns.sort_by_key(|name| FIELDS.iter().position(|field| field == name).unwrap_or(usize::MAX));
    // Separators of other kinds must not be taken for the separator.
    let is_plain = columns.iter().all(|name| !name.contains([',', ';', '\t']));
    let quotes = if is_plain { QuoteStyle::Necessary } else { QuoteStyle::Always };
    let mut heading = WriterBuilder::new().delimiter(delimiter).quote_style(quotes).from_writer(&mut *output);
    heading.write_record(&columns)?;
    heading.flush().map_err(Fault::Write)?;
    drop(heading);
    let mut csv = WriterBuilder::new().delimiter(delimiter).from_writer(output);
    for (nth, item) in items.iter().enumerate() {
        let cells = columns.iter().map(|name| {
            let value = item.0.iter().find(|(known, _)| known == name).map_or("null", |(_, value)| value.get());
            cell(name, value)
                .map_err(|what| Fault::Item(nth, message!("at-field", "{field}: {what}", field = *name, what)))
        });
        let cells = cells.collect::<Result<Vec<_>, _>>()?;
        if cells.iter().all(String::is_empty) {
            let what = message!("row-without-text", "no field has a value, and a row without text is no row");
            return Err(Fault::Item(nth, what));
        }
        csv.write_record(&cells)?;
    }
    csv.flush().map_err(Fault::Write)
}

fn cell(name: &str, json: &str) -> Result<String, Message> {
    let value: Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let is_number = idlist::is_number_field(name);
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) if FIELDS.contains(&name) && !is_number => match text.trim() {
            _ if text.is_empty() => Ok(EMPTY.to_owned()),
            "" | EMPTY => {
                let text = format!("{text:?}");
                Err(message!("text-like-no-text", "{text}, which CSV cannot tell from no text; leave it out", text))
            }
            _ => Ok(text),
        },
        Value::Number(number) if is_number => Ok(number.to_string()),
        _ if FIELDS.contains(&name) => Err(match is_number {
            true => message!("cell-without-number", "{value} is not a number", value = value.to_string()),
            false => message!("cell-without-text", "{value} is not a text", value = value.to_string()),
        }),
        Value::String(text) if !text.trim().is_empty() && foreign(&text) == text => Ok(text),
        value => Ok(value.to_string()),
    }
}

/// A cell of a column that is not a field: JSON if it is written as JSON writes it, else text.
pub(crate) fn foreign(cell: &str) -> Value {
    match serde_json::from_str::<Value>(cell).map(|value| (value.to_string(), value)) {
        Ok((json, value)) if json == cell => value,
        _ => Value::from(cell),
    }
}
