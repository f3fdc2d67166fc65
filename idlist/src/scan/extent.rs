//! How far an element reaches: brackets are counted, strings are jumped over.

use memchr::memchr2;

/// How far into an element the scanner is, between two chunks.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extent {
    kind: Option<Kind>,
    /// Arrays and objects that are open.
    depth: u64,
    in_string: bool,
    /// The next byte of the string is escaped.
    escaped: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Ends with its last bracket or quote.
    Delimited,
    /// A number or a word; ends where something else begins.
    Bare,
}

impl Extent {
    /// An element may begin with this byte. More begins than is valid: the reader of the element says why it is not.
    pub(super) fn can_begin(byte: u8) -> bool {
        matches!(byte, b'{' | b'[' | b'"' | b'\'' | b'-' | b'+' | b'.' | b'/' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z')
    }

    /// The number of bytes up to the end of the element, or `None` if it goes on after `bytes`.
    pub(super) fn find_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let kind = *self.kind.get_or_insert(match bytes.first()? {
            b'{' | b'[' | b'"' => Kind::Delimited,
            _ => Kind::Bare,
        });
        match kind {
            Kind::Delimited => self.find_delimited_end(bytes),
            Kind::Bare => bytes.iter().position(|byte| {
                matches!(byte, b',' | b']' | b'[' | b'{' | b'}' | b'"' | b':' | b' ' | b'\n' | b'\r' | b'\t')
            }),
        }
    }

    fn find_delimited_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut rest = bytes.iter();
        loop {
            if self.in_string {
                if self.escaped {
                    rest.next()?;
                    self.escaped = false;
                }
                let tail = rest.as_slice();
                let special = memchr2(b'"', b'\\', tail)?;
                let byte = rest.nth(special)?;
                if *byte == b'\\' {
                    self.escaped = true;
                } else {
                    self.in_string = false;
                    if self.depth == 0 {
                        return Some(bytes.len() - rest.len());
                    }
                }
            } else {
                match rest.next()? {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' => {
                        self.depth -= 1;
                        if self.depth == 0 {
                            return Some(bytes.len() - rest.len());
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}
