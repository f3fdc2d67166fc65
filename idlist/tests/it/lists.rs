//! `idlist split`, `merge`, `retry` and `redo`: lists from lists.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{assert_says, folder, idlist_in, written};

/// A folder with a list of four items, of which A3 has two variations.
fn list() -> TempDir {
    folder(&[("list.json", include_bytes!("golden/hats.json"))])
}

fn items(folder: &TempDir, name: &str) -> Vec<Value> {
    serde_json::from_str(&written(folder, name)).unwrap()
}

/// Ids, file names and seeds of a list.
fn pictures(folder: &TempDir, name: &str) -> Vec<String> {
    let text = |item: &Value| format!("{}/{}/{} {}", item["rank"], item["id"], item["inputKeyName"], item["seed"]);
    items(folder, name).iter().map(|item| text(item).replace('"', "")).collect()
}

#[test]
fn a_list_is_split_and_merged_without_a_change() {
    let folder = list();
    assert_says(&idlist_in(&folder, &["split", "list.json", "--items", "3"]), 0, "list-1.json\nlist-2.json\n", "");
    assert_eq!((items(&folder, "list-1.json").len(), items(&folder, "list-2.json").len()), (3, 2));
    assert_says(&idlist_in(&folder, &["merge", "list-1.json", "list-2.json", "-o", "whole.json"]), 0, "", "");
    assert_eq!(written(&folder, "whole.json"), written(&folder, "list.json"));
    // Nothing is written if one of the files exists.
    std::fs::remove_file(folder.path().join("list-1.json")).unwrap();
    let stderr = "idlist: list-2.json exists; give --force to replace it, or another name\n";
    assert_says(&idlist_in(&folder, &["split", "list.json", "--items", "3"]), 2, "", stderr);
    assert!(!std::fs::exists(folder.path().join("list-1.json")).unwrap());
    assert_eq!(idlist_in(&folder, &["split", "list.json", "--items", "1", "--force"]).status.code(), Some(0));
    assert_eq!(items(&folder, "list-5.json").len(), 1);
}

#[test]
fn numbers_in_names_are_of_one_width() {
    let folder = list();
    assert_eq!(idlist_in(&folder, &["new", "--rank", "vip=21", "-o", "v.json"]).status.code(), Some(0));
    let output = idlist_in(&folder, &["split", "v.json", "--items", "2"]);
    assert!(output.stdout.starts_with(b"v-01.json\nv-02.json\n") && output.stdout.ends_with(b"v-11.json\n"));
}

#[test]
fn items_that_appear_again_are_merged_and_different_ones_are_named() {
    let folder = list();
    let note = "idlist: items that appear again, left out: 5\n";
    assert_says(&idlist_in(&folder, &["merge", "list.json", "list.json", "-o", "same.json"]), 0, "", note);
    assert_eq!(written(&folder, "same.json"), written(&folder, "list.json"));
    let other = written(&folder, "list.json").replace("a green hat", "a grey hat");
    std::fs::write(folder.path().join("other.json"), other).unwrap();
    let stderr = "idlist: other.json: item 1 has the destination of item 1 of list.json, s3://images/vip/A2/card.png, \
                  and is another; remove one\n";
    assert_says(&idlist_in(&folder, &["merge", "list.json", "other.json", "-o", "week.json"]), 2, "", stderr);
}

/// A result file of a Map Run.
fn results(status: &str, items: &[Value]) -> Vec<u8> {
    let child = |item: &Value| {
        let input = json!({"item": item, "executionName": "cards-1", "canWait": true}).to_string();
        json!({"Input": input, "Name": "x", "Status": status, "Error": "ContentFiltered", "Cause": "…"})
    };
    serde_json::to_vec(&items.iter().map(child).collect::<Vec<_>>()).unwrap()
}

#[test]
fn items_that_failed_come_in_the_order_of_the_list() {
    let folder = list();
    let all = items(&folder, "list.json");
    // The list may have been corrected meanwhile.
    let mut failed = [all[3].clone(), all[0].clone()];
    failed[1]["prompt"] = "what was filtered".into();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("FAILED_0.json", &results("FAILED", &failed));
    write("PENDING_0.json", &results("PENDING", &all[1..2]));
    let args = ["retry", "list.json", "--failed", "FAILED_0.json"];
    assert_says(&idlist_in(&folder, &[&args[..], &["-o", "again.json"]].concat()), 0, "", "");
    assert_eq!(items(&folder, "again.json"), [all[0].clone(), all[3].clone()]);
    let args = [&args[..], &["--also", "PENDING_0.json", "-o", "more.json"]].concat();
    assert_says(&idlist_in(&folder, &args), 0, "", "");
    assert_eq!(items(&folder, "more.json"), [all[0].clone(), all[1].clone(), all[3].clone()]);

    let mut foreign = all[0].clone();
    foreign["id"] = "B1".into();
    write("foreign.json", &results("FAILED", &[all[0].clone(), foreign]));
    write("SUCCEEDED_0.json", &results("SUCCEEDED", &all[..1]));
    write("empty.json", br#"[{"Input":"{}"}]"#);
    for (name, message) in [
        (
            "foreign.json",
            "entry 1 is about s3://images/vip/B1/card.png, which is not in list.json; give the list of that execution",
        ),
        ("SUCCEEDED_0.json", "entry 0 succeeded; give the files FAILED_n.json and PENDING_n.json"),
        ("empty.json", "entry 0 has no item in its Input"),
        ("list.json", "not a result file of a Map Run: missing field `Input` at line 2 column 141"),
    ] {
        let stderr = format!("idlist: {name}: {message}\n");
        assert_says(&idlist_in(&folder, &["retry", "list.json", "--failed", name]), 2, "", &stderr);
    }
}

#[test]
fn items_are_made_again_with_other_seeds_beside_the_old_pictures() {
    let folder = list();
    let redo = |args: &[&str]| {
        assert_says(&idlist_in(&folder, &[&["redo"], args, &["-o", "redo.json", "--force"]].concat()), 0, "", "");
        pictures(&folder, "redo.json")
    };
    let again = [
        "vip/A3/card-1-seed3005944624.png 3005944624",
        "vip/A3/card-2-seed1632388289.png 1632388289",
        "nomal/A1/card-seed4231798625.png 4231798625",
    ];
    assert_eq!(redo(&["list.json", "A3", "nomal/A1"]), again);
    assert_eq!(redo(&["redo.json", "nomal/A1"]), ["nomal/A1/card-seed91820453.png 91820453"]);
    assert_eq!(redo(&["list.json", "A2", "--seed", "7"]), ["vip/A2/card-seed7.png 7"]);
    assert_eq!(redo(&["list.json", "A3", "--seed", "7"]), ["vip/A3/card-1-seed7.png 7", "vip/A3/card-2-seed8.png 8"]);
    assert_eq!(redo(&["list.json", "vip/A3/card-2.png", "--seed", "7", "--replace"]), ["vip/A3/card-2.png 7"]);
    for (args, message) in [
        (&["A4"][..], "there is no item with the id \"A4\""),
        (&["A1"], "\"A1\" is an id in the ranks \"vip\" and \"nomal\"; write RANK/ID"),
        (
            &["A2", "--seed", "4294967296"],
            "item 1 (id A2): `seed` is 4294967296; use 0 to 4294967295 for stability.stable-image-core-v1:1",
        ),
        (&["vip/A3/card-2.png", "--seed", "12"], "item 3 (id A3): the seed is 12 already; give another"),
    ] {
        let stderr = format!("idlist: list.json: {message}\n");
        assert_says(&idlist_in(&folder, &[&["redo", "list.json"], args].concat()), 2, "", &stderr);
    }
}
