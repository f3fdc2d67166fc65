//! `idlist convert`.

use super::{assert_says, idlist};
use proptest::prelude::*;
use serde_json::{Value, json};

const CSV: &str = "id,rank,inputBucketName,inputKeyName,model,prompt,seed,note\n\
                   A1,vip,images,a.png,stability.stable-image-core-v1:1,\"brown, \"\"white\"\"\",7,x\n\
                   A2,vip,images,a.png,stability.stable-image-core-v1:1,髪は茶色,,\n";

const JSON: &str = concat!(
    "[\n",
    r#"{"id":"A1","rank":"vip","inputBucketName":"images","inputKeyName":"a.png","#,
    r#""model":"stability.stable-image-core-v1:1","prompt":"brown, \"white\"","seed":7,"note":"x"},"#,
    "\n",
    r#"{"id":"A2","rank":"vip","inputBucketName":"images","inputKeyName":"a.png","#,
    r#""model":"stability.stable-image-core-v1:1","prompt":"髪は茶色"}"#,
    "\n]\n"
);

fn convert(args: &[&str], stdin: &[u8]) -> String {
    let output = idlist(&[&["convert", "-"], args].concat(), stdin);
    assert_eq!((String::from_utf8_lossy(&output.stderr).as_ref(), output.status.code()), ("", Some(0)));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_format_becomes_every_other() {
    assert_eq!(convert(&["--from", "csv"], CSV.as_bytes()), JSON);
    let lines = convert(&["--from", "csv", "--to", "jsonl"], CSV.as_bytes());
    assert_eq!(lines.lines().count(), 2);
    assert_eq!(convert(&["--from", "jsonl", "--to", "csv"], lines.as_bytes()), CSV);
    assert_eq!(convert(&["--to", "csv"], JSON.as_bytes()), CSV);
    assert_eq!(convert(&["--to", "json"], b"\xEF\xBB\xBF[ ]"), "[]\n");
    assert_eq!(idlist(&["check", "-"], JSON.as_bytes()).status.code(), Some(0));
}

#[test]
fn spreadsheets_come_with_marks_line_ends_and_encodings_of_their_own() {
    let windows = format!("\u{feff}{}", CSV.replace('\n', "\r\n"));
    assert_eq!(convert(&["--from", "csv"], windows.as_bytes()), JSON);
    // "番号,説明" and "A1,髪" in Shift_JIS.
    let shift_jis = b"\x94\xD4\x8D\x86,\x90\xE0\x96\xBE\r\nA1,\x94\xAF\r\n";
    let args = ["--from", "csv", "--encoding", "shift_jis", "--map", "番号=id", "--map", "説明=prompt"];
    assert_eq!(convert(&args, shift_jis), "[\n{\"id\":\"A1\",\"prompt\":\"髪\"}\n]\n");
    let stderr = "idlist: cannot read -: there are bytes that are not Shift_JIS\n";
    assert_says(&idlist(&["convert", "-", "--from", "csv", "--encoding", "sjis"], b"a\n\xFF\n"), 2, "", stderr);
}

#[test]
fn files_say_their_formats_and_appear_only_when_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("list.csv"), CSV).unwrap();
    assert_says(&idlist(&["convert", &path("list.csv"), "-o", &path("list.json")], b""), 0, "", "");
    assert_eq!(std::fs::read_to_string(path("list.json")).unwrap(), JSON);
    std::fs::write(path("bad.jsonl"), "{\"id\":\"A1\"}\n{\"id\":}\n").unwrap();
    let stderr = format!("idlist: {}: line 2, column 7: item 1 is not valid JSON: expected value\n", path("bad.jsonl"));
    assert_says(&idlist(&["convert", &path("bad.jsonl"), "-o", &path("bad.json")], b""), 2, "", &stderr);
    assert!(!std::fs::exists(path("bad.json")).unwrap());
}

#[test]
fn what_has_no_place_in_a_format_is_named() {
    let stderr = "idlist: -: item 0: a is an array or object, which has no place in CSV\n";
    let output = idlist(&["convert", "-", "--to", "csv"], b"[{\"a\":[]}]");
    assert_eq!((String::from_utf8_lossy(&output.stderr).as_ref(), output.status.code()), (stderr, Some(2)));
    let stderr = "idlist: --map is for the columns of CSV; leave it out\n";
    assert_says(&idlist(&["convert", "-", "--map", "a=b"], b"[]"), 2, "", stderr);
}

/// Text that makes trouble: quotes, commas, line ends of all kinds, blanks at both ends, a byte order mark, other scripts.
fn text() -> impl Strategy<Value = String> {
    "[\u{feff}a髪é\"',;\t\r\n\\\\ ]{0,8}".prop_map(|text| format!("{text}x{text}"))
}

fn items() -> impl Strategy<Value = Vec<Value>> {
    const NAMES: [&str; 7] =
        ["id", "rank", "inputBucketName", "prompt", "negativePrompt", "sourceKeyName", "番号, \"x\""];
    let texts = proptest::collection::btree_map(proptest::sample::select(&NAMES[..]), text(), 1..NAMES.len());
    let numbers =
        (proptest::option::of(any::<u64>()), proptest::option::of((0_u32..=1_000).prop_map(|n| f64::from(n) / 1e3)));
    let item = (texts, numbers).prop_map(|(texts, (seed, strength))| {
        let mut item = json!({});
        texts.into_iter().for_each(|(name, text)| item[name] = text.into());
        seed.into_iter().for_each(|seed| item["seed"] = seed.into());
        strength.into_iter().for_each(|strength: f64| item["strength"] = strength.into());
        item
    });
    proptest::collection::vec(item, 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn what_is_written_in_any_format_reads_back_equal(items in items(), crlf in any::<bool>(), mark in any::<bool>()) {
        let mut list = serde_json::to_vec(&items).unwrap();
        let mut from = "json";
        for to in ["jsonl", "csv", "jsonl", "json", "csv", "json"] {
            let output = idlist(&["convert", "-", "--from", from, "--to", to], &list);
            prop_assert_eq!(String::from_utf8_lossy(&output.stderr), "");
            (list, from) = (output.stdout, to);
            if mark && to != "json" {
                // As editors and spreadsheets of Windows save it.
                list.splice(0..0, *b"\xef\xbb\xbf");
            }
            if crlf && to == "jsonl" {
                list = String::from_utf8(list).unwrap().replace('\n', "\r\n").into_bytes();
            }
        }
        prop_assert_eq!(serde_json::from_slice::<Vec<Value>>(&list).unwrap(), items);
    }
}
