//! The band that says in the picture that no model made it.

use super::canvas::{self, Canvas};
use super::lettering;
use super::rgb::Rgb;
use tiny_skia::Transform;

/// What every stand-in says of itself.
pub(crate) const MARK: &str = "STAND-IN · NOT A MODEL'S PICTURE";

/// The height of capital letters for a picture of this size, in pixels.
fn cap_height(width: f32, height: f32) -> f32 {
    (width.max(height) / 64.0).max(5.0)
}

/// The band over the bottom of a picture.
#[derive(Clone, Debug)]
pub(crate) struct Caption {
    lines: Vec<String>,
    cap: f32,
    margin: f32,
    top: f32,
    height: f32,
}

impl Caption {
    /// The band for a picture by `model`, `margin` pixels from the edge of `canvas`.
    pub(crate) fn new(model: &str, canvas: &Canvas, margin: f32) -> Self {
        let (width, height) = (canvas.width(), canvas.height());
        let cap = cap_height(width, height);
        let room = width - 2.0 * margin - 3.0 * cap;
        let lines = wrap(model, cap, room);
        let cap = cap * (room / widest(&lines, cap)).min(1.0);
        let band = cap * (1.25 + LEADING * lines.len() as f32);
        Self { lines, cap, margin, top: height - margin - band, height: band }
    }

    /// Where the band begins, in pixels from the top of the picture.
    pub(crate) fn top(&self) -> f32 {
        self.top
    }

    pub(crate) fn paint(&self, canvas: &mut Canvas) {
        let width = canvas.width();
        canvas.place(0.0, 0.0, 1.0);
        let inner = width - 2.0 * self.margin;
        let band = canvas::rounded(self.margin, self.top, inner, self.height, self.cap * 0.2);
        canvas.fill(band.as_ref(), (Rgb::hex(0x15121D), 0.82));
        for (index, text) in self.lines.iter().enumerate() {
            let (path, text_width) = lettering::line(text, self.cap);
            let place = Transform::from_translate(
                (width - text_width) / 2.0,
                self.top + self.cap * (1.02 + LEADING * index as f32),
            );
            let path = path.and_then(|path| path.transform(place));
            canvas.stroke(path.as_ref(), self.cap * 0.17, (Rgb::WHITE, 0.94));
        }
    }
}

/// From line to line, in heights of a capital letter.
const LEADING: f32 = 1.75;

/// One line if it fits `room`, else the parts below each other.
fn wrap(model: &str, cap: f32, room: f32) -> Vec<String> {
    let one = vec![format!("{MARK} · {model}")];
    let two = vec![MARK.to_owned(), model.to_owned()];
    let words = MARK.split(" · ").chain([model]).map(str::to_owned);
    [one, two].into_iter().find(|lines| widest(lines, cap) <= room).unwrap_or_else(|| words.collect())
}

fn widest(lines: &[String], cap: f32) -> f32 {
    let widths = lines.iter().map(|text| lettering::line(text, cap).1);
    widths.fold(1.0, f32::max)
}
