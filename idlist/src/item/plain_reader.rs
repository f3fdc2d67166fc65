//! Reads the pieces of a plain item: what stands between values, texts and whole numbers.

/// Reads on in a text, piece by piece. What is not as expected is `None`, and the reader is of no use after that.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    has_newline: bool,
}

/// Most digits of a number that surely fits `u64`.
const MAX_DIGITS: usize = 19;

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, has_newline: false }
    }

    /// Bytes that were read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Among the blanks that were read was a line feed.
    pub(super) fn has_newline(&self) -> bool {
        self.has_newline
    }

    fn rest(&self) -> Option<&'a [u8]> {
        self.text.as_bytes().get(self.at..)
    }

    /// Takes the blanks, and says which byte follows.
    pub(super) fn skip_blanks_to(&mut self) -> Option<u8> {
        loop {
            match *self.text.as_bytes().get(self.at)? {
                b' ' | b'\t' | b'\r' => {}
                b'\n' => self.has_newline = true,
                byte => return Some(byte),
            }
            self.at += 1;
        }
    }

    /// Takes the next byte that is not blank.
    pub(super) fn next(&mut self) -> Option<u8> {
        let byte = self.skip_blanks_to()?;
        self.at += 1;
        Some(byte)
    }

    pub(super) fn next_is(&mut self, expected: u8) -> Option<()> {
        (self.next()? == expected).then_some(())
    }

    /// Takes what is the same as `expected`.
    pub(super) fn exactly(&mut self, expected: &str) -> Option<()> {
        self.rest()?.starts_with(expected.as_bytes()).then(|| self.at += expected.len())
    }

    /// Takes a text whose quote was taken, up to the quote at its end.
    pub(super) fn text(&mut self) -> Option<&'a str> {
        let rest = self.rest()?;
        let (words, tail) = rest.as_chunks::<8>();
        let special = words
            .iter()
            .enumerate()
            .find_map(|(nth, &word)| first_special(u64::from_le_bytes(word)).map(|special| nth * 8 + special))
            .or_else(|| {
                let special = tail.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..b' '))?;
                Some(words.len() * 8 + special)
            })?;
        if rest.get(special) != Some(&b'"') {
            return None;
        }
        let text = self.text.get(self.at..self.at + special)?;
        self.at += special;
        Some(text)
    }

    /// As [`Reader::text`], faster if the text is `this`, which is one without anything special.
    pub(super) fn this_or_text(&mut self, this: &'a str) -> Option<&'a str> {
        if !matches!(self.rest()?.strip_prefix(this.as_bytes()), Some([b'"', ..])) {
            return self.text();
        }
        self.at += this.len();
        Some(this)
    }

    /// Takes a whole number, and nothing that is part of any other.
    pub(super) fn number(&mut self) -> Option<u64> {
        let rest = self.rest()?;
        let digits = rest.iter().take(MAX_DIGITS + 1).take_while(|byte| byte.is_ascii_digit()).count();
        // What follows decides whether it is a whole number; and JSON has no 007.
        let is_whole = matches!(rest.get(digits)?, b',' | b'}' | b' ' | b'\n' | b'\r' | b'\t');
        if !is_whole || digits == 0 || digits > MAX_DIGITS || (rest.first() == Some(&b'0') && digits > 1) {
            return None;
        }
        self.at += digits;
        Some(rest.get(..digits)?.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
    }
}

const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// The first of eight bytes that is a quote, a backslash or a control character.
fn first_special(word: u64) -> Option<usize> {
    let each = |byte: u8| u64::from(byte) * 0x0101_0101_0101_0101;
    // The high bit of each byte below `limit`. A borrow may mark bytes after the first that is, never before it.
    let below = |word: u64, limit: u8| word.wrapping_sub(each(limit)) & !word & HIGH_BITS;
    let marks = below(word ^ each(b'"'), 1) | below(word ^ each(b'\\'), 1) | below(word, b' ');
    (marks != 0).then(|| marks.trailing_zeros() as usize / 8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_special_byte_is_found(word in any::<[u8; 8]>()) {
            let expected = word.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..b' '));
            prop_assert_eq!(first_special(u64::from_le_bytes(word)), expected);
        }
    }
}
