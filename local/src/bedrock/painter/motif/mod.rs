//! What is painted when the prompt names no person: animals, fruit, flowers, lands, buildings, things, emblems.

mod animal;
mod building;
mod creature;
mod emblem;
mod flower;
mod fruit;
mod land;
mod tool;
mod vehicle;
mod ware;

use super::canvas::{Canvas, Ink};
use super::chance::Chance;
use super::prompt::{Animal, Part, Setting, Subject, Thing, Wish};
use super::rgb::Rgb;

/// What a motif is painted with.
#[derive(Clone, Debug)]
struct Brush {
    /// The colour that was asked for the subject, if any.
    asked: Option<Rgb>,
    /// Every colour that the prompt names.
    palette: Vec<Rgb>,
    background: Rgb,
    setting: Option<Setting>,
    chance: Chance,
    /// The visible part of the picture in units: left, top, right, bottom.
    view: [f32; 4],
}

impl Brush {
    /// The colour that was asked for, else one of the subject's own that can be seen on the background.
    fn main<const N: usize>(&mut self, usual: &[u32; N]) -> Rgb {
        let start = self.chance.below(N);
        let mut in_turn = (0..N).map(|index| Rgb::hex(usual[(start + index) % N]));
        let stands_off = |color: &Rgb| color.distance(self.background) > 120.0;
        self.asked.or(in_turn.find(stands_off)).unwrap_or(Rgb::hex(usual[start]))
    }

    /// A second colour of the prompt that is neither the main one nor the background.
    fn second(&self, main: Rgb, usual: Rgb) -> Rgb {
        let other = |color: &&Rgb| color.distance(main) > 60.0 && color.distance(self.background) > 60.0;
        self.palette.iter().find(other).copied().unwrap_or(usual)
    }
}

/// Paints the subject of `wish` in units of a square 100 wide and high; `view` is all that can be seen, in units.
pub(super) fn paint(canvas: &mut Canvas, wish: &Wish, seed: u64, background: Rgb, view: [f32; 4]) {
    let mut brush = Brush {
        asked: wish.color(Part::Subject),
        palette: wish.palette.clone(),
        background,
        setting: wish.setting,
        chance: Chance::of(seed ^ wish.gist, "motif"),
        view,
    };
    let brush = &mut brush;
    match wish.subject {
        Subject::Person | Subject::Emblem => emblem::paint(canvas, brush),
        Subject::Animal(animal) => match animal {
            Animal::Bird | Animal::Owl | Animal::Penguin | Animal::Fish => creature::paint(canvas, brush, animal),
            _ => animal::paint(canvas, brush, animal),
        },
        Subject::Fruit(fruit) => fruit::paint(canvas, brush, fruit),
        Subject::Flower => flower::paint(canvas, brush),
        Subject::Land(land) => land::paint(canvas, brush, land),
        Subject::Building(building) => building::paint(canvas, brush, building),
        Subject::Thing(thing) => match thing {
            Thing::Sword | Thing::Shield | Thing::Gem | Thing::Book => tool::paint(canvas, brush, thing),
            Thing::Potion | Thing::Bottle | Thing::Cup | Thing::Box => ware::paint(canvas, brush, thing),
            Thing::Robot | Thing::Car | Thing::Ship | Thing::Rocket => vehicle::paint(canvas, brush, thing),
        },
    }
}

/// The table that small things stand on.
fn paint_table(canvas: &mut Canvas, brush: &Brush, y: f32) {
    let [left, _, right, bottom] = brush.view;
    let wood = brush.background.mix(Rgb::hex(0xA97448), 0.72);
    canvas.rect(left, y, right - left, bottom - y, Ink::vertical(y, y + 40.0, &[wood.lighter(0.1), wood.darker(0.35)]));
    canvas.rect(left, y, right - left, 1.0, wood.lighter(0.32));
    paint_shadow(canvas, 50.0, y + 11.0, 26.0, 4.0);
}

/// The shadow under a thing.
fn paint_shadow(canvas: &mut Canvas, x: f32, y: f32, rx: f32, ry: f32) {
    canvas.turned((x, y), 0.0, (1.0, ry / rx), |canvas| {
        canvas.circle(
            x,
            y,
            rx,
            Ink::Radial([x, y, rx], vec![(0.0, Rgb(20, 14, 26), 0.5), (1.0, Rgb(20, 14, 26), 0.0)]),
        );
    });
}

/// Light from the upper left on something round.
fn round(x: f32, y: f32, radius: f32, color: Rgb) -> Ink {
    Ink::Radial(
        [x - radius * 0.35, y - radius * 0.4, radius * 1.5],
        vec![(0.0, color.lighter(0.42), 1.0), (0.45, color, 1.0), (1.0, color.darker(0.5), 1.0)],
    )
}
