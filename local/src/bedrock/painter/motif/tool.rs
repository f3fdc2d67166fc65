//! What heroes carry: sword, shield, gem, book.

use super::{Brush, paint_shadow};
use crate::bedrock::painter::canvas::{self, Canvas, Ink};
use crate::bedrock::painter::path_data;
use crate::bedrock::painter::prompt::Thing;
use crate::bedrock::painter::rgb::Rgb;

const GOLD: [Rgb; 3] = [Rgb::hex(0xFFEEA8), Rgb::hex(0xE2B440), Rgb::hex(0x966418)];

pub(super) fn paint(canvas: &mut Canvas, brush: &mut Brush, thing: Thing) {
    let glow = brush.background.lighter(0.7);
    canvas.circle(50.0, 50.0, 46.0, Ink::glow(50.0, 50.0, 46.0, glow, 0.85));
    match thing {
        Thing::Sword => paint_sword(canvas, brush),
        Thing::Shield => paint_shield(canvas, brush),
        Thing::Book => paint_book(canvas, brush),
        _ => paint_gem(canvas, brush),
    }
    for _ in 0..7 {
        let (x, y) = (brush.chance.between(10.0, 90.0), brush.chance.between(12.0, 86.0));
        let spark = canvas::star(x, y, brush.chance.between(1.4, 3.4), 4, 0.18);
        canvas.fill(spark.as_ref(), (Rgb::WHITE, 0.9));
    }
}

fn paint_sword(canvas: &mut Canvas, brush: &mut Brush) {
    let steel = brush.main(&[0xC9D4E2, 0x9FD2E8, 0xD8DCE4]);
    let grip = brush.second(steel, Rgb::hex(0x7A3A34));
    canvas.turned((50.0, 50.0), 38.0, (1.0, 1.0), |canvas| {
        canvas.polygon(&[(50.0, -6.0), (56.0, 4.0), (55.0, 66.0), (45.0, 66.0), (44.0, 4.0)], steel.lighter(0.45));
        canvas.polygon(&[(50.0, -6.0), (56.0, 4.0), (55.0, 66.0), (50.0, 66.0)], steel.darker(0.16));
        canvas.polygon(&[(49.2, 6.0), (50.8, 6.0), (51.2, 60.0), (48.8, 60.0)], steel.darker(0.4));
        canvas.shape(
            "M30 66 C38 62 62 62 70 66 C72 70 70 72 66 71 C58 69 42 69 34 71 C30 72 28 70 30 66 Z",
            Ink::along([30.0, 62.0, 70.0, 72.0], &GOLD),
        );
        canvas.rect(46.4, 70.0, 7.2, 20.0, grip);
        for y in [73.0, 78.0, 83.0] {
            canvas.line(&format!("M46.6 {} L53.4 {y}", y + 3.0), 1.0, grip.lighter(0.35));
        }
        canvas.circle(50.0, 93.0, 5.0, Ink::along([45.0, 88.0, 55.0, 98.0], &GOLD));
        canvas.circle(50.0, 67.6, 2.6, Rgb::hex(0xD82F4E));
        canvas.circle(49.2, 66.8, 0.8, (Rgb::WHITE, 0.9));
    });
}

fn paint_shield(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0x345DA8, 0xA8303E, 0x2F7A56]);
    let second = brush.second(color, color.lighter(0.55));
    let half = "M50 8 C60 14 72 16 84 15 C86 48 76 78 50 94";
    canvas.symmetric(half, Ink::along([16.0, 10.0, 84.0, 90.0], &[GOLD[0], GOLD[1], GOLD[2], GOLD[1]]));
    let field = "M50 15 C60 20 69 21.6 78.6 21 C79 48 71 72 50 86.6";
    canvas.symmetric(field, color);
    canvas.inside(path_data::mirrored(field).as_ref(), |canvas| {
        canvas.rect(50.0, 10.0, 40.0, 42.0, second);
        canvas.rect(10.0, 52.0, 40.0, 40.0, second);
        canvas.rect(
            10.0,
            10.0,
            80.0,
            84.0,
            Ink::Linear(
                [20.0, 10.0, 80.0, 86.0],
                vec![(0.0, Rgb::WHITE, 0.3), (0.5, Rgb::WHITE, 0.0), (1.0, Rgb::BLACK, 0.35)],
            ),
        );
    });
    let star = canvas::star(50.0, 51.0, 17.0, 8, 0.45);
    canvas.stroke(star.as_ref(), 1.6, GOLD[2]);
    canvas.fill(star.as_ref(), Ink::along([36.0, 36.0, 64.0, 66.0], &GOLD));
    canvas.circle(50.0, 51.0, 4.6, Rgb::hex(0xF8F2E2));
}

fn paint_gem(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0xD82F5E, 0x2F8FD8, 0x2FB87A, 0x8F4FD8, 0xF0A82A]);
    paint_shadow(canvas, 50.0, 92.0, 24.0, 3.6);
    let (top, middle, tip) = (20.0, 40.0, 88.0);
    let girdle = [12.0, 31.0, 50.0, 69.0, 88.0];
    let table = [26.0, 42.0, 58.0, 74.0];
    let facet = |canvas: &mut Canvas, points: &[(f32, f32)], shade: f32| {
        let tint = if shade > 0.0 { color.lighter(shade) } else { color.darker(-shade) };
        canvas.polygon(points, tint);
    };
    for (index, shade) in [0.28, 0.5, 0.06, -0.3].into_iter().enumerate() {
        facet(canvas, &[(girdle[index], middle), (girdle[index + 1], middle), (50.0, tip)], shade - 0.12);
    }
    for (index, shade) in [0.62, 0.42, 0.1].into_iter().enumerate() {
        facet(canvas, &[(table[index], top), (table[index + 1], top), (girdle[index + 1], middle)], shade);
    }
    for (index, shade) in [0.36, 0.74, 0.5, -0.14].into_iter().enumerate() {
        let peak = if index < 2 { table[index] } else { table[index.min(3)] };
        facet(canvas, &[(girdle[index], middle), (peak, top), (girdle[index + 1], middle)], shade);
    }
    canvas.line("M26 20 H74 L88 40 L50 88 L12 40 Z M12 40 H88", 0.8, (Rgb::WHITE, 0.55));
}

fn paint_book(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0x7A303E, 0x2F4F7A, 0x3A6A4A, 0x5A3A7A]);
    paint_shadow(canvas, 52.0, 90.0, 34.0, 4.0);
    canvas.turned((50.0, 50.0), -6.0, (1.0, 1.0), |canvas| {
        let cover = canvas::rounded(20.0, 14.0, 60.0, 74.0, 4.0);
        canvas.shape("M26 84 L82 84 L84 90 L28 90 Z", Rgb::hex(0xF4EAD2));
        canvas.fill(canvas::rounded(22.0, 18.0, 62.0, 74.0, 4.0).as_ref(), color.darker(0.5));
        canvas.fill(canvas::rounded(24.0, 18.0, 57.0, 71.0, 2.0).as_ref(), Rgb::hex(0xF4EAD2));
        canvas.fill(
            cover.as_ref(),
            Ink::along([20.0, 14.0, 80.0, 88.0], &[color.lighter(0.18), color, color.darker(0.2)]),
        );
        canvas.rect(20.0, 16.0, 7.0, 70.0, (color.darker(0.45), 0.8));
        canvas.stroke(canvas::rounded(31.0, 20.0, 44.0, 62.0, 3.0).as_ref(), 1.2, GOLD[1]);
        canvas.circle(53.0, 50.0, 13.0, Ink::along([42.0, 38.0, 66.0, 62.0], &GOLD));
        canvas.circle(53.0, 50.0, 10.4, color.darker(0.3));
        canvas.fill(canvas::star(53.0, 50.0, 9.4, 6, 0.5).as_ref(), GOLD[0]);
    });
}
