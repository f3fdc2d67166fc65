//! Places in a file, as an editor counts them.

/// A place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    /// Bytes before it.
    pub(crate) offset: u64,
    /// Line, from 1. Lines end with a line feed.
    pub(crate) line: u64,
    /// Column, from 1, in characters (Unicode scalar values) and not in bytes, as editors show it.
    pub(crate) column: u64,
}

impl Position {
    /// The first byte of a file.
    pub(crate) const START: Self = Self { offset: 0, line: 1, column: 1 };

    /// The place after `bytes`, which begin here.
    #[must_use]
    pub(crate) fn after(self, bytes: &[u8]) -> Self {
        let offset = self.offset + bytes.len() as u64;
        match memchr::memrchr(b'\n', bytes) {
            None => Self { offset, line: self.line, column: self.column + chars(bytes) },
            Some(newline) => {
                let last_line = bytes.get(newline + 1..).unwrap_or_default();
                let lines = memchr::memchr_iter(b'\n', bytes).count() as u64;
                Self { offset, line: self.line + lines, column: 1 + chars(last_line) }
            }
        }
    }
}

/// Counts the lines of a file on the way through it.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, line: 1 }
    }

    /// The line of a byte, from 1. Quick for one that comes after the last.
    pub(crate) fn of(&mut self, byte: usize) -> u64 {
        if byte < self.at {
            (self.at, self.line) = (0, 1);
        }
        let between = self.bytes.get(self.at..byte).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', between).count() as u64;
        self.at = byte;
        self.line
    }
}

/// Number of characters: every byte that does not continue one.
fn chars(bytes: &[u8]) -> u64 {
    if bytes.is_ascii() {
        return bytes.len() as u64;
    }
    bytes.iter().filter(|&&byte| byte & 0b1100_0000 != 0b1000_0000).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_with_a_line_feed() {
        let place = |text: &str| {
            let position = Position::START.after(text.as_bytes());
            (position.offset, position.line, position.column)
        };
        assert_eq!(place(""), (0, 1, 1));
        assert_eq!(place("ab"), (2, 1, 3));
        assert_eq!(place("髪は"), (6, 1, 3));
        assert_eq!(place("a\r\nb\n\n髪é"), (11, 4, 3));
    }
}
