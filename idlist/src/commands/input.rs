//! Files that a command reads: lists in any format and encoding, and tables.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use encoding_rs::Encoding;
use idlist::make::Template;
use idlist::table::{self, Table};
use idlist::{BrokenKind, CheckOptions, FIELDS, Message, check_slice, message};
use serde_json::value::RawValue;

use super::CommandError;
use super::progress::bar;
use super::say::tell;

/// How a list is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A JSON array.
    Json,
    /// JSON Lines: an item on every line.
    Jsonl,
    /// A first row with the names of the fields, then a row for every item.
    Csv,
    /// A spreadsheet, with rows as in CSV. It can be read only.
    Xlsx,
}

impl Format {
    /// The format of a file by its name.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_lowercase();
        match extension.as_str() {
            "json" => Some(Self::Json),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "csv" | "tsv" | "tab" => Some(Self::Csv),
            "xlsx" | "xlsm" => Some(Self::Xlsx),
            _ => None,
        }
    }

    pub(crate) fn is_table(self) -> bool {
        matches!(self, Self::Csv | Self::Xlsx)
    }
}

/// The separator that the name of a file says.
pub(crate) fn delimiter_of(path: &Path) -> Option<u8> {
    path.extension().is_some_and(|extension| extension == "tsv" || extension == "tab").then_some(b'\t')
}

/// Says something about a file.
pub(crate) fn about(path: &Path, what: impl Into<Message>) -> Message {
    message!("about-file", "{file}: {what}", file = path.display().to_string(), what = what.into())
}

/// Says what is wrong with a file.
pub(crate) fn bad(path: &Path, what: impl Into<Message>) -> CommandError {
    CommandError::Usage(about(path, what))
}

/// The bytes of a file, or of stdin.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, CommandError> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        bar(None).wrap_read(io::stdin().lock()).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| {
            let size = file.metadata().map_or(0, |metadata| metadata.len());
            // A byte more, so that the end is seen without asking for memory again.
            bytes.reserve_exact(size as usize + 1);
            bar(Some(size)).wrap_read(file).read_to_end(&mut bytes)
        })
    };
    read.map_err(|source| CommandError::Input { path: path.to_owned(), source })?;
    Ok(bytes)
}

/// The text of a file. See [`table::decode`].
pub(crate) fn text(path: &Path, encoding: Option<&'static Encoding>) -> Result<String, CommandError> {
    table::decode(bytes(path)?, encoding).map_err(|error| bad(path, error))
}

/// A list whose items are read as they stand.
pub(crate) struct List {
    pub(crate) path: PathBuf,
    text: String,
    is_lines: bool,
}

impl List {
    /// Reads a JSON array or JSON Lines, as the name of the file says.
    pub(crate) fn read(path: &Path) -> Result<Self, CommandError> {
        Self::read_as(path, Format::of(path).unwrap_or(Format::Json), None)
    }

    pub(crate) fn read_as(
        path: &Path,
        format: Format,
        encoding: Option<&'static Encoding>,
    ) -> Result<Self, CommandError> {
        if format.is_table() {
            return Err(bad(path, message!("table-for-a-list", "a table; make a list of it with idlist convert")));
        }
        Ok(Self { path: path.to_owned(), text: text(path, encoding)?, is_lines: format == Format::Jsonl })
    }

    /// The items, which are valid JSON.
    pub(crate) fn items(&self) -> Result<Vec<&RawValue>, CommandError> {
        if !self.is_lines {
            return serde_json::from_str(&self.text).map_err(|error| {
                match check_slice(self.text.as_bytes(), CheckOptions::default()).broken {
                    Some(broken) if broken.kind == BrokenKind::NotAnArray => {
                        let broken = broken.sentence();
                        bad(&self.path, message!("perhaps-a-table", "{broken}; a table is named .csv or .xlsx", broken))
                    }
                    Some(broken) => bad(&self.path, broken.sentence()),
                    None => bad(&self.path, error.to_string()),
                }
            });
        }
        let lines = (1..).zip(self.text.lines()).filter(|(_, line)| !line.trim().is_empty());
        let item = |(number, line)| {
            serde_json::from_str(line).map_err(|error| {
                // serde_json gives the bytes up to the place, and says the place itself, too.
                let column = line.char_indices().filter(|(at, _)| *at < error.column()).count().max(1);
                let message = error.to_string();
                let reason = message.split_once(" at line ").map_or(message.as_str(), |(what, _)| what);
                let what = message!(
                    "invalid-line",
                    "line {line}, column {column}: not valid JSON: {reason}",
                    line = number,
                    column,
                    reason,
                );
                bad(&self.path, what)
            })
        };
        lines.map(item).collect()
    }

    /// Line on which an item begins.
    pub(crate) fn line(&self, item: &RawValue) -> usize {
        let offset = (item.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        1 + self.text.get(..offset).unwrap_or_default().matches('\n').count()
    }
}

/// How a table is read.
#[derive(Debug, clap::Args)]
pub(crate) struct TableArgs {
    /// Take a column of the table for a field (can be given several times)
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = mapped)]
    pub(crate) map: Vec<(String, &'static str)>,

    /// Fill a field that no column gives; {COLUMN} takes what a column has (can be given several times)
    #[arg(long, value_name = "FIELD=VALUE", value_parser = set)]
    pub(crate) set: Vec<(&'static str, String)>,

    /// Encoding to read, such as shift_jis or cp932 [default: by the byte order mark, else utf-8]
    #[arg(long, value_parser = encoding)]
    pub(crate) encoding: Option<&'static Encoding>,

    /// Separator of the cells, or tab [default: by the first line]
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    delimiter: Option<u8>,

    /// Sheet of the spreadsheet [default: the first]
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
}

impl TableArgs {
    /// Reads a table, without a format lines of text, and says which other sheets there are.
    pub(crate) fn open(&self, path: &Path, format: Option<Format>) -> Result<Table, CommandError> {
        let is_sheet = format == Some(Format::Xlsx);
        let options = [
            (self.sheet.is_some() && !is_sheet, "--sheet"),
            (self.encoding.is_some() && is_sheet, "--encoding"),
            (self.delimiter.is_some() && format != Some(Format::Csv), "--delimiter"),
        ];
        if let Some((_, option)) = options.iter().find(|(is_wrong, _)| *is_wrong) {
            let what = message!(
                "option-for-other-files",
                "{option} is not for this kind of file; leave it out",
                option = *option
            );
            return Err(bad(path, what));
        }
        let table = match format {
            Some(Format::Xlsx) => Table::xlsx(bytes(path)?, self.sheet.as_deref()),
            Some(Format::Csv) => Table::csv(text(path, self.encoding)?, self.delimiter.or(delimiter_of(path))),
            _ => Table::lines(&text(path, self.encoding)?),
        };
        let assigned = table.and_then(|mut table| table.assign(&self.map).map(|()| table));
        let table = assigned.map_err(|error| bad(path, error))?;
        if !table.other_sheets().is_empty() {
            let sheets = table.other_sheets().join(", ");
            tell(&about(path, message!("other-sheets", "not read: the sheets {sheets}", sheets)));
        }
        Ok(table)
    }

    /// What fills the fields that no column gives.
    pub(crate) fn templates(&self, known: &[&str]) -> Result<Vec<(&'static str, Template)>, CommandError> {
        self.set.iter().map(|(field, text)| template(field, text, known)).collect()
    }

    /// The fields that are set.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'static str> {
        self.set.iter().map(|(field, _)| *field)
    }

    /// Whether anything is said about a table.
    pub(crate) fn is_given(&self) -> bool {
        !self.map.is_empty() || self.encoding.is_some() || self.delimiter.is_some() || self.sheet.is_some()
    }
}

/// A template for a field, with the names that it may have.
pub(crate) fn template(
    field: &'static str,
    text: &str,
    known: &[&str],
) -> Result<(&'static str, Template), CommandError> {
    let template = Template::parse(text, known).map_err(|error| {
        CommandError::Usage(match field {
            "prompt" => message!("fault-of-prompt", "the prompt {error}", error),
            field => message!("fault-of-template", "{field} {error}", field, error),
        })
    })?;
    Ok((field, template))
}

/// The names that templates can take from a table.
pub(crate) fn names(table: &Table) -> impl Iterator<Item = &str> {
    let names = table
        .columns()
        .iter()
        .flat_map(|column| [Some(column.heading.as_str()), column.field.filter(|field| *field != column.heading)]);
    names.flatten().filter(|name| !name.is_empty())
}

/// Says which columns mean nothing, with the fields that may be meant, and which leave little to options: `used` are the
/// names in templates, `set` the fields that options give.
pub(crate) fn report_columns(path: &Path, table: &Table, used: &[&str], set: &[&str]) {
    if let Some(field) = set.iter().find(|field| table.has(field)) {
        let what = message!(
            "column-and-option",
            "a column gives {field}; what is given for it besides fills only blank cells",
            field = *field,
        );
        tell(&about(path, what));
    }
    let plain = |name: &str| name.to_lowercase().replace(['_', '-', ' '], "");
    let columns = table.columns().iter().filter(|column| column.field.is_none() && !column.heading.is_empty());
    let unused = columns.filter(|column| !used.contains(&column.heading.as_str())).map(|column| {
        match FIELDS.into_iter().find(|field| plain(field) == plain(&column.heading)) {
            Some(field) => message!(
                "column-for-field",
                "{column} (for {field}, give --map '{column}={field}')",
                column = &column.heading,
                field,
            ),
            None => column.heading.clone().into(),
        }
    });
    let unused: Vec<_> = unused.collect();
    let is_one = unused.len() == 1;
    let columns = unused.into_iter().reduce(|first, second| message!("and-next", "{first}, {second}", first, second));
    let what = columns.map(|columns| match is_one {
        true => message!("unused-column", "the column means nothing: {columns}", columns),
        false => message!("unused-columns", "the columns mean nothing: {columns}", columns),
    });
    what.into_iter().for_each(|what| tell(&about(path, what)));
}

pub(crate) fn encoding(label: &str) -> Result<&'static Encoding, String> {
    table::encoding(label)
        .ok_or_else(|| "use utf-8, shift_jis, cp932, euc-jp, utf-16le or another name of the web".to_owned())
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        _ if text == "tab" || text == "\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n') => Ok(*byte),
        _ => Err("give one character, such as ; or |, or the word tab".to_owned()),
    }
}

fn mapped(text: &str) -> Result<(String, &'static str), String> {
    let (column, name) = text.rsplit_once('=').ok_or("write COLUMN=FIELD")?;
    Ok((column.trim().to_owned(), field(name)?))
}

pub(crate) fn set(text: &str) -> Result<(&'static str, String), String> {
    let (name, value) = text.split_once('=').ok_or("write FIELD=VALUE")?;
    Ok((field(name)?, value.to_owned()))
}

fn field(name: &str) -> Result<&'static str, String> {
    let found = FIELDS.into_iter().find(|field| *field == name.trim());
    found.ok_or_else(|| format!("{name:?} is not a field of an item; use one of {}", FIELDS.join(", ")))
}
