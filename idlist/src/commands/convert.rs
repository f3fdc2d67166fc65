//! `idlist convert`: a list from one format into another.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use encoding_rs::{Encoding, UTF_8};
use idlist::read::ReadError;
use serde_json::{Map, Value};

use super::CommandError;
use super::input::{self, Format};
use super::output::Output;

/// Convert a list between JSON, JSON Lines and CSV.
///
/// The names of the files say the formats; memory does not grow with the list. In CSV the first row names the fields, and
/// a blank cell is an absent field. Items are not checked.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  idlist convert list.csv -o list.json
  idlist convert people.csv --encoding shift_jis --map 番号=id --map 説明=prompt -o list.json
  idlist convert list.json -o list.jsonl
  idlist new --rank vip --number 5 | idlist convert - --to csv > list.csv")]
pub(crate) struct Args {
    /// File with the list; - for stdin
    file: PathBuf,

    /// File to write, which appears only when it is whole [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Format to read [default: by the name of the file, else json]
    #[arg(long, value_name = "FORMAT")]
    from: Option<Format>,

    /// Format to write [default: by the name of the file, else json]
    #[arg(long, value_name = "FORMAT")]
    to: Option<Format>,

    /// Take a column of a CSV file for this field (can be given several times)
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = pair)]
    map: Vec<(String, String)>,

    /// Encoding to read, such as shift_jis
    #[arg(long, default_value = "utf-8", value_parser = input::encoding)]
    encoding: &'static Encoding,
}

pub(crate) fn run(args: &Args) -> Result<bool, CommandError> {
    let from = args.from.or_else(|| Format::of(&args.file)).unwrap_or(Format::Json);
    let to = args.to.or_else(|| args.output.as_deref().and_then(Format::of)).unwrap_or(Format::Json);
    if from != Format::Csv && !args.map.is_empty() {
        return Err(CommandError::Usage("--map is for the columns of CSV; leave it out".to_owned()));
    }
    if from == Format::Json && args.encoding != UTF_8 {
        return Err(CommandError::Usage("JSON is always UTF-8; leave --encoding out".to_owned()));
    }
    let file = input::open(&args.file)?;
    let source = Source { args, file: &file, format: from };
    let columns = if to == Format::Csv { source.columns()? } else { Vec::new() };
    let mut output = Output::open(args.output.as_deref())?;
    let written = match to {
        Format::Csv => source.write_csv(&columns, &mut output),
        _ => source.write_json(to == Format::Json, &mut output),
    };
    match written {
        Err(Fault::Write(error)) => return Err(output.error(error)),
        Err(Fault::Other(error)) => return Err(error),
        Ok(()) => output.finish()?,
    }
    Ok(true)
}

struct Source<'a> {
    args: &'a Args,
    file: &'a File,
    format: Format,
}

/// Why converting stopped.
enum Fault {
    Write(io::Error),
    Other(CommandError),
}

impl From<CommandError> for Fault {
    fn from(error: CommandError) -> Self {
        Self::Other(error)
    }
}

impl Source<'_> {
    /// The elements from the first on, each with its number.
    fn elements(&self) -> Result<impl Iterator<Item = Result<(u64, Vec<u8>), CommandError>>, CommandError> {
        let elements = input::elements(self.file, self.format, self.args.encoding, &self.args.map)
            .map_err(|error| self.unreadable(error.into()))?;
        Ok(elements.map(|element| element.map(|one| (one.index, one.json)).map_err(|error| self.unreadable(error))))
    }

    fn unreadable(&self, error: ReadError) -> CommandError {
        match error {
            ReadError::Io(source) => CommandError::Input { path: self.args.file.clone(), source },
            other => CommandError::Usage(format!("{}: {other}", self.args.file.display())),
        }
    }

    fn write_json(&self, is_array: bool, output: &mut impl Write) -> Result<(), Fault> {
        let mut line = Vec::new();
        let mut is_first = true;
        for element in self.elements()? {
            line.clear();
            if is_array {
                line.extend_from_slice(if is_first { b"[\n" } else { b",\n" });
            }
            append_compact(&element?.1, &mut line);
            if !is_array {
                line.push(b'\n');
            }
            output.write_all(&line).map_err(Fault::Write)?;
            is_first = false;
        }
        let end: &[u8] = match (is_array, is_first) {
            (false, _) => b"",
            (true, true) => b"[]\n",
            (true, false) => b"\n]\n",
        };
        output.write_all(end).map_err(Fault::Write)
    }

    fn object(&self, index: u64, json: &[u8]) -> Result<Map<String, Value>, CommandError> {
        match serde_json::from_slice(json) {
            Ok(Value::Object(object)) => Ok(object),
            _ => Err(CommandError::Usage(format!("{}: item {index} is no object", self.args.file.display()))),
        }
    }

    /// All fields that occur, those that have a meaning first.
    fn columns(&self) -> Result<Vec<String>, CommandError> {
        let mut columns: Vec<String> = Vec::new();
        for element in self.elements()? {
            let (index, json) = element?;
            for name in self.object(index, &json)?.keys() {
                if !columns.contains(name) {
                    columns.push(name.clone());
                }
            }
            if columns.len() > MAX_COLUMNS {
                return Err(CommandError::Usage(format!("the items have more than {MAX_COLUMNS} different fields")));
            }
        }
        let place = |name: &String| idlist::FIELDS.iter().position(|field| field == name).unwrap_or(usize::MAX);
        columns.sort_by_key(place);
        Ok(columns)
    }

    fn write_csv(&self, columns: &[String], output: &mut impl Write) -> Result<(), Fault> {
        let mut csv = csv::Writer::from_writer(output);
        let failed = |error: csv::Error| match error.into_kind() {
            csv::ErrorKind::Io(error) => Fault::Write(error),
            other => Fault::Write(io::Error::other(format!("{other:?}"))),
        };
        csv.write_record(columns).map_err(failed)?;
        for element in self.elements()? {
            let (index, json) = element?;
            let object = self.object(index, &json)?;
            for name in columns {
                let cell = cell(object.get(name)).ok_or_else(|| {
                    let what = format!("item {index}: {name} is an array or object, which has no place in CSV");
                    CommandError::Usage(format!("{}: {what}", self.args.file.display()))
                })?;
                csv.write_field(cell).map_err(failed)?;
            }
            csv.write_record(None::<&[u8]>).map_err(failed)?;
        }
        csv.flush().map_err(Fault::Write)
    }
}

/// Most columns of a CSV file.
const MAX_COLUMNS: usize = 1_000;

fn cell(value: Option<&Value>) -> Option<String> {
    match value {
        None | Some(Value::Null) => Some(String::new()),
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(Value::Bool(value)) => Some(value.to_string()),
        Some(Value::Array(_) | Value::Object(_)) => None,
    }
}

/// Appends valid JSON without the blanks between its tokens, so that it is one line; nothing else changes.
fn append_compact(json: &[u8], line: &mut Vec<u8>) {
    let (mut in_string, mut escaped) = (false, false);
    for &byte in json {
        if in_string || !byte.is_ascii_whitespace() {
            line.push(byte);
        }
        if escaped {
            escaped = false;
        } else if byte == b'"' {
            in_string = !in_string;
        } else {
            escaped = in_string && byte == b'\\';
        }
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (column, field) = text.split_once('=').ok_or("write COLUMN=FIELD")?;
    Ok((column.trim().to_owned(), field.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn compact_json_is_the_same_value_on_one_line(keys in proptest::collection::vec("[ -~\n\"\\\\髪]{0,6}", 0..5)) {
            let value = Value::from_iter(keys.iter().map(|key| (key.clone(), Value::from(key.as_str()))));
            let mut line = Vec::new();
            append_compact(serde_json::to_string_pretty(&value).unwrap().as_bytes(), &mut line);
            prop_assert_eq!(String::from_utf8(line).unwrap(), value.to_string());
        }
    }
}
