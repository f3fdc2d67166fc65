//! `idlist convert` between JSON, JSON Lines and CSV. How tables are read is tested in `tables`.

use super::{assert_says, folder, idlist, idlist_in, written};
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

const NOTE: &str = "idlist: -: the column means nothing: note\n";

#[track_caller]
fn convert(args: &[&str], stdin: &[u8], stderr: &str) -> String {
    let output = idlist(&[&["convert", "-"], args].concat(), stdin);
    assert_eq!((String::from_utf8_lossy(&output.stderr).as_ref(), output.status.code()), (stderr, Some(0)));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_format_becomes_every_other() {
    assert_eq!(convert(&["--from", "csv"], CSV.as_bytes(), NOTE), JSON);
    let lines = convert(&["--from", "csv", "--to", "jsonl"], CSV.as_bytes(), NOTE);
    assert_eq!(lines.lines().count(), 2);
    assert_eq!(convert(&["--from", "jsonl", "--to", "csv"], lines.as_bytes(), ""), CSV);
    assert_eq!(convert(&["--to", "csv"], JSON.as_bytes(), ""), CSV);
    assert_eq!(
        convert(&["--from", "csv", "--to", "csv"], CSV.replace(',', ";").as_bytes(), NOTE),
        CSV.replace("brown,", "brown;")
    );
    assert_eq!(convert(&["--to", "json"], b"\xEF\xBB\xBF[ ]", ""), "[]\n");
    assert_eq!(idlist(&["check", "-"], JSON.as_bytes()).status.code(), Some(0));
}

#[test]
fn json_is_read_in_the_encoding_that_powershell_writes() {
    let utf_16: Vec<u8> = format!("\u{feff}{JSON}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(convert(&[], &utf_16, ""), JSON);
    let folder = folder(&[("list.json", &utf_16)]);
    let report = "line 1, column 1: the list is UTF-16, and the trigger reads only UTF-8; write it as UTF-8: \
                  idlist convert LIST.json -o NEW.json\n0 items before that, no problems\n";
    assert_says(&idlist_in(&folder, &["check", "list.json"]), 1, report, "");
    let report = format!("idlist: list.json is not good, and is not planned\n{report}");
    assert_says(&idlist_in(&folder, &["plan", "list.json"]), 1, "", &report);
    assert_eq!(idlist_in(&folder, &["diff", "list.json", "list.json"]).status.code(), Some(0));
    assert_says(&idlist_in(&folder, &["redo", "list.json", "A2", "--seed", "1", "-o", "redo.json"]), 0, "", "");
    assert!(written(&folder, "redo.json").contains("髪は茶色"));
    assert_eq!(convert(&["--encoding", "sjis"], b"[{\"id\":\n\"\x94\xAF\"}]", ""), "[\n{\"id\":\"髪\"}\n]\n");
}

#[test]
fn files_say_their_formats_and_appear_only_when_whole() {
    let folder = folder(&[("list.csv", CSV.as_bytes()), ("bad.jsonl", b"{\"id\":\"A1\"}\n{\"id\":}\n")]);
    let note = NOTE.replace('-', "list.csv");
    assert_says(&idlist_in(&folder, &["convert", "list.csv", "-o", "list.json"]), 0, "", &note);
    assert_eq!(written(&folder, "list.json"), JSON);
    assert_says(&idlist_in(&folder, &["convert", "list.json", "-o", "list.tsv"]), 0, "", "");
    assert!(written(&folder, "list.tsv").starts_with("id\trank\t"));
    assert_says(&idlist_in(&folder, &["convert", "list.tsv", "--to", "json"]), 0, JSON, &NOTE.replace('-', "list.tsv"));
    let stderr = "idlist: bad.jsonl: line 2, column 7: not valid JSON: expected value\n";
    assert_says(&idlist_in(&folder, &["convert", "bad.jsonl", "-o", "bad.json"]), 2, "", stderr);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 4);
}

#[test]
fn a_file_that_exists_is_replaced_only_by_force() {
    let folder = folder(&[("list.json", JSON.as_bytes()), ("old.csv", b"the old one")]);
    let stderr = "idlist: old.csv exists; give --force to replace it, or another name\n";
    assert_says(&idlist_in(&folder, &["convert", "list.json", "-o", "old.csv"]), 2, "", stderr);
    assert_eq!(written(&folder, "old.csv"), "the old one");
    assert_says(&idlist_in(&folder, &["convert", "list.json", "-o", "old.csv", "--force"]), 0, "", "");
    assert_eq!(written(&folder, "old.csv"), CSV);
}

#[test]
fn what_is_not_a_list_is_named_with_its_place() {
    for (json, message) in [
        ("[\n{\"髪\": x}]", "line 2, column 7: not valid JSON: expected value"),
        ("{\"id\":\"A1\"}", "not a JSON array; a list begins with [, and a table is named .csv or .xlsx"),
        ("[{}, 7]", "item 1, line 1: invalid type: integer `7`, expected an object with the fields of an item"),
        ("[{\"id\":\"A1\",\"id\":\"A2\"}]", "item 0, line 1: the field \"id\" appears twice; remove one"),
        ("[{\"id\":\"A1\"},{\"id\":null}]", "item 1: no field has a value, and a row without text is no row"),
        ("[{\"id\":7}]", "item 0: id: 7 is not a text"),
        ("[{\"seed\":\"7\"}]", "item 0: seed: \"7\" is not a number"),
        (
            "[{\"id\":\"A1\",\"prompt\":\" \"}]",
            "item 0: prompt: \" \", which CSV cannot tell from no text; leave it out",
        ),
        ("[{\" x\":1}]", "item 0: the field name \" x\" has blanks around it; leave them out"),
    ] {
        let output = idlist(&["convert", "-", "--to", "csv"], json.as_bytes());
        assert_says(&output, 2, "", &format!("idlist: -: {message}\n"));
    }
}

/// Text that makes trouble: quotes, separators, line ends of all kinds, blanks at both ends, a byte order mark, other scripts.
fn text() -> impl Strategy<Value = String> {
    "[\u{feff}a髪é\"',;\t\r\n\\\\ ]{0,8}".prop_map(|text| format!("{text}x{text}"))
}

fn foreign() -> impl Strategy<Value = Value> {
    prop_oneof![
        text().prop_map(Value::from),
        "[0-9.e\\-\"\\[\\]{} ]{0,6}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0_u32..=1_000).prop_map(|n| json!(f64::from(n) / 1e3)),
        Just(json!({"a": ["b", null, 1.0]})),
        any::<bool>().prop_map(Value::from),
    ]
}

fn items() -> impl Strategy<Value = Vec<Value>> {
    let names = proptest::sample::select(&["番号, \"x\"", "a;rank", "note", "ID"][..]);
    let foreign = proptest::collection::btree_map(names, foreign(), 0..3);
    let negative = proptest::option::of(prop_oneof![Just(String::new()), text()]);
    let item = (text(), negative, proptest::option::of(0_u32..=1_000), proptest::option::of(any::<u32>()), foreign);
    let item = item.prop_map(|(prompt, negative, strength, seed, foreign)| {
        let mut item = json!({
            "rank": "vip", "inputBucketName": "images", "inputKeyName": "a.png", "model": "stability.sd3-5-large-v1:0", "prompt": prompt
        });
        negative.into_iter().for_each(|text| item["negativePrompt"] = text.into());
        seed.into_iter().for_each(|seed| item["seed"] = (seed / 2).into());
        if let Some(strength) = strength {
            item["strength"] = (f64::from(strength) / 1e3).into();
            item["sourceBucketName"] = "sources".into();
            item["sourceKeyName"] = "a/b c.png".into();
        }
        foreign.into_iter().for_each(|(name, value)| item[name] = value);
        item
    });
    proptest::collection::vec(item, 1..6).prop_map(|mut items| {
        (1..).zip(&mut items).for_each(|(nth, item)| item["id"] = format!("A{nth}").into());
        items
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_list_in_any_format_reads_back_equal(items in items(), crlf in any::<bool>(), mark in any::<bool>()) {
        let mut list = serde_json::to_vec(&items).unwrap();
        let mut from = "json";
        for to in ["jsonl", "csv", "jsonl", "json", "csv", "json"] {
            let output = idlist(&["convert", "-", "--from", from, "--to", to], &list);
            prop_assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
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
