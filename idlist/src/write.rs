//! Writes a list: a JSON array, one item on every line, while memory stays flat.

use std::io::{self, Write};

use serde::Serialize;

/// Writes the elements of a JSON array one after the other.
///
/// ```
/// let mut array = idlist::JsonArrayWriter::new(Vec::new());
/// array.write(&1)?;
/// array.write(&"two")?;
/// assert_eq!(array.finish()?, b"[\n1,\n\"two\"\n]\n");
/// # std::io::Result::Ok(())
/// ```
#[derive(Debug)]
#[must_use = "the array is complete after `finish` only"]
pub struct JsonArrayWriter<W> {
    writer: W,
    is_empty: bool,
}

impl<W: Write> JsonArrayWriter<W> {
    /// Writes to `writer`, which should have a buffer.
    pub fn new(writer: W) -> Self {
        Self { writer, is_empty: true }
    }

    /// Writes one element.
    ///
    /// # Errors
    ///
    /// What the writer reports.
    pub fn write(&mut self, element: &impl Serialize) -> io::Result<()> {
        self.writer.write_all(if self.is_empty { b"[\n" } else { b",\n" })?;
        self.is_empty = false;
        Ok(serde_json::to_writer(&mut self.writer, element)?)
    }

    /// Ends the array, flushes the writer and gives it back.
    ///
    /// # Errors
    ///
    /// What the writer reports.
    pub fn finish(mut self) -> io::Result<W> {
        self.writer.write_all(if self.is_empty { b"[]\n" } else { b"\n]\n" })?;
        self.writer.flush()?;
        Ok(self.writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_empty_list_is_an_empty_array() {
        assert_eq!(JsonArrayWriter::new(Vec::new()).finish().unwrap(), b"[]\n");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(elements in proptest::collection::vec(any::<(String, u64)>(), 0..20)) {
            let mut array = JsonArrayWriter::new(Vec::new());
            for element in &elements {
                array.write(element).unwrap();
            }
            let file = array.finish().unwrap();
            let read: Vec<(String, u64)> = serde_json::from_slice(&file).unwrap();
            prop_assert_eq!(read, elements);
        }
    }
}
