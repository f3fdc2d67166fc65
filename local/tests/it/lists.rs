//! Bad lists: a clear report, nothing started, nothing charged, the list stays where it is.

use crate::local::{Data, IMAGE_BUCKET, LIST_BUCKET, RESULT_BUCKET, Run, event_file, item, items};
use serde_json::{Value, json};

/// Runs a list that has to be rejected.
fn rejected(text: &str) -> Run {
    let data = Data::new();
    let list = data.list("cards.json", text);
    let run = data.run(&list, &[]);
    assert_eq!(run.code(), 1, "{text:.100}: {}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("The list is rejected; nothing was started."), "{}", run.stdout);
    assert!(data.files(IMAGE_BUCKET).is_empty());
    assert_eq!(data.files(LIST_BUCKET), ["cards.json"]);
    assert_eq!(std::fs::read_to_string(data.bucket(LIST_BUCKET).join("cards.json")).unwrap(), text);
    let reports = data.files(RESULT_BUCKET);
    assert!(reports.len() == 1 && reports[0].starts_with("rejected/cards.json."), "{reports:?}");
    let json = data.run(&list, &["--json"]);
    let outcome = json.json();
    assert_eq!((json.code(), &outcome["status"], &outcome["modelCalls"]), (1, &json!("REJECTED"), &json!(0)));
    run
}

#[test]
fn the_seeds_list_as_printed_is_rejected_with_line_and_column() {
    let text = std::fs::read_to_string(event_file("seed-list-as-printed.json")).unwrap();
    let run = rejected(&text);
    assert!(run.stdout.contains("line 17") && run.stdout.contains("column 4"), "{}", run.stdout);
    assert!(run.stdout.contains("comma"), "{}", run.stdout);
}

#[test]
fn what_is_no_list_is_rejected() {
    let bom = format!("\u{feff}[{}]", item(1));
    let nested = format!("[[{}]]", item(1));
    for text in ["[]", "{}", "not json", "null", "[1, \"x\"]", &bom, &nested, &item(1).to_string()] {
        rejected(text);
    }
}

#[test]
fn an_empty_file_is_rejected_without_a_report() {
    let data = Data::new();
    let run = data.run(&data.list("cards.json", ""), &[]);
    assert_eq!(run.code(), 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("The list is rejected; nothing was started."), "{}", run.stdout);
    assert!(data.files(RESULT_BUCKET).is_empty());
}

#[test]
fn problems_are_told_with_index_field_and_what_would_be_right() {
    let mut bad: Vec<Value> = (0..3).map(item).collect();
    bad[1]["inputKeyName"] = json!("image.gif");
    bad[2]["id"] = json!(7);
    let run = rejected(&json!(bad).to_string());
    for text in ["item 1", "inputKeyName", ".jpeg", "item 2", "the number 7, not a string"] {
        assert!(run.stdout.contains(text), "{text} is not in\n{}", run.stdout);
    }
}

#[test]
fn duplicate_destinations_and_an_item_of_ten_megabytes_are_problems() {
    let run = rejected(&json!([item(1), item(2), item(1)]).to_string());
    assert!(run.stdout.contains("item 2") && run.stdout.contains("goes to"), "{}", run.stdout);
    let mut giant = item(1);
    giant["prompt"] = json!("x".repeat(10_000_000));
    let run = rejected(&json!([item(0), giant]).to_string());
    assert!(run.stdout.contains("item 1"), "{}", run.stdout);
}

#[test]
fn a_list_with_more_items_than_allowed_is_rejected() {
    let data = Data::new();
    let list = data.list("cards.json", &crate::local::items(11));
    assert_eq!(data.run(&list, &["--max-items", "10"]).code(), 1);
    assert_eq!(data.run(&list, &["--max-items", "11"]).code(), 0);
}

#[test]
fn what_can_not_be_run_exits_with_two_and_says_why() {
    let data = Data::new();
    let missing = data.run(&data.0.path().join("missing.json"), &[]);
    assert_eq!(missing.code(), 2);
    assert!(missing.stderr.contains("missing.json"), "{}", missing.stderr);
    let csv = data.list("cards.csv", "id,rank\n");
    let csv = data.run(&csv, &[]);
    assert!(csv.code() == 2 && csv.stderr.contains(".json"), "{}", csv.stderr);
    let list = data.list("cards.json", "[]");
    for arguments in [["--fail", "2=x"], ["--concurrency", "0"], ["--retired-models", "Maybe"], ["--speed", "0"]] {
        let run = data.run(&list, &arguments);
        assert!(run.code() == 2 && run.stderr.contains(arguments[0]), "{}", run.stderr);
    }
}

#[test]
fn the_real_bedrock_is_not_asked_without_credentials() {
    let data = Data::new();
    let mut command = data.command(&event_file("id-list.json"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
        command.env_remove(name);
    }
    command.env("HOME", data.0.path()).env("AWS_EC2_METADATA_DISABLED", "true");
    let output = command.args(["--bedrock", "aws"]).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("no AWS credentials"), "{stderr}");
}

#[test]
fn a_definition_that_can_not_be_run_here_is_refused_by_name_at_start() {
    let data = Data::new();
    let definition = std::fs::read_to_string(event_file("../sam/statemachine.asl.json")).unwrap();
    let list = data.list("cards.json", "[]");
    for (from, to, named) in [
        (r#""ExecutionType": "STANDARD""#, r#""ExecutionType": "EXPRESS""#, "EXPRESS"),
        (r#""Type": "Wait""#, r#""Type": "Parallel""#, "Parallel"),
        ("arn:aws:states:::lambda:invoke", "arn:aws:states:::sqs:sendMessage", "sqs:sendMessage"),
        ("States.Format", "States.ArrayUnique", "States.ArrayUnique"),
        ("${MaxConcurrency}", "${Concurrency}", "Concurrency"),
    ] {
        assert!(definition.contains(from), "{from}");
        let path = data.list("definition.json", &definition.replace(from, to));
        let run = data.run(&list, &["--definition", path.to_str().unwrap()]);
        assert!(run.code() == 2 && run.stderr.contains(named), "{named}: {}", run.stderr);
    }
}

#[tokio::test]
async fn every_dropped_object_starts_is_rejected_or_is_ignored() {
    let data = Data::new();
    let up = data.up(&[]);
    let aws = up.clients();
    for key in ["CARDS.JSON", "cards.json.txt", "cards.csv", "cards", "card.png"] {
        aws.put_list(key, &items(1)).await;
    }
    up.says("CARDS.JSON: started").await;
    for key in ["cards.json.txt", "cards.csv", "cards"] {
        up.says(&format!("{key}: rejected")).await;
    }
    up.says("card.png: ignored, not a list").await;
    assert_eq!(data.files(RESULT_BUCKET).iter().filter(|key| key.starts_with("rejected/")).count(), 3);
    let executions = aws.executions().await;
    aws.ended(&executions[0]).await;
    assert_eq!((executions.len(), data.files(IMAGE_BUCKET).len()), (1, 1));
}

#[test]
fn a_list_that_is_not_json_is_answered_with_the_command_that_makes_one() {
    let data = Data::new();
    let run = data.run(&data.list("cards.csv", "id,prompt\nA1,a cat\n"), &[]);
    assert_eq!(run.code(), 2);
    assert!(run.stderr.contains("idlist convert ") && run.stderr.contains("cards.json"), "{}", run.stderr);
}
