//! Bad lists: nothing is started, the report says why, the list stays where it is.

use crate::aws::{Aws, LIST_BUCKET, event_of};
use idlist::RetiredModels;
use serde_json::{Value, json};
use trigger::{Config, Outcome};

const GOOD: &str = include_str!("../../../events/id-list.json");

/// Drops a list and returns its report.
async fn rejected(text: &str) -> Value {
    rejected_with(Aws::config(), text).await
}

async fn rejected_with(config: Config, text: &str) -> Value {
    let aws = Aws::with_lists(&[("cards/my list.json", text)]);
    let output = aws.handle_with(config, &event_of("cards/my+list.json")).await.unwrap();
    let Outcome::Rejected { report_bucket, report_key, problems, more_problems } = &output.lists[0].outcome else {
        panic!("{output:?}")
    };
    assert!(aws.executions.lock().unwrap().is_empty(), "nothing is started");
    assert!(aws.objects.lock().unwrap().contains_key(&format!("/{LIST_BUCKET}/cards/my list.json")));
    let mut reports = aws.reports();
    let (key, report) = reports.remove(0);
    assert_eq!((report_bucket.as_str(), report_key.as_str()), ("results", key.as_str()));
    assert!(key.starts_with("rejected/cards/my list.json.") && key.ends_with(".json"), "{key}");
    assert_eq!((&report["bucketName"], &report["bucketKey"]), (&json!(LIST_BUCKET), &json!("cards/my list.json")));
    let told = report.get("broken").map_or_else(|| problem_count(&report), |_| problem_count(&report) + 1);
    assert_eq!(problems.len() as u64 + more_problems, told, "{problems:?} {report}");
    assert!(!problems[0].is_empty());
    report
}

fn problem_count(report: &Value) -> u64 {
    report["problemCount"].as_u64().unwrap()
}

fn items(count: usize) -> String {
    let item = include_str!("../../../events/item.json");
    let items: Vec<String> = (0..count).map(|n| item.replace("\"A1\"", &format!("\"A{n}\""))).collect();
    format!("[{}]", items.join(","))
}

#[tokio::test]
async fn the_seeds_list_with_its_trailing_comma_is_rejected_with_line_and_column() {
    let report = rejected(include_str!("../../../events/seed-list-as-printed.json")).await;
    let text = report.to_string();
    assert!(text.contains("comma"), "{text}");
    assert_eq!((&report["broken"]["line"], &report["broken"]["column"]), (&json!(17), &json!(4)), "{text}");
}

#[tokio::test]
async fn lists_that_are_none_are_rejected() {
    for text in ["", " ", "[]", "{}", "null", "\"x\"", "[[1]]", "[{}]", "not json", "\u{feff}[]", "[{\"id\":\"A1\"}"] {
        let report = rejected(text).await;
        assert_eq!(report["good"], json!(false), "{text:?}");
    }
}

#[tokio::test]
async fn a_problem_names_index_field_and_what_would_be_right() {
    let text = items(3).replace("\"A1\"", "\"A/1\"");
    let report = rejected(&text).await;
    let problem = &report["problems"][0];
    assert_eq!((&problem["index"], &problem["field"]), (&json!(1), &json!("id")), "{report}");
    assert!(problem["message"].as_str().unwrap().contains('/'), "{problem}");
}

#[tokio::test]
async fn two_items_with_the_same_destination_are_a_problem() {
    let text = items(3).replace("\"A2\"", "\"A0\"");
    let report = rejected(&text).await;
    assert_eq!(report["problems"][0]["kind"], "DuplicateDestination", "{report}");
}

#[tokio::test]
async fn a_giant_list_is_rejected_before_it_costs_anything() {
    let aws = Aws::with_lists(&[("id-list.json", &items(100))]);
    let output = aws.handle(&event_of("id-list.json")).await.unwrap();
    assert!(matches!(output.lists[0].outcome, Outcome::Started { .. }), "100 are allowed");
    let report = rejected(&items(101)).await;
    assert!(report.to_string().contains("100"), "{report}");
}

#[tokio::test]
async fn retired_models_are_a_problem_only_where_they_are_rejected() {
    let retired = GOOD.replace("stability.stable-image-core-v1:1", "stability.stable-diffusion-xl-v0");
    let aws = Aws::with_lists(&[("id-list.json", &retired)]);
    let output = aws.handle(&event_of("id-list.json")).await.unwrap();
    assert!(matches!(output.lists[0].outcome, Outcome::Started { .. }));
    let report = rejected_with(Config { retired_models: RetiredModels::Reject, ..Aws::config() }, &retired).await;
    assert!(report.to_string().contains("retired"), "{report}");
}

#[tokio::test]
async fn an_item_of_ten_megabytes_is_a_problem_of_that_item_alone() {
    let mut list: Vec<Value> = serde_json::from_str(GOOD).unwrap();
    list[1]["prompt"] = json!("x".repeat(10_000_000));
    let report = rejected(&serde_json::to_string(&list).unwrap()).await;
    assert_eq!(report["items"], 10, "{}", report["problems"]);
    assert_eq!(report["problemCount"], 1);
    assert_eq!((&report["problems"][0]["index"], &report["problems"][0]["kind"]), (&json!(1), &json!("ItemTooLong")));
}

#[tokio::test]
async fn a_list_above_the_price_limit_is_rejected() {
    let aws = Aws::with_lists(&[("id-list.json", &items(100))]);
    let limited = |usd| Config { max_usd_per_list: Some(usd), ..Aws::config() };
    let output = aws.handle_with(limited(4.0), &event_of("id-list.json")).await.unwrap();
    assert!(matches!(output.lists[0].outcome, Outcome::Started { .. }), "100 images at 0.04 USD are allowed");
    let report = rejected_with(limited(3.99), &items(100)).await;
    let message = report["problems"][0]["message"].as_str().unwrap();
    assert!(message.contains("3.99") && message.contains("MaxUsdPerList"), "{message}");
}

#[tokio::test]
async fn a_list_that_exceeds_the_memory_is_rejected() {
    let list = items(3);
    let small = Config { max_list_bytes: list.len() as u64 - 1, ..Aws::config() };
    let report = rejected_with(small, &list).await;
    assert_eq!(report["problems"][0]["kind"], "ListTooLarge", "{report}");
}

#[tokio::test]
async fn a_list_under_another_name_is_rejected_unread() {
    for key in ["cards.json.txt", "cards.jsonl", "cards.CSV", "cards.xlsx", "cards.json.gz", "cards", "cards.json+"] {
        let aws = Aws::with_lists(&[("cards.json", GOOD)]);
        let output = aws.handle(&event_of(key)).await.unwrap();
        assert!(matches!(output.lists[0].outcome, Outcome::Rejected { .. }), "{key}: {output:?}");
        let (_, report) = aws.reports().remove(0);
        assert_eq!(report["problems"][0]["kind"], json!("InvalidListName"));
        let message = report["problems"][0]["message"].as_str().unwrap();
        assert!(message.contains("must end in .json") && message.contains("idlist convert"), "{message}");
    }
    let aws = Aws::with_lists(&[("CARDS.JSON", GOOD)]);
    let output = aws.handle(&event_of("CARDS.JSON")).await.unwrap();
    assert!(matches!(output.lists[0].outcome, Outcome::Started { .. }), "{output:?}");
}

#[tokio::test]
async fn what_is_not_a_list_is_ignored_by_name() {
    let aws = Aws::with_lists(&[]);
    let output = aws.handle(&event_of("cards/a.png")).await.unwrap();
    assert_eq!((output.lists.len(), output.ignored.len()), (0, 1));
    assert!(aws.executions.lock().unwrap().is_empty() && aws.reports().is_empty());
}
