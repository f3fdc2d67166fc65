//! A portrait: shoulders, head, face, hair and what the person wears, in that order from back to front.

mod clothes;
mod extras;
mod face;
mod fringe;
mod hair;
mod person;

pub(crate) use person::Person;

use super::canvas::Canvas;

/// Paints a person in units of a square 100 wide and high, the face in its middle; the body goes on below it.
pub(crate) fn paint(canvas: &mut Canvas, person: &Person) {
    hair::paint_behind(canvas, person);
    clothes::paint_neck(canvas, person);
    clothes::paint(canvas, person);
    face::paint_head(canvas, person);
    face::paint_features(canvas, person);
    extras::paint_on_face(canvas, person);
    hair::paint_in_front(canvas, person);
    extras::paint_on_head(canvas, person);
}
