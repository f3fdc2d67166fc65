//! Buildings on a green: castle, house, tower.

use super::Brush;
use crate::bedrock::painter::canvas::{Canvas, Ink};
use crate::bedrock::painter::prompt::Building;
use crate::bedrock::painter::rgb::Rgb;

const GLASS: Rgb = Rgb::hex(0x4A5A78);

pub(super) fn paint(canvas: &mut Canvas, brush: &mut Brush, building: Building) {
    let [left, _, right, bottom] = brush.view;
    let grass = Rgb::hex(0x6AA85A).mix(brush.background, 0.15);
    canvas.ellipse(
        50.0,
        bottom.max(96.0) + 6.0,
        (right - left) * 0.9,
        bottom.max(96.0) - 72.0,
        Ink::vertical(76.0, bottom, &[grass.lighter(0.12), grass.darker(0.3)]),
    );
    match building {
        Building::Castle => paint_castle(canvas, brush),
        Building::House => paint_house(canvas, brush),
        Building::Tower => paint_tower(canvas, brush),
    }
}

fn wall(canvas: &mut Canvas, x: f32, y: f32, width: f32, height: f32, color: Rgb) {
    canvas.rect(
        x,
        y,
        width,
        height,
        Ink::along([x, 0.0, x + width, 0.0], &[color.lighter(0.18), color, color.darker(0.24)]),
    );
}

fn battlement(canvas: &mut Canvas, x: f32, y: f32, width: f32, color: Rgb) {
    let count = (width / 4.4).round().max(2.0) as usize;
    let step = width / (count as f32 * 2.0 - 1.0);
    for tooth in 0..count {
        canvas.rect(x + tooth as f32 * 2.0 * step, y - 3.4, step, 3.6, color.darker(0.06));
    }
}

fn paint_castle(canvas: &mut Canvas, brush: &mut Brush) {
    let stone = brush.main(&[0xB8B6C2, 0xC9BCA6, 0x9FA8B6]);
    let roof = brush.second(stone, Rgb::hex(0x4F62B0));
    for (x, width, top) in [(40.0, 20.0, 34.0), (16.0, 14.0, 48.0), (70.0, 14.0, 48.0)] {
        wall(canvas, x, top, width, 86.0 - top, stone);
        let middle = x + width / 2.0;
        canvas.polygon(
            &[(x - 2.4, top), (middle, top - width * 1.1), (x + width + 2.4, top)],
            Ink::along([x, 0.0, x + width, 0.0], &[roof.lighter(0.2), roof, roof.darker(0.35)]),
        );
        let flag = top - width * 1.1;
        canvas.line(&format!("M{middle} {flag} V{}", flag - 6.0), 0.6, Rgb::hex(0x5A4A44));
        canvas.polygon(&[(middle, flag - 6.0), (middle + 6.0, flag - 4.2), (middle, flag - 2.4)], Rgb::hex(0xD83F4A));
        canvas.shape(
            &format!(
                "M{a} {c} V{b} Q{middle} {d} {e} {b} V{c} Z",
                a = middle - 1.8,
                b = top + 8.0,
                c = top + 13.0,
                d = top + 4.0,
                e = middle + 1.8
            ),
            GLASS.darker(0.3),
        );
    }
    wall(canvas, 24.0, 60.0, 52.0, 27.0, stone.lighter(0.08));
    battlement(canvas, 24.0, 60.0, 52.0, stone.lighter(0.08));
    canvas.shape("M43 87 V74 Q43 66 50 66 Q57 66 57 74 V87 Z", Rgb::hex(0x6B462C));
    canvas.line("M50 66 V87 M43 78 H57", 0.8, Rgb::hex(0x3E281C));
    for (x, y) in [(28.0, 68.0), (33.0, 76.0), (64.0, 70.0), (68.0, 79.0), (30.0, 82.0), (61.0, 83.0)] {
        canvas.rect(x, y, 4.4, 1.8, (stone.darker(0.3), 0.6));
    }
    canvas.shape("M43 87 L57 87 L68 120 L32 120 Z", Rgb::hex(0xD9C6A0));
}

fn paint_house(canvas: &mut Canvas, brush: &mut Brush) {
    let paint = brush.main(&[0xF2E6CE, 0xE2B88A, 0xBFD2D8]);
    let roof = brush.second(paint, Rgb::hex(0xB04A3A));
    canvas.rect(64.0, 22.0, 8.0, 18.0, Rgb::hex(0x9A5A48));
    wall(canvas, 24.0, 46.0, 52.0, 42.0, paint);
    canvas.polygon(
        &[(16.0, 48.0), (50.0, 20.0), (84.0, 48.0)],
        Ink::vertical(20.0, 48.0, &[roof.lighter(0.2), roof.darker(0.1)]),
    );
    canvas.line("M16 48 L50 20 L84 48", 1.6, roof.darker(0.35));
    canvas.shape("M44 88 V68 Q44 62 50 62 Q56 62 56 68 V88 Z", Rgb::hex(0x7A4E34));
    canvas.circle(53.4, 76.0, 0.9, Rgb::hex(0xF0C85A));
    for x in [29.0, 61.0] {
        canvas.rect(x, 57.0, 11.0, 12.0, Rgb::WHITE);
        canvas.rect(x + 1.0, 58.0, 9.0, 10.0, Ink::vertical(58.0, 68.0, &[GLASS.lighter(0.55), GLASS.lighter(0.2)]));
        canvas.line(&format!("M{m} 58 V68 M{x} 63 H{r}", m = x + 5.5, r = x + 11.0), 0.9, Rgb::WHITE);
    }
    canvas.circle(50.0, 38.0, 4.2, Rgb::WHITE);
    canvas.circle(50.0, 38.0, 3.2, GLASS.lighter(0.3));
    canvas.shape("M45 88 L55 88 L64 120 L36 120 Z", Rgb::hex(0xD9C6A0));
}

fn paint_tower(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0xF4F0E8, 0xC9BCA6, 0xD8DCE4]);
    let stripe = brush.second(color, Rgb::hex(0xD2443E));
    let body = "M50 30 L59 30 L66 90 L50 90";
    canvas.symmetric(body, color);
    let outline = crate::bedrock::painter::path_data::mirrored(body);
    canvas.inside(outline.as_ref(), |canvas| {
        for y in [38.0, 58.0, 78.0] {
            canvas.rect(30.0, y, 40.0, 10.0, stripe);
        }
        canvas.rect(
            30.0,
            28.0,
            40.0,
            64.0,
            Ink::Linear(
                [36.0, 0.0, 66.0, 0.0],
                vec![(0.0, Rgb::WHITE, 0.25), (0.5, Rgb::BLACK, 0.0), (1.0, Rgb::BLACK, 0.35)],
            ),
        );
    });
    canvas.rect(36.0, 27.0, 28.0, 3.4, stripe.darker(0.3));
    canvas.rect(43.0, 15.0, 14.0, 12.0, Ink::vertical(15.0, 27.0, &[Rgb::hex(0xFFF3B0), Rgb::hex(0xF6CE5A)]));
    canvas.line("M43 15 V27 M50 15 V27 M57 15 V27", 0.9, stripe.darker(0.4));
    canvas.polygon(&[(40.0, 15.6), (50.0, 5.0), (60.0, 15.6)], stripe);
    canvas.shape("M46 90 V82 Q46 78 50 78 Q54 78 54 82 V90 Z", Rgb::hex(0x5A4030));
    canvas.circle(50.0, 21.0, 26.0, Ink::glow(50.0, 21.0, 26.0, Rgb::hex(0xFFE99A), 0.5));
}
