//! Who is painted: what the prompt says of a person, and what the seed decides where it says nothing.

use crate::bedrock::painter::chance::Chance;
use crate::bedrock::painter::prompt::{Extra, HairStyle, Look, Mood, Part, Setting, Wish};
use crate::bedrock::painter::rgb::Rgb;

/// Everything that decides how a person looks.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) hair: Rgb,
    pub(crate) eyes: Rgb,
    pub(crate) skin: Rgb,
    pub(crate) clothes: Rgb,
    pub(crate) trim: Rgb,
    pub(crate) hair_style: HairStyle,
    pub(crate) fringe: Fringe,
    pub(crate) collar: Collar,
    pub(crate) face: FaceShape,
    pub(crate) mood: Mood,
    pub(crate) feminine: bool,
    /// Each with the colour that was asked for it.
    pub(crate) extras: Vec<(Extra, Option<Rgb>)>,
    /// Small differences: how far apart the eyes are, how high the brows (-1 to 1).
    pub(crate) eye_distance: f32,
    pub(crate) brow_height: f32,
    pub(crate) eye_size: f32,
}

/// How the hair falls over the forehead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fringe {
    MiddlePart,
    SideSwept,
    Blunt,
    Jagged,
    Back,
    Swoop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Collar {
    Round,
    Deep,
    Shirt,
    Hood,
    Wrap,
    High,
    Armor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaceShape {
    Round,
    Oval,
    Square,
}

const HAIR: [u32; 12] = [
    0x2B2122, 0x4A2E22, 0x7A4A2A, 0xA86A3A, 0xD9A85C, 0xF0D084, 0xB54A2C, 0x8A3324, 0x3A3F5E, 0xC9CCD6, 0x7B5EA8,
    0xE28FA8,
];
const EYES: [u32; 8] = [0x6B4226, 0x3F7FC9, 0x3C8F5A, 0x8A6A35, 0x5B6B86, 0x7A4FB5, 0x2E8C94, 0xB0553A];
const SKIN: [u32; 8] = [0xFDE4D0, 0xFBD8BD, 0xF5C9A6, 0xEBB68E, 0xD99C70, 0xB97B53, 0x945C3D, 0x6F432E];
const CLOTHES: [u32; 12] = [
    0x345D8A, 0x8C3B4A, 0x3F7A64, 0x5A4A86, 0x2F3A52, 0xC87B45, 0xE8E3D8, 0xB5537A, 0x3B8AA3, 0x6E7B3F, 0xD9B24C,
    0x7A523E,
];

impl Person {
    /// The person that `wish` asks for; `seed` decides the rest, so that `background` shows them well.
    pub(crate) fn new(wish: &Wish, seed: u64, background: Rgb) -> Self {
        let mut chance = Chance::of(seed ^ wish.gist, "person");
        let feminine = if wish.looks.contains(&Look::Feminine) {
            true
        } else if wish.looks.contains(&Look::Masculine) || wish.extras.contains(&Extra::Beard) {
            false
        } else {
            chance.chance(0.55)
        };
        let hair_style = wish.hair_style.unwrap_or_else(|| hair_style(&mut chance, wish, feminine));
        let hair = wish.color(Part::Hair).unwrap_or_else(|| {
            if wish.looks.contains(&Look::Old) {
                Rgb::hex(0xCFD2D8)
            } else {
                choose(&HAIR, &mut chance, wish, Part::Hair, &[background])
            }
        });
        let eyes = wish.color(Part::Eyes).unwrap_or_else(|| choose(&EYES, &mut chance, wish, Part::Eyes, &[]));
        let skin = wish.color(Part::Skin).unwrap_or_else(|| choose(&SKIN, &mut chance, wish, Part::Skin, &[hair]));
        let clothes = wish.color(Part::Clothes).unwrap_or_else(|| {
            let cold = wish.setting == Some(Setting::Snow);
            let avoid = [background, hair, skin];
            let color = choose(&CLOTHES, &mut chance, wish, Part::Clothes, &avoid);
            if cold { color.lighter(0.2) } else { color }
        });
        let trim = if clothes.brightness() > 0.6 { clothes.darker(0.45) } else { clothes.lighter(0.62) };
        Self {
            hair,
            eyes,
            skin,
            clothes,
            trim,
            hair_style,
            fringe: fringe(&mut chance, hair_style, feminine),
            collar: collar(&mut chance, wish),
            face: chance.pick(&if feminine {
                [FaceShape::Round, FaceShape::Oval, FaceShape::Oval]
            } else {
                [FaceShape::Oval, FaceShape::Square, FaceShape::Square]
            }),
            mood: wish.mood.unwrap_or_else(|| chance.pick(&[Mood::Smile, Mood::Smile, Mood::Laugh, Mood::Serious])),
            feminine,
            extras: extras(&mut chance, wish, feminine),
            eye_distance: chance.between(-1.0, 1.0),
            brow_height: chance.between(-1.0, 1.0),
            eye_size: chance.between(-1.0, 1.0),
        }
    }

    /// The colour of `extra` if the person has it: the one asked for, else `usual`.
    pub(crate) fn extra(&self, extra: Extra, usual: Rgb) -> Option<Rgb> {
        let worn = self.extras.iter().find(|(worn, _)| *worn == extra);
        worn.map(|(_, color)| color.unwrap_or(usual))
    }

    /// Units that the head needs above it, so that what it wears stays in the picture.
    pub(crate) fn headroom(&self) -> f32 {
        if self.has(Extra::WizardHat) {
            15.0
        } else if self.has(Extra::Crown) {
            11.0
        } else if self.has(Extra::Hat) || self.has(Extra::CatEars) {
            8.0
        } else {
            4.0
        }
    }

    pub(crate) fn has(&self, extra: Extra) -> bool {
        self.extras.iter().any(|(worn, _)| *worn == extra)
    }
}

/// One of `colors` that is not ruled out and stands off from what is next to it, if there is one.
fn choose<const N: usize>(colors: &[u32; N], chance: &mut Chance, wish: &Wish, part: Part, beside: &[Rgb]) -> Rgb {
    let start = chance.below(N);
    let mut in_turn = (0..N).map(|index| Rgb::hex(colors[(start + index) % N]));
    let allowed = |color: &Rgb| !wish.rules_out(part, *color);
    let stands_off = |color: &Rgb| beside.iter().all(|other| other.distance(*color) > 110.0);
    in_turn
        .clone()
        .find(|color| allowed(color) && stands_off(color))
        .or_else(|| in_turn.find(allowed))
        .unwrap_or(Rgb::hex(colors[start]))
}

fn hair_style(chance: &mut Chance, wish: &Wish, feminine: bool) -> HairStyle {
    use HairStyle::{Bob, Braids, Buns, Curly, Long, Ponytail, Short, Spiky, TwinTails, Wavy};
    if wish.looks.contains(&Look::Old) {
        chance.pick(&[Short, Bob, Buns, Curly])
    } else if feminine {
        chance.pick(&[Long, Wavy, Bob, Ponytail, TwinTails, Buns, Braids, Curly, Short, Long, Bob])
    } else {
        chance.pick(&[Short, Short, Short, Spiky, Spiky, Curly, Ponytail])
    }
}

fn fringe(chance: &mut Chance, style: HairStyle, feminine: bool) -> Fringe {
    use Fringe::{Back, Blunt, Jagged, MiddlePart, SideSwept, Swoop};
    match style {
        HairStyle::Spiky => Jagged,
        HairStyle::Buns => chance.pick(&[Blunt, SideSwept, MiddlePart, Swoop]),
        _ if feminine => chance.pick(&[MiddlePart, SideSwept, Blunt, Blunt, Swoop, Jagged]),
        _ => chance.pick(&[SideSwept, Jagged, Back, Swoop, SideSwept]),
    }
}

fn collar(chance: &mut Chance, wish: &Wish) -> Collar {
    if wish.extras.contains(&Extra::Armor) {
        return Collar::Armor;
    }
    chance.pick(&[Collar::Round, Collar::Deep, Collar::Shirt, Collar::Hood, Collar::Wrap, Collar::High])
}

fn extras(chance: &mut Chance, wish: &Wish, feminine: bool) -> Vec<(Extra, Option<Rgb>)> {
    let mut worn = wish.extras.clone();
    let likely = [
        (Extra::Glasses, 0.14),
        (Extra::Earrings, if feminine { 0.3 } else { 0.06 }),
        (Extra::Flower, if feminine { 0.16 } else { 0.0 }),
        (Extra::Freckles, 0.14),
        (Extra::Scarf, if wish.setting == Some(Setting::Snow) { 0.9 } else { 0.05 }),
    ];
    for (extra, share) in likely {
        if chance.chance(share) && !worn.contains(&extra) {
            worn.push(extra);
        }
    }
    worn.retain(|extra| !wish.does_not_want(*extra));
    worn.into_iter().map(|extra| (extra, wish.color(Part::Extra(extra)))).collect()
}
