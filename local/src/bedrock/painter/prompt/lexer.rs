//! A prompt cut into words, each with what it can mean.

use super::meaning::{Meaning, Part, Subject};
use super::{colors, english, japanese};
use crate::bedrock::painter::rgb::Rgb;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A word of the prompt.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    /// In lower case.
    pub(super) word: String,
    /// Empty for a word that the painter does not know.
    pub(super) meanings: Vec<Meaning>,
}

impl Token {
    pub(super) fn color(&self) -> Option<Rgb> {
        self.meanings.iter().find_map(|meaning| match meaning {
            Meaning::Color(color) => Some(*color),
            _ => None,
        })
    }

    /// What of the picture the word names; its subject too, unless that is a person.
    pub(super) fn part(&self) -> Option<Part> {
        let named = self.meanings.iter().find_map(|meaning| match meaning {
            Meaning::Part(part) => Some(*part),
            _ => None,
        });
        named.or_else(|| {
            self.meanings.iter().find_map(|meaning| match meaning {
                Meaning::Subject(subject) if *subject != Subject::Person => Some(Part::Subject),
                _ => None,
            })
        })
    }

    pub(super) fn is(&self, meaning: Meaning) -> bool {
        self.meanings.contains(&meaning)
    }
}

static ENGLISH: LazyLock<HashMap<String, Vec<Meaning>>> = LazyLock::new(|| {
    let mut words: HashMap<String, Vec<Meaning>> = HashMap::new();
    for (names, meanings) in english::WORDS {
        for name in names.split_whitespace() {
            let known = words.entry(name.replace('_', " ")).or_default();
            known.extend_from_slice(meanings);
        }
    }
    for (name, value) in colors::ENGLISH {
        let color = Meaning::Color(Rgb::hex(*value));
        words.entry((*name).to_owned()).or_default().push(color);
        if name.contains(' ') {
            words.entry(name.replace(' ', "")).or_default().push(color);
        }
    }
    words
});

type Word = (&'static str, Vec<Meaning>);

/// By first character; the longest words first.
static JAPANESE: LazyLock<HashMap<char, Vec<Word>>> = LazyLock::new(|| {
    let mut words: HashMap<char, Vec<Word>> = HashMap::new();
    let named =
        japanese::WORDS.iter().flat_map(|(names, meanings)| names.split(' ').map(|name| (name, meanings.to_vec())));
    let colored = colors::JAPANESE.iter().map(|(name, value)| (*name, vec![Meaning::Color(Rgb::hex(*value))]));
    for (name, meanings) in named.chain(colored) {
        if let Some(first) = name.chars().next() {
            words.entry(first).or_default().push((name, meanings));
        }
    }
    for words in words.values_mut() {
        words.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    }
    words
});

/// Cuts `text` into its words.
pub(super) fn lex(text: &str) -> Vec<Token> {
    let text: String = text.chars().map(narrow).collect::<String>().to_lowercase();
    let mut tokens = Vec::new();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_ascii_alphanumeric() || first == '#' {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '#' || c == '\'')).unwrap_or(rest.len());
            tokens.push(english_token(&rest[..end]));
            end
        } else if let Some((word, meanings)) = japanese_word(first, rest) {
            tokens.push(Token { word: (*word).to_owned(), meanings: meanings.clone() });
            word.len()
        } else {
            let meaning = match first {
                ',' | ';' | '.' | '!' | '?' | '\n' | '/' | '|' | '(' | ')' => Some(Meaning::Break),
                ':' | '=' => Some(Meaning::Link),
                '&' | '+' => Some(Meaning::And),
                _ => None,
            };
            tokens.extend(meaning.map(|meaning| Token { word: String::new(), meanings: vec![meaning] }));
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    join_names(tokens)
}

/// Full-width forms as their ASCII twins: `：` is `:`.
fn narrow(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

fn japanese_word(first: char, rest: &str) -> Option<&'static Word> {
    JAPANESE.get(&first)?.iter().find(|(word, _)| rest.starts_with(word))
}

fn english_token(word: &str) -> Token {
    let word = word.trim_end_matches("'s").trim_matches('\'');
    let known = ENGLISH
        .get(word)
        .or_else(|| ENGLISH.get(word.strip_suffix('s')?))
        .or_else(|| ENGLISH.get(word.strip_suffix("ish")?));
    let meanings = match (known, colors::from_hex(word)) {
        (Some(known), _) => known.clone(),
        (None, Some(color)) => vec![Meaning::Color(color)],
        (None, None) if is_nearly(word, "background") => vec![Meaning::Part(Part::Background)],
        (None, None) => shade_in_one_word(word).into_iter().collect(),
    };
    Token { word: word.to_owned(), meanings }
}

/// "lightblue", "darkgreen".
fn shade_in_one_word(word: &str) -> Option<Meaning> {
    [("light", colors::Tone::Light), ("dark", colors::Tone::Dark)].iter().find_map(|(prefix, tone)| {
        match ENGLISH.get(word.strip_prefix(prefix)?)?.as_slice() {
            [Meaning::Color(color)] => Some(Meaning::Color(tone.of(*color))),
            _ => None,
        }
    })
}

/// Two neighbours that are one name together: "sky blue", "twin tails".
fn join_names(tokens: Vec<Token>) -> Vec<Token> {
    let mut joined: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let together = joined.last().and_then(|last| {
            let name = format!("{} {}", last.word, token.word);
            let meanings = ENGLISH.get(&name)?.clone();
            Some(Token { word: name, meanings })
        });
        match (together, joined.last_mut()) {
            (Some(together), Some(last)) => *last = together,
            _ => joined.push(token),
        }
    }
    joined
}

/// Whether `word` is `right` with at most two letters mistyped ("backglound").
fn is_nearly(word: &str, right: &str) -> bool {
    word.as_bytes().first() == right.as_bytes().first()
        && word.len().abs_diff(right.len()) <= 2
        && edits(word.as_bytes(), right.as_bytes()) <= 2
}

/// The Levenshtein distance.
fn edits(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        lex(text).into_iter().map(|token| token.word).collect()
    }

    #[test]
    fn the_longest_japanese_word_counts() {
        assert_eq!(words("黄緑の髪の毛"), ["黄緑", "髪の毛"]);
    }

    #[test]
    fn two_words_that_are_one_name_are_one_token() {
        assert_eq!(words("Sky Blue twin tails"), ["sky blue", "twin tails"]);
    }

    #[test]
    fn a_mistyped_background_is_a_background() {
        for word in ["backglound", "backgroud", "bakground", "backgrond", "backround"] {
            assert_eq!(lex(word)[0].part(), Some(Part::Background), "{word}");
        }
        for word in ["backpack", "ground", "backward", "playground"] {
            assert_eq!(lex(word)[0].part(), None, "{word}");
        }
    }

    #[test]
    fn full_width_letters_read_as_narrow_ones() {
        assert_eq!(words("ｈａｉｒ：ｇｏｌｄ"), ["hair", "", "gold"]);
    }
}
