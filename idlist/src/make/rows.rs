//! The file with prompts: a line or a CSV row for every item.

use std::io::{self, BufRead, BufReader, Read};

use csv::{ReaderBuilder, StringRecord};

/// Rows that fill the placeholders of a prompt, one row an item.
pub struct PromptRows {
    columns: Vec<String>,
    source: Source,
    /// Line of the row that was read last, from 1.
    line: u64,
}

enum Source {
    None,
    Lines(Box<dyn BufRead>),
    Csv(Box<csv::Reader<Box<dyn Read>>>),
}

/// Name of the only column of a file of lines, and of the column that is the prompt if there is no template.
pub const PROMPT_COLUMN: &str = "prompt";

impl PromptRows {
    /// No file: rows without cells, as many as are asked for.
    pub fn none() -> Self {
        Self { columns: Vec::new(), source: Source::None, line: 0 }
    }

    /// Every line that is not blank is a row with one cell.
    pub fn lines(reader: impl Read + 'static) -> Self {
        let source = Source::Lines(Box::new(BufReader::new(reader)));
        Self { columns: vec![PROMPT_COLUMN.to_owned()], source, line: 0 }
    }

    /// The first row of a CSV file names the columns.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is not CSV.
    pub fn csv(reader: impl Read + 'static) -> io::Result<Self> {
        let mut reader = ReaderBuilder::new().from_reader(Box::new(reader) as Box<dyn Read>);
        let columns = reader.headers()?.iter().map(|name| name.trim().to_owned()).collect();
        Ok(Self { columns, source: Source::Csv(Box::new(reader)), line: 1 })
    }

    /// Names of the cells.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// There is a file, and so an end.
    pub fn is_file(&self) -> bool {
        !matches!(self.source, Source::None)
    }

    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Reads the next row; false if there is none.
    pub(super) fn read(&mut self, row: &mut StringRecord) -> io::Result<bool> {
        row.clear();
        match &mut self.source {
            Source::None => Ok(true),
            Source::Lines(reader) => {
                let mut line = String::new();
                loop {
                    line.clear();
                    if reader.read_line(&mut line)? == 0 {
                        return Ok(false);
                    }
                    self.line += 1;
                    let text = line.strip_prefix('\u{feff}').filter(|_| self.line == 1).unwrap_or(&line).trim();
                    if !text.is_empty() {
                        row.push_field(text);
                        return Ok(true);
                    }
                }
            }
            Source::Csv(reader) => {
                let found = reader.read_record(row)?;
                self.line = row.position().map_or(self.line, csv::Position::line);
                Ok(found)
            }
        }
    }
}
