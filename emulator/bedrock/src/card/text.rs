//! Lays text out in lines and draws it with the bitmap glyphs of GNU Unifont, which are 8 or 16 pixels wide and 16 high.
//!
//! Characters are drawn from left to right, in the order in which they are stored. <https://unifoundry.com/unifont/>

use super::canvas::{Area, fill};
use super::color::Color;
use image::RgbImage;
use unicode_width::UnicodeWidthChar;
use unifont::Glyph;

const COLUMN: u32 = 8;
const GLYPH_HEIGHT: u32 = 16;
/// From the top of a line to that of the next one, in pixels at the glyphs' own size.
pub(super) const LINE: u32 = 18;

/// A character and its glyph.
#[derive(Clone, Copy)]
struct Cell {
    character: char,
    glyph: &'static Glyph,
    /// How many columns of 8 pixels it takes; 0 for a mark over the character before it.
    columns: u32,
}

impl Cell {
    /// `None` for what has no shape, such as joiners and directions. Characters without a glyph, emoji among them, become boxes.
    fn of(character: char) -> Option<Self> {
        let is_space = character != '\n' && (character.is_whitespace() || character.is_control());
        let character = if is_space { ' ' } else { character };
        let glyph = unifont::get_glyph(character).or_else(|| unifont::get_glyph('□'))?;
        let is_mark = character.width() == Some(0);
        // Unifont has a dashed frame with the name of the character for these.
        let is_framed = matches!(glyph, Glyph::Fullwidth(rows) if rows[0] == 0xAAAA);
        let columns = if is_mark { 0 } else { glyph.get_width() as u32 / COLUMN };
        (!(is_mark && is_framed)).then_some(Self { character, glyph, columns })
    }

    /// Whether a line may end between this character and `next`. Japanese punctuation does not begin a line.
    fn may_end_before(self, next: Self) -> bool {
        let wide = (self.columns == 2 || next.columns == 2)
            && !"、。，．・：；？！ー…」』）】〉》ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.".contains(next.character)
            && !"「『（【〈《".contains(self.character);
        next.columns > 0 && (wide || next.character == ' ' || "-/".contains(self.character))
    }
}

/// The characters that are drawn, with one space for several.
fn cells(text: &str) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    for cell in text.trim().chars().filter_map(Cell::of) {
        let after_space = cells.last().is_none_or(|last| last.character.is_whitespace());
        if !after_space || cell.columns > 0 && !cell.character.is_whitespace() {
            cells.push(cell);
        }
    }
    cells
}

fn columns(line: &[Cell]) -> u32 {
    line.iter().map(|cell| cell.columns).sum()
}

/// `cells` in at most `most` lines of at most `width` columns, and whether that is all of them.
fn wrap(cells: &[Cell], width: u32, most: usize, may_split_words: bool) -> (Vec<Vec<Cell>>, bool) {
    let mut lines = Vec::new();
    for mut rest in cells.split(|cell| cell.character == '\n') {
        while !rest.is_empty() {
            let fits = |taken: &mut u32, cell: &Cell| {
                *taken += cell.columns;
                (*taken <= width).then_some(())
            };
            let fitting = rest.iter().scan(0, fits).count().max(1);
            let word_end =
                (1..=fitting).rev().find(|at| rest.get(*at).is_none_or(|next| rest[at - 1].may_end_before(*next)));
            if lines.len() == most || word_end.is_none() && !may_split_words {
                return (lines, false);
            }
            let (line, after) = rest.split_at(word_end.unwrap_or(fitting));
            lines.push(line.to_vec());
            rest = if after.first().is_some_and(|cell| cell.character == ' ') { &after[1..] } else { after };
        }
    }
    (lines, true)
}

/// Lines of text, all of one size.
pub(super) struct Block {
    lines: Vec<Vec<Cell>>,
    /// Pixels for a dot of a glyph.
    scale: u32,
}

impl Block {
    /// `text` in an area of this width and height, as large as fits: its dots have `unit` to `unit * largest` pixels.
    /// What does not fit even so ends with `…`.
    pub(super) fn fit(text: &str, width: u32, height: u32, unit: u32, largest: u32) -> Self {
        let cells = cells(text);
        let mut scale = unit * largest;
        loop {
            let most = (height + (LINE - GLYPH_HEIGHT) * scale) / (LINE * scale);
            let (mut lines, is_whole) = wrap(&cells, width / (COLUMN * scale), most as usize, scale == unit);
            if is_whole || scale == unit {
                if let (false, Some(last)) = (is_whole, lines.last_mut()) {
                    while columns(last) + 1 > width / (COLUMN * scale) && last.pop().is_some() {}
                    last.extend(Cell::of('…'));
                }
                return Self { lines, scale };
            }
            scale -= 1;
        }
    }

    pub(super) fn width(&self) -> u32 {
        self.lines.iter().map(|line| columns(line)).max().unwrap_or(0) * COLUMN * self.scale
    }

    pub(super) fn height(&self) -> u32 {
        (self.lines.len() as u32 * LINE).saturating_sub(LINE - GLYPH_HEIGHT) * self.scale
    }

    /// Draws the lines from (`left`, `top`) on.
    pub(super) fn draw(&self, picture: &mut RgbImage, left: u32, top: u32, color: Color) {
        let scale = self.scale;
        for (top, line) in (top..).step_by((LINE * scale) as usize).zip(&self.lines) {
            let (mut left, mut right) = (left, left);
            for cell in line {
                if cell.columns > 0 {
                    (left, right) = (right, right + cell.columns * COLUMN * scale);
                }
                let dots = (0..GLYPH_HEIGHT).flat_map(|y| (0..2 * COLUMN).map(move |x| (x, y)));
                for (x, y) in dots.filter(|(x, y)| cell.glyph.get_pixel(*x as usize, *y as usize)) {
                    let dot = Area { x: left + x * scale, y: top + y * scale, width: scale, height: scale };
                    fill(picture, dot, color, 1.0);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a text in an area of so many columns and lines, at the glyphs' own size.
    fn lines(text: &str, columns: u32, lines: u32) -> Vec<String> {
        let block = Block::fit(text, columns * COLUMN, lines * LINE, 1, 1);
        block.lines.iter().map(|line| line.iter().map(|cell| cell.character).collect()).collect()
    }

    #[test]
    fn lines_end_between_words() {
        assert_eq!(lines("a girl  with\tlong hair ", 9, 9), ["a girl", "with long", "hair"]);
        assert_eq!(lines("card-of-autumn", 9, 9), ["card-of-", "autumn"]);
        assert_eq!(lines("one\n\ntwo", 9, 9), ["one", "two"]);
    }

    #[test]
    fn japanese_punctuation_does_not_begin_a_line() {
        assert_eq!(lines("髪は茶色、背景は白。", 8, 9), ["髪は茶", "色、背景", "は白。"]);
        assert_eq!(lines("これは「赤」だ", 8, 9), ["これは", "「赤」だ"]);
    }

    #[test]
    fn what_does_not_fit_ends_with_dots() {
        assert_eq!(lines("abcdefghijkl", 5, 2), ["abcde", "fghi…"]);
        assert_eq!(lines("長長長長長", 5, 2), ["長長", "長長…"]);
        assert_eq!(lines("abc", 3, 0), [""; 0]);
    }

    #[test]
    fn marks_stay_with_their_letter_and_joiners_are_left_out() {
        assert_eq!(lines("\u{301}abe\u{301}c", 3, 9), ["abe\u{301}", "c"]);
        assert_eq!(lines("カ\u{3099}\u{200D}\u{FE0F}\u{202E}x", 3, 9), ["カ\u{3099}x"]);
    }

    #[test]
    fn text_is_as_large_as_fits_without_splitting_words() {
        let scale = |text: &str| Block::fit(text, 20 * COLUMN, 3 * LINE, 1, 3).scale;
        assert_eq!([scale("A1"), scale("a word"), scale("background"), scale("a long background")], [3, 3, 2, 1]);
    }
}
