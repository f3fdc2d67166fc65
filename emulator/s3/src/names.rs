//! The file names of an object key: how a key is spelled in a plain folder, and back.
//!
//! `rank/0001/image.png` is the file `image.png` in the folder `0001` in the folder `rank`: a key whose components are
//! ordinary names is spelled as it is. What a folder cannot hold is spelled with an escape that starts with `%~`:
//!
//! | in the key | in the folder |
//! | --- | --- |
//! | an empty component (`a//b`, a folder marker `a/`, a leading `/`) | `%~empty` |
//! | a component `.` or `..` | `%~.`, `%~..` |
//! | an ASCII control character, NUL among them | `%~` and two upper-case hex digits |
//! | the characters `%~` themselves | `%~25~` |
//! | a component over 255 bytes | several: folders that end in `%~+`, then the rest |
//! | a key that is also the folder of other keys (`a` beside `a/b`) | the object in the folder `%~object` |
//!
//! The spelling is a bijection between keys and *canonical* paths, so distinct keys never meet in one file, and it
//! needs no table: a folder that is copied elsewhere keeps its keys. A path that is not canonical (a name with a
//! broken escape, or one that is not UTF-8) names no object.
//!
//! On a file system that ignores case (the default on macOS) keys that differ only in case are one file.

/// The longest file name that common file systems take, in bytes.
const NAME_MAX: usize = 255;

/// Ends the name of a folder that holds only the first part of a component.
const CONTINUES: &str = "%~+";

/// The folder, beside the others, for objects whose own name is taken by a folder.
pub(crate) const DISPLACED: &str = "%~object";

const ESCAPE: &str = "%~";
const EMPTY: &str = "%~empty";
const DOT: &str = "%~.";
const DOT_DOT: &str = "%~..";

/// Spells a key: the folders on the way from the one of its bucket, outermost first, and the name of the file. Every
/// key has a path; whether the key is allowed is not asked here.
pub(crate) fn spell(key: &str) -> (Vec<String>, String) {
    let mut folders: Vec<String> = key.split('/').flat_map(spell_component).collect();
    let name = folders.pop().unwrap_or_else(|| EMPTY.to_owned());
    (folders, name)
}

/// The folders that hold every key that starts with `prefix`: those of its complete components.
pub(crate) fn spell_folders_of_prefix(prefix: &str) -> (Vec<String>, &str) {
    match prefix.rfind('/') {
        None => (Vec::new(), ""),
        Some(end) => (prefix[..end].split('/').flat_map(spell_component).collect(), &prefix[..=end]),
    }
}

/// Whether a folder of this name holds only the first part of a component.
pub(crate) fn continues(name: &str) -> bool {
    name.ends_with(CONTINUES)
}

/// Reads the component that these file names spell: some folders that continue and one last name.
/// `None` if that is not how the component is spelled.
pub(crate) fn read_component(names: &[&str]) -> Option<String> {
    let (last, folders) = names.split_last()?;
    let mut component = String::new();
    for folder in folders {
        component.push_str(&unescape(folder.strip_suffix(CONTINUES)?)?);
    }
    match *last {
        EMPTY => {}
        DOT => component.push('.'),
        DOT_DOT => component.push_str(".."),
        name => component.push_str(&unescape(name)?),
    }
    let canonical = spell_component(&component);
    canonical.iter().map(String::as_str).eq(names.iter().copied()).then_some(component)
}

/// The file names that spell one component, at least one.
fn spell_component(component: &str) -> Vec<String> {
    match component {
        "" => return vec![EMPTY.to_owned()],
        "." => return vec![DOT.to_owned()],
        ".." => return vec![DOT_DOT.to_owned()],
        _ => {}
    }
    let (mut names, mut rest) = (Vec::new(), component);
    loop {
        let (head, tail) = split_at_limit(rest, NAME_MAX);
        if tail.is_empty() {
            names.push(head);
            return names;
        }
        let (head, tail) = split_at_limit(rest, NAME_MAX - CONTINUES.len());
        names.push(head + CONTINUES);
        rest = tail;
    }
}

/// Escapes as many characters as fit into `limit` bytes, and returns the rest as it was.
fn split_at_limit(text: &str, limit: usize) -> (String, &str) {
    let mut head = String::new();
    for (at, character) in text.char_indices() {
        let before = head.len();
        match character {
            control if control.is_ascii_control() => {
                head.push_str(&format!("{ESCAPE}{:02X}", u32::from(control)));
            }
            '%' if text[at..].starts_with(ESCAPE) => head.push_str("%~25"),
            plain => head.push(plain),
        }
        if head.len() > limit {
            head.truncate(before);
            return (head, &text[at..]);
        }
    }
    (head, "")
}

/// Reverses the escapes of characters; `None` if one is broken.
fn unescape(name: &str) -> Option<String> {
    let mut text = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find(ESCAPE) {
        text.push_str(&rest[..at]);
        let digits = rest.get(at + ESCAPE.len()..at + ESCAPE.len() + 2)?;
        text.push(char::from(u8::from_str_radix(digits, 16).ok().filter(u8::is_ascii)?));
        rest = &rest[at + ESCAPE.len() + 2..];
    }
    text.push_str(rest);
    Some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tests::any_key;

    fn path(key: &str) -> String {
        let (mut folders, name) = spell(key);
        folders.push(name);
        folders.join("/")
    }

    /// Reads a whole path back, as a walk through the folders does.
    fn key(path: &str) -> Option<String> {
        let mut components = Vec::new();
        let mut pending = Vec::new();
        for name in path.split('/') {
            pending.push(name);
            if !continues(name) {
                components.push(read_component(&pending)?);
                pending.clear();
            }
        }
        pending.is_empty().then(|| components.join("/"))
    }

    #[test]
    fn ordinary_keys_are_spelled_as_they_are() {
        for plain in "a vip/0001/image.png 画像/猫+1.png 100%.png 100%25.png a+b~c .hidden ... ~".split(' ') {
            assert_eq!(path(plain), plain);
        }
        assert_eq!(path(&"a".repeat(255)), "a".repeat(255));
    }

    #[test]
    fn what_a_folder_cannot_hold_is_escaped() {
        for (odd, spelled) in [
            ("photos/", "photos/%~empty"),
            ("a//b", "a/%~empty/b"),
            ("/etc/passwd", "%~empty/etc/passwd"),
            ("../../etc", "%~../%~../etc"),
            ("./a", "%~./a"),
            ("a\0b\nc", "a%~00b%~0Ac"),
            ("50%~off", "50%~25~off"),
            ("%~empty", "%~25~empty"),
            ("%~object", "%~25~object"),
            (&"a".repeat(256), &format!("{}%~+/aaaa", "a".repeat(252))),
            (&format!("{}/x", "猫".repeat(128)), &format!("{}%~+/{}/x", "猫".repeat(84), "猫".repeat(44))),
        ] {
            assert_eq!(path(odd), spelled);
            assert_eq!(key(spelled).as_deref(), Some(odd));
        }
    }

    #[test]
    fn broken_and_needless_escapes_are_no_keys() {
        for name in ["a%~", "a%~4", "a%~ZZ", "a%~41", "a%~0a", "a%~25", "x%~empty", "a%~+", "a%~+/b", "%~é", "%~FF"] {
            assert_eq!(key(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_spelled_key_reads_back_and_stays_in_the_folder(text in any_key()) {
            let spelled = path(&text);
            for name in spelled.split('/') {
                prop_assert!(!name.is_empty() && name != "." && name != ".." && name != DISPLACED);
                prop_assert!(name.len() <= NAME_MAX && !name.contains('\0'));
            }
            prop_assert_eq!(key(&spelled), Some(text));
        }

        #[test]
        fn a_path_is_the_spelling_of_at_most_one_key(names in prop::collection::vec("[%~+25.0ex]{1,6}", 1..4)) {
            let spelled = names.join("/");
            if let Some(text) = key(&spelled) {
                prop_assert_eq!(path(&text), spelled);
            }
        }
    }
}
