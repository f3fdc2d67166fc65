//! Fills rectangles and circles of a picture. What lies outside of the picture is left out.

use super::color::{Color, mix};
use image::RgbImage;

/// A rectangle, in pixels from the top left.
#[derive(Clone, Copy)]
pub(super) struct Area {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Area {
    /// The area without a margin on each side.
    pub(super) fn inside(self, margin: u32) -> Self {
        let less = |side: u32| side.saturating_sub(2 * margin);
        Self { x: self.x + margin, y: self.y + margin, width: less(self.width), height: less(self.height) }
    }

    /// What is left below something of this height, and a gap. Something without a height has no gap.
    pub(super) fn below(self, height: u32, gap: u32) -> Self {
        let taken = if height == 0 { 0 } else { height + gap };
        Self { y: self.y + taken, height: self.height.saturating_sub(taken), ..self }
    }
}

/// Fills `area`; 0 to 1 of the color covers what is there.
pub(super) fn fill(picture: &mut RgbImage, area: Area, color: Color, cover: f32) {
    change(picture, area, |_, _, pixel| *pixel = if cover < 1.0 { mix(*pixel, color, cover) } else { color });
}

/// Fills the largest circle in the square `area`, with a smooth edge.
pub(super) fn disc(picture: &mut RgbImage, area: Area, color: Color) {
    let radius = area.width as f32 / 2.0;
    let from_center = |at: u32, start: u32| at as f32 + 0.5 - start as f32 - radius;
    change(picture, area, |x, y, pixel| {
        let inside = radius - from_center(x, area.x).hypot(from_center(y, area.y));
        *pixel = mix(*pixel, color, (inside + 0.5).clamp(0.0, 1.0));
    });
}

fn change(picture: &mut RgbImage, area: Area, change: impl Fn(u32, u32, &mut Color)) {
    let (width, height) = picture.dimensions();
    for y in area.y..(area.y + area.height).min(height) {
        for x in area.x..(area.x + area.width).min(width) {
            change(x, y, picture.get_pixel_mut(x, y));
        }
    }
}
