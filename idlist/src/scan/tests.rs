//! Tests of the scanner: what it finds, what it says about broken files, and that chunks make no difference.

use proptest::prelude::*;
use serde_json::Value;
use serde_json::value::RawValue;

use super::*;

/// What was found in a file: the text of an element, or the size of one that is too long.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    Element(u64, Position, Vec<u8>),
    TooLong(u64, Position, u64),
}

/// Scans a file in chunks of the given sizes, over and over.
fn scan(file: &[u8], chunk_sizes: &[usize], max_element_bytes: usize) -> Result<Vec<Found>, Broken> {
    scan_with(file, chunk_sizes, max_element_bytes, |_| Ok(()))
}

fn scan_with(
    file: &[u8],
    chunk_sizes: &[usize],
    max_element_bytes: usize,
    look_at: fn(&RawElement<'_>) -> Result<(), Broken>,
) -> Result<Vec<Found>, Broken> {
    let mut scanner = Scanner::new(max_element_bytes);
    let mut found = Vec::new();
    let mut sizes = chunk_sizes.iter().cycle();
    let mut rest = file;
    while !rest.is_empty() {
        let (mut chunk, later) = rest.split_at(rest.len().min(*sizes.next().unwrap()));
        rest = later;
        loop {
            match scanner.step(&mut chunk)? {
                Step::Element(element) => {
                    look_at(&element)?;
                    found.push(Found::Element(element.index, element.start, element.bytes.to_vec()));
                }
                Step::TooLong { index, start, bytes } => found.push(Found::TooLong(index, start, bytes)),
                Step::NeedMore => break,
            }
        }
        assert!(chunk.is_empty(), "the chunk was not used up");
        assert!(scanner.carry.capacity() <= 2 * max_element_bytes.max(8), "{}", scanner.carry.capacity());
    }
    assert_eq!(scanner.finish()?, found.len() as u64);
    Ok(found)
}

/// Scans a file and reads every element, as all users of the scanner do.
fn scan_and_validate(file: &[u8]) -> Result<Vec<Vec<u8>>, Broken> {
    let validate = |element: &RawElement<'_>| json::validate(element.bytes).map_err(|fault| element.broken(&fault));
    let elements = scan_with(file, &[7, 64, 1], 1_000_000, validate)?;
    Ok(elements
        .into_iter()
        .map(|element| match element {
            Found::Element(_, _, bytes) => bytes,
            Found::TooLong(..) => panic!("{element:?}"),
        })
        .collect())
}

/// The fault of a file: kind, line, column, message.
fn fault(file: impl AsRef<[u8]>) -> (BrokenKind, u64, u64, String) {
    let broken = scan_and_validate(file.as_ref()).unwrap_err();
    (broken.kind, broken.line, broken.column, broken.message)
}

#[test]
fn an_empty_list_has_no_elements() {
    for file in ["[]", " \r\n[\t]\n "] {
        assert_eq!(scan_and_validate(file.as_bytes()), Ok(vec![]), "{file:?}");
    }
}

#[test]
fn elements_begin_where_an_editor_shows_them() {
    let file = "[\n  {\"a\": \"髪\"}, \"髪\", 3,\n\n  [4]\n]";
    let starts: Vec<_> = scan(file.as_bytes(), &[3], 100)
        .unwrap()
        .into_iter()
        .map(|found| match found {
            Found::Element(index, start, _) => (index, start.offset, start.line, start.column),
            Found::TooLong(..) => panic!(),
        })
        .collect();
    assert_eq!(starts, [(0, 4, 2, 3), (1, 18, 2, 15), (2, 25, 2, 20), (3, 31, 4, 3)]);
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
    let message = "item 0 is not valid JSON: expected value; put texts between double quotes".to_owned();
    assert_eq!(fault("[{\"髪\": 'x'}]"), (BrokenKind::InvalidJson, 1, 8, message));
    assert_eq!(fault("[nul]"), (BrokenKind::InvalidJson, 1, 4, "item 0 is not a JSON value".to_owned()));
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
    let message = "the file looks like UTF-16; save it as UTF-8 without BOM".to_owned();
    assert_eq!(fault(utf16("\u{feff}[]")), (BrokenKind::NotUtf8File, 1, 1, message.clone()));
    assert_eq!(fault("\0["), (BrokenKind::NotUtf8File, 1, 1, message.clone()));
    assert_eq!(fault(utf16("[]")), (BrokenKind::NotUtf8File, 1, 2, message));
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
    let message = "item 0 is not a JSON value".to_owned();
    assert_eq!(fault("[1、2]"), (BrokenKind::InvalidJson, 1, 3, message));
    let message =
        "expected an item, a comma or the closing ] of the list, found a character that is not ASCII".to_owned();
    assert_eq!(fault("[{}、2]"), (BrokenKind::UnexpectedCharacter, 1, 4, message));
}

#[test]
fn an_element_that_is_too_long_is_measured_and_not_kept() {
    let long = format!("{{\"a\": \"\\\"]{}\"}}", "x".repeat(10_000_000));
    let file = format!("[1,\n {long},\n3]");
    let expected = [
        Found::Element(0, Position { offset: 1, line: 1, column: 2 }, b"1".to_vec()),
        Found::TooLong(1, Position { offset: 5, line: 2, column: 2 }, long.len() as u64),
        Found::Element(2, Position { offset: 5 + long.len() as u64 + 2, line: 3, column: 1 }, b"3".to_vec()),
    ];
    for chunk in [1_000, 65_536, file.len()] {
        assert_eq!(scan(file.as_bytes(), &[chunk], 1_000), Ok(expected.to_vec()));
    }
}

#[test]
fn the_largest_element_that_is_allowed_is_found() {
    for chunk in [1, 3, 100] {
        let found = scan(b"[\"12345\",\"123456\"]", &[chunk], 7).unwrap();
        assert!(matches!(found.as_slice(), [Found::Element(..), Found::TooLong(1, _, 8)]), "{found:?}");
    }
}

#[test]
fn a_fault_at_the_start_of_what_is_too_long_is_found() {
    let file = format!("[{{\"a\": 1, {{{}", "\"b\": 2, ".repeat(1_000));
    let broken = scan(file.as_bytes(), &[100], 500).unwrap_err();
    assert_eq!((broken.kind, broken.column), (BrokenKind::InvalidJson, 11));
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
        sizes in proptest::collection::vec(1_usize..40, 1..5),
    ) {
        let file = if pretty { serde_json::to_string_pretty(&list) } else { serde_json::to_string(&list) }.unwrap();
        let expected: Vec<&RawValue> = serde_json::from_str(&file).unwrap();
        let found = scan(file.as_bytes(), &sizes, 1_000_000).unwrap();
        prop_assert_eq!(found.len(), expected.len());
        for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
            let Found::Element(number, start, bytes) = found else { panic!() };
            prop_assert_eq!(str::from_utf8(bytes).unwrap(), expected.get());
            let offset = expected.get().as_ptr() as usize - file.as_ptr() as usize;
            prop_assert_eq!((*number, *start), (index as u64, Position::START.after(&file.as_bytes()[..offset])));
        }
    }

    #[test]
    fn a_file_is_a_list_if_and_only_if_serde_json_reads_it(file in near_json()) {
        let expected = serde_json::from_str::<Vec<Value>>(&file);
        let found = scan_and_validate(file.as_bytes());
        prop_assert_eq!(found.is_ok(), expected.is_ok(), "{:?} {:?}", found, expected);
        if let (Ok(found), Ok(expected)) = (found, expected) {
            let found: Vec<Value> = found.iter().map(|bytes| serde_json::from_slice(bytes).unwrap()).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn chunks_make_no_difference(
        file in prop_oneof![near_json().prop_map(String::into_bytes), any::<Vec<u8>>()],
        sizes in proptest::collection::vec(1_usize..9, 1..5),
        max in prop_oneof![Just(5_usize), Just(1_000)],
    ) {
        prop_assert_eq!(scan(&file, &sizes, max), scan(&file, &[file.len().max(1)], max));
    }
}
