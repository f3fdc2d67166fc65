//! Decodes the bytes of a file: byte order marks, UTF-16, and encodings by name.

use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::Place;
use crate::message;
use crate::message::Message;

/// What a file in the older container of Microsoft Office is.
pub(super) fn locked() -> Message {
    message!("locked", "the file is an old or locked spreadsheet; save it as .xlsx without a password")
}

/// Finds an encoding by a name that people, browsers and Windows give it: `shift_jis`, `sjis`, `cp932`, `windows-31j`.
/// <https://encoding.spec.whatwg.org/#names-and-labels>
pub fn encoding(label: &str) -> Option<&'static Encoding> {
    let label = if label.trim().eq_ignore_ascii_case("cp932") { "windows-31j" } else { label };
    Encoding::for_label_no_replacement(label.as_bytes())
}

/// Decodes a file. A byte order mark decides; without one the encoding that is `named`, else UTF-8, or UTF-16 where every
/// other byte at the beginning is 0.
///
/// # Errors
///
/// The file is of another kind or in another encoding.
pub fn decode(mut bytes: Vec<u8>, named: Option<&'static Encoding>) -> Result<String, Message> {
    let other = match bytes.as_slice() {
        [b'P', b'K', 3, 4, ..] => {
            Some(message!("zip-for-a-table", "the file is a spreadsheet or a zip file; name it .xlsx, or unpack it"))
        }
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Some(locked()),
        [0x1F, 0x8B, ..] => Some(message!("gzip-for-a-table", "the file is compressed with gzip; unpack it first")),
        _ => None,
    };
    if let Some(other) = other {
        return Err(other);
    }
    let guessed = match bytes.as_slice() {
        [0, 1..=255, ..] => UTF_16BE,
        [1..=255, 0, ..] => UTF_16LE,
        _ => UTF_8,
    };
    let (encoding, mark) = Encoding::for_bom(&bytes).unwrap_or((named.unwrap_or(guessed), 0));
    bytes.drain(..mark);
    let text = if encoding == UTF_8 {
        String::from_utf8(bytes).map_err(|error| {
            let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            wrong(&String::from_utf8_lossy(good), encoding)
        })?
    } else {
        decode_other(&bytes, encoding)?
    };
    match text.split_once('\0') {
        Some((before, _)) => {
            let what = message!("nul-character", "a NUL character; save the file as UTF-8, or give --encoding");
            Err(Place::Line(1 + line_ends(before)).says(what))
        }
        None => Ok(text),
    }
}

fn decode_other(bytes: &[u8], encoding: &'static Encoding) -> Result<String, Message> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        rest = rest.get(read..).unwrap_or_default();
        match result {
            DecoderResult::InputEmpty => return Ok(text),
            DecoderResult::OutputFull => text.reserve(text.len().max(64)),
            DecoderResult::Malformed(..) => return Err(wrong(&text, encoding)),
        }
    }
}

fn wrong(before: &str, encoding: &'static Encoding) -> Message {
    Place::Line(1 + line_ends(before)).says(message!(
        "wrong-encoding",
        "bytes that are not {encoding}; save the file as UTF-8, or give --encoding, such as shift_jis",
        encoding = encoding.name(),
    ))
}

/// Number of line ends in a text: LF, CR LF, or CR alone.
pub(super) fn line_ends(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let is_end = |(at, byte): (usize, &u8)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    bytes.iter().enumerate().filter(|found| is_end(*found)).count() as u64
}
