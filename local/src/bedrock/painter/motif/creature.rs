//! Birds and fish, whole.

use super::{Brush, paint_shadow, round};
use crate::bedrock::painter::canvas::{Canvas, Ink};
use crate::bedrock::painter::prompt::Animal;
use crate::bedrock::painter::rgb::Rgb;

const BEAK: Rgb = Rgb::hex(0xF2A23A);
const DARK: Rgb = Rgb::hex(0x221C26);

pub(super) fn paint(canvas: &mut Canvas, brush: &mut Brush, animal: Animal) {
    match animal {
        Animal::Fish => paint_fish(canvas, brush),
        Animal::Owl => paint_owl(canvas, brush),
        Animal::Penguin => paint_penguin(canvas, brush),
        _ => paint_bird(canvas, brush),
    }
}

fn eye(canvas: &mut Canvas, x: f32, y: f32, radius: f32) {
    canvas.circle(x, y, radius, Rgb::WHITE);
    canvas.circle(x + radius * 0.08, y + radius * 0.06, radius * 0.68, DARK);
    canvas.circle(x - radius * 0.2, y - radius * 0.26, radius * 0.26, Rgb::WHITE);
}

fn paint_bird(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0x3F8FD0, 0xE27A34, 0xF0C23A, 0x4CA062]);
    let [left, _, right, _] = brush.view;
    canvas.line(&format!("M{left} 84 Q50 80 {right} 86"), 3.0, Rgb::hex(0x7A5438));
    canvas.shape("M28 60 L6 74 L12 78 L4 86 L32 74 Z", color.darker(0.3));
    canvas.shape(
        "M66 24 C82 24 88 38 84 54 C80 72 62 82 46 80 C30 78 22 66 26 58 C36 56 44 50 48 40 C51 30 57 24 66 24 Z",
        round(58.0, 50.0, 32.0, color),
    );
    canvas.shape("M80 58 C76 72 62 80 48 79 C56 74 62 66 66 58 C71 54 77 54 80 58 Z", color.lighter(0.68));
    canvas.shape("M30 60 C40 50 54 48 62 54 C62 66 50 74 38 72 C32 70 28 66 30 60 Z", color.darker(0.26));
    canvas.line("M36 62 Q48 56 58 58 M38 67 Q48 62 56 63", 0.8, (color.darker(0.5), 0.8));
    canvas.shape("M84 38 L98 43 L83 47 Z", BEAK);
    canvas.shape("M83 43.4 L98 43 L83 47 Z", BEAK.darker(0.25));
    eye(canvas, 72.0, 38.0, 4.6);
    canvas.line("M54 80 V86 M62 78.6 V86", 1.4, BEAK.darker(0.1));
}

fn paint_owl(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0x8A5E3E, 0x6E6A78, 0xA67C52]);
    paint_shadow(canvas, 50.0, 88.0, 26.0, 4.0);
    canvas.symmetric("M50 20 C58 20 62 22 68 14 C76 22 80 40 79 58 C78 78 66 88 50 88", round(50.0, 50.0, 36.0, color));
    canvas.symmetric("M50 50 C60 50 66 60 65 70 C63 80 57 86 50 86", color.lighter(0.6));
    for row in 0..4 {
        for column in 0..5 - row % 2 {
            let x = 50.0 + (column as f32 - (4 - row % 2) as f32 / 2.0) * 5.4;
            let y = 62.0 + row as f32 * 5.4;
            canvas.line(&format!("M{} {y} Q{x} {} {} {y}", x - 1.8, y + 3.0, x + 1.8), 0.8, color);
        }
    }
    canvas.both_sides(|canvas| {
        canvas.circle(61.4, 38.0, 12.4, color.lighter(0.55));
        canvas.shape("M76 48 C84 58 82 74 74 82 C72 72 72 60 76 48 Z", color.darker(0.3));
    });
    for x in [38.6, 61.4] {
        canvas.circle(x, 38.0, 8.0, Rgb::hex(0xF7C848));
        canvas.circle(x, 38.0, 4.6, DARK);
        canvas.circle(x - 1.8, 36.0, 1.7, Rgb::WHITE);
    }
    canvas.shape("M46.6 44 L53.4 44 L50 52 Z", BEAK);
    canvas.both_sides(|canvas| canvas.line("M56 86 V90 M60 85 V89", 1.6, BEAK.darker(0.1)));
}

fn paint_penguin(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0x2B334A, 0x242630, 0x3A4A6E]);
    paint_shadow(canvas, 50.0, 90.0, 26.0, 4.0);
    canvas.both_sides(|canvas| {
        canvas.ellipse(59.0, 89.0, 8.0, 3.4, BEAK);
        canvas.shape("M72 46 C84 52 88 66 82 76 C76 72 72 62 70 54 Z", color.darker(0.3));
    });
    canvas.symmetric("M50 12 C64 12 71 22 72 34 C78 50 78 88 50 90", round(50.0, 46.0, 40.0, color));
    canvas.symmetric("M50 26 C56 20 66 24 66 34 C66 40 64 42 64 46 C70 60 68 84 50 86", Rgb::hex(0xFCFBF7));
    eye(canvas, 42.4, 33.0, 4.0);
    eye(canvas, 57.6, 33.0, 4.0);
    canvas.shape("M44.6 39 C48 37.4 52 37.4 55.4 39 L50 45 Z", BEAK);
    canvas.both_sides(|canvas| canvas.circle(61.0, 41.0, 3.0, Ink::glow(61.0, 41.0, 3.0, Rgb::hex(0xF06A6A), 0.5)));
}

fn paint_fish(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0xF08A34, 0x3F8FD0, 0xE25A5A, 0xF0C23A]);
    let second = brush.second(color, Rgb::WHITE);
    canvas.shape("M30 50 C20 38 10 34 4 34 C10 44 10 56 4 68 C12 66 22 60 30 50 Z", color.darker(0.2));
    canvas.shape("M44 32 C50 20 62 18 70 22 L66 34 Z", color.darker(0.28));
    canvas.shape(
        "M26 50 C36 30 60 24 78 36 C86 42 90 47 92 50 C88 58 82 64 76 68 C58 76 36 70 26 50 Z",
        round(58.0, 48.0, 34.0, color),
    );
    canvas.shape("M48 30 C53 44 53 58 48 70 C44 69 41 67 38 65 C42 56 42 44 38 35 C41 33 44 31 48 30 Z", (second, 0.9));
    canvas.shape("M58 54 C50 56 48 66 52 72 C60 70 64 62 64 56 Z", color.darker(0.28));
    eye(canvas, 77.0, 44.0, 5.0);
    canvas.line("M91 52 Q86 55 83 53", 0.9, color.darker(0.55));
    for (x, y, radius) in
        [(94.0, 34.0, 2.2), (90.0, 26.0, 1.5), (96.0, 20.0, 2.8), (22.0, 24.0, 1.6), (16.0, 78.0, 2.0)]
    {
        let bubble = tiny_skia::PathBuilder::from_circle(x, y, radius);
        canvas.stroke(bubble.as_ref(), 0.6, (Rgb::WHITE, 0.85));
    }
}
