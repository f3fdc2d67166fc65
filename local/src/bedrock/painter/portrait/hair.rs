//! Hair: what falls behind the shoulders, and the crown with its locks in front of them.

use super::face;
use super::fringe;
use super::person::Person;
use crate::bedrock::painter::canvas::{Canvas, Ink};
use crate::bedrock::painter::path_data;
use crate::bedrock::painter::prompt::{Extra, HairStyle};
use crate::bedrock::painter::rgb::Rgb;
use tiny_skia::Transform;

/// The colours that one hair colour is painted with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tones {
    pub(super) light: Rgb,
    pub(super) base: Rgb,
    pub(super) dark: Rgb,
}

impl Tones {
    pub(super) fn of(color: Rgb) -> Self {
        let gold = Rgb::hex(0xE2AB2F);
        if color.distance(gold) < 60.0 {
            return Self { light: Rgb::hex(0xFFE98A), base: color, dark: Rgb::hex(0xA87018) };
        }
        let bright = color.brightness();
        if bright > 0.9 {
            // White hair needs grey shadows, or it is lost on a white ground.
            let base = color.mix(Rgb::hex(0xD5D9E6), 0.35);
            return Self { light: Rgb::WHITE, base, dark: color.mix(Rgb::hex(0x9AA0B8), 0.75) };
        }
        Self {
            light: color.lighter(if bright < 0.2 { 0.22 } else { 0.38 }),
            base: color,
            dark: color.darker(if bright > 0.85 { 0.24 } else { 0.4 }),
        }
    }

    fn behind(self) -> Ink {
        Ink::vertical(14.0, 96.0, &[self.base.mix(self.dark, 0.1), self.dark])
    }

    fn crown(self) -> Ink {
        Ink::along(
            [42.0, 10.0, 60.0, 60.0],
            &[self.light.mix(self.base, 0.25), self.base, self.dark.mix(self.base, 0.3)],
        )
    }
}

/// The crown from temple to temple; the fringe closes it.
const CROWN: &str = "M32.2 46 C28.6 26 36 11.6 50 11.6 C64 11.6 71.4 26 67.8 46";

pub(super) fn paint_behind(canvas: &mut Canvas, person: &Person) {
    let tones = Tones::of(person.hair);
    let behind = tones.behind();
    match person.hair_style {
        HairStyle::Bald => {}
        HairStyle::Short | HairStyle::Buns => {
            canvas.symmetric("M50 13 C63 13 70.4 22 70.4 36 C70.4 45 69.6 50 66 54 C61 56.6 56 55 50 55", behind);
        }
        HairStyle::Spiky => canvas.shape(
            "M31 56 Q28 51 23 47.6 Q27 45 26.6 40 Q22 38 19 33 Q25 33 26.6 29 Q23 25 22.6 19 Q28 22 32 20 Q31 15 33 9 \
             Q37 14 42 13.6 Q44 8 49 4.6 Q51 10 55 12 Q60 8 66.4 7.6 Q66 12 68 16 Q74 15 79 17.4 Q75 21 75.6 26 \
             Q80 29 82 34 Q77 35 75.4 39 Q78 43 77.6 49 Q73 47 70.6 49 Q70.6 53 68 57 L50 56 Z",
            behind,
        ),
        HairStyle::Bob => {
            canvas.symmetric(
                "M50 12 C64.6 12 73.4 22 73.4 38 C73.4 50 75 58 72 65.6 C67.6 68.4 61 67.4 57 65 L50 65",
                behind,
            );
        }
        HairStyle::Long => {
            canvas
                .symmetric("M50 12 C64.6 12 73.6 22 74 38 C74.6 56 78 74 81.6 95 C75 99 64 98.4 58 96 L50 96", behind);
        }
        HairStyle::Wavy => {
            canvas.symmetric(
                "M50 11 C66 11 76 21 76 37 C76 45 81 50 80 58 C79 65 84 71 83 79 C82 86 86 90 83 97 C75 100 62 98 50 97",
                behind,
            );
        }
        HairStyle::Curly => paint_curls(canvas, tones),
        HairStyle::Ponytail => {
            canvas.symmetric("M50 13 C63 13 70.4 22 70.4 36 C70.4 45 69.4 51 66.6 55 L50 55", tones.behind());
            canvas.shape(
                "M60 16 C74 6 89 18 88 38 C87.4 52 92 62 84 78 C80.6 70 81 62 77 54 C72 44 72 30 62 24 Z",
                Ink::along([64.0, 14.0, 88.0, 78.0], &[tones.base, tones.dark.mix(tones.base, 0.25)]),
            );
            canvas.line("M70 19 C80 24 80 44 83.6 60", 0.7, (tones.dark, 0.7));
            canvas.line("M66 17 C82 14 85 34 84.6 48", 0.7, (tones.light, 0.5));
        }
        HairStyle::TwinTails => {
            canvas.symmetric("M50 13 C63 13 70.4 22 70.4 36 C70.4 46 69.4 51 66.6 55 L50 55", tones.behind());
            canvas.both_sides(|canvas| {
                canvas.shape(
                    "M66 22 C77 13 91 22 91 42 C91 58 96 70 88 90 C84.6 82 80 76 79 64 C78 52 75 40 66 33 Z",
                    Ink::along([68.0, 20.0, 90.0, 90.0], &[tones.light, tones.base, tones.dark]),
                );
                canvas.line("M72 25 C84 30 83 52 87 72", 0.7, (tones.dark, 0.6));
            });
        }
        HairStyle::Braids => {
            canvas.symmetric("M50 12 C64 12 72 22 72 38 C72 48 71 54 69 60 L50 60", behind);
        }
    }
}

fn paint_curls(canvas: &mut Canvas, tones: Tones) {
    canvas.ellipse(50.0, 34.0, 25.0, 25.0, tones.dark);
    for ring in 0..18 {
        let angle = (ring as f32 - 8.5) * 0.265;
        let (x, y) = (50.0 + 22.5 * angle.sin(), 34.0 - 22.0 * angle.cos());
        canvas.circle(x, y, 6.3, if ring % 2 == 0 { tones.base } else { tones.dark.mix(tones.base, 0.6) });
    }
}

pub(super) fn paint_in_front(canvas: &mut Canvas, person: &Person) {
    if person.hair_style == HairStyle::Bald {
        canvas.ellipse(43.0, 25.0, 6.0, 3.0, (Rgb::WHITE, 0.25));
        return;
    }
    let tones = Tones::of(person.hair);
    let crown = path_data::path(&format!("{CROWN} {}", fringe::edge(person.fringe)));
    canvas.inside(face::outline(person).as_ref(), |canvas| {
        let shade = crown.clone().and_then(|path| path.transform(Transform::from_translate(0.4, 2.0)));
        canvas.fill(shade.as_ref(), (person.skin.darker(0.6), 0.34));
    });
    canvas.fill(crown.as_ref(), tones.crown());
    canvas.inside(crown.as_ref(), |canvas| {
        canvas.line("M34 30.5 C40 21.5 60 21.5 66 30.5", 2.5, (tones.light, 0.6));
        canvas.line("M36.5 27 C42 20.4 58 20.4 63.5 27", 0.8, (tones.light.lighter(0.5), 0.6));
    });
    for strand in fringe::strands(person.fringe) {
        canvas.line(strand, 0.65, (tones.dark, 0.75));
    }
    paint_locks(canvas, person, tones);
}

/// Locks beside the face, braids, buns and ties.
fn paint_locks(canvas: &mut Canvas, person: &Person, tones: Tones) {
    let lock = Ink::vertical(34.0, 74.0, &[tones.base, tones.dark.mix(tones.base, 0.25)]);
    let tie = person.extra(Extra::Ribbon, person.clothes.lighter(0.1)).unwrap_or(person.clothes);
    match person.hair_style {
        HairStyle::Long | HairStyle::Wavy => canvas.both_sides(|canvas| {
            canvas.shape(
                "M65 30 C70.6 40 70 54 71.6 70 C72 76 71 82 69.4 86 C66 78 64.4 66 64.8 52 C65 45 64.6 40 63.6 36 Z",
                lock.clone(),
            );
        }),
        HairStyle::Bob => canvas.both_sides(|canvas| {
            canvas.shape(
                "M65.4 32 C71 42 71.4 54 68.6 63.6 C65 62 63 56 64.4 47 C64.8 42 64.6 38 63.8 35 Z",
                lock.clone(),
            );
        }),
        HairStyle::TwinTails => canvas.both_sides(|canvas| {
            canvas.shape("M65.6 34 C68.6 42 68.4 50 66.6 58 C64.4 54 63.8 48 64.4 42 Z", lock.clone());
            canvas.circle(68.6, 26.6, 3.0, tie);
            canvas.circle(68.0, 26.0, 1.1, tie.lighter(0.4));
        }),
        HairStyle::Ponytail => {
            canvas.circle(64.4, 18.6, 3.0, tie);
            canvas.circle(63.9, 18.0, 1.1, tie.lighter(0.4));
        }
        HairStyle::Buns => canvas.both_sides(|canvas| {
            canvas.circle(66.4, 15.0, 8.2, Ink::glow(63.6, 11.6, 16.0, tones.light, 1.0));
            canvas.circle(
                66.4,
                15.0,
                8.2,
                Ink::Radial(
                    [63.8, 12.2, 11.4],
                    vec![(0.0, tones.light, 1.0), (0.45, tones.base, 1.0), (1.0, tones.dark, 1.0)],
                ),
            );
            canvas.line("M61.4 18.6 C64 13 69 12 72.4 14.6", 0.7, (tones.dark, 0.7));
            canvas.line("M63 20.6 C66 17 69.6 16.6 72.4 18.4", 0.7, (tones.dark, 0.7));
        }),
        HairStyle::Braids => canvas.both_sides(|canvas| {
            for knot in 0..6 {
                let y = 58.0 + knot as f32 * 6.4;
                let x = 68.6 + knot as f32 * 0.5;
                canvas.ellipse(
                    x,
                    y,
                    4.5 - knot as f32 * 0.2,
                    4.4,
                    Ink::vertical(y - 4.0, y + 4.4, &[tones.light, tones.base, tones.dark]),
                );
            }
            canvas.ellipse(71.6, 95.4, 3.6, 1.8, tie);
            canvas.shape("M68.6 96.6 L74.6 96.6 L73.6 104 L69.6 104 Z", tones.base);
        }),
        HairStyle::Short | HairStyle::Spiky | HairStyle::Curly => canvas.both_sides(|canvas| {
            canvas.shape("M66 34 C68.4 39 68.4 44 67.4 49.4 C66 47.4 65.2 44 65.2 40 Z", lock.clone());
        }),
        HairStyle::Bald => {}
    }
}
