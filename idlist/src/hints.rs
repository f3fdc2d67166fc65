//! Hints: what is valid in a list, and probably not meant.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::item::{Fields, bit_of};
use crate::listed::{Listed, Place};
use crate::message;
use crate::message::Message;
use crate::models::{Model, SD3_5_LARGE, ULTRA};
use crate::near::{RankLook, is_blank, nearest_field};
use crate::problem::quoted;
use crate::report::{Count, Hint};

/// Kind of a hint. The names are public interface: reports carry them, and programs may filter by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum HintKind {
    /// A field without a meaning whose name is nearly that of one with a meaning.
    IgnoredField,
    /// A text that programs write where there is no value: `NaN`, `None`, `#N/A`.
    NoValue,
    /// A prompt that still holds a placeholder such as `{name}`.
    Placeholder,
    /// A prompt mainly in a script that is not Latin.
    NotLatin,
    /// A source image for Stable Image Ultra, which may not take one.
    SourceImage,
    /// An id or a rank that begins or ends with a blank or an invisible character.
    OuterBlank,
    /// A name that Windows does not take for a file or folder.
    FileName,
    /// Two ids of one rank that look the same, or that file systems do not keep apart.
    SimilarIds,
    /// Two ranks that are nearly the same.
    SimilarRanks,
}

/// The hints found so far.
pub(crate) type Hints = Listed<HintKind>;

impl Hints {
    /// Adds a hint. `place` is asked if no earlier item has the same.
    pub(crate) fn hint(&mut self, kind: HintKind, field: &str, message: Message, place: impl FnOnce() -> Place) {
        let is_same =
            |hint: &&mut Hint| (hint.kind, hint.field.as_deref(), &hint.message) == (kind, Some(field), &message);
        match self.listed.iter_mut().find(is_same).and_then(|hint| hint.items.as_mut()) {
            Some(items) => *items += 1,
            None => self.add(|| place().finding(Some(1), Some(field), kind, message)),
        }
    }

    /// Adds the pairs of ranks of which one is likely to be the other, misspelt.
    pub(crate) fn add_similar_ranks(&mut self, counts: &[Count]) {
        let mut items_of: BTreeMap<&str, u64> = BTreeMap::new();
        for count in counts {
            *items_of.entry(&count.rank).or_default() += count.items;
        }
        let ranks: Vec<_> = items_of.into_iter().map(|(rank, items)| (RankLook::new(rank), rank, items)).collect();
        for (nth, (look, one, items)) in ranks.iter().enumerate() {
            for (_, other, other_items) in ranks.iter().skip(nth + 1).filter(|(other, ..)| look.is_near(other)) {
                let message = message!(
                    "similar-ranks",
                    "the ranks {one} ({items}) and {other} ({other_items}) are nearly the same; is one a typing error?",
                    one = quoted(one),
                    items = *items,
                    other = quoted(other),
                    other_items = *other_items,
                );
                self.add(|| Hint {
                    index: None,
                    line: None,
                    id: None,
                    items: Some(*items.min(other_items)),
                    field: None,
                    kind: HintKind::SimilarRanks,
                    message,
                });
            }
        }
    }

    /// Looks at an item; `model` makes its picture, if nothing is wrong with it.
    pub(crate) fn look_at(&mut self, item: &Fields<'_>, model: Option<&Model>, mut place: impl FnMut() -> Place) {
        let mut add = |kind, field, message| self.hint(kind, field, message, &mut place);
        for &name in &item.unknown {
            if let Some((field, is_slip)) = nearest_field(name)
                && !(is_slip && item.named & bit_of(field) != 0)
            {
                add(HintKind::IgnoredField, name, message!("ignored-field", "is ignored; is `{field}` meant?", field));
            }
        }
        for (field, text) in [("id", &item.id), ("rank", &item.rank)] {
            let Some(text) = text else { continue };
            if text.starts_with(is_blank) || text.ends_with(is_blank) {
                let message = message!(
                    "outer-blank",
                    "begins or ends with a blank or an invisible character; is it part of the name?"
                );
                add(HintKind::OuterBlank, field, message);
            }
        }
        for (field, text) in [("id", &item.id), ("rank", &item.rank), ("inputKeyName", &item.input_key_name)] {
            if text.as_deref().is_some_and(|name| !is_windows_name(name)) {
                let message = message!(
                    "name-on-windows",
                    "cannot be the name of a file or folder on Windows; the image cannot be copied there"
                );
                add(HintKind::FileName, field, message);
            }
        }
        let texts = [
            ("id", &item.id),
            ("rank", &item.rank),
            ("prompt", &item.prompt),
            ("negativePrompt", &item.negative_prompt),
        ];
        for (field, text) in texts {
            if let Some(text) = text
                && is_no_value(text)
            {
                let advice = match field {
                    "negativePrompt" => message!("leave-out-no-value", "write null or leave the field out"),
                    _ => message!("is-no-value-meant", "is it meant?"),
                };
                let text = quoted(text);
                let message =
                    message!("no-value", "is only the text {text}, which stands for no value; {advice}", text, advice);
                add(HintKind::NoValue, field, message);
            }
        }
        for (field, text) in [("prompt", &item.prompt), ("negativePrompt", &item.negative_prompt)] {
            let Some(text) = text else { continue };
            if let Some(name) = placeholder(text) {
                let message = message!("placeholder", "still holds {{{name}}}; was it to be filled in?", name);
                add(HintKind::Placeholder, field, message);
            }
            if !text.is_ascii() && is_not_latin(text) {
                let message = message!(
                    "not-latin",
                    "is mainly in a script that is not Latin; the models are documented for English, and may answer other \
                     prompts with an error"
                );
                add(HintKind::NotLatin, field, message);
            }
        }
        if model == Some(&ULTRA) && item.source_bucket_name.is_some() {
            let message = message!(
                "source-image-for-ultra",
                "is for a source image, which {model} may reject: AWS documents it, users report otherwise; {other} takes one",
                model = ULTRA.id,
                other = SD3_5_LARGE.id,
            );
            add(HintKind::SourceImage, "sourceBucketName", message);
        }
    }
}

/// Texts that programs write where there is no value: Python, JavaScript, SQL, spreadsheets.
fn is_no_value(text: &str) -> bool {
    const TEXTS: [&str; 18] = [
        "nan",
        "none",
        "null",
        "nil",
        "undefined",
        "n/a",
        "<na>",
        "nat",
        "(null)",
        "#n/a",
        "#ref!",
        "#value!",
        "#name?",
        "#div/0!",
        "#null!",
        "#num!",
        "#error!",
        "[object object]",
    ];
    // Most texts are longer than any of these.
    if text.len() >= 20 {
        return false;
    }
    let text = text.trim_start();
    // All of these begin so.
    if !text.starts_with(['n', 'N', 'u', 'U', '<', '(', '#', '[']) {
        return false;
    }
    let text = text.trim_end();
    TEXTS.iter().any(|no_value| text.eq_ignore_ascii_case(no_value))
}

/// The first name in braces.
fn placeholder(text: &str) -> Option<&str> {
    text.match_indices('{').find_map(|(brace, _)| {
        let (name, _) = text.get(brace + 1..)?.split_once('}')?;
        let is_name = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-' | ' ' | '.');
        (name.len() <= 60
            && name.starts_with(|char: char| char.is_alphabetic() || char == '_')
            && name.chars().all(is_name))
        .then_some(name)
    })
}

fn is_not_latin(text: &str) -> bool {
    let is_latin = |char: char| matches!(char, '\0'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ');
    let letters = text.chars().filter(|char| char.is_alphabetic());
    let (latin, other): (Vec<char>, Vec<char>) = letters.partition(|char| is_latin(*char));
    other.len() > latin.len()
}

/// <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>
fn is_windows_name(name: &str) -> bool {
    let stem = name.bytes().position(|byte| byte == b'.').unwrap_or(name.len());
    let is_device = matches!(stem, 3..=4)
        && match name.to_ascii_lowercase().as_bytes().get(..stem) {
            Some(b"con" | b"prn" | b"aux" | b"nul") => true,
            Some([b'c', b'o', b'm', digit] | [b'l', b'p', b't', digit]) => digit.is_ascii_digit(),
            _ => false,
        };
    !is_device
        && !name.ends_with('.')
        && !name.bytes().any(|byte| matches!(byte, b'<' | b'>' | b':' | b'"' | b'\\' | b'|' | b'?' | b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_all_models_are_counted_together() {
        let count = |model: &str, rank: &str, items| Count {
            model: model.to_owned(),
            successor: None,
            rank: rank.to_owned(),
            items,
        };
        let counts = [count("a", "nomal", 900), count("a", "normal", 1), count("b", "normal", 2), count("b", "vip", 9)];
        let mut hints = Hints::default();
        hints.add_similar_ranks(&counts);
        let hints: Vec<_> = hints.listed.iter().map(ToString::to_string).collect();
        let hint = "the ranks \"nomal\" (900) and \"normal\" (3) are nearly the same; is one a typing error?";
        assert_eq!(hints, [hint]);
    }

    #[test]
    fn names_in_braces_are_placeholders() {
        for (text, name) in [
            ("a {hair} girl", Some("hair")),
            ("a { and a {first name}", Some("first name")),
            ("{{髪}}", Some("髪")),
            ("a {} and {1} and {a, b} and {", None),
            ("a girl", None),
        ] {
            assert_eq!(placeholder(text), name, "{text}");
        }
    }

    #[test]
    fn a_prompt_with_more_other_letters_than_latin_ones_is_not_latin() {
        for (text, expected) in [
            ("茶色の髪", true),
            ("Рыжая шляпа, high quality", false),
            ("Рыжая шляпа, hq", true),
            ("a café by Dvořák – ☕", false),
            ("１２３ 🎩", false),
        ] {
            assert_eq!(is_not_latin(text), expected, "{text}");
        }
    }

    #[test]
    fn windows_has_names_of_its_own() {
        for name in ["A1", "con1", "a.b", "COM", "コン"] {
            assert!(is_windows_name(name), "{name}");
        }
        for name in ["A:1", "CON", "nul.png", "com1", "A1.", "a|b", "a\\b"] {
            assert!(!is_windows_name(name), "{name}");
        }
    }
}
