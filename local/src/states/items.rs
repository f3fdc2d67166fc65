//! The items of a Map Run: reads the list once, before the first child starts, and hands out the children's inputs.
//!
//! The inputs are kept in a file without a name, so memory stays flat, and the run has the list as it was even if the
//! object is overwritten. That a list is broken, or an item too large, is found before anything is started and paid
//! for; AWS does not document when it finds it.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;

use idlist::read::{JsonArray, ReadError};
use serde_json::Value;

use crate::states::error::{ITEM_READER_FAILED, StateError};

/// An item of the list may have so many bytes; what a child gets of it is limited as every payload is.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html>
const MAX_LIST_ITEM_BYTES: usize = 8 * 1024 * 1024;

/// Inputs of children that have not been started.
#[derive(Debug)]
pub(crate) struct Items {
    inputs: BufReader<File>,
    next: u64,
    total: u64,
}

/// Reads a list, at most `max_items` of it.
///
/// `to_input` makes an item into the input of a child, as JSON text. It is also the place to see how far reading is,
/// and to end it.
///
/// # Errors
/// `States.ItemReaderFailed` if the list cannot be read to its end or is no JSON array; what `to_input` returns.
pub(crate) fn read<E: From<StateError>>(
    list: impl Read,
    max_items: u64,
    directory: &Path,
    mut to_input: impl FnMut(u64, Value) -> Result<String, E>,
) -> Result<Items, E> {
    let mut list = JsonArray::with_max_element_bytes(list, MAX_LIST_ITEM_BYTES);
    let mut inputs = BufWriter::new(tempfile::tempfile_in(directory).map_err(|error| kept(&error))?);
    let mut total = 0;
    while total < max_items {
        let Some(item) = list.read_element().map_err(|error| broken(&error))? else { break };
        let item = serde_json::from_slice(item.bytes).map_err(|error| {
            StateError::new(ITEM_READER_FAILED, format!("Item {total} of the list cannot be read: {error}"))
        })?;
        write_input(&mut inputs, &to_input(total, item)?).map_err(|error| kept(&error))?;
        total += 1;
    }
    let mut inputs = inputs.into_inner().map_err(|error| kept(error.error()))?;
    inputs.rewind().map_err(|error| kept(&error))?;
    Ok(Items { inputs: BufReader::new(inputs), next: 0, total })
}

fn broken(error: &ReadError) -> StateError {
    StateError::new(ITEM_READER_FAILED, format!("The list is not a JSON array that can be read: {error}"))
}

fn kept(error: &io::Error) -> StateError {
    StateError::new(ITEM_READER_FAILED, format!("The list cannot be kept in the temporary directory: {error}"))
}

/// Each input has its length before it.
fn write_input(file: &mut impl Write, input: &str) -> io::Result<()> {
    file.write_all(&(input.len() as u64).to_le_bytes())?;
    file.write_all(input.as_bytes())
}

impl Items {
    /// Number of items in the list.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// The next item's number and the input of its child; `None` after the last.
    pub(crate) fn next_input(&mut self) -> Result<Option<(u64, String)>, StateError> {
        if self.next == self.total {
            return Ok(None);
        }
        let index = self.next;
        self.next += 1;
        self.read_input().map(|input| Some((index, input))).map_err(|error| kept(&error))
    }

    fn read_input(&mut self) -> io::Result<String> {
        let mut length = [0; 8];
        self.inputs.read_exact(&mut length)?;
        let mut input = String::new();
        let length = u64::from_le_bytes(length);
        (&mut self.inputs).take(length).read_to_string(&mut input)?;
        Ok(input)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn inputs(list: &str, max_items: u64) -> Result<Vec<(u64, String)>, StateError> {
        let directory = tempfile::tempdir().unwrap();
        let mut items = read(list.as_bytes(), max_items, directory.path(), |index, item| {
            Ok::<_, StateError>(json!([index, item]).to_string())
        })?;
        let inputs: Vec<_> = std::iter::from_fn(|| items.next_input().unwrap()).collect();
        assert_eq!(inputs.len() as u64, items.total());
        Ok(inputs)
    }

    #[test]
    fn items_come_in_order_with_their_numbers() {
        let expected = vec![(0, "[0,{\"id\":\"é\"}]".to_owned()), (1, "[1,2]".to_owned())];
        assert_eq!(inputs("[ {\"id\": \"é\"},\n 2 ]", 100).unwrap(), expected);
        assert_eq!(inputs("[]", 100).unwrap(), []);
    }

    #[test]
    fn no_more_than_max_items_are_read() {
        assert_eq!(inputs("[1, 2, 3", 2).unwrap().len(), 2);
    }

    #[test]
    fn a_broken_list_is_an_error_of_the_reader() {
        for list in ["[1, 2", "[1, x]", "{\"a\": 1}", "", "[1] [2]"] {
            assert_eq!(inputs(list, 100).unwrap_err().error, ITEM_READER_FAILED, "{list}");
        }
    }

    #[test]
    fn what_the_input_is_made_of_may_fail() {
        let directory = tempfile::tempdir().unwrap();
        let result = read(&b"[1, 2]"[..], 100, directory.path(), |index, _| match index {
            0 => Ok("1".to_owned()),
            _ => Err(StateError::runtime("no")),
        });
        assert_eq!(result.unwrap_err(), StateError::runtime("no"));
    }
}
