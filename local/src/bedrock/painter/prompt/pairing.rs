//! Which colour belongs to what: "brown hair", "hair is brown", "hair and eyes are brown".

use super::lexer::Token;
use super::meaning::{Meaning, Part};
use crate::bedrock::painter::rgb::Rgb;

/// What one clause says about colours.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Colors {
    pub(super) of: Vec<(Part, Rgb)>,
    /// Colours that belong to nothing the painter knows.
    pub(super) loose: Vec<Rgb>,
}

/// How many unknown words may stand between a colour and its part ("brown, very long and wavy hair").
const REACH: usize = 4;

/// Pairs colours and parts of a clause (a stretch of words without a comma).
pub(super) fn pair(clause: &[Token]) -> Colors {
    let mut clause = Clause::new(clause);
    clause.pair_linked();
    if !clause.names_parts_first() {
        clause.pair_color_before_part();
    }
    clause.pair_color_after_part();
    clause.share_with_neighbours();
    clause.into_colors()
}

struct Clause<'a> {
    tokens: &'a [Token],
    /// The colour each token's part was given, by the token's place.
    given: Vec<Option<Rgb>>,
    used: Vec<bool>,
}

impl<'a> Clause<'a> {
    fn new(tokens: &'a [Token]) -> Self {
        Self { tokens, given: vec![None; tokens.len()], used: vec![false; tokens.len()] }
    }

    fn free_part(&self, at: usize) -> bool {
        self.tokens[at].part().is_some() && self.given[at].is_none()
    }

    fn free_color(&self, at: usize) -> Option<Rgb> {
        self.tokens[at].color().filter(|_| !self.used[at])
    }

    fn give(&mut self, part: usize, color: usize) {
        self.given[part] = self.free_color(color);
        self.used[color] = true;
    }

    /// "hair color is brown", "hair: brown", "髪は茶色".
    fn pair_linked(&mut self) {
        for part in 0..self.tokens.len() {
            if self.tokens[part].part().is_none() {
                continue;
            }
            let mut linked = false;
            let mut strangers = 0;
            for at in part + 1..self.tokens.len() {
                let token = &self.tokens[at];
                if linked && self.free_color(at).is_some() {
                    self.give(part, at);
                    break;
                }
                linked |= token.is(Meaning::Link);
                strangers += usize::from(token.meanings.is_empty());
                let ends = token.part().is_some() || token.is(Meaning::Stop);
                if ends || strangers > REACH {
                    break;
                }
            }
        }
    }

    /// Whether what is left reads "hair brown background white" rather than "brown hair".
    fn names_parts_first(&self) -> bool {
        let kinds: Vec<bool> = (0..self.tokens.len())
            .filter_map(|at| match self.free_color(at) {
                Some(_) => Some(false),
                None => self.free_part(at).then_some(true),
            })
            .collect();
        kinds.first() == Some(&true) && kinds.last() == Some(&false)
    }

    /// "brown hair", "brown long wavy hair".
    fn pair_color_before_part(&mut self) {
        for part in 0..self.tokens.len() {
            if !self.free_part(part) {
                continue;
            }
            let mut strangers = 0;
            for at in (0..part).rev() {
                if self.free_color(at).is_some() {
                    self.give(part, at);
                    break;
                }
                let token = &self.tokens[at];
                strangers += usize::from(token.meanings.is_empty());
                let ends = token.part().is_some()
                    || token.is(Meaning::Stop)
                    || token.is(Meaning::Link)
                    || token.color().is_some();
                if ends || strangers > REACH {
                    break;
                }
            }
        }
    }

    /// "hair brown", "hair in brown", "dressed in red".
    fn pair_color_after_part(&mut self) {
        for part in 0..self.tokens.len() {
            if !self.free_part(part) || self.tokens[part].part() == Some(Part::Subject) {
                continue;
            }
            for at in part + 1..self.tokens.len() {
                if self.tokens[at].part().is_some() || self.tokens[at].is(Meaning::And) {
                    break;
                }
                if self.free_color(at).is_some() && !self.belongs_to_a_stranger(at) {
                    self.give(part, at);
                    break;
                }
            }
        }
    }

    /// "white" in "white table": the next word is a noun that the painter does not know.
    fn belongs_to_a_stranger(&self, color: usize) -> bool {
        self.tokens.get(color + 1).is_some_and(|next| next.meanings.is_empty())
    }

    /// "brown hair and eyes", "hair and eyes are brown".
    fn share_with_neighbours(&mut self) {
        for middle in 1..self.tokens.len().saturating_sub(1) {
            if !self.tokens[middle].is(Meaning::And) {
                continue;
            }
            let (left, right) = (middle - 1, middle + 1);
            if self.free_part(left) {
                self.given[left] = self.given[right];
            } else if self.free_part(right) {
                self.given[right] = self.given[left];
            }
        }
    }

    /// "a woman in red" wears it; "on white", "against blue" is a background.
    fn color_by_preposition(&mut self, at: usize) -> Option<(Part, Rgb)> {
        let color = self.free_color(at)?;
        if self.belongs_to_a_stranger(at) {
            return None;
        }
        let part = match self.tokens[at.checked_sub(1)?].word.as_str() {
            "in" => Part::Clothes,
            "on" | "against" => Part::Background,
            _ => return None,
        };
        self.used[at] = true;
        Some((part, color))
    }

    fn into_colors(mut self) -> Colors {
        let mut of: Vec<(Part, Rgb)> = (self.tokens.iter().zip(&self.given))
            .filter_map(|(token, given)| Some((token.part()?, (*given)?)))
            .collect();
        for at in 0..self.tokens.len() {
            if let Some((part, color)) = self.color_by_preposition(at)
                && !of.iter().any(|(taken, _)| *taken == part)
            {
                of.push((part, color));
            }
        }
        let loose = (0..self.tokens.len()).filter_map(|at| self.free_color(at)).collect();
        Colors { of, loose }
    }
}
