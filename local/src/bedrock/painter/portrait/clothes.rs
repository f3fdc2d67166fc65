//! Neck and clothes: seven cuts, each with its own neckline.

use super::person::{Collar, Person};
use crate::bedrock::painter::canvas::{Canvas, Ink};
use crate::bedrock::painter::rgb::Rgb;

/// The right shoulder and side, from the neck down and out of the picture.
const SIDE: &str = "C65 72.4 76 72.6 82.6 77 C88.6 81 91.4 90 92.4 104 L93 400 L50 400";

pub(super) fn paint_neck(canvas: &mut Canvas, person: &Person) {
    let skin = person.skin;
    canvas.symmetric("M50 52 L57 52 C57 61 56.4 65 58.6 68.6 C61 72 68 73.6 72 77 L72 92 L50 92", skin.darker(0.05));
    canvas.symmetric("M50 54 L57 54 C57 58 56.8 61 57 63.6 C55.4 67 53 68.8 50 68.8", (skin.darker(0.5), 0.42));
}

/// The clothes, over the neck.
pub(super) fn paint(canvas: &mut Canvas, person: &Person) {
    let color = person.clothes;
    let cloth = Ink::along([22.0, 66.0, 80.0, 112.0], &[color.lighter(0.14), color.darker(0.3)]);
    let neckline = match person.collar {
        Collar::Round => "M50 75.4 C55.4 75.4 58.8 72.4 59.4 68.4",
        Collar::Deep => "M50 84 C53 80 58 73 58.8 68.2",
        Collar::Shirt => "M50 82 L58.6 68.2",
        Collar::Hood => "M50 78 C56 77.4 60.6 73 61 69",
        Collar::Wrap => "M50 80 L58.4 67.4",
        Collar::High | Collar::Armor => "M50 66.6 C53 66.6 56 65.6 57.6 63.4 L58.6 68.4",
    };
    if person.collar == Collar::Hood {
        canvas.symmetric("M50 62 C60 60 68 64 70 71 C70 76 60 82 50 82", color.darker(0.42));
        paint_neck(canvas, person);
    }
    let squeeze = if person.feminine { 0.9 } else { 1.0 };
    canvas.turned((50.0, 70.0), 0.0, (squeeze, 1.0), |canvas| {
        canvas.symmetric(&format!("{neckline} {SIDE}"), cloth);
        let seam = color.darker(0.34);
        canvas.both_sides(|canvas| {
            canvas.line("M77 84 C79 90 80 97 80 110", 0.7, (seam, 0.8));
        });
        match person.collar {
            Collar::Round => paint_round(canvas, person),
            Collar::Deep => paint_deep(canvas, person),
            Collar::Shirt => paint_shirt(canvas, person),
            Collar::Hood => paint_hood(canvas, person),
            Collar::Wrap => paint_wrap(canvas, person),
            Collar::High => paint_high(canvas, person),
            Collar::Armor => paint_armor(canvas, color),
        }
    });
}

fn paint_round(canvas: &mut Canvas, person: &Person) {
    let rim = "M40.6 68.6 C41.2 72.4 44.6 75.8 50 75.8 C55.4 75.8 58.8 72.4 59.4 68.6";
    canvas.line(rim, 1.7, person.trim);
    canvas.both_sides(|canvas| {
        canvas.line("M63 74 C66 80 68 84 67 96", 0.6, (person.clothes.darker(0.3), 0.5));
    });
}

fn paint_deep(canvas: &mut Canvas, person: &Person) {
    canvas.both_sides(|canvas| {
        canvas.line("M50 84.4 C53 80.4 58.2 73 59.2 68.2", 1.6, person.trim);
    });
    canvas.line("M43.5 68 C45 74 49 77 50 79.4 C51 77 55 74 56.5 68", 0.5, Rgb::hex(0xE8C462));
    canvas.circle(50.0, 80.2, 1.3, Rgb::hex(0xF3D67A));
}

fn paint_shirt(canvas: &mut Canvas, person: &Person) {
    let white = if person.clothes.brightness() > 0.6 { person.trim } else { Rgb::hex(0xFBF6EC) };
    canvas.both_sides(|canvas| {
        canvas.shape("M50 82.5 L58.2 66.8 L66.6 73 L57.8 84.6 Z", white);
        canvas.line("M50 82.5 L57.8 84.6 L66.6 73", 0.6, white.darker(0.25));
    });
    canvas.line("M50 83 L50 130", 0.7, person.clothes.darker(0.36));
    for y in [88.0, 96.0] {
        canvas.circle(51.8, y, 0.9, white);
    }
}

fn paint_hood(canvas: &mut Canvas, person: &Person) {
    let color = person.clothes;
    canvas.both_sides(|canvas| {
        canvas.shape(
            "M50 78.6 C57 78 62 73 61.4 67 C67 69 71 72 70.6 76 C69 82 58 86.6 50 86.6 Z",
            Ink::along([50.0, 68.0, 70.0, 86.0], &[color.lighter(0.14), color.darker(0.08)]),
        );
        canvas.line("M50 86.6 C58 86.6 69 82 70.6 76", 0.6, (color.darker(0.4), 0.8));
        canvas.line("M54.4 85 C55 89 54.8 91 55 94", 0.8, person.trim);
        canvas.circle(55.0, 94.4, 0.9, person.trim);
    });
}

fn paint_wrap(canvas: &mut Canvas, person: &Person) {
    let band = if person.clothes.brightness() > 0.6 { person.trim } else { Rgb::hex(0xFBF6EC) };
    canvas.shape("M40.2 67.8 L43.8 66.8 L58 92 L53 95 Z", band.darker(0.14));
    canvas.shape("M59.8 67.8 L56.2 66.8 L33 110 L38.6 110 Z", band);
    canvas.line("M59.8 67.8 L38.6 110", 0.5, (person.clothes.darker(0.45), 0.7));
}

fn paint_high(canvas: &mut Canvas, person: &Person) {
    let color = person.clothes;
    canvas.symmetric(
        "M50 66.8 C54 66.8 57 65.4 58 62.6 C60 64 60.8 68 60.2 71.4 C57 74 54 75 50 75",
        Ink::vertical(62.0, 76.0, &[color.lighter(0.22), color.darker(0.05)]),
    );
    canvas.line("M50 68 L50 130", 0.7, (color.darker(0.4), 0.8));
    canvas.circle(50.0, 72.0, 1.1, person.trim);
    canvas.both_sides(|canvas| {
        canvas.line("M56 80 L66 80", 1.1, person.trim);
        canvas.line("M56 87 L66 87", 1.1, person.trim);
    });
}

fn paint_armor(canvas: &mut Canvas, cloth: Rgb) {
    let steel = Rgb::hex(0xB9C4D2).mix(cloth, 0.14);
    let bands = [steel.lighter(0.55), steel, steel.darker(0.35), steel.lighter(0.1)];
    canvas.symmetric(
        "M50 68 C54 68 58 67 60 64.6 C63 66.6 70 72 72 76 L74 400 L50 400",
        Ink::along([32.0, 66.0, 72.0, 104.0], &bands),
    );
    canvas.line("M50 69 L50 130", 0.8, (steel.darker(0.5), 0.7));
    canvas.symmetric(
        "M50 71 C55 71 60 69.6 62 66.8 L63.6 70 C60 74.6 55 75.6 50 75.6",
        Ink::vertical(66.0, 76.0, &[Rgb::hex(0xF5DF93), Rgb::hex(0xC08C2C)]),
    );
    canvas.both_sides(|canvas| {
        for (shift, radius) in [(8.0, 13.0), (4.0, 12.4), (0.0, 11.6)] {
            canvas.ellipse(80.6, 78.6 + shift, radius, 8.6, Ink::along([72.0, 68.0, 92.0, 90.0], &bands));
        }
        canvas.line("M69.4 80 C72 70.6 88 70 92 79", 0.9, Rgb::hex(0xE2B858));
    });
}
