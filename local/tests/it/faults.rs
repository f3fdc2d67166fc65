//! A model that throttles, fails, filters and breaks off: nothing is lost, and everything that failed says why.

use crate::local::{Data, IMAGE_BUCKET, items};
use ::local::faults::Entry;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn run(count: usize, arguments: &[&str]) -> (i32, Value, usize) {
    let data = Data::new();
    let list = data.list("cards.json", &items(count));
    let run = data.run(&list, &[&["--json"], arguments].concat());
    (run.code(), run.json(), data.files(IMAGE_BUCKET).len())
}

#[test]
fn a_throttled_list_finishes_with_nothing_lost() {
    let (code, outcome, images) = run(10, &["--throttle", "1", "--speed", "60", "--concurrency", "20"]);
    assert_eq!((code, &outcome["generated"], &outcome["failed"], images), (0, &json!(10), &json!({}), 10), "{outcome}");
    assert!(outcome["modelCalls"].as_u64() > Some(10), "nothing was throttled: {outcome}");
}

/// A list whose calls fail in each of these ways, every way at least once: it has all its images in the end.
fn tried_again(count: usize, share: f64, seed: &str, passing: &[&str]) {
    let fail: Vec<String> = passing.iter().map(|name| format!("--fail={share}={name}")).collect();
    let mut arguments: Vec<&str> = fail.iter().map(String::as_str).collect();
    arguments.extend(["--json", "--ledger", "--speed", "500", "--fault-seed", seed]);
    let data = Data::new();
    let list = data.list("cards.json", &items(count));
    let run = data.run(&list, &arguments);
    let outcome = run.json();
    let images = data.files(IMAGE_BUCKET).len();
    assert_eq!((run.code(), &outcome["generated"], images), (0, &json!(count), count), "{outcome}");
    let answers = data.ledger().into_iter().filter_map(|entry| match entry {
        Entry::Answered { answer, fault, .. } => Some(fault.unwrap_or(answer)),
        _ => None,
    });
    let answers: BTreeSet<String> = answers.collect();
    assert!(passing.iter().all(|name| answers.contains(*name)), "some never came: {answers:?}");
}

#[test]
fn passing_failures_of_every_kind_are_tried_again() {
    let passing = [
        "ModelTimeoutException",
        "ModelErrorException",
        "InternalServerException",
        "InferenceError",
        "NoImage",
        "Disconnect",
        "Truncated",
    ];
    tried_again(40, 0.05, "1", &passing);
}

/// These look like a quota, at which items wait for their turn: one name at a time, and few of it.
#[test]
fn refusals_of_every_name_are_tried_again() {
    for name in [
        "ThrottlingException",
        "ModelNotReadyException",
        "ServiceUnavailableException",
        "ServiceQuotaExceededException",
        "overloaded_error",
    ] {
        tried_again(5, 0.3, "2", &[name]);
    }
}

#[test]
fn lasting_failures_fail_their_items_with_their_kind() {
    for (error, kind) in [
        ("AccessDeniedException", "AccessDenied"),
        ("ValidationException", "ModelRejected"),
        ("ResourceNotFoundException", "ModelNotAvailable"),
    ] {
        let fail = format!("0.2={error}");
        let arguments = ["--fail", &fail, "--tolerated-failure-percentage", "100"];
        let (code, outcome, images) = run(40, &arguments);
        let failed = outcome["failed"][kind].as_u64().unwrap_or_else(|| panic!("no {kind} in {outcome}"));
        assert_eq!((code, &outcome["status"], images as u64), (1, &json!("SUCCEEDED"), 40 - failed), "{outcome}");
        let failure = &outcome["failures"][0];
        assert_eq!(failure["error"], kind);
        assert!(failure["message"].as_str().unwrap().contains(error), "{failure}");
    }
}

#[test]
fn filtered_prompts_fail_alone_and_are_told() {
    let (code, outcome, images) = run(30, &["--filter", "picture 7,"]);
    assert_eq!((code, images, &outcome["failed"]), (1, 29, &json!({"ContentFiltered": 1})));
    let failure = &outcome["failures"][0];
    assert_eq!((&failure["id"], &failure["rank"], &failure["index"]), (&json!("A7"), &json!("nomal"), &json!(7)));
}

#[test]
fn too_many_failures_fail_the_execution_early() {
    let stops = ["--tolerated-failure-percentage", "10", "--concurrency", "5"];
    let (code, outcome, _) = run(200, &[&["--fail", "1=AccessDeniedException"][..], &stops].concat());
    assert_eq!((code, &outcome["status"]), (1, &json!("FAILED")));
    assert_eq!(outcome["error"], "States.ExceedToleratedFailureThreshold");
    assert!(outcome["modelCalls"].as_u64() < Some(60), "a broken permission stops the run early: {outcome}");
}

#[test]
fn the_same_faults_come_again_with_the_same_seed() {
    let arguments = ["--fail", "0.3=ValidationException", "--tolerated-failure-percentage", "100", "--fault-seed"];
    let failed = |seed: &str| {
        let (_, outcome, _) = run(40, &[&arguments[..], &[seed]].concat());
        let mut ids: Vec<String> =
            outcome["failures"].as_array().unwrap().iter().map(|failure| failure["id"].to_string()).collect();
        ids.sort();
        ids
    };
    let (first, again, other) = (failed("7"), failed("7"), failed("8"));
    assert_eq!(first, again);
    assert_ne!(first, other);
}

#[test]
fn a_function_that_takes_too_long_is_ended_and_tried_again() {
    // The generator keeps a quarter of its time for storing, so it gives up on the model by itself: no item is stuck.
    // The latency is in fast motion too: these are five seconds.
    let arguments =
        ["--latency", "5000000", "--function-timeout", "2", "--speed", "1000", "--tolerated-failure-percentage", "100"];
    let (code, outcome, images) = run(2, &arguments);
    assert_eq!((code, images, &outcome["failed"]), (1, 0, &json!({"ModelFailed": 2})), "{outcome}");
}
