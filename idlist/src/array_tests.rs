//! Tests of arrays: what is found in them, and what is said about broken files.

use proptest::prelude::*;
use serde_json::Value;
use serde_json::value::RawValue;

use super::*;
use crate::{CheckOptions, check_slice};

/// The fault of a file: kind, line, column, message.
#[track_caller]
fn fault(file: impl AsRef<[u8]>) -> (BrokenKind, u64, u64, String) {
    let broken = check_slice(file.as_ref(), CheckOptions::default()).broken.unwrap();
    (broken.kind, broken.line, broken.column, broken.message.to_string())
}

#[test]
fn a_comma_after_the_last_item_is_pointed_at() {
    let message = "a comma after the last item; JSON does not allow it: remove the comma".to_owned();
    assert_eq!(fault("[\n  1,\n  2,\n]\n"), (BrokenKind::TrailingComma, 3, 4, message));
}

#[test]
fn commas_that_are_missing_or_too_many_are_pointed_at() {
    let message = "item 1 follows without a comma; put a comma between the items".to_owned();
    assert_eq!(fault("[{}\n{}]"), (BrokenKind::MissingComma, 2, 1, message.clone()));
    assert_eq!(fault("[\"a\" \"b\"]"), (BrokenKind::MissingComma, 1, 6, message.clone()));
    assert_eq!(fault("[1 2]"), (BrokenKind::MissingComma, 1, 4, message.clone()));
    assert_eq!(fault("[1{}]"), (BrokenKind::MissingComma, 1, 3, message));
    let message = "a comma without an item before it; remove the comma".to_owned();
    assert_eq!(fault("[,1]"), (BrokenKind::ExtraComma, 1, 2, message.clone()));
    assert_eq!(fault("[1,\n,2]"), (BrokenKind::ExtraComma, 2, 1, message));
}

#[test]
fn a_file_that_ends_too_early_says_what_is_missing() {
    let message = "the file ends before the closing ] of the list; is it complete?".to_owned();
    for (file, column) in [("[", 2), ("[{}", 4), ("[{},", 5)] {
        assert_eq!(fault(file), (BrokenKind::UnexpectedEnd, 1, column, message.clone()), "{file}");
    }
    let message = "the file ends inside item 1, which begins on line 2; is it complete?".to_owned();
    assert_eq!(fault("[1,\n{\"a\": \"b"), (BrokenKind::UnexpectedEnd, 2, 9, message));
}

#[test]
fn a_missing_brace_is_found_where_the_object_stops_making_sense() {
    let message =
        "item 0 is not valid JSON: key must be a string; is the closing } of the item before missing?".to_owned();
    assert_eq!(fault("[{\"a\": 1, {\"b\": 2}]"), (BrokenKind::InvalidJson, 1, 11, message));
    let message =
        "item 0 has a string with a line break or other control character in it; is the closing quote missing?";
    assert_eq!(fault("[{\"a\": \"b},\n {\"c\": \"d\"}]"), (BrokenKind::InvalidJson, 1, 12, message.to_owned()));
}

#[test]
fn a_fault_inside_an_item_has_the_place_in_the_file() {
    let message = "item 1, which begins on line 2, has a comma after its last value; remove that comma".to_owned();
    assert_eq!(fault("[1,\n  {\"髪\": 1,\n   \"b\": 2,}]"), (BrokenKind::InvalidJson, 3, 11, message));
    let message = "item 0 has a comma after its last value; remove that comma".to_owned();
    assert_eq!(fault("[{\"a\": [1, ]}]"), (BrokenKind::InvalidJson, 1, 12, message));
    let message = "item 0 is not valid JSON: expected value; put texts between double quotes".to_owned();
    assert_eq!(fault("[{\"髪\": 'x'}]"), (BrokenKind::InvalidJson, 1, 8, message));
    assert_eq!(fault("[nul]"), (BrokenKind::InvalidJson, 1, 5, "item 0 is not valid JSON: expected ident".to_owned()));
    let message = "item 0 has a byte that is not UTF-8; save the file as UTF-8".to_owned();
    assert_eq!(fault(b"[\"ab\xE9\"]"), (BrokenKind::InvalidUtf8, 1, 5, message));
}

#[test]
fn what_is_missing_in_an_item_is_guessed() {
    for (file, column, guess) in [
        (
            r#"[{"id": "A1, "rank": "vip"}]"#,
            15,
            "expected `,` or `}`; is the closing quote of the text before missing?",
        ),
        (r#"[{"id": "A1" "rank": "vip"}]"#, 14, "expected `,` or `}`; put a comma between the fields"),
        (r#"[{id: "A1"}]"#, 3, "key must be a string; put names between double quotes"),
        (r#"[{"id": A1}]"#, 9, "expected value; put texts between double quotes"),
        (r#"[{"id": ]}]"#, 9, "expected value"),
    ] {
        let message = format!("item 0 is not valid JSON: {guess}");
        assert_eq!(fault(file), (BrokenKind::InvalidJson, 1, column, message), "{file}");
    }
}

#[test]
fn a_file_that_is_no_array_says_what_it_is() {
    let is = |file: &str, found: &str| {
        let message = format!("a list is a JSON array, [ … ]; found {found}");
        assert_eq!(fault(file), (BrokenKind::NotAnArray, 1, 1, message), "{file}");
    };
    is("{\"id\": 1}", "an object; put the items between [ and ], with commas between them");
    is("\"a\"", "a string");
    is("-1", "a number");
    is("id,rank", "the character i");
    is("［］", "a character that is not ASCII");
    is("\u{7}", "the byte 0x07");
}

#[test]
fn an_empty_file_is_no_list() {
    let message = "the file is empty; a list is a JSON array: [ … ]".to_owned();
    assert_eq!(fault(""), (BrokenKind::EmptyFile, 1, 1, message.clone()));
    assert_eq!(fault(" \n"), (BrokenKind::EmptyFile, 2, 1, message));
}

#[test]
fn other_encodings_are_recognised() {
    let message = "the file begins with a byte order mark; save it as UTF-8 without BOM".to_owned();
    assert_eq!(fault("\u{feff}[]"), (BrokenKind::ByteOrderMark, 1, 1, message));
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let message = utf_16().to_string();
    assert_eq!(fault(utf16("\u{feff}[]")), (BrokenKind::NotUtf8File, 1, 1, message.clone()));
    assert_eq!(fault("\0["), (BrokenKind::NotUtf8File, 1, 1, message.clone()));
    assert_eq!(fault(utf16("[]")), (BrokenKind::NotUtf8File, 1, 2, message));
}

#[test]
fn what_is_compressed_is_named() {
    let message = "the file is compressed with gzip; unpack it: a list is plain JSON".to_owned();
    assert_eq!(fault([0x1F, 0x8B, 8, 0]), (BrokenKind::Compressed, 1, 1, message));
    let (kind, .., message) = fault("PK\u{3}\u{4}...");
    assert_eq!(kind, BrokenKind::Compressed);
    assert!(message.contains("idlist convert"), "{message}");
}

#[test]
fn half_a_surrogate_pair_is_named() {
    let message = "item 0 has half a surrogate pair in a string: a character was cut in two; write the whole character, \
                   or remove the half";
    for (file, column) in
        [(r#"["\ud83d"]"#, 9), (r#"["\ud83dx"]"#, 9), (r#"["\ude00"]"#, 8), (r#"["\ud83d\u0041"]"#, 14)]
    {
        assert_eq!(fault(file), (BrokenKind::InvalidJson, 1, column, message.to_owned()), "{file}");
    }
    assert_eq!(check_slice(br#"["\ud83d\ude00"]"#, CheckOptions::default()).broken, None);
}

#[test]
fn what_other_languages_write_for_a_value_is_told_in_json() {
    for word in ["NaN", "nan", "None", "undefined", "Infinity", "-Infinity", "NULL", "N/A"] {
        let (_, line, _, message) = fault(format!("[{{\"seed\":\n{word}}}]"));
        assert!(message.ends_with("; write null or leave the field out"), "{word}: {message}");
        assert_eq!(line, 2);
    }
    for (word, advice) in
        [("True", "; write true"), ("FALSE", "; write false"), ("yes", "; put texts between double quotes")]
    {
        let (.., message) = fault(format!("[{{\"seed\": {word} }}]"));
        assert!(message.ends_with(advice), "{word}: {message}");
    }
    assert_eq!(fault("[1, NaN]").3, "item 1 is not valid JSON: expected value; write null or leave the field out");
    assert_eq!(fault("[nan]").3, "item 0 is not valid JSON: expected ident; write null or leave the field out");
}

#[test]
fn text_after_the_list_is_pointed_at() {
    let message = "there is text after the closing ] of the list; a file holds one list and nothing else".to_owned();
    assert_eq!(fault("[1]\n[2]"), (BrokenKind::TextAfterEnd, 2, 1, message.clone()));
    assert_eq!(fault("[1]]"), (BrokenKind::TextAfterEnd, 1, 4, message));
}

#[test]
fn what_cannot_begin_an_item_is_named() {
    let message = "expected an item, a comma or the closing ] of the list, found the character }".to_owned();
    assert_eq!(fault("[1}"), (BrokenKind::UnexpectedCharacter, 1, 3, message));
    let message =
        "expected an item, a comma or the closing ] of the list, found a character that is not ASCII".to_owned();
    assert_eq!(fault("[{}、2]"), (BrokenKind::UnexpectedCharacter, 1, 4, message.clone()));
    assert_eq!(fault("[1、2]"), (BrokenKind::UnexpectedCharacter, 1, 3, message));
}

/// Texts near to JSON lists: of pieces, so that many are valid and many nearly.
fn near_json() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => Just(","), 2 => Just("1"), 2 => Just("\"a\""), 1 => Just("\"\\\"\\\\髪\""), 2 => Just("{\"a\":1}"),
        1 => Just("[[],{}]"), 1 => Just("]"), 1 => Just("["), 1 => Just("{"), 1 => Just("}"), 1 => Just(":"),
        2 => Just(" "), 1 => Just("\n"), 1 => Just("\""), 1 => Just("\\"), 1 => Just("tru"), 1 => Just("null"),
        1 => Just("-"), 1 => Just("é"), 1 => Just("\\ud800"), 1 => Just("1e999"),
    ];
    (proptest::collection::vec(piece, 0..12), any::<[bool; 2]>()).prop_map(|(pieces, [open, close])| {
        let open = if open { "[" } else { "" };
        let close = if close { "]" } else { "" };
        format!("{open}{}{close}", pieces.concat())
    })
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z\"\\\\]{0,3}", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect()))
        ]
    })
}

proptest! {
    #[test]
    fn elements_are_those_that_serde_json_finds(
        list in proptest::collection::vec(any_json(), 0..8),
        pretty in any::<bool>(),
    ) {
        let file = if pretty { serde_json::to_string_pretty(&list) } else { serde_json::to_string(&list) }.unwrap();
        let expected: Vec<&RawValue> = serde_json::from_str(&file).unwrap();
        let mut array = Array::new(file.as_bytes());
        for expected in &expected {
            let from = array.find().unwrap().unwrap();
            let element = array.element(from).unwrap();
            prop_assert_eq!(element, expected.get());
            prop_assert_eq!(from, expected.get().as_ptr() as usize - file.as_ptr() as usize);
            array.pass(from + element.len());
        }
        prop_assert_eq!((array.find(), array.elements), (Ok(None), expected.len() as u64));
    }

    #[test]
    fn a_file_is_a_list_if_and_only_if_serde_json_reads_it(file in near_json()) {
        let expected = serde_json::from_str::<Vec<Value>>(&file);
        let report = check_slice(file.as_bytes(), CheckOptions::default());
        prop_assert_eq!(report.broken.is_none(), expected.is_ok(), "{:?} {:?}", report.broken, expected);
        prop_assert!(expected.is_err() || report.items == expected.unwrap().len() as u64);
    }
}
