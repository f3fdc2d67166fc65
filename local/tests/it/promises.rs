//! The README's table of promises: every test that it names exists, and both languages name the same ones.

use std::collections::BTreeSet;
use std::path::Path;

/// Names of the form `module::test` in the rows of a section.
fn named(readme: &str, heading: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join(readme)).unwrap();
    let (_, section) = text.split_once(heading).unwrap_or_else(|| panic!("no {heading:?} in {readme}"));
    let rows = section.lines().skip(1).take_while(|line| !line.starts_with('#')).filter(|line| line.starts_with('|'));
    rows.flat_map(|row| row.split('`').filter(|name| name.contains("::")).map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Whether `module::test` is a test of some crate's `tests/it/<module>.rs`.
fn exists(name: &str) -> bool {
    let (module, test) = name.split_once("::").unwrap();
    let files =
        ["local", "generator", "trigger", "idlist"].map(|krate| root().join(format!("{krate}/tests/it/{module}.rs")));
    let attributes = [
        "#[test]",
        "#[tokio::test]",
        "#[tokio::test(start_paused = true)]",
        "#[tokio::test(flavor = \"multi_thread\")]",
    ];
    files.iter().filter_map(|path| std::fs::read_to_string(path).ok()).any(|text| {
        let plain = attributes.iter().map(|attribute| format!("{attribute}\nfn {test}("));
        let asynchronous = attributes.iter().map(|attribute| format!("{attribute}\nasync fn {test}("));
        plain.chain(asynchronous).any(|declaration| text.contains(&declaration))
    })
}

#[test]
fn every_test_that_the_readme_names_exists() {
    let names = named("README.md", "### What is promised");
    assert!(names.len() > 10, "{names:?}");
    let missing: Vec<_> = names.iter().filter(|name| !exists(name)).collect();
    assert!(missing.is_empty(), "the README names tests that there are not: {missing:?}");
    assert_eq!(named("README.ja.md", "### 約束と"), names);
}
