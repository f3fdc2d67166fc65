//! What a person wears besides clothes: glasses, hats, crowns, flowers.

use super::person::Person;
use crate::bedrock::painter::canvas::{self, Canvas, Ink};
use crate::bedrock::painter::prompt::Extra;
use crate::bedrock::painter::rgb::Rgb;

const GOLD: [Rgb; 4] = [Rgb::hex(0xFFF3B8), Rgb::hex(0xE8BC4A), Rgb::hex(0xB07A1E), Rgb::hex(0xF3D26A)];

/// What lies on the face and neck, under the hair.
pub(super) fn paint_on_face(canvas: &mut Canvas, person: &Person) {
    if let Some(color) = person.extra(Extra::Glasses, Rgb::hex(0x2C2A33)) {
        let apart = 7.3 + 0.5 * person.eye_distance;
        canvas.both_sides(|canvas| {
            let rim = canvas::rounded(50.0 + apart - 5.9, 38.6, 11.8, 10.8, 4.6);
            canvas.fill(rim.as_ref(), (Rgb::WHITE, 0.16));
            canvas.stroke(rim.as_ref(), 1.0, color);
            canvas.line(&format!("M{} 42 L67 41.4", 50.0 + apart + 5.9), 0.9, color);
        });
        canvas.line(&format!("M{} 42.4 Q50 40.6 {} 42.4", 50.0 - apart + 5.9, 50.0 + apart - 5.9), 1.0, color);
    }
    if let Some(color) = person.extra(Extra::Earrings, Rgb::hex(0xF0C24E)) {
        canvas.both_sides(|canvas| {
            canvas.circle(67.2, 50.6, 1.5, color);
            canvas.circle(66.8, 50.1, 0.5, color.lighter(0.6));
        });
    }
    if let Some(color) = person.extra(Extra::Scarf, Rgb::hex(0xC23B3B)) {
        let wool = Ink::vertical(62.0, 80.0, &[color.lighter(0.16), color.darker(0.2)]);
        canvas.shape("M57 70 L66 72 L69 96 L58 97 Z", color.darker(0.22));
        canvas.symmetric("M50 66 C56 66 60 64 61 62 C66 64 68 69 67 73 C63 79 56 80.6 50 80.6", wool);
        canvas.line("M36 69 C42 76 58 76 64 69", 0.7, (color.darker(0.4), 0.6));
        canvas.line("M60 90 L67.8 89", 0.9, (color.lighter(0.5), 0.9));
    }
}

/// What sits on the head, over the hair.
pub(super) fn paint_on_head(canvas: &mut Canvas, person: &Person) {
    if let Some(color) = person.extra(Extra::Headphones, Rgb::hex(0x343A4A)) {
        canvas.line("M32 42 C28 4 72 4 68 42", 2.4, color);
        canvas.both_sides(|canvas| {
            canvas.ellipse(69.4, 44.0, 4.0, 6.6, color);
            canvas.ellipse(70.6, 44.0, 2.0, 4.4, color.lighter(0.3));
        });
    }
    if person.has(Extra::CatEars) {
        canvas.both_sides(|canvas| {
            canvas.shape("M56 16 C60 6 66 2 70 1 C72 8 72 16 69 24 Z", person.hair);
            canvas.shape("M60.6 15 C63 10 66 7 68.6 5.6 C69.4 11 69 16 67.4 20.4 Z", Rgb::hex(0xF7B4BE));
        });
    }
    if let Some(color) = person.extra(Extra::Flower, Rgb::hex(0xF48FB1)) {
        paint_flower(canvas, 64.6, 25.4, color);
    }
    if let Some(color) = person.extra(Extra::Ribbon, Rgb::hex(0xD63A54)) {
        canvas.shape("M62 19 L71 12.6 C73 17 73 21 71 25 Z", color);
        canvas.shape("M62 19 L53 12.6 C51 17 51 21 53 25 Z", color.darker(0.12));
        canvas.circle(62.0, 19.0, 2.5, color.lighter(0.2));
    }
    if let Some(color) = person.extra(Extra::Crown, GOLD[1]) {
        paint_crown(canvas, color);
    }
    if let Some(color) = person.extra(Extra::Hat, person.clothes) {
        paint_hat(canvas, color);
    }
    if let Some(color) = person.extra(Extra::WizardHat, Rgb::hex(0x3B357E)) {
        paint_wizard_hat(canvas, color);
    }
}

fn paint_flower(canvas: &mut Canvas, x: f32, y: f32, color: Rgb) {
    for petal in 0..5 {
        canvas.turned((x, y), petal as f32 * 72.0, (1.0, 1.0), |canvas| {
            canvas.ellipse(x, y - 3.3, 2.5, 3.2, Ink::vertical(y - 6.4, y, &[color.lighter(0.35), color]));
        });
    }
    canvas.circle(x, y, 1.7, Rgb::hex(0xF7D25C));
}

fn paint_crown(canvas: &mut Canvas, color: Rgb) {
    let metal =
        if color == GOLD[1] { GOLD } else { [color.lighter(0.6), color, color.darker(0.35), color.lighter(0.2)] };
    canvas.shape(
        "M36 20.6 L33.6 5.6 L42 12.4 L50 2.4 L58 12.4 L66.4 5.6 L64 20.6 C59 17.6 41 17.6 36 20.6 Z",
        Ink::along([34.0, 6.0, 66.0, 22.0], &metal),
    );
    canvas.line("M36.4 18.2 C42 15.4 58 15.4 63.6 18.2", 0.7, (metal[2], 0.9));
    for (x, y) in [(33.6, 5.6), (50.0, 2.6), (66.4, 5.6)] {
        canvas.circle(x, y, 1.6, metal[0]);
    }
    canvas.circle(50.0, 13.0, 1.9, Rgb::hex(0xD82F4E));
    canvas.circle(41.6, 14.8, 1.3, Rgb::hex(0x3A8FD8));
    canvas.circle(58.4, 14.8, 1.3, Rgb::hex(0x3A8FD8));
}

fn paint_hat(canvas: &mut Canvas, color: Rgb) {
    canvas.shape(
        "M33.6 24 C33 10 40 4.6 50 4.6 C60 4.6 67 10 66.4 24 Z",
        Ink::along([36.0, 6.0, 66.0, 26.0], &[color.lighter(0.22), color, color.darker(0.22)]),
    );
    canvas.shape("M33.4 18 C42 21.4 58 21.4 66.6 18 L66.6 23.6 C58 26.6 42 26.6 33.4 23.6 Z", color.darker(0.45));
    canvas.shape(
        "M24 25.4 C34 20.4 66 20.4 76 25.4 C78 27.4 76 29 73 28.8 C60 25.6 40 25.6 27 28.8 C24 29 22 27.4 24 25.4 Z",
        Ink::vertical(22.0, 29.0, &[color.lighter(0.1), color.darker(0.2)]),
    );
}

fn paint_wizard_hat(canvas: &mut Canvas, color: Rgb) {
    canvas.shape(
        "M33 23 C38 14 42 2 52 -6 C58 -9 64 -6 66 -2 C62 -3 60 -1 60.6 2 C62 10 64 17 67 23 Z",
        Ink::along([38.0, 0.0, 66.0, 24.0], &[color.lighter(0.25), color, color.darker(0.3)]),
    );
    canvas.shape("M34.6 19 C42 22.6 58 22.6 65.4 19 L67 23.6 C58 27 42 27 33 23.6 Z", Rgb::hex(0xE2B858));
    canvas.shape(
        "M20 26.4 C32 20.6 68 20.6 80 26.4 C82 28.6 79 30.2 76 29.8 C62 25.8 38 25.8 24 29.8 C21 30.2 18 28.6 20 26.4 Z",
        Ink::vertical(22.0, 30.0, &[color.lighter(0.16), color.darker(0.25)]),
    );
    canvas.fill(canvas::star(52.0, 10.0, 3.0, 5, 0.45).as_ref(), Rgb::hex(0xF7D86A));
    canvas.fill(canvas::star(46.0, 15.0, 1.6, 5, 0.45).as_ref(), Rgb::hex(0xF7D86A));
}
