//! Everything a prompt and its negative say that the painter understands.

use super::english::COLORS_THAT_ARE_THINGS;
use super::lexer::{Token, lex};
use super::meaning::{Extra, HairStyle, Look, Meaning, Mood, Part, Setting, Subject, Thing};
use super::pairing;
use super::shade::shade;
use crate::bedrock::painter::chance::hash;
use crate::bedrock::painter::rgb::Rgb;

/// What the painter was asked for; what is `None` here is up to the seed.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) subject: Subject,
    colors: Vec<(Part, Rgb)>,
    /// Colours that the prompt gives to nothing the painter knows.
    loose: Vec<Rgb>,
    /// Every colour that the prompt names, in its order.
    pub(crate) palette: Vec<Rgb>,
    pub(crate) looks: Vec<Look>,
    pub(crate) hair_style: Option<HairStyle>,
    pub(crate) extras: Vec<Extra>,
    pub(crate) mood: Option<Mood>,
    pub(crate) setting: Option<Setting>,
    /// Differs when the prompt says something else that is no colour.
    pub(crate) gist: u64,
    unwanted_extras: Vec<Extra>,
    unwanted_colors: Vec<(Option<Part>, Rgb)>,
}

impl Wish {
    /// Reads a prompt and its negative.
    pub(crate) fn read(prompt: &str, negative: Option<&str>) -> Self {
        let mut wish = Self::read_prompt(prompt);
        if let Some(negative) = negative {
            wish.forbid(&Self::read_prompt(negative));
        }
        if wish.subject != Subject::Person && wish.color(Part::Subject).is_none() {
            wish.colors.extend(wish.loose.first().map(|color| (Part::Subject, *color)));
        }
        wish
    }

    /// The colour that was asked for `part`.
    pub(crate) fn color(&self, part: Part) -> Option<Rgb> {
        let asked = self.colors.iter().find(|(of, _)| *of == part);
        asked.map(|(_, color)| *color)
    }

    /// Whether the negative prompt rules out `color` for `part`.
    pub(crate) fn rules_out(&self, part: Part, color: Rgb) -> bool {
        self.unwanted_colors
            .iter()
            .any(|(of, unwanted)| of.is_none_or(|of| of == part) && unwanted.distance(color) < ALIKE)
    }

    /// Whether the prompt or its negative says that there shall be no `extra`.
    pub(crate) fn does_not_want(&self, extra: Extra) -> bool {
        self.unwanted_extras.contains(&extra)
    }

    fn read_prompt(prompt: &str) -> Self {
        let (tokens, unwanted_extras) = drop_negated(shade(lex(prompt)));
        let mut colors = Vec::new();
        let mut loose = Vec::new();
        for clause in tokens.split(|token| token.is(Meaning::Break)) {
            let found = pairing::pair(clause);
            colors.extend(found.of);
            loose.extend(found.loose);
        }
        let subject = subject(&tokens, &colors);
        Self {
            subject,
            colors,
            loose,
            palette: tokens.iter().filter_map(Token::color).collect(),
            looks: all(&tokens, |meaning| match meaning {
                Meaning::Look(look) => Some(look),
                _ => None,
            }),
            hair_style: hair_style(&tokens),
            extras: all(&tokens, |meaning| match meaning {
                Meaning::Extra(extra) => Some(extra),
                _ => None,
            }),
            mood: all(&tokens, |meaning| match meaning {
                Meaning::Mood(mood) => Some(mood),
                _ => None,
            })
            .first()
            .copied(),
            setting: all(&tokens, |meaning| match meaning {
                Meaning::Setting(setting) => Some(setting),
                _ => None,
            })
            .first()
            .copied(),
            gist: gist(&tokens),
            unwanted_extras,
            unwanted_colors: Vec::new(),
        }
    }

    fn forbid(&mut self, negative: &Self) {
        self.unwanted_extras.extend(&negative.extras);
        let paired = negative.colors.iter().map(|(part, color)| (Some(*part), *color));
        self.unwanted_colors.extend(paired);
        self.unwanted_colors.extend(negative.loose.iter().map(|color| (None, *color)));
        let ruled_out: Vec<_> =
            (self.colors.iter()).filter(|(part, color)| self.rules_out(*part, *color)).copied().collect();
        self.colors.retain(|asked| !ruled_out.contains(asked));
        let unwanted = &self.unwanted_colors;
        let anywhere = |color: &Rgb| !unwanted.iter().any(|(of, other)| of.is_none() && other.distance(*color) < ALIKE);
        self.loose.retain(anywhere);
        self.palette.retain(anywhere);
        let unwanted = &self.unwanted_extras;
        self.extras.retain(|extra| !unwanted.contains(extra));
        if self.mood == negative.mood {
            self.mood = None;
        }
        if self.hair_style == negative.hair_style {
            self.hair_style = None;
        }
    }
}

/// Colours nearer than this pass for the same.
const ALIKE: f32 = 90.0;

/// Takes out what "no" and "without" negate, and says which extras that were.
fn drop_negated(tokens: Vec<Token>) -> (Vec<Token>, Vec<Extra>) {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut extras = Vec::new();
    let mut negated = false;
    for token in tokens {
        if token.is(Meaning::Not) {
            negated = true;
        } else if negated && !token.is(Meaning::Filler) {
            extras.extend(token.meanings.iter().filter_map(|meaning| match meaning {
                Meaning::Extra(extra) => Some(*extra),
                _ => None,
            }));
            negated = false;
        } else {
            kept.push(token);
        }
    }
    (kept, extras)
}

fn all<T: PartialEq>(tokens: &[Token], pick: impl Fn(Meaning) -> Option<T>) -> Vec<T> {
    let mut found = Vec::new();
    for thing in tokens.iter().flat_map(|token| &token.meanings).filter_map(|meaning| pick(*meaning)) {
        if !found.contains(&thing) {
            found.push(thing);
        }
    }
    found
}

/// A person, if there is one; else what is named first; else a person if one's parts are named.
fn subject(tokens: &[Token], colors: &[(Part, Rgb)]) -> Subject {
    let subjects = all(tokens, |meaning| match meaning {
        Meaning::Subject(subject) => Some(subject),
        _ => None,
    });
    if subjects.contains(&Subject::Person) {
        return Subject::Person;
    }
    // "product" and "box" say little: "a product bottle" is a bottle.
    let says_more = |subject: &&Subject| **subject != Subject::Thing(Thing::Box);
    if let Some(first) = subjects.iter().find(says_more).or(subjects.first()) {
        return *first;
    }
    let of_a_person = tokens.iter().any(|token| {
        let part = token.part().is_some_and(|part| part != Part::Background);
        part || token
            .meanings
            .iter()
            .any(|meaning| matches!(meaning, Meaning::Look(_) | Meaning::Extra(_) | Meaning::Mood(_)))
    });
    if of_a_person {
        return Subject::Person;
    }
    let only_background = !colors.is_empty() && !tokens.iter().any(|token| token.meanings.is_empty());
    if only_background {
        return Subject::Person;
    }
    let thing = tokens.iter().find_map(|token| {
        let known = COLORS_THAT_ARE_THINGS.iter().find(|(word, _)| *word == token.word);
        known.map(|(_, subject)| *subject)
    });
    thing.unwrap_or(Subject::Emblem)
}

/// The first style word that stands in a clause about hair, or that can mean nothing but hair.
fn hair_style(tokens: &[Token]) -> Option<HairStyle> {
    tokens.split(|token| token.is(Meaning::Break)).find_map(|clause| {
        let about_hair = clause.iter().any(|token| token.part() == Some(Part::Hair));
        let styles = all(clause, |meaning| match meaning {
            Meaning::HairStyle(style) => Some(style),
            _ => None,
        });
        let needs_hair = |style: &HairStyle| matches!(style, HairStyle::Long | HairStyle::Short | HairStyle::Wavy);
        // "long curly hair" is curly hair: the word that says more counts.
        let certain = styles.iter().find(|style| !needs_hair(style));
        certain.or(styles.first().filter(|_| about_hair)).copied()
    })
}

/// Words that are neither colours nor grammar, as one number.
fn gist(tokens: &[Token]) -> u64 {
    let says_more = |token: &&Token| {
        token.color().is_none()
            && token.part().is_none()
            && !token.meanings.iter().any(|meaning| {
                matches!(
                    meaning,
                    Meaning::Link | Meaning::And | Meaning::Break | Meaning::Filler | Meaning::Stop | Meaning::Tone(_)
                )
            })
    };
    let words: Vec<&[u8]> = tokens.iter().filter(says_more).map(|token| token.word.as_bytes()).collect();
    if words.is_empty() { 0 } else { hash(&words) }
}
