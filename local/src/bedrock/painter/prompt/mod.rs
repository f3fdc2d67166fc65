//! What a prompt asks of the painter: subject, colours, style; read from common English and Japanese wording.

mod colors;
mod english;
mod japanese;
mod lexer;
mod meaning;
mod pairing;
mod shade;
#[cfg(test)]
mod tests;
mod wish;

pub(crate) use meaning::{Animal, Building, Extra, Fruit, HairStyle, Land, Look, Mood, Part, Setting, Subject, Thing};
pub(crate) use wish::Wish;
