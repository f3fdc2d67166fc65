//! Nothing is paid for twice, and nothing is lost: run again, kill and run again, stop and run again.

use crate::local::{Data, IMAGE_BUCKET, event_file, items};
use aws_sdk_sfn::types::ExecutionStatus;
use serde_json::json;
use std::process::{Child, Command, Stdio};

#[test]
fn the_second_run_makes_no_model_call() {
    let data = Data::new();
    assert_eq!(data.run(&event_file("id-list.json"), &[]).code(), 0);
    let before = data.files(IMAGE_BUCKET);
    let again = data.run(&event_file("id-list.json"), &["--json"]);
    assert_eq!(again.code(), 0);
    let outcome = again.json();
    assert_eq!(
        (&outcome["existing"], &outcome["generated"], &outcome["modelCalls"]),
        (&json!(10), &json!(0), &json!(0))
    );
    assert_eq!(data.files(IMAGE_BUCKET), before);
}

/// Starts a run that takes long enough to be disturbed, and returns when some pictures are there, but not all.
fn disturbed_after_some_pictures(data: &Data, count: usize) -> Child {
    let list = data.list("cards.json", &items(count));
    let mut child = data
        .command(&list)
        .args(["--picture", "tiny", "--latency", "300", "--concurrency", "4"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while data.files(IMAGE_BUCKET).len() < 8 {
        assert!(child.try_wait().unwrap().is_none(), "the run ended by itself");
        std::thread::yield_now();
    }
    child
}

#[test]
fn after_a_kill_the_next_run_makes_only_what_is_missing() {
    let data = Data::new();
    let mut child = disturbed_after_some_pictures(&data, 40);
    child.kill().unwrap();
    child.wait().unwrap();
    let there = data.files(IMAGE_BUCKET).len() as u64;
    assert!(there < 40, "the kill came too late");
    let run = data.run(&data.0.path().join("cards.json"), &["--json"]);
    assert_eq!(run.code(), 0, "{}", run.stderr);
    let outcome = run.json();
    let (existing, generated) = (outcome["existing"].as_u64().unwrap(), outcome["generated"].as_u64().unwrap());
    assert_eq!((existing + generated, &outcome["modelCalls"]), (40, &json!(generated)));
    // A function that was at work when its host died may have stored one more picture each.
    assert!((there..=there + 4).contains(&existing), "{existing} of {there}");
    assert_eq!(data.files(IMAGE_BUCKET).len(), 40);
}

#[test]
fn ctrl_c_stops_cleanly_and_says_what_is_unfinished() {
    let data = Data::new();
    let list = data.list("cards.json", &items(40));
    let mut command = data.command(&list);
    let child = command.args(["--picture", "tiny", "--latency", "300", "--concurrency", "4", "--json"]);
    let child = child.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    while data.files(IMAGE_BUCKET).len() < 8 {
        std::thread::yield_now();
    }
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let outcome: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(outcome["status"], "ABORTED");
    let (generated, unfinished) = (outcome["generated"].as_u64().unwrap(), outcome["unfinished"].as_u64().unwrap());
    let paid = outcome["modelCalls"].as_u64().unwrap();
    assert_eq!(data.files(IMAGE_BUCKET).len() as u64, paid, "what was in the making is stored: {outcome}");
    assert_eq!((generated, unfinished), (paid, 40 - paid), "what was stored after Ctrl-C is counted: {outcome}");
    let pending = data.files(crate::local::RESULT_BUCKET).iter().any(|key| key.ends_with("PENDING_0.json"));
    assert!(pending, "what was never started is in the results");

    let again = data.run(&list, &["--json"]).json();
    assert_eq!(
        (&again["status"], &again["existing"], &again["modelCalls"]),
        (&json!("SUCCEEDED"), &json!(paid), &json!(40 - paid)),
        "{again}"
    );
    assert_eq!(data.files(IMAGE_BUCKET).len(), 40);
}

#[tokio::test]
async fn two_lists_with_the_same_items_at_the_same_time_pay_for_every_image_once() {
    let data = Data::new();
    let up = data.up(&["--latency", "200", "--concurrency", "8", "--speed", "20", "--ledger"]);
    let aws = up.clients();
    for list in ["cards.json", "the-same-cards.json"] {
        aws.put_list(list, &items(40)).await;
    }
    while aws.executions().await.len() < 2 {
        tokio::task::yield_now().await;
    }
    let mut outcomes = std::collections::BTreeMap::new();
    for arn in aws.executions().await {
        let ended = aws.ended(&arn).await;
        assert_eq!(ended.status, ExecutionStatus::Succeeded, "{ended:?}");
        let output: serde_json::Value = serde_json::from_str(ended.output.as_deref().unwrap()).unwrap();
        assert_eq!(output["succeeded"], 40, "{output}");
        outcomes.insert(arn, output);
    }
    assert_eq!((data.files(IMAGE_BUCKET).len(), data.paid_calls()), (40, 40), "{outcomes:?}");
}

#[test]
fn two_at_once_in_one_folder_are_refused() {
    let data = Data::new();
    let _up = data.up(&[]);
    let run = data.run(&event_file("id-list.json"), &[]);
    assert_eq!(run.code(), 2);
    assert!(run.stderr.contains("in use by another local"), "{}", run.stderr);
}
