//! Capital letters drawn with a round pen, so that captions stay clean at any size.

use super::path_data;
use tiny_skia::{Path, PathBuilder, Transform};

/// Height of a capital letter in the units of [`glyph`].
const CAP_HEIGHT: f32 = 6.0;
const GAP: f32 = 1.7;
const SPACE: f32 = 2.2;

/// A line of text to be stroked, its top left at (0, 0), and its width.
///
/// Small letters become capitals; characters without a drawing are left out.
pub(crate) fn line(text: &str, cap_height: f32) -> (Option<Path>, f32) {
    let scale = cap_height / CAP_HEIGHT;
    let mut builder = PathBuilder::new();
    let mut x = 0.0;
    for c in text.chars() {
        if c == ' ' {
            x += SPACE;
            continue;
        }
        let Some((width, data)) = glyph(c.to_ascii_uppercase()) else {
            continue;
        };
        let place = Transform::from_translate(x, 0.0).post_scale(scale, scale);
        if let Some(path) = path_data::path(data).and_then(|path| path.transform(place)) {
            builder.push_path(&path);
        }
        x += width + GAP;
    }
    (builder.finish(), (x - GAP).max(0.0) * scale)
}

/// The width of a letter and its strokes.
fn glyph(c: char) -> Option<(f32, &'static str)> {
    Some(match c {
        'A' => (4.2, "M0 6 L2.1 0 L4.2 6 M0.8 4 H3.4"),
        'B' => (3.8, "M0 0 V6 H2.2 Q3.8 6 3.8 4.5 Q3.8 3 2.2 3 H0 M0 0 H2 Q3.4 0 3.4 1.5 Q3.4 3 2 3"),
        'C' => (4.0, "M4 1.3 Q3.4 0 2.1 0 Q0 0 0 3 Q0 6 2.1 6 Q3.4 6 4 4.7"),
        'D' => (4.0, "M0 0 V6 H1.6 Q4 6 4 3 Q4 0 1.6 0 Z"),
        'E' => (3.4, "M3.4 0 H0 V6 H3.4 M0 3 H2.9"),
        'F' => (3.4, "M3.4 0 H0 V6 M0 3 H2.9"),
        'G' => (4.2, "M4 1.3 Q3.4 0 2.1 0 Q0 0 0 3 Q0 6 2.1 6 Q4.2 6 4.2 3.3 H2.4"),
        'H' => (3.8, "M0 0 V6 M3.8 0 V6 M0 3 H3.8"),
        'I' => (0.4, "M0.2 0 V6"),
        'J' => (3.0, "M3 0 V4.4 Q3 6 1.5 6 Q0 6 0 4.4"),
        'K' => (3.8, "M0 0 V6 M3.7 0 L0 3.7 M1.3 2.5 L3.8 6"),
        'L' => (3.3, "M0 0 V6 H3.3"),
        'M' => (4.8, "M0 6 V0 L2.4 3.8 L4.8 0 V6"),
        'N' => (3.9, "M0 6 V0 L3.9 6 V0"),
        'O' => (4.4, "M2.2 0 Q0 0 0 3 Q0 6 2.2 6 Q4.4 6 4.4 3 Q4.4 0 2.2 0 Z"),
        'P' => (3.7, "M0 6 V0 H2.1 Q3.7 0 3.7 1.7 Q3.7 3.4 2.1 3.4 H0"),
        'Q' => (4.4, "M2.2 0 Q0 0 0 3 Q0 6 2.2 6 Q4.4 6 4.4 3 Q4.4 0 2.2 0 Z M2.8 4.4 L4.4 6.3"),
        'R' => (3.8, "M0 6 V0 H2.1 Q3.7 0 3.7 1.7 Q3.7 3.4 2.1 3.4 H0 M1.9 3.4 L3.8 6"),
        'S' => (3.8, "M3.6 1.2 Q3.1 0 1.9 0 Q0.2 0 0.2 1.5 Q0.2 2.7 1.9 3 Q3.8 3.3 3.8 4.5 Q3.8 6 1.9 6 Q0.6 6 0 4.8"),
        'T' => (4.0, "M0 0 H4 M2 0 V6"),
        'U' => (3.8, "M0 0 V4 Q0 6 1.9 6 Q3.8 6 3.8 4 V0"),
        'V' => (4.0, "M0 0 L2 6 L4 0"),
        'W' => (5.6, "M0 0 L1.4 6 L2.8 1.2 L4.2 6 L5.6 0"),
        'X' => (3.8, "M0 0 L3.8 6 M3.8 0 L0 6"),
        'Y' => (4.0, "M0 0 L2 3 L4 0 M2 3 V6"),
        'Z' => (3.8, "M0 0 H3.8 L0 6 H3.8"),
        '0' => (3.8, "M1.9 0 Q0 0 0 3 Q0 6 1.9 6 Q3.8 6 3.8 3 Q3.8 0 1.9 0 Z"),
        '1' => (1.7, "M0 1.3 L1.5 0 V6"),
        '2' => (3.8, "M0.2 1.5 Q0.4 0 1.9 0 Q3.6 0 3.6 1.7 Q3.6 2.9 0 6 H3.8"),
        '3' => (3.8, "M0.2 0 H3.5 L1.7 2.4 Q3.8 2.4 3.8 4.2 Q3.8 6 1.9 6 Q0.5 6 0 4.9"),
        '4' => (3.9, "M3 6 V0 L0 4.3 H3.9"),
        '5' => (3.8, "M3.5 0 H0.5 L0.2 2.9 Q1 2.2 1.9 2.2 Q3.8 2.2 3.8 4.1 Q3.8 6 1.9 6 Q0.6 6 0 5"),
        '6' => (3.8, "M3.2 0.3 Q0 0.6 0 4 Q0 6 1.9 6 Q3.8 6 3.8 4.2 Q3.8 2.5 2 2.5 Q0.4 2.5 0 4"),
        '7' => (3.7, "M0 0 H3.7 L1.3 6"),
        '8' => (
            3.8,
            "M1.9 2.8 Q0.3 2.8 0.3 1.4 Q0.3 0 1.9 0 Q3.5 0 3.5 1.4 Q3.5 2.8 1.9 2.8 Q3.8 2.8 3.8 4.4 Q3.8 6 1.9 6 \
             Q0 6 0 4.4 Q0 2.8 1.9 2.8",
        ),
        '9' => (3.8, "M0.6 5.7 Q3.8 5.4 3.8 2 Q3.8 0 1.9 0 Q0 0 0 1.8 Q0 3.5 1.8 3.5 Q3.4 3.5 3.8 2"),
        '-' => (2.2, "M0 3 H2.2"),
        '_' => (3.6, "M0 6.4 H3.6"),
        '+' => (3.2, "M0 3 H3.2 M1.6 1.4 V4.6"),
        '.' => (0.4, "M0.2 5.9 V6"),
        ':' => (0.4, "M0.2 2 V2.1 M0.2 5.4 V5.5"),
        '\'' => (0.4, "M0.2 0 V1.5"),
        '·' => (1.6, "M0.8 2.95 V3.05"),
        '/' => (2.8, "M0 6.4 L2.8 -0.4"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_printed_character_has_valid_strokes() {
        for c in ('A'..='Z').chain('0'..='9').chain("-_+.:'·/".chars()) {
            let (width, data) = glyph(c).unwrap();
            let bounds = path_data::path(data).unwrap().bounds();
            assert!(bounds.right() <= width + 0.1, "{c}");
        }
    }

    #[test]
    fn longer_text_is_wider_and_unknown_letters_take_no_room() {
        assert!(line("STAND-IN", 8.0).1 > line("STAND", 8.0).1);
        assert_eq!(line("A髪", 8.0).1, line("a", 8.0).1);
        assert!(line("髪", 8.0).0.is_none());
    }
}
