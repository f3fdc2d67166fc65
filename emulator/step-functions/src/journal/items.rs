//! The items of a Map Run: reads the list once, before the first child starts, and hands out the children's inputs.
//!
//! The inputs are kept in a file, so memory stays flat, and the run has the list as it was even if the object is
//! overwritten, or this process dies and another carries the run on. That a list is broken, or an item too large, is found before anything is started and paid
//! for; AWS does not document when it finds it.

use std::cell::Cell;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde_json::Value;

use crate::journal::ended::Done;
use crate::model::error::{ITEM_READER_FAILED, StateError};

/// An item of the list may have so many bytes; what a child gets of it is limited as every payload is.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html>
const MAX_LIST_ITEM_BYTES: u64 = 8 * 1024 * 1024;

/// Bytes that are asked of the list at a time, and so may be read beyond an item.
const CHUNK_BYTES: u64 = 64 * 1024;

/// Inputs of children that have not been started.
#[derive(Debug)]
pub(crate) struct Items {
    inputs: BufReader<File>,
    next: u64,
    /// Number of items in the list.
    pub(crate) total: u64,
    done: Done,
}

/// Reads a list into the file `path`, which is there once all was read.
///
/// `to_input` makes an item into the input of a child, as JSON text. It is also the place to see how far reading is,
/// and to end it.
///
/// # Errors
/// `States.ItemReaderFailed` if the list cannot be read to its end or is no JSON array; what `to_input` returns.
pub(crate) fn read<E: From<StateError>>(
    list: impl Read,
    path: &Path,
    mut to_input: impl FnMut(u64, Value) -> Result<String, E>,
) -> Result<Items, E> {
    let part = path.with_extension("part");
    let mut inputs = BufWriter::new(File::create(&part).map_err(|error| kept(&error))?);
    let mut total = 0_u64;
    // The number of items stands at the beginning, as soon as it is known.
    inputs.write_all(&total.to_le_bytes()).map_err(|error| kept(&error))?;
    each_item(list, |item| -> Result<(), E> {
        let input = to_input(total, item)?;
        // Each input has its length before it.
        let written = inputs.write_all(&(input.len() as u64).to_le_bytes());
        written.and_then(|()| inputs.write_all(input.as_bytes())).map_err(|error| kept(&error))?;
        total += 1;
        Ok(())
    })?;
    let mut finish = || -> io::Result<Items> {
        inputs.seek(SeekFrom::Start(0))?;
        inputs.write_all(&total.to_le_bytes())?;
        inputs.flush()?;
        // Once for every list: a file that a failing machine left without its bytes would be a list without items.
        inputs.get_ref().sync_all()?;
        fs::rename(&part, path)?;
        open(path, Done::default())
    };
    finish().map_err(|error| kept(&error).into())
}

/// Opens the items that were read into the file `path`; those that are done are left out.
pub(crate) fn open(path: &Path, done: Done) -> io::Result<Items> {
    let mut inputs = BufReader::new(File::open(path)?);
    let total = read_number(&mut inputs)?;
    Ok(Items { inputs, next: 0, total, done })
}

fn read_number(file: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    file.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

/// Calls `take` with every item of a JSON array, one at a time, until it fails.
fn each_item<E: From<StateError>>(list: impl Read, take: impl FnMut(Value) -> Result<(), E>) -> Result<(), E> {
    let of_item = Cell::new(0);
    let mut failure = None;
    let items = EachItem { take, of_item: &of_item, failure: &mut failure };
    let reader = BufReader::with_capacity(CHUNK_BYTES as usize, OfItem { list, bytes: &of_item });
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    let read = deserializer.deserialize_seq(items).and_then(|()| deserializer.end());
    match (failure, read) {
        (Some(failure), _) => Err(failure),
        (None, Ok(())) => Ok(()),
        (None, Err(error)) => {
            let cause = format!("The list is not a JSON array that can be read: {error}");
            Err(StateError::new(ITEM_READER_FAILED, cause).into())
        }
    }
}

/// Reads an array without keeping it.
struct EachItem<'a, F, E> {
    take: F,
    /// Bytes that were read for the item that is read now.
    of_item: &'a Cell<u64>,
    /// What ended reading before the list did.
    failure: &'a mut Option<E>,
}

impl<'de, E, F: FnMut(Value) -> Result<(), E>> Visitor<'de> for EachItem<'_, F, E> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element()? {
            self.of_item.set(0);
            if let Err(error) = (self.take)(item) {
                *self.failure = Some(error);
                return Err(A::Error::custom("no more items are wanted"));
            }
        }
        Ok(())
    }
}

/// A list that fails when an item of it has too many bytes.
struct OfItem<'a, R> {
    list: R,
    bytes: &'a Cell<u64>,
}

impl<R: Read> Read for OfItem<'_, R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.bytes.get() > MAX_LIST_ITEM_BYTES + CHUNK_BYTES {
            return Err(io::Error::other(format!("an item has more than {MAX_LIST_ITEM_BYTES} bytes")));
        }
        let read = self.list.read(to)?;
        self.bytes.set(self.bytes.get() + read as u64);
        Ok(read)
    }
}

pub(crate) fn kept(error: &io::Error) -> StateError {
    StateError::new(ITEM_READER_FAILED, format!("The list cannot be kept: {error}"))
}

impl Items {
    /// The next item's number and the input of its child; `None` after the last.
    pub(crate) fn next_input(&mut self) -> Result<Option<(u64, String)>, StateError> {
        while self.next < self.total {
            let index = self.next;
            self.next += 1;
            if self.done.contains(&index) {
                self.skip_input().map_err(|error| kept(&error))?;
            } else {
                return self.read_input().map(|input| Some((index, input))).map_err(|error| kept(&error));
            }
        }
        Ok(None)
    }

    fn read_input(&mut self) -> io::Result<String> {
        let length = read_number(&mut self.inputs)?;
        let mut input = String::new();
        (&mut self.inputs).take(length).read_to_string(&mut input)?;
        Ok(input)
    }

    fn skip_input(&mut self) -> io::Result<()> {
        let length = read_number(&mut self.inputs)?;
        self.inputs.seek_relative(i64::try_from(length).map_err(io::Error::other)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(mut items: Items) -> Vec<(u64, String)> {
        std::iter::from_fn(|| items.next_input().unwrap()).collect()
    }

    /// Reads the list; items that are 7 fail.
    fn read_list(list: &str, path: &Path) -> Result<Items, StateError> {
        read(list.as_bytes(), path, |_, item| match item.as_u64() {
            Some(7) => Err(StateError::runtime("no")),
            _ => Ok(item.to_string()),
        })
    }

    #[test]
    fn items_come_in_order_without_those_that_are_done() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("items");
        let expected = ["{\"id\":\"é\"}", "2", "\"c\"", "null"].map(str::to_owned);
        let items = read_list("[ {\"id\": \"é\"},\n 2, \"c\", null]", &path).unwrap();
        assert_eq!(items.total, 4);
        assert_eq!(inputs(items), (0..).zip(expected.clone()).collect::<Vec<_>>());
        let rest = open(&path, [0, 2].into_iter().collect()).unwrap();
        assert_eq!(inputs(rest), [(1, expected[1].clone()), (3, expected[3].clone())]);
        assert_eq!(inputs(read_list("[]", &path).unwrap()), []);
    }

    #[test]
    fn a_list_that_is_broken_or_has_a_bad_item_is_not_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("items");
        for list in ["[1, 2", "[1, x]", "{\"a\": 1}", "", "[1] [2]"] {
            assert_eq!(read_list(list, &path).unwrap_err().error, ITEM_READER_FAILED, "{list}");
        }
        assert_eq!(read_list("[1, 7]", &path).unwrap_err(), StateError::runtime("no"));
        assert!(!path.exists(), "a list that was not read to its end is read again");
    }

    #[test]
    fn an_item_that_is_too_large_is_not_kept() {
        let huge = b"[1, \"".chain(io::repeat(b'x'));
        let cause = each_item::<StateError>(huge, |_| Ok(())).unwrap_err().cause;
        assert!(cause.contains("an item has more than 8388608 bytes"), "{cause}");
    }
}
