//! Shows the line of a file that is broken, with a caret under the place.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use idlist::scan::Broken;

/// Bytes that are looked at before and after the place.
const AROUND: usize = 4 * 1024;

/// Characters that are shown before and after the place.
const SHOWN: usize = 60;

/// The line with a caret below it, for a place in `bytes`, which begin `offset` bytes into the file.
fn show(bytes: &[u8], offset: u64, broken: &Broken) -> String {
    let at = usize::try_from(broken.offset.saturating_sub(offset)).map_or(bytes.len(), |at| at.min(bytes.len()));
    let (before, after) = bytes.split_at(at);
    let before = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let after = after.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let before = String::from_utf8_lossy(before);
    let after = String::from_utf8_lossy(after);
    let skipped = before.chars().count().saturating_sub(SHOWN);
    let dots = if skipped > 0 { "…" } else { "" };
    let before: String = before.chars().skip(skipped).map(visible).collect();
    let mut rest = after.trim_end().chars().map(visible);
    let after: String = rest.by_ref().take(SHOWN).collect();
    let more = if rest.next().is_some() { "…" } else { "" };
    let margin = broken.line.to_string();
    let blank: String = dots.chars().chain(before.chars()).map(blank_of).collect();
    format!("{margin} | {dots}{before}{after}{more}\n{:width$} | {blank}^\n", "", width = margin.len())
}

/// A character that does nothing to a terminal.
fn visible(char: char) -> char {
    if char.is_control() { ' ' } else { char }
}

/// A blank as wide as a character: those of Chinese, Japanese and Korean take two columns.
fn blank_of(char: char) -> char {
    match char {
        '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}' => {
            '\u{3000}'
        }
        '\u{FE30}'..='\u{FE4F}' | '\u{FF01}'..='\u{FF60}' | '\u{1F300}'..='\u{1FAFF}' => '\u{3000}',
        _ => ' ',
    }
}

/// Shows the place in a file; nothing if the file cannot be read again.
pub(crate) fn of_file(mut file: &File, broken: &Broken) -> Option<String> {
    let from = broken.offset.saturating_sub(AROUND as u64);
    file.seek(SeekFrom::Start(from)).ok()?;
    let mut bytes = Vec::new();
    file.take(2 * AROUND as u64).read_to_end(&mut bytes).ok()?;
    Some(show(&bytes, from, broken))
}

/// A reader that remembers what it read last, for what cannot be read again.
pub(crate) struct Remembering<R> {
    reader: R,
    last: Vec<u8>,
    /// Bytes before those in `last`.
    offset: u64,
}

/// Bytes that are remembered: the largest item, and some more.
const REMEMBERED: usize = idlist::MAX_ITEM_BYTES + 256 * 1024;

impl<R> Remembering<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, last: Vec::new(), offset: 0 }
    }

    /// Shows the place; nothing if it is too long ago.
    pub(crate) fn show(&self, broken: &Broken) -> Option<String> {
        (broken.offset >= self.offset).then(|| show(&self.last, self.offset, broken))
    }
}

impl<R: Read> Read for Remembering<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        if self.last.len() > 2 * REMEMBERED {
            let forgotten = self.last.len() - REMEMBERED;
            self.last.drain(..forgotten);
            self.offset += forgotten as u64;
        }
        self.last.extend_from_slice(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use idlist::{CheckOptions, check_reader};

    fn shown(list: &str) -> String {
        let mut reader = Remembering::new(list.as_bytes());
        let broken = check_reader(&mut reader, CheckOptions::default()).unwrap().broken.unwrap();
        reader.show(&broken).unwrap()
    }

    #[test]
    fn the_caret_is_under_the_place() {
        assert_eq!(shown("[\n{},\r\n]"), "2 | {},\n  |   ^\n");
        assert_eq!(shown("[\n\t{\"髪\": x}]"), "2 |  {\"髪\": x}]\n  |    \u{3000}   ^\n");
        assert_eq!(shown(""), "1 | \n  | ^\n");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let list = format!("[{{\"a\":\"{}\", b:\"{}\"}}]", "x".repeat(500), "y".repeat(500));
        let shown = shown(&list);
        assert!(shown.starts_with("1 | …xxx") && shown.lines().next().unwrap().ends_with("yyy…"), "{shown}");
        let [line, caret] = [0, 1].map(|nth| shown.lines().nth(nth).unwrap());
        assert_eq!(line.chars().nth(caret.chars().count() - 1), Some('b'));
    }
}
