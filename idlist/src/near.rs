//! Texts that are nearly the same: names of fields, ranks, and ids that look alike.

use unicode_normalization::UnicodeNormalization;

use crate::FIELDS;

/// Longest name that is compared; nobody means a field by a longer one.
const MAX_NAME_BYTES: usize = 40;

/// Fewest characters of a name with a slip in it: among shorter ones too many differ in one character.
const MIN_CHARS: usize = 4;

/// The field that the name of another is nearly, and whether it differs in more than case and separators.
pub(crate) fn nearest_field(name: &str) -> Option<(&'static str, bool)> {
    if name.len() > MAX_NAME_BYTES {
        return None;
    }
    let plain: String = name.chars().filter(|char| !matches!(char, '_' | '-' | ' ' | '.')).collect();
    let same = FIELDS.into_iter().find(|field| field.eq_ignore_ascii_case(&plain));
    let is_slip = |field: &&str| {
        field.len() >= MIN_CHARS
            && field.len().abs_diff(plain.chars().count()) <= 1
            && strsim::osa_distance(&plain.to_lowercase(), &field.to_lowercase()) == 1
    };
    same.map(|field| (field, false)).or_else(|| FIELDS.into_iter().find(is_slip).map(|field| (field, true)))
}

/// The name of a field for a message.
pub(crate) fn in_backticks(name: &str) -> String {
    format!("`{}`", name.escape_debug())
}

/// A rank for comparisons.
pub(crate) struct RankLook {
    lower: String,
    digits: String,
    letters: String,
}

impl RankLook {
    pub(crate) fn new(rank: &str) -> Self {
        let lower = rank.to_lowercase();
        let (digits, letters) = lower.chars().partition(|char| char.is_numeric());
        Self { lower, digits, letters }
    }

    /// There is one slip between the ranks, or another case. Other digits are no slip: `vip1` and `vip2` are meant.
    pub(crate) fn is_near(&self, other: &Self) -> bool {
        let is_long = |rank: &Self| rank.lower.chars().count() >= MIN_CHARS;
        self.digits == other.digits
            && is_long(self)
            && is_long(other)
            && strsim::osa_distance(&self.letters, &other.letters) <= 1
    }
}

/// Makes an id the same as every other that looks like it, or that Windows or macOS store under the same file name: without
/// blanks and invisible characters, in lower case, with one way to write full-width and accented letters, without dots at
/// the end.
pub(crate) fn push_look(id: &str, look: &mut String) {
    let begin = look.len();
    if id.bytes().all(|byte| byte.is_ascii_graphic()) {
        look.push_str(id);
        if let Some(id) = look.get_mut(begin..) {
            id.make_ascii_lowercase();
        }
    } else {
        look.extend(id.nfkc().flat_map(char::to_lowercase).filter(|char| !is_blank(*char)));
    }
    if look.ends_with('.') {
        look.truncate(look.trim_end_matches('.').len());
    }
}

/// A character that shows nothing: a blank, or one of those that only direct how others are shown.
pub(crate) fn is_blank(char: char) -> bool {
    char.is_whitespace()
        || matches!(char, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180E}' | '\u{200B}'..='\u{200F}')
        || matches!(char, '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
        || matches!(char, '\u{3164}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_another_case_or_with_one_slip_are_near() {
        for (name, field) in [
            ("aspect_ratio", Some(("aspectRatio", false))),
            ("AspectRatio", Some(("aspectRatio", false))),
            ("input-bucket-name", Some(("inputBucketName", false))),
            ("ID", Some(("id", false))),
            ("SEED", Some(("seed", false))),
            ("seeds", Some(("seed", true))),
            ("negativePromt", Some(("negativePrompt", true))),
            ("aspectRation", Some(("aspectRatio", true))),
            ("pormpt", Some(("prompt", true))),
            ("ids", None),
            ("campaign", None),
            ("customer", None),
            ("name", None),
        ] {
            assert_eq!(nearest_field(name), field, "{name}");
        }
    }

    #[test]
    fn ranks_with_one_slip_are_near() {
        for (one, other) in
            [("nomal", "normal"), ("rare", "raer"), ("gold", "bold"), ("Gold", "gold"), ("レアカード", "レアガード")]
        {
            assert!(RankLook::new(one).is_near(&RankLook::new(other)), "{one} {other}");
        }
        for (one, other) in [("vip1", "vip2"), ("vip", "vips"), ("sr", "ssr"), ("normal", "rare"), ("rank10", "rank1")]
        {
            assert!(!RankLook::new(one).is_near(&RankLook::new(other)), "{one} {other}");
        }
    }

    #[test]
    fn ids_that_look_alike_have_one_look() {
        let look = |id: &str| {
            let mut look = String::from("vip/");
            push_look(id, &mut look);
            look
        };
        for id in ["A1", "a1", "A1 ", " A1", "A1\u{200B}", "A1\u{A0}", "Ａ１", "A1.", "A 1"] {
            assert_eq!(look(id), "vip/a1", "{id:?}");
        }
        assert_eq!(look("Caf\u{E9}"), look("Cafe\u{301}"));
        assert_ne!(look("Café"), look("Cafe"));
        assert_ne!(look("A1"), look("A2"));
    }
}
