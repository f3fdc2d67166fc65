//! Compares the messages in the code of a crate with its catalogues. The tests of `gallery` use it, too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use idlist::{Argument, Catalogue, Message};

/// Asserts that every message in the code below `src` has a translation with the same placeholders in `sources`, and every
/// translation there a message. `others` are catalogues whose ids must be different.
pub(crate) fn assert_is_whole(src: &Path, sources: &[&str], others: &[&str]) {
    let catalogue = Catalogue::new(sources);
    let mut messages = BTreeMap::new();
    collect(src, &mut messages);
    assert!(messages.len() > 20, "{messages:?}");
    for (id, names) in &messages {
        const ENGLISH: &str = "in English";
        let argument = |name: &String| (&*name.clone().leak(), Argument::Text(format!("<{name}>")));
        let message = Message::new(id.clone().leak(), ENGLISH.to_owned(), names.iter().map(argument).collect());
        let said = catalogue.say(&message);
        assert_ne!(said, ENGLISH, "{id} has no translation");
        for name in names {
            assert!(said.contains(&format!("<{name}>")), "{id} lacks {{{name}}}: {said}");
        }
        assert!(!said.contains('$'), "{id} has a placeholder of its own: {said}");
    }
    let mut known = BTreeSet::new();
    for id in ids(sources).chain(ids(others)) {
        assert!(known.insert(id), "{id} appears twice");
    }
    let unused: Vec<_> = ids(sources).filter(|id| !messages.contains_key(*id)).collect();
    assert!(unused.is_empty(), "{unused:?} are in no message");
}

/// The ids in catalogues.
fn ids<'a>(sources: &'a [&str]) -> impl Iterator<Item = &'a str> {
    let entry = |line: &&str| line.starts_with(|first: char| first.is_ascii_lowercase());
    let entries = sources.iter().flat_map(|source| source.lines()).filter(entry);
    entries.map(|line| line.split(" = ").next().unwrap())
}

/// Ids and placeholders of the messages in the files of a folder, without their tests.
fn collect(folder: &Path, messages: &mut BTreeMap<String, BTreeSet<String>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, messages);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let code = std::fs::read_to_string(&path).unwrap();
            let code = code.split("#[cfg(test)]").next().unwrap();
            let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            collect_file(&code, messages);
        }
    }
}

fn collect_file(code: &str, messages: &mut BTreeMap<String, BTreeSet<String>>) {
    for (maker, has_template) in [("message!(", true), ("counted(", false), ("Message::new(", false)] {
        for (at, _) in code.match_indices(maker) {
            let Some((id, rest)) = literal(&code[at + maker.len()..]) else { continue };
            let names = if has_template {
                let (template, _) =
                    literal(rest.trim_start_matches(',')).unwrap_or_else(|| panic!("{id} has no template"));
                placeholders(&template)
            } else {
                BTreeSet::from_iter((maker == "counted(").then(|| "number".to_owned()))
            };
            let earlier = messages.entry(id.clone()).or_insert_with(|| names.clone());
            assert_eq!(*earlier, names, "{id} has two templates");
        }
    }
}

/// The string literal that code begins with, and what follows it.
fn literal(code: &str) -> Option<(String, &str)> {
    let code = code.trim_start().strip_prefix('"')?;
    let mut is_escaped = false;
    let end = code.find(|char| {
        let is_end = char == '"' && !is_escaped;
        is_escaped = char == '\\' && !is_escaped;
        is_end
    })?;
    Some((code[..end].to_owned(), &code[end + 1..]))
}

/// The names in braces of a format string.
fn placeholders(template: &str) -> BTreeSet<String> {
    let template = template.replace("{{", "").replace("}}", "");
    template.split('{').skip(1).map(|rest| rest.split('}').next().unwrap().to_owned()).collect()
}
