//! The messages in Japanese: all of them, and none without a message.

use std::path::Path;

use idlist::JAPANESE;

use crate::catalogue::assert_is_whole;
use crate::{assert_says, idlist_in};

#[test]
fn each_message_has_a_translation_with_the_same_placeholders() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    assert_is_whole(&src, JAPANESE, &[]);
}

#[test]
fn the_help_has_japanese_headings() {
    let help = String::from_utf8(idlist_in("ja_JP.UTF-8", &["check", "--help"], b"").stdout).unwrap();
    for line in ["使い方: idlist check [OPTIONS] <FILE>...", "引数:", "オプション:", "例:"] {
        assert!(help.lines().any(|found| found == line), "{line}: {help}");
    }
    assert!(!["Usage:", "Arguments:", "Options:", "Examples:"].iter().any(|heading| help.contains(heading)), "{help}");
    let help = String::from_utf8(idlist_in("ja_JP.UTF-8", &["--help"], b"").stdout).unwrap();
    assert!(help.contains("\nコマンド:\n"), "{help}");
}

#[test]
fn reports_for_programs_are_in_english() {
    let list = b"[{\"id\": \"A1\", \"Rank\": 3}]";
    let [japanese, english] = ["ja_JP.UTF-8", "C"].map(|locale| idlist_in(locale, &["check", "--json", "-"], list));
    let english = String::from_utf8(english.stdout).unwrap();
    assert_says(&japanese, 1, &english, "");
    assert!(english.contains("is missing; every item needs it"), "{english}");
}
