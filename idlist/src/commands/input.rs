//! Files that a command reads: their format, their encoding, and reading them again.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;

use clap::ValueEnum;
use encoding_rs::{DecoderResult, Encoding, UTF_8};
use idlist::read::{CsvRows, JsonArray, JsonLines, OwnedElement, ReadError};

use super::CommandError;
use super::progress::Progress;

/// How a list is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A JSON array.
    Json,
    /// JSON Lines: an item on every line.
    Jsonl,
    /// A first row with the names of the fields, then a row for every item.
    Csv,
}

impl Format {
    /// The format of a file by its name.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_lowercase();
        match extension.as_str() {
            "json" => Some(Self::Json),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// A file that can be read several times; stdin is put aside for that.
pub(crate) fn open(path: &Path) -> Result<File, CommandError> {
    let open = || {
        if path != Path::new("-") {
            return File::open(path);
        }
        let mut aside = tempfile::tempfile()?;
        io::copy(&mut Progress::new(io::stdin().lock(), None), &mut aside)?;
        Ok(aside)
    };
    open().map_err(|source| CommandError::Input { path: path.to_owned(), source })
}

/// The elements of a list in any format, as JSON text.
pub(crate) type Elements<'a> = Box<dyn Iterator<Item = Result<OwnedElement, ReadError>> + 'a>;

/// Reads a file from its start. A byte order mark is skipped.
pub(crate) fn elements<'a>(
    mut file: &'a File,
    format: Format,
    encoding: &'static Encoding,
    columns: &[(String, String)],
) -> io::Result<Elements<'a>> {
    file.rewind()?;
    let reader = decoded(file, encoding)?;
    Ok(match format {
        Format::Json => Box::new(JsonArray::new(reader)),
        Format::Jsonl => Box::new(JsonLines::new(reader)),
        Format::Csv => Box::new(CsvRows::new(reader).rename(columns.to_vec())),
    })
}

fn decoded<'a>(file: &'a File, encoding: &'static Encoding) -> io::Result<Box<dyn Read + 'a>> {
    let mut reader = BufReader::with_capacity(1 << 16, Progress::of_file(file));
    if encoding != UTF_8 {
        return Ok(Box::new(Decoding {
            reader,
            decoder: encoding.new_decoder(),
            text: Vec::new(),
            from: 0,
            ended: false,
        }));
    }
    if reader.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
        reader.consume(3);
    }
    Ok(Box::new(reader))
}

/// Reads text of another encoding as UTF-8.
struct Decoding<R> {
    reader: BufReader<R>,
    decoder: encoding_rs::Decoder,
    /// What is decoded; `from` is the first byte that was not given out.
    text: Vec<u8>,
    from: usize,
    ended: bool,
}

/// Bytes of text that are decoded at a time.
const TEXT_BYTES: usize = 1 << 16;

impl<R: Read> Decoding<R> {
    fn decode(&mut self) -> io::Result<()> {
        self.text.resize(TEXT_BYTES, 0);
        let input = self.reader.fill_buf()?;
        let last = input.is_empty();
        let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(input, &mut self.text, last);
        self.reader.consume(read);
        self.text.truncate(written);
        (self.from, self.ended) = (0, last && result == DecoderResult::InputEmpty);
        match result {
            DecoderResult::Malformed(..) => {
                let name = self.decoder.encoding().name();
                Err(io::Error::new(io::ErrorKind::InvalidData, format!("there are bytes that are not {name}")))
            }
            DecoderResult::InputEmpty | DecoderResult::OutputFull => Ok(()),
        }
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.from == self.text.len() && !self.ended {
            self.decode()?;
        }
        let read = self.text.get(self.from..).unwrap_or_default().read(buffer)?;
        self.from += read;
        Ok(read)
    }
}

/// An encoding by the name that people and browsers give it. <https://encoding.spec.whatwg.org/#names-and-labels>
pub(crate) fn encoding(label: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(label.as_bytes())
        .ok_or_else(|| "use utf-8, shift_jis, euc-jp or another name of the web".to_owned())
}
