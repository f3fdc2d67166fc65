//! Bad lists and bad settings: a clear sentence, nothing started, nothing charged, the list stays where it is.

use crate::local::{Data, IMAGE_BUCKET, LIST_BUCKET, RESULT_BUCKET, Run, event_file, item, item_with, items, local_up};
use serde_json::json;

/// Runs a list that has to be rejected, with these texts in what is said.
fn rejected(text: &str, said: &[&str]) {
    let data = Data::new();
    let list = data.list("cards.json", text);
    let run = data.run(&list, &[]);
    assert_eq!(run.code(), 1, "{text:.100}: {}{}", run.stdout, run.stderr);
    for said in said.iter().chain(&["The list is rejected; nothing was started."]) {
        assert!(run.stdout.contains(said), "{said} is not in\n{}", run.stdout);
    }
    assert!(data.files(IMAGE_BUCKET).is_empty());
    assert_eq!(data.files(LIST_BUCKET), ["cards.json"]);
    assert_eq!(std::fs::read_to_string(data.bucket(LIST_BUCKET).join("cards.json")).unwrap(), text);
    let reports = data.files(RESULT_BUCKET);
    assert!(reports.len() == 1 && reports[0].starts_with("rejected/cards.json."), "{reports:?}");
}

#[test]
fn problems_are_told_with_index_field_and_what_would_be_right() {
    rejected("[]", &[]);
    let printed = std::fs::read_to_string(event_file("seed-list-as-printed.json")).unwrap();
    rejected(&printed, &["line 17", "column 4", "comma"]);
    let bad = json!([item(0), item_with(1, json!({"inputKeyName": "image.gif"})), item_with(2, json!({"id": 7}))]);
    rejected(&bad.to_string(), &["item 1", "inputKeyName", ".jpeg", "item 2", "the number 7, not a string"]);
    rejected(&json!([item(1), item(2), item(1)]).to_string(), &["item 2", "goes to"]);
}

#[test]
fn a_rejected_list_costs_nothing_and_an_empty_file_has_no_report() {
    let data = Data::new();
    let run = data.run(&data.list("cards.json", &items(11)), &["--max-items", "10", "--json"]);
    let outcome = run.json();
    assert_eq!((run.code(), &outcome["status"], &outcome["modelCalls"]), (1, &json!("REJECTED"), &json!(0)));
    assert_eq!(data.files(RESULT_BUCKET).len(), 1);

    let data = Data::new();
    let run = data.run(&data.list("cards.json", ""), &[]);
    assert_eq!(run.code(), 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("The list is rejected; nothing was started."), "{}", run.stdout);
    assert!(data.files(RESULT_BUCKET).is_empty());
}

/// Nothing was started, and standard error says why.
fn not_started(run: &Run, said: &str) {
    assert!(run.code() == 2 && run.stderr.contains(said), "{said} is not in: {}", run.stderr);
}

#[test]
fn settings_that_make_no_sense_are_answered_with_what_to_do() {
    let data = Data::new();
    let list = data.list("cards.json", &items(1));
    let no_definition = data.list("definition", "{}");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = port.local_addr().unwrap().port().to_string();
    let file = list.to_str().unwrap();
    for (arguments, said) in [
        (["--fail", "2=NoImage"], "is not a number from 0 to 1"),
        (["--fail", "0.5=Nonsense"], "there is no error \"Nonsense\"; there are ThrottlingException"),
        (["--duplicate-events", "2"], "is not a number from 0 to 1"),
        (["--concurrency", "0"], "--concurrency"),
        (["--max-items", "0"], "--max-items"),
        (["--retired-models", "Maybe"], "--retired-models"),
        (["--speed", "0"], "a number from 1 to 100000"),
        (["--bedrock-region", "tokyo"], "not the name of an AWS region, such as us-west-2"),
        (["--port", &port], "name another with --port, or 0 for a free one"),
        (["--definition", "/missing.json"], "the state machine definition: /missing.json: No such file"),
        (["--definition", no_definition.to_str().unwrap()], "the state machine definition: "),
        (["--data", file], "cards.json is a file; name a folder"),
    ] {
        let mut command = data.command(&list);
        command.args(arguments);
        if arguments[0] == "--data" {
            command = std::process::Command::new(env!("CARGO_BIN_EXE_local"));
            command.args(["up", "--port", "0"]).args(arguments);
        }
        not_started(&Run::of(&mut command), said);
    }
    not_started(&data.run(&data.0.path().join("missing.json"), &[]), "missing.json");
    assert!(data.files(IMAGE_BUCKET).is_empty());
}

#[test]
fn a_list_that_is_not_json_is_answered_with_the_command_that_makes_one() {
    let data = Data::new();
    let run = data.run(&data.list("cards.csv", "id,prompt\nA1,a cat\n"), &[]);
    not_started(&run, "idlist convert ");
    not_started(&run, "cards.json");
}

#[test]
fn the_real_bedrock_is_asked_neither_without_credentials_nor_for_faults() {
    let data = Data::new();
    for (fault, said) in [(None, "no AWS credentials"), (Some("--filter=cat"), "filter is an option of the stand-in")] {
        let mut command = data.command(&event_file("id-list.json"));
        command.env_clear().env("HOME", data.0.path()).env("AWS_EC2_METADATA_DISABLED", "true");
        not_started(&Run::of(command.args(["--bedrock", "aws"]).args(fault)), said);
    }
}

#[tokio::test]
async fn every_dropped_object_starts_is_rejected_or_is_ignored() {
    let (data, up) = local_up(&[]);
    for key in ["CARDS.JSON", "cards.json.txt", "cards.csv", "cards", "card.png"] {
        up.put_list(key, &items(1)).await;
    }
    up.put_list("bad.json", &json!(vec![item_with(1, json!({"id": 7})); 8]).to_string()).await;
    up.put_list("broken.json", "[{}, 7").await;
    let elsewhere = up.s3.put_object().bucket(IMAGE_BUCKET).key("x.json");
    elsewhere.body(b"[]".to_vec().into()).send().await.unwrap();
    up.says("CARDS.JSON: started").await;
    for key in ["cards.json.txt", "cards.csv", "cards", "bad.json", "broken.json"] {
        up.says(&format!("{key}: rejected")).await;
    }
    for said in [
        "card.png: ignored, not a list",
        "  item 0 (line 1): `id` is the number 7, not a string",
        "  and 3 more, in the report",
        "  line 1, column 7: the file ends before the closing ]",
    ] {
        up.says(said).await;
    }
    assert_eq!(data.files(RESULT_BUCKET).iter().filter(|key| key.starts_with("rejected/")).count(), 5);
    let executions = up.executions().await;
    up.ended(&executions[0]).await;
    assert_eq!((executions.len(), data.files(IMAGE_BUCKET)), (1, vec!["nomal/A0/image.png".into(), "x.json".into()]));
}
