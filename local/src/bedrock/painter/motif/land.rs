//! Lands: mountains, sea, forest, desert and a city, under the sky of the hour.

use super::Brush;
use crate::bedrock::painter::canvas::{self, Canvas, Ink};
use crate::bedrock::painter::prompt::{Land, Setting};
use crate::bedrock::painter::rgb::Rgb;

pub(super) fn paint(canvas: &mut Canvas, brush: &mut Brush, land: Land) {
    let night = matches!(brush.setting, Some(Setting::Night | Setting::Space));
    paint_sky(canvas, brush, night);
    match land {
        Land::Mountain => paint_mountains(canvas, brush),
        Land::Sea => paint_sea(canvas, brush),
        Land::Forest => paint_forest(canvas, brush),
        Land::Desert => paint_desert(canvas, brush),
        Land::City => paint_city(canvas, brush, night),
    }
}

fn paint_sky(canvas: &mut Canvas, brush: &mut Brush, night: bool) {
    let [left, top, right, bottom] = brush.view;
    let sky = brush.background;
    let horizon = if brush.setting == Some(Setting::Sunset) { Rgb::hex(0xFFD98A) } else { sky.lighter(0.5) };
    canvas.rect(left, top, right - left, bottom - top, Ink::vertical(top, 70.0, &[sky, sky, horizon]));
    let x = brush.chance.between(26.0, 74.0);
    if night {
        for _ in 0..60 {
            let (x, y) = (brush.chance.between(left, right), brush.chance.between(top, 60.0));
            canvas.circle(x, y, brush.chance.between(0.2, 0.6), (Rgb::WHITE, 0.9));
        }
        canvas.circle(x, 24.0, 8.0, Rgb::hex(0xFBF3D0));
        canvas.circle(x + 3.4, 22.4, 6.8, sky);
        return;
    }
    let (y, sun) =
        if brush.setting == Some(Setting::Sunset) { (52.0, Rgb::hex(0xFFE39A)) } else { (24.0, Rgb::hex(0xFFF3C2)) };
    canvas.circle(x, y, 34.0, Ink::glow(x, y, 34.0, sun, 0.8));
    canvas.circle(x, y, 9.0, sun);
    for _ in 0..4 {
        let (x, y) = (brush.chance.between(left, right), brush.chance.between(12.0, 38.0));
        for (dx, dy, radius) in [(-6.0, 1.0, 3.6), (0.0, -1.0, 5.0), (6.0, 1.0, 3.8)] {
            canvas.ellipse(x + dx, y + dy, radius * 1.5, radius * 0.8, (Rgb::WHITE, 0.6));
        }
    }
}

/// A ridge from left to right with a peak every `step` units.
fn ridge(brush: &mut Brush, base: f32, height: f32, step: f32) -> Vec<(f32, f32)> {
    let [left, _, right, bottom] = brush.view;
    let mut points = vec![(left - step, bottom)];
    let mut x = left - step;
    let mut up = false;
    while x < right + step {
        let y = if up {
            base - height * brush.chance.between(0.6, 1.0)
        } else {
            base - height * brush.chance.between(0.0, 0.2)
        };
        points.push((x, y));
        x += step * brush.chance.between(0.4, 0.62);
        up = !up;
    }
    points.push((right + step, bottom));
    points
}

fn paint_mountains(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0x5A6F8F, 0x5E6A7A, 0x4F6A74]);
    let [left, _, right, bottom] = brush.view;
    let far = ridge(brush, 66.0, 26.0, 34.0);
    canvas.polygon(&far, color.mix(brush.background, 0.5));
    canvas.polygon(
        &[(-14.0, 84.0), (46.0, 18.0), (106.0, 84.0)],
        Ink::vertical(20.0, 84.0, &[color.lighter(0.12), color.darker(0.1)]),
    );
    canvas
        .polygon(&[(46.0, 18.0), (106.0, 84.0), (54.0, 84.0), (49.0, 52.0), (52.0, 40.0)], (color.darker(0.34), 0.75));
    canvas.polygon(
        &[
            (46.0, 18.0),
            (60.0, 33.4),
            (55.0, 37.0),
            (51.0, 33.0),
            (47.0, 40.0),
            (42.0, 34.0),
            (38.0, 38.0),
            (32.0, 33.4),
        ],
        Rgb::hex(0xFBFCFF),
    );
    let green = Rgb::hex(0x4C8258).mix(brush.background, 0.18);
    let near = ridge(brush, 80.0, 12.0, 44.0);
    canvas.polygon(&near, green.darker(0.12));
    canvas.shape(
        &format!("M{left} 82 Q20 74 50 82 Q80 90 {right} 80 L{right} {bottom} L{left} {bottom} Z"),
        green.lighter(0.1),
    );
    let mut x = left + 3.0;
    while x < right {
        if (x - 50.0).abs() > 12.0 {
            paint_fir(canvas, x, brush.chance.between(80.0, 86.0), brush.chance.between(0.7, 1.1), green.darker(0.35));
        }
        x += brush.chance.between(7.0, 14.0);
    }
}

fn paint_fir(canvas: &mut Canvas, x: f32, y: f32, size: f32, color: Rgb) {
    canvas.rect(x - 0.6 * size, y, 1.2 * size, 4.0 * size, Rgb::hex(0x5A4030));
    for tier in 0..3 {
        let (top, half) = (y - (13.0 - 4.0 * tier as f32) * size, (2.6 + tier as f32) * size);
        canvas.polygon(
            &[(x, top), (x + half, top + 6.6 * size), (x - half, top + 6.6 * size)],
            color.lighter(0.05 * (2 - tier) as f32),
        );
    }
}

fn paint_sea(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0x2C8FB8, 0x2F7FC0, 0x2BA0A8]);
    let [left, _, right, bottom] = brush.view;
    canvas.rect(
        left,
        54.0,
        right - left,
        bottom - 54.0,
        Ink::vertical(54.0, 96.0, &[color.darker(0.2), color, color.lighter(0.2)]),
    );
    let island = ridge(brush, 56.0, 9.0, 26.0);
    let first = left + (right - left) * 0.1;
    canvas.inside(
        canvas::polygon(&[(first, 30.0), (first + 34.0, 30.0), (first + 34.0, 54.4), (first, 54.4)]).as_ref(),
        |canvas| {
            canvas.polygon(&island, Rgb::hex(0x5E8074).mix(brush.background, 0.35));
        },
    );
    for row in 0..9 {
        let y = 58.0 + row as f32 * 4.4;
        let mut x = left + brush.chance.between(0.0, 18.0);
        while x < right {
            let length = brush.chance.between(4.0, 9.0) + row as f32;
            let (middle, end) = (x + length / 2.0, x + length);
            canvas.line(&format!("M{x} {y} Q{middle} {} {end} {y}", y - 1.4), 0.7, (Rgb::WHITE, 0.5));
            x += brush.chance.between(16.0, 34.0);
        }
    }
    canvas.shape("M55 34 L55 58 L72 58 C70 48 64 40 55 34 Z", Rgb::hex(0xFDFBF4));
    canvas.shape("M53 38 L53 58 L42 58 C43 50 47 43 53 38 Z", Rgb::hex(0xF28A5A));
    canvas.shape("M38 60 L76 60 C73 66 69 68 66 68 L47 68 C43 68 40 65 38 60 Z", Rgb::hex(0x8A4F36));
    canvas.shape(
        &format!("M{left} 92 Q30 86 60 91 Q84 95 {right} 88 L{right} {bottom} L{left} {bottom} Z"),
        Rgb::hex(0xF0DCAE),
    );
}

fn paint_forest(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0x3F8A4E, 0x5A9446, 0x2F6F56]);
    let [left, _, right, bottom] = brush.view;
    for (layer, y) in [(0.55, 66.0), (0.28, 74.0), (0.0, 84.0)] {
        let tint = color.mix(brush.background, layer);
        let mut x = left - 4.0;
        while x < right + 4.0 {
            let size = brush.chance.between(1.5, 2.4) * (1.35 - layer);
            if brush.chance.chance(0.6) {
                paint_fir(canvas, x, y, size * 1.15, tint.darker(0.16));
            } else {
                canvas.rect(x - 0.9 * size, y - 6.0, 1.8 * size, 12.0, Rgb::hex(0x6B4A34));
                canvas.circle(
                    x,
                    y - 8.0 * size,
                    6.0 * size,
                    Ink::along([x - 6.0, y - 14.0 * size, x + 6.0, y], &[tint.lighter(0.2), tint.darker(0.2)]),
                );
            }
            x += brush.chance.between(9.0, 17.0);
        }
        canvas.rect(left, y + 2.0, right - left, bottom - y, tint.lighter(0.06));
    }
    canvas.shape(&format!("M44 {bottom} C50 96 58 92 52 86 L56 86 C66 92 64 96 66 {bottom} Z"), Rgb::hex(0xD9C294));
}

fn paint_desert(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0xE8BE7A, 0xDEA862]);
    let [left, _, right, bottom] = brush.view;
    for (index, y) in [62.0, 72.0, 84.0].into_iter().enumerate() {
        let tint = color.darker(0.1 * index as f32);
        canvas.shape(
            &format!(
                "M{left} {y} Q20 {} 50 {y} Q80 {} {right} {} L{right} {bottom} L{left} {bottom} Z",
                y - 12.0,
                y + 8.0,
                y - 4.0
            ),
            Ink::vertical(y - 8.0, y + 24.0, &[tint.lighter(0.2), tint]),
        );
    }
    let green = Rgb::hex(0x4F8A4E);
    canvas.line("M68 84 V58 M68 72 H60 V64 M68 76 H76 V66", 4.0, green);
    canvas.line("M67 83 V59", 0.8, green.lighter(0.35));
}

fn paint_city(canvas: &mut Canvas, brush: &mut Brush, night: bool) {
    let color = brush.main(&[0x5A6A8A, 0x6E748C, 0x4A5A78]);
    let [left, _, right, bottom] = brush.view;
    let lit = if night { Rgb::hex(0xFFDE8A) } else { color.lighter(0.55) };
    for (layer, low, high) in [(0.5, 34.0, 52.0), (0.0, 48.0, 68.0)] {
        let tint = color.mix(brush.background, layer).darker(if layer == 0.0 { 0.25 } else { 0.0 });
        let mut x = left;
        while x < right {
            let (wide, top) = (
                brush.chance.between(9.0, 16.0),
                brush.chance.between(low, high) - if (x - 45.0).abs() < 16.0 { 14.0 } else { 0.0 },
            );
            canvas.rect(
                x,
                top,
                wide,
                bottom - top,
                Ink::vertical(top, top + 60.0, &[tint.lighter(0.1), tint.darker(0.2)]),
            );
            let mut y = top + 3.0;
            while layer == 0.0 && y < 96.0 {
                for column in 0..(wide / 3.4) as i32 {
                    if brush.chance.chance(0.6) {
                        canvas.rect(x + 1.4 + column as f32 * 3.2, y, 1.6, 2.2, (lit, 0.9));
                    }
                }
                y += 4.6;
            }
            x += wide + 0.6;
        }
    }
}
