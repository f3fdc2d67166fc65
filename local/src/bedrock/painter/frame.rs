//! Painting the frame: a border, its corners, the rank's word at the top and its pips above the caption.

use super::canvas::{self, Canvas, Ink};
use super::lettering;
use super::rank::{Corner, Frame, Pip};
use super::rgb::Rgb;
use tiny_skia::Transform;

/// How far the frame reaches into the picture, in pixels.
fn margin(frame: &Frame, canvas: &Canvas) -> f32 {
    frame.thickness * canvas.width().min(canvas.height()) / 100.0
}

/// How far from the edge the frame leaves everything to the picture, in pixels: inside its inner line, if it has one.
pub(crate) fn inset(frame: &Frame, canvas: &Canvas) -> f32 {
    let line = if frame.corner == Corner::Plain { 0.0 } else { 2.0 * LINE_INSET };
    margin(frame, canvas) + line * canvas.width().min(canvas.height()) / 100.0
}

/// From the border to the line inside it, in hundredths of the shorter side.
const LINE_INSET: f32 = 1.3;

/// Paints the frame; the pips stand above `bottom`, in pixels from the top.
pub(crate) fn paint(canvas: &mut Canvas, frame: &Frame, bottom: f32) {
    let (width, height) = (canvas.width(), canvas.height());
    let unit = width.min(height) / 100.0;
    let thick = margin(frame, canvas);
    canvas.place(0.0, 0.0, 1.0);
    let [light, middle, dark, glint] = frame.metal;
    let outer = canvas::rounded(0.0, 0.0, width, height, 0.0);
    let inner = canvas::rounded(thick, thick, width - 2.0 * thick, height - 2.0 * thick, unit * 1.6);
    let shine = Ink::Linear(
        [0.0, 0.0, width, height],
        vec![
            (0.0, light, 1.0),
            (0.3, dark, 1.0),
            (0.5, glint, 1.0),
            (0.72, dark.mix(middle, 0.4), 1.0),
            (1.0, light, 1.0),
        ],
    );
    canvas.fill_between(outer.as_ref(), inner.as_ref(), shine);
    canvas.stroke(inner.as_ref(), unit * 0.45, (dark.darker(0.5), 0.85));
    let edge = canvas::rounded(unit * 0.25, unit * 0.25, width - unit * 0.5, height - unit * 0.5, 0.0);
    canvas.stroke(edge.as_ref(), unit * 0.5, (dark.darker(0.55), 0.9));
    if frame.corner != Corner::Plain {
        let inset = thick + unit * LINE_INSET;
        let line = canvas::rounded(inset, inset, width - 2.0 * inset, height - 2.0 * inset, unit * 1.2);
        canvas.stroke(line.as_ref(), unit * 0.32, (middle, 0.9));
        for (x, y, turn) in [(0.0, 0.0, 0.0), (width, 0.0, 90.0), (width, height, 180.0), (0.0, height, 270.0)] {
            canvas.place(x, y, unit);
            canvas.turned((0.0, 0.0), turn, (1.0, 1.0), |canvas| paint_corner(canvas, frame, thick / unit));
        }
    }
    let unit = unit.max(width.max(height) / 150.0);
    paint_pips(canvas, frame, unit, bottom);
    paint_word(canvas, frame, unit, thick);
}

/// The corner at the top left, in units; the others are this one turned.
fn paint_corner(canvas: &mut Canvas, frame: &Frame, thick: f32) {
    let [light, middle, dark, _] = frame.metal;
    let metal = Ink::along([0.0, 0.0, 11.0, 11.0], &[light, middle, dark]);
    let t = thick;
    match frame.corner {
        Corner::Plain => {}
        Corner::Bracket => {
            canvas
                .polygon(&[(0.0, 0.0), (t + 9.0, 0.0), (t + 5.0, t + 1.2), (t + 1.2, t + 5.0), (0.0, t + 9.0)], metal);
        }
        Corner::Diamond => {
            canvas.polygon(&[(0.0, 0.0), (t + 8.0, 0.0), (t + 2.0, t + 2.0), (0.0, t + 8.0)], metal);
            let c = t + 1.4;
            canvas.polygon(&[(c, c - 3.0), (c + 3.0, c), (c, c + 3.0), (c - 3.0, c)], light);
            canvas.polygon(&[(c, c - 2.0), (c + 2.0, c), (c, c + 2.0), (c - 2.0, c)], dark);
        }
        Corner::Gem => {
            canvas.shape(
                &format!(
                    "M0 0 L{a} 0 C{b} {t} {c} {c} {c} {c} C{c} {c} {t} {b} 0 {a} Z",
                    a = t + 13.0,
                    b = t + 7.0,
                    c = t + 3.4
                ),
                metal,
            );
            canvas.line(&format!("M{a} 1.2 C{b} {t} {t} {b} 1.2 {a}", a = t + 10.0, b = t + 3.4), 0.4, (dark, 0.8));
            let c = t + 0.8;
            let ruby = Rgb::hex(0xD82F4E);
            canvas.circle(c, c, 3.0, dark);
            canvas.circle(
                c,
                c,
                2.5,
                Ink::Radial(
                    [c - 0.8, c - 0.8, 3.2],
                    vec![(0.0, ruby.lighter(0.55), 1.0), (0.5, ruby, 1.0), (1.0, ruby.darker(0.5), 1.0)],
                ),
            );
            canvas.circle(c - 0.8, c - 0.9, 0.6, (Rgb::WHITE, 0.9));
        }
        Corner::Fan => {
            canvas.circle(0.0, 0.0, t + 7.0, metal);
            for radius in [t + 5.4, t + 3.0] {
                let arc = tiny_skia::PathBuilder::from_circle(0.0, 0.0, radius);
                canvas.stroke(arc.as_ref(), 0.5, (dark, 0.9));
            }
        }
    }
}

fn paint_pips(canvas: &mut Canvas, frame: &Frame, unit: f32, bottom: f32) {
    let [light, middle, dark, _] = frame.metal;
    canvas.place(canvas.width() / 2.0, bottom - 3.6 * unit, unit);
    let step = if frame.pip == Pip::Star { 5.6 } else { 4.4 };
    for index in 0..frame.pips {
        let x = (index as f32 - (frame.pips - 1) as f32 / 2.0) * step;
        let (outline, size) = match frame.pip {
            Pip::Dot => (tiny_skia::PathBuilder::from_circle(x, 0.0, 1.3), 1.3),
            Pip::Diamond => (canvas::star(x, 0.0, 2.0, 2, 0.7), 2.0),
            Pip::Star => (canvas::star(x, 0.0, 2.7, 5, 0.46), 2.7),
        };
        canvas.stroke(outline.as_ref(), 1.1, dark.darker(0.5));
        canvas.fill(outline.as_ref(), Ink::vertical(-size, size, &[light, middle]));
    }
}

/// The rank's word on a plate at the top; nothing if none of its letters can be drawn.
fn paint_word(canvas: &mut Canvas, frame: &Frame, unit: f32, thick: f32) {
    let cap = unit * 3.0;
    let (text, text_width) = lettering::line(&frame.word, cap);
    let Some(text) = text else { return };
    let [light, middle, dark, _] = frame.metal;
    let (width, height) = (text_width + cap * 2.4, cap * 2.1);
    let x = (canvas.width() - width) / 2.0;
    let y = thick * 0.35;
    canvas.place(0.0, 0.0, 1.0);
    let slant = height * 0.4;
    let plate = canvas::polygon(&[(x, y), (x + width, y), (x + width - slant, y + height), (x + slant, y + height)]);
    canvas.stroke(plate.as_ref(), unit * 0.9, dark.darker(0.4));
    canvas.fill(plate.as_ref(), Ink::vertical(y, y + height, &[light, middle]));
    let place = Transform::from_translate(x + cap * 1.2, y + (height - cap) / 2.0);
    canvas.stroke(text.transform(place).as_ref(), cap * 0.2, dark.darker(0.72));
}
