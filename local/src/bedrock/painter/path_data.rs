//! Outlines written as SVG path data, the part of it that the painter's own drawings use:
//! absolute `M L H V Q C Z`, numbers apart by spaces or commas.

use tiny_skia::{Path, PathBuilder};

/// The outline that `data` writes, or `None` if it is empty or not path data.
pub(crate) fn path(data: &str) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for step in parse(data)? {
        step.push(&mut builder);
    }
    builder.finish()
}

/// The closed outline whose right half is `data`, mirrored at x = 50.
///
/// `data` runs from the top middle to the bottom middle.
pub(crate) fn mirrored(data: &str) -> Option<Path> {
    let steps = parse(data)?;
    let mut builder = PathBuilder::new();
    for step in &steps {
        step.push(&mut builder);
    }
    let ends: Vec<Point> = steps.iter().filter_map(Step::end).collect();
    for (index, step) in steps.iter().enumerate().skip(1).rev() {
        let Some(to) = ends.get(index - 1) else {
            continue;
        };
        step.backwards(*to).mirror().push(&mut builder);
    }
    builder.close();
    builder.finish()
}

type Point = (f32, f32);

#[derive(Clone, Copy, Debug)]
enum Step {
    Move(Point),
    Line(Point),
    Quad(Point, Point),
    Cubic(Point, Point, Point),
    Close,
}

impl Step {
    fn push(self, builder: &mut PathBuilder) {
        match self {
            Self::Move((x, y)) => builder.move_to(x, y),
            Self::Line((x, y)) => builder.line_to(x, y),
            Self::Quad(a, to) => builder.quad_to(a.0, a.1, to.0, to.1),
            Self::Cubic(a, b, to) => builder.cubic_to(a.0, a.1, b.0, b.1, to.0, to.1),
            Self::Close => builder.close(),
        }
    }

    fn end(&self) -> Option<Point> {
        match *self {
            Self::Move(to) | Self::Line(to) | Self::Quad(_, to) | Self::Cubic(_, _, to) => Some(to),
            Self::Close => None,
        }
    }

    fn backwards(self, to: Point) -> Self {
        match self {
            Self::Quad(a, _) => Self::Quad(a, to),
            Self::Cubic(a, b, _) => Self::Cubic(b, a, to),
            Self::Move(_) | Self::Line(_) => Self::Line(to),
            Self::Close => Self::Close,
        }
    }

    fn mirror(self) -> Self {
        let flip = |(x, y): Point| (100.0 - x, y);
        match self {
            Self::Move(to) => Self::Move(flip(to)),
            Self::Line(to) => Self::Line(flip(to)),
            Self::Quad(a, to) => Self::Quad(flip(a), flip(to)),
            Self::Cubic(a, b, to) => Self::Cubic(flip(a), flip(b), flip(to)),
            Self::Close => Self::Close,
        }
    }
}

fn parse(data: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut at = (0.0, 0.0);
    let mut rest = data.trim_start();
    while let Some(command) = rest.chars().next() {
        let body = &rest[command.len_utf8()..];
        let end = body.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(body.len());
        let numbers = body[..end]
            .split([' ', ',', '\n'])
            .filter(|word| !word.is_empty())
            .map(|word| word.parse::<f32>().ok())
            .collect::<Option<Vec<f32>>>()?;
        rest = body[end..].trim_start();
        let size = match command {
            'M' | 'L' => 2,
            'H' | 'V' => 1,
            'Q' => 4,
            'C' => 6,
            'Z' => {
                steps.push(Step::Close);
                continue;
            }
            _ => return None,
        };
        if numbers.is_empty() || numbers.len() % size != 0 {
            return None;
        }
        for n in numbers.chunks_exact(size) {
            let step = match command {
                'M' => Step::Move((n[0], n[1])),
                'H' => Step::Line((n[0], at.1)),
                'V' => Step::Line((at.0, n[0])),
                'Q' => Step::Quad((n[0], n[1]), (n[2], n[3])),
                'C' => Step::Cubic((n[0], n[1]), (n[2], n[3]), (n[4], n[5])),
                _ => Step::Line((n[0], n[1])),
            };
            at = step.end().unwrap_or(at);
            steps.push(step);
        }
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_has_its_bounds() {
        let bounds = path("M10 20 H30 V40 L10,40 Z").unwrap().bounds();
        assert_eq!((bounds.left(), bounds.top(), bounds.right(), bounds.bottom()), (10.0, 20.0, 30.0, 40.0));
    }

    #[test]
    fn a_mirrored_half_is_as_wide_on_both_sides() {
        let bounds = mirrored("M50 10 C60 10 70 20 70 30 L50 60").unwrap().bounds();
        assert_eq!((bounds.left(), bounds.right()), (30.0, 70.0));
        assert_eq!((bounds.top(), bounds.bottom()), (10.0, 60.0));
    }

    #[test]
    fn what_is_no_path_data_is_no_path() {
        for data in ["", "M10", "X1 2", "M1 2 L3 a"] {
            assert!(path(data).is_none(), "{data}");
        }
    }
}
