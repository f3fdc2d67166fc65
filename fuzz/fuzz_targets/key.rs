//! Any text as an object key: its file stays in the folder of its bucket, and is read back as the key. Any path as the file of a key: it
//! is the spelling of that key, or is not an object.

#![no_main]

#[allow(dead_code, reason = "the target needs a part of it")]
#[path = "../../emulator/s3/src/names.rs"]
mod names;

use libfuzzer_sys::fuzz_target;
use names::{DISPLACED, continues, read_component, spell, spell_folders_of_prefix};

fuzz_target!(|text: &str| {
    let spelled = names_of(text);
    for name in &spelled {
        assert!(!matches!(name.as_str(), "" | "." | ".." | DISPLACED), "{spelled:?}");
        assert!(
            name.len() <= 255 && !name.contains(|character: char| character == '/' || character.is_ascii_control())
        );
    }
    assert_eq!(key_of(&spelled).as_deref(), Some(text));

    let (folders, complete) = spell_folders_of_prefix(text);
    assert!(text.starts_with(complete));
    assert!(spelled.starts_with(&folders), "{folders:?}");

    let path: Vec<String> = text.split('/').map(str::to_owned).collect();
    if let Some(key) = key_of(&path) {
        assert_eq!(names_of(&key), path);
    }
});

fn names_of(key: &str) -> Vec<String> {
    let (mut folders, name) = spell(key);
    folders.push(name);
    folders
}

/// Reads a path as a walk through the folders does.
fn key_of(names: &[String]) -> Option<String> {
    let mut components = Vec::new();
    let mut pending = Vec::new();
    for name in names {
        pending.push(name.as_str());
        if !continues(name) {
            components.push(read_component(&pending)?);
            pending.clear();
        }
    }
    pending.is_empty().then(|| components.join("/"))
}
