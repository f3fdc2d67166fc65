//! Readers for lists in files: JSON arrays and JSON Lines.
//!
//! Each gives elements as JSON text, so there is one way to check an item wherever it came from.
//! None keeps more than one element.

mod json_array;
mod json_lines;

use std::io::{self, Read};

pub use json_array::JsonArray;
pub use json_lines::JsonLines;

use crate::scan::{Broken, Position, RawElement};

/// One element of a list, on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedElement {
    /// Number of the element, from 0.
    pub index: u64,
    /// Where it begins in the file.
    pub start: Position,
    /// One valid JSON value that can be read into any type.
    pub json: Vec<u8>,
}

/// Why a list could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file could not be read.
    #[error("cannot read the list: {0}")]
    Io(#[from] io::Error),
    /// The file is no list from here on.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// An element is larger than the maximum. It was passed over; reading can go on.
    #[error("line {}: item {index} has {bytes} bytes; at most {max} are possible", start.line)]
    TooLong {
        /// Number of the element, from 0.
        index: u64,
        /// Where it begins.
        start: Position,
        /// Its size in bytes.
        bytes: u64,
        /// The maximum in bytes.
        max: usize,
    },
}

impl From<RawElement<'_>> for OwnedElement {
    fn from(element: RawElement<'_>) -> Self {
        Self { index: element.index, start: element.start, json: element.bytes.to_vec() }
    }
}

/// Bytes that are asked of a reader at a time.
pub(crate) const CHUNK_BYTES: usize = 128 * 1024;

/// Reads what there is, at least one byte; 0 is the end.
pub(crate) fn read_chunk(reader: &mut impl Read, chunk: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}
