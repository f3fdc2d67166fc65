//! Head, eyes, brows, nose and mouth.

use super::person::{FaceShape, Person};
use crate::bedrock::painter::canvas::{Canvas, Ink};
use crate::bedrock::painter::path_data;
use crate::bedrock::painter::prompt::{Extra, Mood};
use crate::bedrock::painter::rgb::Rgb;
use tiny_skia::Path;

const LINE: Rgb = Rgb::hex(0x3A262A);
const EYE_Y: f32 = 43.8;

/// The outline of the head.
pub(super) fn outline(person: &Person) -> Option<Path> {
    path_data::mirrored(match person.face {
        FaceShape::Round => "M50 19 C60.5 19 67 27 67 38.5 C67 50 61 60.8 50 61",
        FaceShape::Oval => "M50 19 C60.5 19 66.5 27 66.5 38.5 C66.5 50 58.5 62 50 62.4",
        FaceShape::Square => "M50 19 C60.5 19 66.5 27 66.5 38.5 C66.5 47 64.6 52.4 61 56.6 C57.6 60.6 54.4 63 50 63",
    })
}

/// Ears and head, with the light from the left.
pub(super) fn paint_head(canvas: &mut Canvas, person: &Person) {
    let skin = person.skin;
    let shadow = skin.darker(0.16);
    canvas.both_sides(|canvas| {
        canvas.ellipse(66.6, 44.0, 3.2, 4.6, skin.darker(0.05));
        canvas.line("M66.2 41.8 C68.6 42 68.6 45.6 66.6 46.6", 0.7, skin.darker(0.26));
    });
    let head = outline(person);
    canvas.fill(head.as_ref(), Ink::along([34.0, 30.0, 70.0, 56.0], &[skin.lighter(0.12), shadow]));
    let blush = if skin.brightness() > 0.5 { Rgb::hex(0xF06A6A) } else { Rgb::hex(0xC0443A) };
    canvas.both_sides(|canvas| {
        canvas.ellipse(60.2, 51.0, 4.4, 2.8, Ink::glow(60.2, 51.0, 4.4, blush, 0.42));
    });
    if person.has(Extra::Freckles) {
        canvas.both_sides(|canvas| {
            for (x, y) in [(57.2, 49.4), (59.4, 50.6), (61.6, 49.6), (58.4, 52.0), (60.9, 52.2)] {
                canvas.circle(x, y, 0.42, (skin.darker(0.5), 0.7));
            }
        });
    }
}

/// Eyes, brows, nose, mouth and beard.
pub(super) fn paint_features(canvas: &mut Canvas, person: &Person) {
    if let Some(beard) = person.extra(Extra::Beard, person.hair) {
        paint_beard(canvas, person, beard);
    }
    let apart = 7.3 + 0.5 * person.eye_distance;
    paint_eye(canvas, person, 50.0 - apart, -1.0);
    paint_eye(canvas, person, 50.0 + apart, 1.0);
    canvas.both_sides(|canvas| paint_brow(canvas, person, 50.0 + apart));
    canvas.line("M50.2 47.6 C51.2 49.2 51.2 50.2 49.6 50.4", 0.75, (person.skin.darker(0.42), 0.9));
    paint_mouth(canvas, person);
}

/// `side` is -1 for the eye on the left, 1 for the one on the right.
fn paint_eye(canvas: &mut Canvas, person: &Person, x: f32, side: f32) {
    let size = 1.0 + 0.09 * person.eye_size + if person.feminine { 0.08 } else { -0.06 };
    let (rx, ry) = (3.6 * size, 4.1 * size);
    let y = EYE_Y;
    canvas.ellipse(x, y, rx, ry, Rgb::WHITE);
    let iris = person.eyes;
    let (ix, iy, radius) = (x - 0.1 * side, y + 0.3, 3.05 * size);
    canvas.ellipse(
        ix,
        iy,
        radius * 0.94,
        radius * 1.1,
        Ink::vertical(iy - radius, iy + radius * 1.1, &[iris.darker(0.55), iris, iris.lighter(0.3)]),
    );
    canvas.ellipse(ix, iy + 0.1, radius * 0.46, radius * 0.56, iris.darker(0.86));
    canvas.circle(ix - 1.0, iy - 1.4, radius * 0.36, Rgb::WHITE);
    canvas.circle(ix + 1.1, iy + 1.5, radius * 0.18, (Rgb::WHITE, 0.85));
    let at = |dx: f32, dy: f32| format!("{} {}", x + side * dx * size, y + dy * size);
    let lid = format!("M{} C{} {} {}", at(-3.9, -0.9), at(-2.8, -4.9), at(2.4, -5.2), at(4.2, -1.2));
    canvas.line(&lid, if person.feminine { 1.25 } else { 1.05 }, LINE);
    if person.feminine {
        let lash = format!("M{} Q{} {}", at(3.6, -2.2), at(4.6, -2.5), at(5.2, -3.3));
        canvas.line(&lash, 0.9, LINE);
    }
    let under = format!("M{} Q{} {}", at(-2.2, 4.3), at(0.2, 5.0), at(2.4, 4.2));
    canvas.line(&under, 0.5, (person.skin.darker(0.45), 0.8));
}

fn paint_brow(canvas: &mut Canvas, person: &Person, x: f32) {
    // Inner and outer end, higher is less.
    let (inner, outer) = match person.mood {
        Mood::Angry => (1.4, -0.8),
        Mood::Sad => (-1.3, 1.0),
        Mood::Surprised => (-1.6, -1.4),
        Mood::Serious => (0.3, 0.0),
        Mood::Smile | Mood::Laugh => (-0.2, 0.4),
    };
    let y = EYE_Y - 7.0 - 0.5 * person.brow_height;
    let brow = format!(
        "M{} {} Q{} {} {} {}",
        x - 3.6,
        y + inner,
        x + 0.6,
        y - 1.7 + (inner + outer) / 2.0,
        x + 4.0,
        y + outer
    );
    let color = if person.hair.brightness() > 0.8 { person.hair.darker(0.45) } else { person.hair.darker(0.3) };
    canvas.line(&brow, if person.feminine { 0.95 } else { 1.45 }, color);
}

fn paint_mouth(canvas: &mut Canvas, person: &Person) {
    let lips = if person.feminine { person.skin.mix(Rgb::hex(0xC2304A), 0.62) } else { person.skin.darker(0.55) };
    match person.mood {
        Mood::Smile => canvas.line("M45.9 54 Q50 58 54.1 54", 1.0, lips),
        Mood::Laugh => {
            let open = "M45.2 53.6 Q50 55 54.8 53.6 C54.4 59.4 45.6 59.4 45.2 53.6 Z";
            canvas.shape(open, Rgb::hex(0x7E2232));
            canvas.inside(path_data::path(open).as_ref(), |canvas| {
                canvas.ellipse(50.0, 53.4, 4.4, 1.7, Rgb::WHITE);
                canvas.ellipse(50.0, 58.6, 2.8, 1.7, Rgb::hex(0xF07A86));
            });
        }
        Mood::Serious => canvas.line("M46.8 55 Q50 55.7 53.2 55", 1.0, lips),
        Mood::Sad => canvas.line("M46.8 56 Q50 53.4 53.2 56", 1.0, lips),
        Mood::Angry => canvas.line("M46.2 55.8 Q50 54 53.8 55.8", 1.2, lips),
        Mood::Surprised => canvas.ellipse(50.0, 55.6, 1.9, 2.4, Rgb::hex(0x7E2232)),
    }
}

fn paint_beard(canvas: &mut Canvas, person: &Person, color: Rgb) {
    canvas.inside(outline(person).as_ref(), |canvas| {
        canvas.symmetric(
            "M50 51.4 C53 51 56 52.6 58 52.8 C61.4 52.8 64.4 50 65.4 45.4 L69 45 L69 66 L50 66",
            Ink::vertical(44.0, 64.0, &[color, color.darker(0.22)]),
        );
        canvas.ellipse(50.0, 55.4, 4.6, 1.9, person.skin.darker(0.08));
    });
}
