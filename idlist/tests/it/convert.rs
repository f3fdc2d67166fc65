//! Lists in every format of `idlist convert` read back equal.

use super::idlist;
use proptest::prelude::*;
use serde_json::{Value, json};

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
