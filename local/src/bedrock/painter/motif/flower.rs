//! A bunch of three flowers.

use super::Brush;
use crate::bedrock::painter::canvas::{Canvas, Ink};
use crate::bedrock::painter::rgb::Rgb;

const GREEN: Rgb = Rgb::hex(0x4A8F4C);

pub(super) fn paint(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0xE2607E, 0xF48FB1, 0xF0B23A, 0x8A6FD6, 0xD62F3A]);
    let second = brush.second(color, color.lighter(0.35));
    let petals = [6, 8, 12][brush.chance.below(3)];
    let bottom = brush.view[3];
    for (x, y, bend) in [(30.0, 52.0, 42.0), (70.0, 56.0, 58.0), (50.0, 34.0, 50.0)] {
        canvas.line(&format!("M{x} {y} Q{bend} 74 50 {bottom}"), 2.2, GREEN.darker(0.2));
    }
    for (x, y, turn) in [(48.0, 80.0, -150.0), (52.0, 84.0, -30.0), (50.0, 72.0, -40.0)] {
        canvas.turned((x, y), turn, (1.0, 1.0), |canvas| {
            canvas.shape(
                &format!(
                    "M{x} {y} C{} {} {} {} {} {y} C{} {} {} {} {x} {y} Z",
                    x + 6.0,
                    y - 9.0,
                    x + 18.0,
                    y - 8.0,
                    x + 26.0,
                    x + 18.0,
                    y + 6.0,
                    x + 8.0,
                    y + 6.0
                ),
                Ink::vertical(y - 8.0, y + 6.0, &[GREEN.lighter(0.25), GREEN.darker(0.2)]),
            );
        });
    }
    paint_head(canvas, 30.0, 50.0, 14.0, petals, second);
    paint_head(canvas, 70.0, 54.0, 14.0, petals, second);
    paint_head(canvas, 50.0, 33.0, 20.0, petals, color);
}

fn paint_head(canvas: &mut Canvas, x: f32, y: f32, radius: f32, petals: usize, color: Rgb) {
    for (ring, reach) in [(0.5, 1.0), (0.0, 0.78)] {
        let tint = if ring > 0.0 { color.darker(0.18) } else { color };
        for petal in 0..petals {
            let turn = (petal as f32 + ring) * 360.0 / petals as f32;
            canvas.turned((x, y), turn, (1.0, 1.0), |canvas| {
                let length = radius * reach;
                canvas.ellipse(
                    x,
                    y - length * 0.62,
                    length * 2.2 / petals as f32 + 1.0,
                    length * 0.5,
                    Ink::vertical(y - length, y, &[tint.lighter(0.34), tint.darker(0.12)]),
                );
            });
        }
    }
    let heart = Rgb::hex(0xF2C045);
    canvas.circle(
        x,
        y,
        radius * 0.26,
        Ink::vertical(y - radius * 0.26, y + radius * 0.26, &[heart.lighter(0.3), heart.darker(0.25)]),
    );
}
