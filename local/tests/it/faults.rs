//! A model that throttles, fails, filters and breaks off: nothing is lost, and everything that failed says why.

use crate::local::{Data, IMAGE_BUCKET, items};
use serde_json::{Value, json};

fn run(count: usize, arguments: &[&str]) -> (i32, Value, usize) {
    let data = Data::new();
    let list = data.list("cards.json", &items(count));
    let run = data.run(&list, &[&["--json"], arguments].concat());
    (run.code(), run.json(), data.files(IMAGE_BUCKET).len())
}

#[test]
fn a_throttled_list_finishes_with_nothing_lost() {
    let (code, outcome, images) = run(30, &["--throttle", "6", "--speed", "60", "--concurrency", "20"]);
    assert_eq!((code, &outcome["generated"], &outcome["failed"], images), (0, &json!(30), &json!({}), 30), "{outcome}");
    assert!(outcome["modelCalls"].as_u64() > Some(30), "nothing was throttled: {outcome}");
}

#[test]
fn passing_failures_of_every_kind_are_tried_again() {
    let passing = [
        "ThrottlingException",
        "ModelNotReadyException",
        "ServiceUnavailableException",
        "ServiceQuotaExceededException",
        "overloaded_error",
        "ModelTimeoutException",
        "ModelErrorException",
        "InternalServerException",
        "InferenceError",
        "NoImage",
        "Disconnect",
        "Truncated",
    ];
    let fail: Vec<String> = passing.iter().map(|name| format!("--fail=0.03={name}")).collect();
    let mut arguments: Vec<&str> = fail.iter().map(String::as_str).collect();
    arguments.extend(["--speed", "500", "--fault-seed", "1"]);
    let (code, outcome, images) = run(60, &arguments);
    assert_eq!((code, &outcome["generated"], images), (0, &json!(60), 60), "{outcome}");
    assert!(outcome["modelCalls"].as_u64() > Some(60), "nothing failed: {outcome}");
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
    let (code, outcome, _) = run(200, &["--fail", "1=AccessDeniedException", "--concurrency", "5"]);
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
