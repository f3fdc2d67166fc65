//! Nothing is paid for twice, and nothing is lost: run again, kill and run again, stop and run again.

use crate::local::{Data, IMAGE_BUCKET, ask, event_file, items, local_up, output_of, quick};
use serde_json::{Value, json};
use std::process::{Child, Command, Stdio};

#[test]
fn the_second_run_makes_no_model_call() {
    let data = Data::new();
    assert_eq!(data.run(&event_file("id-list.json"), &[]).code(), 0);
    let before = data.files(IMAGE_BUCKET);
    let again = data.run(&event_file("id-list.json"), &["--json"]);
    assert_eq!((again.code(), again.counts()), (0, [0, 10, 0]), "{}", again.stdout);
    assert_eq!(data.files(IMAGE_BUCKET), before);
}

/// A run of 40 items, when some pictures are there, but not all.
fn in_mid_run(data: &Data) -> Child {
    let mut command = data.command(&data.list("cards.json", &items(40)));
    let arguments = ["--latency", "300", "--concurrency", "4", "--json"];
    command.args(quick(&arguments)).args(arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    data.wait_for_images(8);
    child
}

/// Runs the list again: what is missing is made, and nothing else. How many images there were.
fn makes_the_rest(data: &Data) -> u64 {
    let run = data.run(&data.0.path().join("cards.json"), &["--json"]);
    let [generated, existing, model_calls] = run.counts();
    assert_eq!((run.code(), data.files(IMAGE_BUCKET).len()), (0, 40), "{}", run.stdout);
    assert_eq!([generated, model_calls], [40 - existing; 2], "{}", run.stdout);
    existing
}

#[tokio::test]
async fn after_a_kill_the_next_run_takes_over_and_makes_only_what_is_missing() {
    let data = Data::new();
    let mut child = in_mid_run(&data);
    child.kill().unwrap();
    child.wait().unwrap();
    let there = data.files(IMAGE_BUCKET).len() as u64;
    assert!(there < 40, "the kill came too late");
    let existing = makes_the_rest(&data);
    // A function that was at work when its host died may have stored one more picture each.
    assert!((there..=there + 4).contains(&existing), "{existing} of {there}");

    let up = data.up(&[]);
    let [latest, first] = up.executions().await.try_into().unwrap();
    output_of(&up.ended(&latest).await);
    let cause = up.ended(&first).await.cause;
    assert_eq!(cause.as_deref(), Some("local was ended, and the list was put again"));
}

#[test]
fn ctrl_c_stops_cleanly_and_says_what_is_unfinished() {
    let data = Data::new();
    let child = in_mid_run(&data);
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    let outcome: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &outcome["status"]), (Some(130), &json!("ABORTED")));
    let paid = outcome["modelCalls"].as_u64().unwrap();
    assert_eq!(data.files(IMAGE_BUCKET).len() as u64, paid, "what was in the making is stored: {outcome}");
    let counts = [&outcome["generated"], &outcome["unfinished"]];
    assert_eq!(counts, [&json!(paid), &json!(40 - paid)], "what was stored after Ctrl-C is counted: {outcome}");
    assert!(!data.results("PENDING_0.json").is_empty(), "what was never started is in the results");
    assert_eq!(makes_the_rest(&data), paid);
}

#[tokio::test]
async fn two_lists_with_the_same_items_at_the_same_time_pay_for_every_image_once() {
    let (data, up) = local_up(&["--latency", "200", "--concurrency", "8", "--speed", "20", "--ledger"]);
    for list in ["cards.json", "the-same-cards.json"] {
        up.put_list(list, &items(40)).await;
    }
    for arn in up.executions_when(2).await {
        assert_eq!(output_of(&up.ended(&arn).await)["succeeded"], 40, "{arn}");
    }
    assert_eq!((data.files(IMAGE_BUCKET).len(), data.paid_calls()), (40, 40));
}

#[tokio::test]
async fn the_same_s3_event_twice_starts_one_execution() {
    let (_data, up) = local_up(&["--speed", "20"]);
    up.put_list("id-list.json", &items(3)).await;
    // Another event than that of the put, which starts an execution of its own.
    let event = std::fs::read_to_string(event_file("s3-object-created.json")).unwrap();
    for outcome in ["started", "alreadyStarted"] {
        let (_, answer) = ask(&up.url, "POST /2015-03-31/functions/trigger/invocations", "", &event);
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let list = &answer["lists"][0];
        assert_eq!(list["outcome"], outcome, "{answer}");
        if let Some(arn) = list["executionArn"].as_str() {
            up.ended(arn).await;
        }
    }
}

#[test]
fn two_at_once_in_one_folder_are_refused() {
    let data = Data::new();
    let _up = data.up(&[]);
    let run = data.run(&event_file("id-list.json"), &[]);
    assert_eq!(run.code(), 2);
    assert!(run.stderr.contains("in use by another local"), "{}", run.stderr);
}
