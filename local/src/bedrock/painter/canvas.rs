//! The surface that pictures are painted on: filled and stroked shapes in the units of the moment.

use super::path_data;
use super::rgb::Rgb;
use tiny_skia::{
    Color, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Mask, Paint, Path, PathBuilder, Pixmap, Point,
    RadialGradient, Rect, Shader, SpreadMode, Stroke, Transform,
};

/// What a shape is filled with.
#[derive(Clone, Debug)]
pub(crate) enum Ink {
    /// One colour and its opacity (0 to 1).
    Flat(Rgb, f32),
    /// Colours along the line between two points; each stop is (place, colour, opacity).
    Linear([f32; 4], Vec<(f32, Rgb, f32)>),
    /// Colours from a middle outwards: x, y, radius.
    Radial([f32; 3], Vec<(f32, Rgb, f32)>),
}

impl From<Rgb> for Ink {
    fn from(color: Rgb) -> Self {
        Self::Flat(color, 1.0)
    }
}

impl From<(Rgb, f32)> for Ink {
    fn from((color, opacity): (Rgb, f32)) -> Self {
        Self::Flat(color, opacity)
    }
}

impl Ink {
    /// Top to bottom, in one colour each.
    pub(crate) fn vertical(top: f32, bottom: f32, colors: &[Rgb]) -> Self {
        Self::Linear([0.0, top, 0.0, bottom], even_stops(colors))
    }

    /// From one point to another, in one colour each.
    pub(crate) fn along(line: [f32; 4], colors: &[Rgb]) -> Self {
        Self::Linear(line, even_stops(colors))
    }

    /// A glow: `color` in the middle, nothing at the rim.
    pub(crate) fn glow(x: f32, y: f32, radius: f32, color: Rgb, opacity: f32) -> Self {
        Self::Radial([x, y, radius], vec![(0.0, color, opacity), (1.0, color, 0.0)])
    }

    fn shader(&self) -> Shader<'static> {
        let stops = |stops: &[(f32, Rgb, f32)]| {
            stops
                .iter()
                .map(|(place, color, opacity)| GradientStop::new(*place, to_color(*color, *opacity)))
                .collect::<Vec<_>>()
        };
        let gradient = match self {
            Self::Flat(color, opacity) => return Shader::SolidColor(to_color(*color, *opacity)),
            Self::Linear([x1, y1, x2, y2], colors) => LinearGradient::new(
                Point::from_xy(*x1, *y1),
                Point::from_xy(*x2, *y2),
                stops(colors),
                SpreadMode::Pad,
                Transform::identity(),
            ),
            Self::Radial([x, y, radius], colors) => RadialGradient::new(
                Point::from_xy(*x, *y),
                0.0,
                Point::from_xy(*x, *y),
                *radius,
                stops(colors),
                SpreadMode::Pad,
                Transform::identity(),
            ),
        };
        gradient.unwrap_or(Shader::SolidColor(Color::TRANSPARENT))
    }
}

fn even_stops(colors: &[Rgb]) -> Vec<(f32, Rgb, f32)> {
    let last = colors.len().saturating_sub(1).max(1) as f32;
    (0..).zip(colors).map(|(index, color)| (index as f32 / last, *color, 1.0)).collect()
}

fn to_color(color: Rgb, opacity: f32) -> Color {
    Color::from_rgba8(color.0, color.1, color.2, (opacity.clamp(0.0, 1.0) * 255.0).round() as u8)
}

/// A picture being painted.
///
/// Shapes are given in units; [`Canvas::place`] says where and how large a unit is.
#[derive(Debug)]
pub(crate) struct Canvas {
    pixmap: Pixmap,
    units: Transform,
    clip: Option<Mask>,
}

impl Canvas {
    /// An empty picture of at least one pixel.
    pub(crate) fn new(width: u32, height: u32) -> Self {
        // The sizes of `Size` are far below the limit, 2^31 bytes; one pixel is always possible.
        let pixmap = Pixmap::new(width.clamp(1, 8192), height.clamp(1, 8192));
        #[expect(clippy::unwrap_used, reason = "both sides are within what a pixmap can have")]
        Self { pixmap: pixmap.unwrap(), units: Transform::identity(), clip: None }
    }

    pub(crate) fn width(&self) -> f32 {
        self.pixmap.width() as f32
    }

    pub(crate) fn height(&self) -> f32 {
        self.pixmap.height() as f32
    }

    /// Pixels of one unit.
    pub(crate) fn unit(&self) -> f32 {
        self.units.sx.hypot(self.units.ky)
    }

    pub(crate) fn pixmap_mut(&mut self) -> &mut Pixmap {
        &mut self.pixmap
    }

    pub(crate) fn into_pixmap(self) -> Pixmap {
        self.pixmap
    }

    /// From now on the unit is `scale` pixels and (0, 0) is at (x, y).
    pub(crate) fn place(&mut self, x: f32, y: f32, scale: f32) {
        self.units = Transform::from_row(scale, 0.0, 0.0, scale, x, y);
    }

    /// Paints with the units turned by `degrees` around (x, y) and scaled by `scale` from there.
    pub(crate) fn turned(
        &mut self,
        (x, y): (f32, f32),
        degrees: f32,
        (scale_x, scale_y): (f32, f32),
        paint: impl FnOnce(&mut Self),
    ) {
        let before = self.units;
        self.units = before
            .pre_translate(x, y)
            .pre_concat(Transform::from_rotate(degrees))
            .pre_scale(scale_x, scale_y)
            .pre_translate(-x, -y);
        paint(self);
        self.units = before;
    }

    /// Paints on the left as `paint` does on the right: mirrored at x = 50.
    pub(crate) fn both_sides(&mut self, paint: impl Fn(&mut Self)) {
        paint(self);
        self.turned((50.0, 0.0), 0.0, (-1.0, 1.0), paint);
    }

    /// Paints only inside `outline`.
    pub(crate) fn inside(&mut self, outline: Option<&Path>, paint: impl FnOnce(&mut Self)) {
        let Some(outline) = outline else { return };
        let Some(mut mask) = Mask::new(self.pixmap.width(), self.pixmap.height()) else {
            return;
        };
        mask.fill_path(outline, FillRule::Winding, true, self.units);
        let before = self.clip.replace(mask);
        paint(self);
        self.clip = before;
    }

    /// Fills an outline.
    pub(crate) fn fill(&mut self, outline: Option<&Path>, ink: impl Into<Ink>) {
        let Some(outline) = outline else { return };
        let paint = Paint { shader: ink.into().shader(), ..Paint::default() };
        self.pixmap.fill_path(outline, &paint, FillRule::Winding, self.units, self.clip.as_ref());
    }

    /// Fills what is inside `outer` and outside `inner`.
    pub(crate) fn fill_between(&mut self, outer: Option<&Path>, inner: Option<&Path>, ink: impl Into<Ink>) {
        let (Some(outer), Some(inner)) = (outer, inner) else {
            return;
        };
        let mut builder = PathBuilder::new();
        builder.push_path(outer);
        builder.push_path(inner);
        let paint = Paint { shader: ink.into().shader(), ..Paint::default() };
        if let Some(ring) = builder.finish() {
            self.pixmap.fill_path(&ring, &paint, FillRule::EvenOdd, self.units, self.clip.as_ref());
        }
    }

    /// Draws along an outline with a round pen.
    pub(crate) fn stroke(&mut self, outline: Option<&Path>, width: f32, ink: impl Into<Ink>) {
        let Some(outline) = outline else { return };
        let paint = Paint { shader: ink.into().shader(), ..Paint::default() };
        let stroke = Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
        self.pixmap.stroke_path(outline, &paint, &stroke, self.units, self.clip.as_ref());
    }

    /// Fills SVG path data.
    pub(crate) fn shape(&mut self, data: &str, ink: impl Into<Ink>) {
        self.fill(path_data::path(data).as_ref(), ink);
    }

    /// Fills the shape whose right half is `data`.
    pub(crate) fn symmetric(&mut self, data: &str, ink: impl Into<Ink>) {
        self.fill(path_data::mirrored(data).as_ref(), ink);
    }

    /// Draws along SVG path data.
    pub(crate) fn line(&mut self, data: &str, width: f32, ink: impl Into<Ink>) {
        self.stroke(path_data::path(data).as_ref(), width, ink);
    }

    pub(crate) fn circle(&mut self, x: f32, y: f32, radius: f32, ink: impl Into<Ink>) {
        self.fill(PathBuilder::from_circle(x, y, radius).as_ref(), ink);
    }

    pub(crate) fn ellipse(&mut self, x: f32, y: f32, rx: f32, ry: f32, ink: impl Into<Ink>) {
        self.fill(oval(x, y, rx, ry).as_ref(), ink);
    }

    pub(crate) fn rect(&mut self, x: f32, y: f32, width: f32, height: f32, ink: impl Into<Ink>) {
        let path = Rect::from_xywh(x, y, width, height).map(PathBuilder::from_rect);
        self.fill(path.as_ref(), ink);
    }

    pub(crate) fn polygon(&mut self, points: &[(f32, f32)], ink: impl Into<Ink>) {
        self.fill(polygon(points).as_ref(), ink);
    }
}

/// An ellipse.
pub(crate) fn oval(x: f32, y: f32, rx: f32, ry: f32) -> Option<Path> {
    PathBuilder::from_oval(Rect::from_ltrb(x - rx, y - ry, x + rx, y + ry)?)
}

/// A closed outline through `points`.
pub(crate) fn polygon(points: &[(f32, f32)]) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for (index, (x, y)) in points.iter().enumerate() {
        if index == 0 {
            builder.move_to(*x, *y);
        } else {
            builder.line_to(*x, *y);
        }
    }
    builder.close();
    builder.finish()
}

/// A star of `tips` tips, the first one up; `inner` is the depth of the notches (0 to 1).
pub(crate) fn star(x: f32, y: f32, radius: f32, tips: usize, inner: f32) -> Option<Path> {
    let points: Vec<_> = (0..tips * 2)
        .map(|index| {
            let angle = index as f32 * std::f32::consts::PI / tips as f32;
            let radius = if index % 2 == 0 { radius } else { radius * inner };
            (x + radius * angle.sin(), y - radius * angle.cos())
        })
        .collect();
    polygon(&points)
}

/// A rectangle with round corners.
pub(crate) fn rounded(x: f32, y: f32, width: f32, height: f32, radius: f32) -> Option<Path> {
    let r = radius.min(width / 2.0).min(height / 2.0);
    let (right, bottom) = (x + width, y + height);
    let mut builder = PathBuilder::new();
    builder.move_to(x + r, y);
    builder.line_to(right - r, y);
    builder.quad_to(right, y, right, y + r);
    builder.line_to(right, bottom - r);
    builder.quad_to(right, bottom, right - r, bottom);
    builder.line_to(x + r, bottom);
    builder.quad_to(x, bottom, x, bottom - r);
    builder.line_to(x, y + r);
    builder.quad_to(x, y, x + r, y);
    builder.close();
    builder.finish()
}
