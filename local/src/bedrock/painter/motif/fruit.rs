//! Fruit on a table.

use super::{Brush, paint_shadow, paint_table, round};
use crate::bedrock::painter::canvas::{Canvas, Ink};
use crate::bedrock::painter::prompt::Fruit;
use crate::bedrock::painter::rgb::Rgb;

const STEM: Rgb = Rgb::hex(0x6B462C);
const LEAF: Rgb = Rgb::hex(0x4C9A4A);

pub(super) fn paint(canvas: &mut Canvas, brush: &mut Brush, fruit: Fruit) {
    paint_table(canvas, brush, 70.0);
    match fruit {
        Fruit::Apple => paint_apple(canvas, brush),
        Fruit::Citrus => paint_citrus(canvas, brush),
        Fruit::Pear => paint_pear(canvas, brush),
        Fruit::Cherry => paint_cherries(canvas, brush),
        Fruit::Grapes => paint_grapes(canvas, brush),
        Fruit::Strawberry => paint_strawberry(canvas, brush),
        Fruit::Banana => paint_bananas(canvas, brush),
    }
}

fn leaf(canvas: &mut Canvas, x: f32, y: f32, turn: f32) {
    canvas.turned((x, y), turn, (1.0, 1.0), |canvas| {
        let (right, up, down) = (x + 18.0, y - 8.0, y + 5.0);
        canvas.shape(
            &format!(
                "M{x} {y} C{} {up} {} {up} {right} {y} C{} {down} {} {down} {x} {y} Z",
                x + 4.0,
                x + 12.0,
                x + 12.0,
                x + 5.0
            ),
            Ink::vertical(up, down, &[LEAF.lighter(0.25), LEAF.darker(0.25)]),
        );
        canvas.line(&format!("M{x} {y} L{} {}", x + 14.0, y - 0.6), 0.6, (LEAF.darker(0.5), 0.7));
    });
}

fn shine(canvas: &mut Canvas, x: f32, y: f32, size: f32) {
    canvas.turned((x, y), -32.0, (1.0, 1.0), |canvas| {
        canvas.ellipse(x, y, 3.0 * size, 5.4 * size, (Rgb::WHITE, 0.5));
    });
}

fn paint_apple(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0xD62F2B, 0x8FBF3A, 0xE24A32]);
    canvas
        .symmetric("M50 34 C58 28 76 30 79 48 C81 62 72 80 61 82 C56 83 54 80.6 50 81", round(48.0, 54.0, 30.0, color));
    canvas.ellipse(50.0, 35.4, 8.0, 3.2, Ink::glow(50.0, 35.4, 8.0, color.darker(0.75), 0.8));
    canvas.line("M50 36 C50 30 51 26 54 22", 2.0, STEM);
    leaf(canvas, 52.0, 29.0, -22.0);
    shine(canvas, 35.0, 46.0, 1.1);
}

fn paint_citrus(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0xF2962C, 0xF4D03A]);
    canvas.circle(44.0, 56.0, 25.0, round(44.0, 56.0, 25.0, color));
    for index in 0..26 {
        let angle = index as f32 * 2.4;
        let distance = 4.0 + (index as f32).sqrt() * 3.6;
        canvas.circle(44.0 + distance * angle.cos(), 56.0 + distance * angle.sin(), 0.5, (color.darker(0.3), 0.5));
    }
    leaf(canvas, 44.0, 33.0, -14.0);
    canvas.circle(44.0, 32.6, 1.6, STEM);
    shine(canvas, 33.0, 46.0, 0.9);
    paint_shadow(canvas, 73.0, 82.0, 15.0, 2.6);
    canvas.circle(73.0, 69.0, 14.0, color);
    canvas.circle(73.0, 69.0, 12.6, Rgb::hex(0xFFF6DE));
    canvas.circle(73.0, 69.0, 11.6, color.lighter(0.22));
    for wedge in 0..8 {
        canvas.turned((73.0, 69.0), wedge as f32 * 45.0, (1.0, 1.0), |canvas| {
            canvas.line("M73 69 V58", 0.9, Rgb::hex(0xFFF6DE));
        });
    }
}

fn paint_pear(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0xB8C44A, 0xD9C24A]);
    canvas.symmetric("M50 24 C57 24 60 32 61 41 C63 50 75 54 75 67 C75 78 64 83 50 82", round(46.0, 58.0, 28.0, color));
    canvas.line("M50 25 C50 20 51 17 53 13", 2.0, STEM);
    leaf(canvas, 51.0, 20.0, -14.0);
    shine(canvas, 38.0, 58.0, 1.0);
}

fn paint_cherries(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0xB81E36, 0xD62F3A]);
    canvas.line("M36 58 C38 40 46 26 58 20 M66 62 C66 44 62 30 58 20", 1.7, LEAF.darker(0.3));
    leaf(canvas, 58.0, 20.0, -4.0);
    for (x, y) in [(36.0, 68.0), (66.0, 71.0)] {
        canvas.circle(x, y, 13.4, round(x, y, 13.4, color));
        canvas.ellipse(x, y - 11.0, 4.0, 1.6, (color.darker(0.6), 0.8));
        shine(canvas, x - 5.0, y - 4.0, 0.6);
    }
}

fn paint_grapes(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0x6A3A8F, 0x9AC24A, 0x4A2E6E]);
    canvas.line("M50 30 C50 24 52 20 54 16", 2.0, STEM);
    leaf(canvas, 51.0, 24.0, -24.0);
    for (row, count) in [4_i32, 5, 4, 3, 2, 1].into_iter().enumerate() {
        for column in 0..count {
            let x = 50.0 + (column as f32 - (count - 1) as f32 / 2.0) * 10.0;
            let y = 34.0 + row as f32 * 8.8;
            canvas.circle(x, y, 5.9, round(x, y, 5.9, color));
            canvas.circle(x - 2.0, y - 2.2, 1.1, (Rgb::WHITE, 0.55));
        }
    }
}

fn paint_strawberry(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0xDE2F3A, 0xE84A4A]);
    canvas.symmetric("M50 34 C60 30 76 34 74 48 C72 64 60 82 50 84", round(46.0, 52.0, 28.0, color));
    for (row, count) in [4_i32, 5, 4, 3, 2].into_iter().enumerate() {
        for column in 0..count {
            let x = 50.0 + (column as f32 - (count - 1) as f32 / 2.0) * 9.4;
            let y = 44.0 + row as f32 * 8.0;
            canvas.ellipse(x, y, 0.9, 1.5, Rgb::hex(0xF7DC7A));
        }
    }
    for index in 0..7 {
        canvas.turned((50.0, 33.0), -96.0 + index as f32 * 32.0, (1.0, 1.0), |canvas| {
            canvas.shape("M50 33 C46 27 47 20 50 16 C53 20 54 27 50 33 Z", LEAF.darker(index as f32 * 0.05));
        });
    }
    shine(canvas, 37.0, 46.0, 0.8);
}

fn paint_bananas(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0xF6CF37, 0xF0C23A]);
    for turn in [16.0, 0.0, -16.0] {
        canvas.turned((74.0, 30.0), turn, (1.0, 1.0), |canvas| {
            canvas.shape(
                "M70 26 C72 50 58 70 28 74 C24 75 22 79 26 81 C58 86 84 62 78 26 Z",
                Ink::along([34.0, 50.0, 60.0, 82.0], &[color.lighter(0.3), color, color.darker(0.3)]),
            );
            canvas.line("M74 28 C76 54 60 74 28 77.6", 0.8, (color.darker(0.4), 0.7));
        });
    }
    canvas.shape("M69 29 L70 16 L78 16 L80 29 Z", STEM.mix(color, 0.4));
}
