//! Animals seen from the front: cat, dog, fox, bear, panda, rabbit, lion, dragon.

use super::{Brush, round};
use crate::bedrock::painter::canvas::{Canvas, Ink};
use crate::bedrock::painter::prompt::Animal;
use crate::bedrock::painter::rgb::Rgb;

struct Coat {
    fur: Rgb,
    pale: Rgb,
    ears: Rgb,
    nose: Rgb,
    eyes: Rgb,
}

pub(super) fn paint(canvas: &mut Canvas, brush: &mut Brush, animal: Animal) {
    let fur = match animal {
        Animal::Cat => brush.main(&[0xE0A05A, 0x8D9299, 0x3A3640, 0xF1E6D6]),
        Animal::Dog => brush.main(&[0xC9965E, 0x8A5E3E, 0xE9D8BC, 0x5A4A44]),
        Animal::Fox => brush.main(&[0xE27A34, 0xD86A2A]),
        Animal::Panda => Rgb::hex(0xFBFAF6),
        Animal::Rabbit => brush.main(&[0xF4EEE6, 0xC9B298, 0xA6A3A6]),
        Animal::Lion => brush.main(&[0xE8B85C, 0xDBA44A]),
        Animal::Dragon => brush.main(&[0x3F9A62, 0xB53A3A, 0x3A6FB5, 0x6A4AA8]),
        _ => brush.main(&[0x8A5E3E, 0xA67C52, 0x5F4436]),
    };
    let eye_colors = [0x5A3A26, 0x3C8F5A, 0x3F7FC9, 0xC08A2C];
    let coat = Coat {
        fur,
        pale: if animal == Animal::Dragon { Rgb::hex(0xF2DCA2) } else { fur.lighter(0.68) },
        ears: match animal {
            Animal::Panda => Rgb::hex(0x2A2830),
            Animal::Dog => fur.darker(0.3),
            _ => fur,
        },
        nose: if animal == Animal::Rabbit || fur.brightness() < 0.3 { Rgb::hex(0xE8929C) } else { Rgb::hex(0x3A282C) },
        eyes: brush.second(fur, Rgb::hex(brush.chance.clone().pick(&eye_colors))),
    };
    canvas.symmetric(
        "M50 62 C64 64 76 76 80 100 L84 400 L50 400",
        Ink::along([24.0, 66.0, 80.0, 110.0], &[coat.fur, coat.fur.darker(0.34)]),
    );
    canvas.symmetric("M50 68 C58 70 63 82 63 100 L63 400 L50 400", (coat.pale, 0.9));
    paint_ears(canvas, animal, &coat);
    let head = "M50 22 C64 22 77 31 77 48 C77 63 64 71 50 71";
    canvas.symmetric(head, round(50.0, 46.0, 30.0, coat.fur));
    paint_markings(canvas, animal, &coat, brush);
    paint_eyes(canvas, &coat);
    paint_muzzle(canvas, animal, &coat);
}

fn paint_ears(canvas: &mut Canvas, animal: Animal, coat: &Coat) {
    let inner = Rgb::hex(0xF2A9A9).mix(coat.fur, 0.25);
    match animal {
        Animal::Cat | Animal::Fox => canvas.both_sides(|canvas| {
            canvas.shape("M55 26 C60 16 68 8 75 5 C79 16 79 30 75 42 Z", coat.fur.darker(0.08));
            canvas.shape("M61 24 C65 17 69 12.6 73 10.4 C75.4 18 75.4 27 73 35 Z", inner);
            if animal == Animal::Fox {
                canvas
                    .shape("M68 11 C70.4 8 73 6 75 5 C76.6 9 77.2 13 77.2 17 C74 14 71 12 68 11 Z", Rgb::hex(0x3A282C));
            }
        }),
        Animal::Dog => canvas.both_sides(|canvas| {
            canvas.shape("M62 25 C76 18 90 32 87 58 C85 68 77 64 74 54 C71 44 68 34 62 25 Z", coat.ears);
        }),
        Animal::Rabbit => canvas.both_sides(|canvas| {
            canvas.turned((60.0, 26.0), 10.0, (1.0, 1.0), |canvas| {
                canvas.ellipse(60.0, 13.0, 7.4, 18.6, coat.fur.darker(0.06));
                canvas.ellipse(60.0, 13.6, 4.0, 14.4, inner);
            });
        }),
        Animal::Lion => {
            let mane = coat.fur.darker(0.42);
            for tuft in 0..16 {
                let angle = tuft as f32 * std::f32::consts::TAU / 16.0;
                let (x, y) = (50.0 + 30.0 * angle.sin(), 46.0 - 29.0 * angle.cos());
                canvas.circle(x, y, 9.6, if tuft % 2 == 0 { mane } else { mane.lighter(0.08) });
            }
            canvas.circle(50.0, 46.0, 31.0, mane);
            canvas.both_sides(|canvas| canvas.circle(71.0, 26.0, 7.0, coat.fur));
        }
        Animal::Dragon => {
            canvas.both_sides(|canvas| {
                let horn = Ink::vertical(0.0, 30.0, &[Rgb::hex(0xFFF3D2), Rgb::hex(0xC9A466)]);
                canvas.shape("M58 25 C60 12 68 4 80 1 C74 8 71 17 70 30 Z", horn);
                canvas.shape("M74 40 L92 32 L85 44 L93 52 L82 54 L86 64 L72 60 Z", coat.fur.darker(0.25));
            });
            canvas.symmetric("M50 8 L55 20 L60 14 L60 26 L50 30", coat.fur.darker(0.35));
        }
        _ => canvas.both_sides(|canvas| {
            canvas.circle(71.0, 25.0, 10.4, coat.ears);
            if animal != Animal::Panda {
                canvas.circle(71.0, 25.6, 5.8, inner);
            }
        }),
    }
}

fn paint_markings(canvas: &mut Canvas, animal: Animal, coat: &Coat, brush: &mut Brush) {
    match animal {
        Animal::Cat if brush.chance.chance(0.6) => {
            let stripe = coat.fur.darker(0.36);
            canvas.shape("M48.6 23 L51.4 23 L50.6 34 L49.4 34 Z", stripe);
            canvas.both_sides(|canvas| {
                canvas.shape("M55 23.4 L58.4 24.4 L55.4 33 L54.2 32.6 Z", stripe);
                canvas.shape("M76.6 46 L70 47.6 L70 49 L77 49.6 Z", stripe);
                canvas.shape("M75.6 55 L69.4 54 L69 55.4 L74.6 57.6 Z", stripe);
            });
        }
        Animal::Fox => canvas.symmetric("M50 54 C56 50 66 52 75 56 C71 65 61 70.6 50 71", Rgb::hex(0xFDF6EC)),
        Animal::Panda => canvas.both_sides(|canvas| {
            canvas.turned((61.0, 47.0), -24.0, (1.0, 1.0), |canvas| {
                canvas.ellipse(61.0, 47.6, 7.6, 9.8, Rgb::hex(0x2A2830));
            });
        }),
        Animal::Dog if brush.chance.chance(0.5) => {
            canvas.ellipse(61.0, 44.0, 9.0, 11.0, (coat.ears, 0.8));
        }
        Animal::Dragon => canvas.both_sides(|canvas| {
            for (x, y) in [(62.0, 30.0), (67.0, 34.0), (58.0, 28.0)] {
                canvas.ellipse(x, y, 1.8, 1.2, coat.fur.darker(0.3));
            }
        }),
        _ => {}
    }
}

fn paint_eyes(canvas: &mut Canvas, coat: &Coat) {
    for x in [38.8, 61.2] {
        canvas.ellipse(x, 47.4, 5.4, 6.0, Rgb::WHITE);
        let iris = Ink::vertical(42.0, 53.0, &[coat.eyes.darker(0.4), coat.eyes.lighter(0.25)]);
        canvas.ellipse(x, 47.8, 4.7, 5.3, iris);
        canvas.ellipse(x, 47.8, 2.7, 3.7, Rgb::hex(0x1A141E));
        canvas.circle(x - 1.6, 45.4, 1.6, Rgb::WHITE);
        canvas.circle(x + 1.7, 50.2, 0.8, (Rgb::WHITE, 0.85));
    }
}

fn paint_muzzle(canvas: &mut Canvas, animal: Animal, coat: &Coat) {
    let line = Rgb::hex(0x3A282C);
    if animal == Animal::Dragon {
        canvas.symmetric("M50 52 C60 52 65 57 64 62 C62 68 56 70 50 70", coat.fur.lighter(0.12));
        canvas.both_sides(|canvas| {
            canvas.ellipse(54.6, 56.6, 1.4, 1.0, coat.fur.darker(0.6));
            canvas.shape("M57 64.6 L59.4 64 L58.8 67.4 Z", Rgb::WHITE);
        });
        canvas.line("M39 63 Q50 68 61 63", 1.0, line);
        return;
    }
    canvas.symmetric("M50 54 C57 53 61 57 60.4 61 C59.6 66 55 68 50 68", coat.pale);
    canvas.shape("M46 54.6 C48 53.4 52 53.4 54 54.6 C54.4 57 51.4 59 50 59 C48.6 59 45.6 57 46 54.6 Z", coat.nose);
    canvas.ellipse(48.6, 55.2, 1.1, 0.6, (Rgb::WHITE, 0.5));
    canvas.line("M50 59 V61.4 M50 61.4 Q47 65.4 43.6 62.6 M50 61.4 Q53 65.4 56.4 62.6", 0.9, line);
    if matches!(animal, Animal::Cat | Animal::Lion | Animal::Rabbit) {
        canvas.both_sides(|canvas| {
            canvas.line("M62 60 L80 57 M62 62 L80 63", 0.45, (line, 0.55));
        });
    }
    if animal == Animal::Dog {
        canvas.shape("M47.6 64 Q50 65.6 52.4 64 C53.4 68 52 71 50 71 C48 71 46.6 68 47.6 64 Z", Rgb::hex(0xF07A86));
    }
}
