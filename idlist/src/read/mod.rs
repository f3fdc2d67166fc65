//! Readers for lists in files: JSON arrays and JSON Lines.
//!
//! Each gives elements as JSON text, so there is one way to check an item wherever it came from.
//! None keeps more than one element.

mod json_array;
mod json_lines;

use std::io;

pub use json_array::JsonArray;
pub use json_lines::JsonLines;

use crate::broken::Broken;
pub use crate::position::Position;

/// One element of a list, as it stands in the file: one valid JSON value that can be read into any type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawElement<'a> {
    /// Number of the element, from 0, as Step Functions counts it in `$$.Map.Item.Index`.
    pub index: u64,
    /// Where it begins.
    pub start: Position,
    /// Its bytes.
    pub bytes: &'a [u8],
}

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
    /// The file is not a list from here on.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// An element is larger than the maximum.
    #[error("line {line}: item {index} has more than {max} bytes")]
    TooLong {
        /// Number of the element, from 0.
        index: u64,
        /// Line on which it begins, from 1.
        line: u64,
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
