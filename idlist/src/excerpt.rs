//! Shows the line of a file that is broken, with a caret under the place.

use unicode_width::UnicodeWidthChar;

use crate::Broken;

/// Characters that are shown before and after the place.
const SHOWN: usize = 60;

/// The line of a file with a caret below the place.
pub fn show(file: &[u8], broken: &Broken) -> String {
    let at = usize::try_from(broken.offset).map_or(file.len(), |at| at.min(file.len()));
    let (before, after) = file.split_at(at);
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
    if char.width() == Some(2) { '\u{3000}' } else { ' ' }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CheckOptions, check_slice};

    fn shown(list: &str) -> String {
        show(list.as_bytes(), &check_slice(list.as_bytes(), CheckOptions::default()).broken.unwrap())
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
