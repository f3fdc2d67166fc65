//! Machines: robot, car, ship, rocket.

use super::{Brush, paint_shadow};
use crate::bedrock::painter::canvas::{self, Canvas, Ink};
use crate::bedrock::painter::prompt::Thing;
use crate::bedrock::painter::rgb::Rgb;

const DARK: Rgb = Rgb::hex(0x262A36);

pub(super) fn paint(canvas: &mut Canvas, brush: &mut Brush, thing: Thing) {
    match thing {
        Thing::Robot => paint_robot(canvas, brush),
        Thing::Car => paint_car(canvas, brush),
        Thing::Ship => paint_ship(canvas, brush),
        _ => paint_rocket(canvas, brush),
    }
}

fn paint_robot(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0x9FB2C4, 0xE28A4A, 0x5A9AA8, 0xD8D8DE]);
    let light = brush.second(color, Rgb::hex(0x5FE6F0));
    let metal = |x1: f32, y1: f32, x2: f32, y2: f32| {
        Ink::along([x1, y1, x2, y2], &[color.lighter(0.5), color, color.darker(0.34)])
    };
    canvas.both_sides(|canvas| canvas.fill(canvas::rounded(70.0, 74.0, 18.0, 60.0, 8.0).as_ref(), color.darker(0.22)));
    canvas.fill(canvas::rounded(27.0, 70.0, 46.0, 200.0, 9.0).as_ref(), metal(28.0, 70.0, 76.0, 110.0));
    canvas.fill(canvas::rounded(36.0, 78.0, 28.0, 14.0, 3.0).as_ref(), DARK);
    canvas.line("M40 85 H44 L46 81 L49 89 L51 85 H60", 1.1, light);
    canvas.rect(44.0, 62.0, 12.0, 10.0, color.darker(0.45));
    canvas.line("M50 22 V12", 1.8, color.darker(0.3));
    canvas.circle(50.0, 10.0, 3.4, light);
    canvas.circle(50.0, 10.0, 8.0, Ink::glow(50.0, 10.0, 8.0, light, 0.6));
    canvas.both_sides(|canvas| canvas.fill(canvas::rounded(76.0, 36.0, 6.0, 16.0, 3.0).as_ref(), color.darker(0.3)));
    canvas.fill(canvas::rounded(22.0, 21.0, 56.0, 44.0, 13.0).as_ref(), metal(24.0, 22.0, 80.0, 66.0));
    canvas.fill(canvas::rounded(28.0, 28.0, 44.0, 29.0, 10.0).as_ref(), DARK);
    for x in [39.0, 61.0] {
        canvas.circle(x, 41.0, 9.0, Ink::glow(x, 41.0, 9.0, light, 0.55));
        canvas.circle(x, 41.0, 5.2, light);
        canvas.circle(x - 1.6, 39.4, 1.6, (Rgb::WHITE, 0.9));
    }
    canvas.line("M44 51 Q50 54.6 56 51", 1.4, light);
    canvas.line("M31 32 C34 30 38 29.6 42 29.6", 1.2, (Rgb::WHITE, 0.35));
}

fn paint_car(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0xD23A3A, 0x2F6FC8, 0xF0B82A, 0x3A8F6A]);
    let [left, _, right, bottom] = brush.view;
    canvas.rect(
        left,
        74.0,
        right - left,
        bottom - 74.0,
        Ink::vertical(74.0, 100.0, &[Rgb::hex(0x5C606C), Rgb::hex(0x3A3D48)]),
    );
    let mut x = left + 4.0;
    while x < right {
        canvas.rect(x, 87.0, 9.0, 1.6, (Rgb::WHITE, 0.75));
        x += 18.0;
    }
    paint_shadow(canvas, 50.0, 81.0, 46.0, 3.6);
    canvas.shape(
        "M5 66 C5 58 11 55 22 54 C30 44 38 39 50 39 C64 39 70 45 77 54 C90 55 95 60 95 68 C95 74 93 75 90 75 L10 75 C6 75 5 72 5 66 Z",
        Ink::vertical(38.0, 76.0, &[color.lighter(0.4), color, color.darker(0.25)]),
    );
    let glass = Ink::along([30.0, 42.0, 70.0, 56.0], &[Rgb::hex(0xDDF0FA), Rgb::hex(0x7FA8C4)]);
    canvas.shape("M28 54 C33 47 39 43.6 47 43.4 L47 54 Z", glass.clone());
    canvas.shape("M50.6 43.4 C60 43.4 65 47 70.4 54 L50.6 54 Z", glass);
    canvas.line("M48.8 56 V72 M53 60 H58", 0.8, color.darker(0.45));
    canvas.ellipse(92.0, 63.0, 2.6, 3.0, Rgb::hex(0xFFF2B8));
    canvas.ellipse(7.4, 63.0, 1.8, 2.6, Rgb::hex(0xE03A3A));
    for x in [26.0, 75.0] {
        canvas.circle(x, 75.0, 9.4, DARK);
        canvas.circle(x, 75.0, 5.4, Rgb::hex(0xC4CAD4));
        canvas.fill(canvas::star(x, 75.0, 5.0, 5, 0.4).as_ref(), Rgb::hex(0x7E8694));
    }
}

fn paint_ship(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0x8A4F36, 0x2F4F7A, 0xB03A3E]);
    let sail = brush.second(color, Rgb::hex(0xFBF6EA));
    let [left, _, right, bottom] = brush.view;
    canvas.line("M50 10 V70", 1.8, Rgb::hex(0x6B462C));
    canvas
        .shape("M52 14 C70 22 78 40 80 58 L52 58 Z", Ink::along([52.0, 14.0, 80.0, 58.0], &[sail, sail.darker(0.18)]));
    canvas.shape("M48 20 C36 28 28 42 25 58 L48 58 Z", sail.darker(0.1));
    canvas.polygon(&[(50.0, 8.0), (62.0, 11.0), (50.0, 14.0)], Rgb::hex(0xD83F4A));
    canvas.shape(
        "M14 64 L88 64 C84 76 78 84 70 84 L32 84 C22 84 16 74 14 64 Z",
        Ink::vertical(64.0, 84.0, &[color.lighter(0.16), color.darker(0.3)]),
    );
    canvas.line("M16 67.6 H86.6", 1.2, Rgb::hex(0xF0D48A));
    for x in [34.0, 46.0, 58.0, 70.0] {
        canvas.circle(x, 73.0, 2.0, Rgb::hex(0xF7E8B8));
    }
    let water = Rgb::hex(0x2C8FB8).mix(brush.background, 0.2);
    for (y, shift, tint) in [(80.0, 0.0, water.lighter(0.15)), (86.0, 7.0, water.darker(0.12))] {
        let mut wave = format!("M{left} {bottom} L{left} {y}");
        let mut x = left - shift;
        while x < right {
            wave.push_str(&format!(
                " Q{} {} {} {y} Q{} {} {} {y}",
                x + 4.0,
                y - 4.0,
                x + 8.0,
                x + 12.0,
                y + 3.0,
                x + 16.0
            ));
            x += 16.0;
        }
        wave.push_str(&format!(" L{right} {bottom} Z"));
        canvas.shape(&wave, tint);
    }
}

fn paint_rocket(canvas: &mut Canvas, brush: &mut Brush) {
    let color = brush.main(&[0xF2F3F7, 0xD8DCE4]);
    let second = brush.second(color, Rgb::hex(0xD83F4A));
    canvas.turned((50.0, 50.0), 24.0, (1.0, 1.0), |canvas| {
        canvas.symmetric(
            "M50 78 C58 78 60 84 58 92 C56 100 53 104 50 110",
            Ink::vertical(76.0, 110.0, &[Rgb::hex(0xFFF3B0), Rgb::hex(0xF7A23A), Rgb::hex(0xE04A2A)]),
        );
        canvas.both_sides(|canvas| canvas.shape("M62 54 C74 60 76 74 74 84 C70 78 64 76 60 76 Z", second.darker(0.14)));
        let hull = "M50 4 C62 14 68 32 66 52 C65 64 62 72 60 78 L50 78";
        canvas.symmetric(hull, Ink::along([34.0, 0.0, 68.0, 0.0], &[color.lighter(0.4), color, color.darker(0.3)]));
        canvas.symmetric("M50 4 C57 10 62 18 64 27 C59 29 55 30 50 30", second);
        canvas.circle(50.0, 43.0, 8.4, second.darker(0.2));
        canvas.circle(50.0, 43.0, 6.4, Ink::along([44.0, 38.0, 56.0, 50.0], &[Rgb::hex(0xD8F2FF), Rgb::hex(0x4A8FC4)]));
        canvas.rect(42.0, 76.0, 16.0, 4.0, DARK);
        canvas.shape("M48 58 L52 58 L53 82 L47 82 Z", second.darker(0.3));
    });
}
