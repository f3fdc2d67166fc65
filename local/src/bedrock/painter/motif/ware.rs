//! Wares on a table: potion, bottle, cup, box.

use super::{Brush, paint_table};
use crate::bedrock::painter::canvas::{self, Canvas, Ink};
use crate::bedrock::painter::path_data;
use crate::bedrock::painter::prompt::Thing;
use crate::bedrock::painter::rgb::Rgb;

pub(super) fn paint(canvas: &mut Canvas, brush: &mut Brush, thing: Thing) {
    paint_table(canvas, brush, 74.0);
    match thing {
        Thing::Potion => paint_potion(canvas, brush),
        Thing::Bottle => paint_bottle(canvas, brush),
        Thing::Cup => paint_cup(canvas, brush),
        _ => paint_box(canvas, brush),
    }
}

fn paint_potion(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0xD83F5E, 0x3F8FD8, 0x4FB86A, 0x9A4FD8]);
    let glass = "M50 26 L57 26 L57 40 C70 44 77 54 77 65 C77 78 66 86 50 86";
    canvas.symmetric(glass, (Rgb::hex(0xF0F8FF), 0.72));
    canvas.inside(path_data::mirrored(glass).as_ref(), |canvas| {
        canvas.shape(
            "M20 58 Q36 53 50 58 Q66 63 80 57 V90 H20 Z",
            Ink::vertical(54.0, 86.0, &[color.lighter(0.25), color, color.darker(0.4)]),
        );
        for (x, y, radius) in
            [(40.0, 70.0, 2.6), (58.0, 66.0, 1.8), (52.0, 77.0, 3.2), (64.0, 76.0, 1.6), (44.0, 62.0, 1.4)]
        {
            canvas.circle(x, y, radius, (Rgb::WHITE, 0.45));
        }
    });
    canvas.stroke(path_data::mirrored(glass).as_ref(), 1.4, (Rgb::hex(0xDDEAF4), 0.95));
    canvas.line("M31 60 C32 52 37 47 43 45", 2.2, (Rgb::WHITE, 0.8));
    canvas.fill(canvas::rounded(40.6, 23.0, 18.8, 5.0, 2.4).as_ref(), Rgb::hex(0xDDEAF4));
    canvas.shape(
        "M44 23 L44.6 12 H55.4 L56 23 Z",
        Ink::along([44.0, 0.0, 56.0, 0.0], &[Rgb::hex(0xD2A46E), Rgb::hex(0x8E6038)]),
    );
}

fn paint_bottle(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0x3A7A6A, 0x7A3A4E, 0xD8A86A, 0x3A5A8F]);
    let body = "M50 24 L56 24 L56 34 C56 39 68 40 68 50 L68 82 C68 86 64 87 62 87 L50 87";
    canvas.symmetric(
        body,
        Ink::along([32.0, 0.0, 68.0, 0.0], &[color.lighter(0.4), color, color.darker(0.1), color.darker(0.45)]),
    );
    canvas.fill(
        canvas::rounded(42.4, 10.0, 15.2, 15.0, 2.4).as_ref(),
        Ink::along([42.0, 0.0, 58.0, 0.0], &[Rgb::hex(0x6A6670), Rgb::hex(0x2A2830)]),
    );
    canvas.line("M36 50 C36 46 39 44 42 43 M36 54 V80", 1.8, (Rgb::WHITE, 0.55));
    let label = brush.second(color, Rgb::hex(0xFBF6EA));
    canvas.rect(34.0, 54.0, 32.0, 22.0, label);
    let ink = if label.brightness() > 0.5 { label.darker(0.6) } else { label.lighter(0.7) };
    canvas.fill(canvas::star(50.0, 61.4, 4.2, 6, 0.5).as_ref(), ink);
    canvas.line("M40 69 H60 M44 72.4 H56", 1.1, ink);
}

fn paint_cup(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0xE8E2D6, 0xD25A4A, 0x4A7AA8, 0x3A3A44]);
    let drink = brush.second(color, Rgb::hex(0x5A3824));
    canvas.ellipse(48.0, 85.0, 32.0, 4.6, color.darker(0.14));
    canvas.line("M70 52 C84 48 86 70 68 72", 4.4, color.darker(0.2));
    canvas.shape(
        "M24 44 L72 44 C72 64 66 84 56 84 L40 84 C30 84 24 64 24 44 Z",
        Ink::along([24.0, 0.0, 72.0, 0.0], &[color.lighter(0.3), color, color.darker(0.3)]),
    );
    canvas.ellipse(48.0, 44.0, 24.0, 5.6, color.lighter(0.25));
    canvas.ellipse(48.0, 44.6, 21.4, 4.4, Ink::vertical(40.0, 49.0, &[drink.darker(0.2), drink.lighter(0.1)]));
    for x in [38.0, 48.0, 58.0] {
        canvas.line(
            &format!("M{x} 36 C{} 30 {} 26 {x} 20 C{} 15 {x} 12 {x} 10", x - 5.0, x + 5.0, x - 4.0),
            1.8,
            (Rgb::WHITE, 0.5),
        );
    }
}

fn paint_box(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0x4F7AB8, 0xD25A5E, 0x5A9A7A, 0xD8A85A]);
    let ribbon = brush.second(color, Rgb::hex(0xF6E2A0));
    canvas.polygon(&[(16.0, 46.0), (50.0, 56.0), (50.0, 90.0), (16.0, 78.0)], color);
    canvas.polygon(&[(84.0, 46.0), (50.0, 56.0), (50.0, 90.0), (84.0, 78.0)], color.darker(0.3));
    canvas.polygon(&[(16.0, 46.0), (50.0, 36.0), (84.0, 46.0), (50.0, 56.0)], color.lighter(0.3));
    canvas.polygon(&[(30.0, 50.0), (37.0, 52.2), (37.0, 85.4), (30.0, 83.0)], ribbon);
    canvas.polygon(&[(63.0, 52.2), (70.0, 50.0), (70.0, 83.0), (63.0, 85.4)], ribbon.darker(0.22));
    canvas.polygon(&[(30.0, 50.0), (37.0, 52.2), (70.0, 41.8), (63.0, 39.8)], ribbon.lighter(0.1));
    canvas.polygon(&[(63.0, 52.2), (70.0, 50.0), (37.0, 39.8), (30.0, 41.8)], ribbon.lighter(0.1));
    canvas.shape("M50 45 C40 38 30 32 34 26 C40 22 48 34 50 45 Z", ribbon);
    canvas.shape("M50 45 C60 38 70 32 66 26 C60 22 52 34 50 45 Z", ribbon.darker(0.14));
    canvas.circle(50.0, 44.0, 3.4, ribbon.lighter(0.25));
}
