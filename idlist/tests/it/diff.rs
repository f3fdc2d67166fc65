//! `idlist diff`.

use serde_json::{Value, json};

use super::{assert_says, idlist};

#[test]
fn what_is_added_or_changed_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (old, new) = (path("old.json"), path("new.json"));
    let list = String::from_utf8(idlist(&["new", "--rank", "vip=4", "--bucket", "images"], b"").stdout).unwrap();
    std::fs::write(&old, &list).unwrap();
    std::fs::write(&new, list.replace("A4", "A5").replacen("hair color is", "hair is", 1)).unwrap();
    let report = "~ s3://images/vip/A1/image.jpeg\n+ s3://images/vip/A5/image.jpeg\n\
                  2 to make: 1 added, 1 changed\n2 the same, 1 only in the old list\n";
    assert_says(&idlist(&["diff", &old, &new], b""), 0, report, "");
    assert_says(
        &idlist(&["diff", &old, &old], b""),
        0,
        "0 to make: 0 added, 0 changed\n4 the same, 0 only in the old list\n",
        "",
    );
    let found: Value = serde_json::from_slice(&idlist(&["diff", "--json", &old, &new], b"").stdout).unwrap();
    assert_eq!((&found["added"], &found["changed"], &found["onlyInOld"]), (&json!(1), &json!(1), &json!(1)));
}

#[test]
fn a_bad_list_is_not_compared() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.json").to_str().unwrap().to_owned();
    std::fs::write(&bad, "[{\"id\": 1}]").unwrap();
    let stderr = format!(
        "idlist: {bad}: item 0, line 1: `id` is the number 1, not a string; put it between quotes; see idlist check\n"
    );
    assert_says(&idlist(&["diff", &bad, &bad], b""), 1, "", &stderr);
    assert_eq!(idlist(&["diff", "/none", &bad], b"").status.code(), Some(2));
}
