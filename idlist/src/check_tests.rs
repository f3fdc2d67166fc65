//! Tests of checking whole lists, and of the report.

use serde_json::{Value, json};

use super::*;
use crate::broken::BrokenKind;

fn item(id: &str, rank: &str) -> Value {
    json!({
        "id": id,
        "rank": rank,
        "inputBucketName": "images",
        "inputKeyName": "image.jpeg",
        "model": "stability.stable-image-core-v1:1",
        "prompt": "hair color is brown"
    })
}

fn check(list: impl AsRef<[u8]>) -> Report {
    check_slice(list.as_ref(), CheckOptions::default())
}

fn check_value(list: &Value) -> Report {
    check(list.to_string())
}

#[test]
fn in_a_long_list_duplicates_are_found_and_reported_in_order() {
    let name = |n: usize| format!("A{n}");
    let mut items: Vec<Value> = (0..5_000).map(|n| item(&name(n), "vip")).collect();
    items[1_000] = item(&name(0), "vip");
    items[1_001]["prompt"] = json!(7);
    items[1_002] = item(&name(999), "vip");
    items[4_999] = item(&name(4_998), "vip");
    let report = check_value(&Value::Array(items));
    let found: Vec<_> = report.problems.iter().map(|problem| (problem.index.unwrap(), problem.kind)).collect();
    let duplicate = |index| (index, ProblemKind::DuplicateDestination);
    assert_eq!(found, [duplicate(1_000), (1_001, ProblemKind::WrongType), duplicate(1_002), duplicate(4_999)]);
    assert_eq!(report.problems[0].line, Some(1));
    assert_eq!(report.problems[2].id.as_deref(), Some("A999"));
    assert!(report.problems[3].message.contains("as item 4998 does"), "{}", report.problems[3].message);
    assert_eq!((report.items, report.problem_count, report.counts[0].items), (5_000, 4, 4_996));
}

#[test]
fn what_comes_before_a_fault_is_checked_and_nothing_after_it() {
    let list = format!("[{},\n{},\n{},\n{{\"id\":}},\n42]", item("A1", "vip"), item("A2", "vip"), item("A1", "vip"));
    let report = check(&list);
    let broken = report.broken.unwrap();
    assert_eq!((broken.kind, broken.line, broken.column), (BrokenKind::InvalidJson, 4, 7));
    assert_eq!((report.items, report.problem_count, report.counts[0].items), (3, 1, 2));
}

#[test]
fn an_item_that_is_too_large_is_a_problem_and_the_next_is_checked() {
    let mut large = item("A1", "vip");
    large["other"] = json!("x".repeat(10_000_000));
    let report = check_value(&json!([large, item("A2", "vip"), {}]));
    assert_eq!(report.items, 3);
    assert_eq!(report.problems[0].kind, ProblemKind::ItemTooLong);
    let bytes = large.to_string().len();
    let message = format!("has {bytes} bytes; Step Functions takes items of at most 261120");
    assert_eq!(report.problems[0].message, message.as_str());
    assert_eq!(report.problems[1].index, Some(2));
    assert_eq!(report.counts[0].items, 1);
    large["other"] = json!("");
    large["other"] = json!("x".repeat(MAX_ITEM_BYTES - large.to_string().len()));
    assert!(check_value(&json!([large])).is_good());
    // One byte more, read quickly and in detail.
    for name in ["other", "prompt"] {
        large[name] = json!(format!("{}x", large[name].as_str().unwrap()));
        assert_eq!(check_value(&json!([large])).problems[0].kind, ProblemKind::ItemTooLong);
    }
}

#[test]
fn an_item_that_is_nested_too_deep_is_a_problem_of_that_item() {
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let report = check(format!("[{{\"x\": {deep}}}, {}]", item("A1", "vip")));
    assert_eq!(report.problems[0].kind, ProblemKind::TooDeep);
    assert_eq!((report.items, report.problem_count), (2, 1));
}

#[test]
fn nothing_in_a_list_can_make_a_report_large() {
    let long = "\u{1b}髪".repeat(5_000);
    let list = Value::from(vec![json!({"id": long, "rank": long, "model": long, "aspectRatio": [long]}); 40]);
    let report = check_value(&list);
    assert_eq!(report.problem_count, 7 * 40);
    let json = serde_json::to_string(&report).unwrap();
    assert!(json.len() < 100_000, "{}", json.len());
    assert!(!report.to_string().contains('\u{1b}'));
}

#[test]
fn hints_make_one_line_for_a_log() {
    assert_eq!(check_value(&json!([item("A1", "vip")])).hint_line(), None);
    let mut near = item("A1", "vip");
    near["Seed"] = json!(7);
    let line = |list: Value| check_value(&list).hint_line().unwrap();
    assert_eq!(line(json!([near])), "1 hint: `Seed` (1 item) is ignored; is `seed` meant?");
    near["prompt"] = json!("a {hat}");
    assert_eq!(line(json!([near])), "2 hints, the first: `Seed` (1 item) is ignored; is `seed` meant?");
}
