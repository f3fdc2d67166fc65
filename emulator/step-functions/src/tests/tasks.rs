//! Task states: calls, retries, catches, time limits.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{invoke, machine};
use crate::language::payload::MAX_PAYLOAD_BYTES;
use crate::model::error::DATA_LIMIT_EXCEEDED;
use crate::model::execution_outcome::ExecutionOutcome;
use crate::testing::{Fake, Machine, Reply, error_of};

fn with(mut state: Value, fields: &Value) -> Value {
    state.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    state
}

#[tokio::test]
async fn a_function_gets_its_payload_and_answers_in_an_envelope() {
    let fake = Fake::new(|function, payload| Reply::ok(json!({"function": function, "payload": payload})));
    let state = with(invoke(), &json!({"OutputPath": "$"}));
    let output = Machine::new(&fake, &machine(&json!({"A": state}))).output(&json!({"id": "7"})).await;
    let payload = json!({"function": "f", "payload": {"id": "7"}});
    assert_eq!(output, json!({"ExecutedVersion": "$LATEST", "Payload": payload, "StatusCode": 200}));
}

#[tokio::test]
async fn a_body_is_stored_as_json_also_if_it_is_text() {
    let fake = Fake::echo();
    let put = |body: &str| {
        json!({
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
            "Parameters": {"Bucket": "b", "Key.$": "$.key", "Body.$": body, "ContentType": "application/json"},
            "ResultPath": format!("$.{}", &body[2..]),
        })
    };
    let definition = machine(&json!({
        "A": with(put("$.items"), &json!({"Next": "B"})),
        "B": with(put("$.text"), &json!({"Parameters": {"Bucket": "b", "Key": "t", "Body.$": "$.text"}, "End": true})),
    }));
    let output =
        Machine::new(&fake, &definition).output(&json!({"key": "k", "items": [1, "é"], "text": "plain"})).await;
    let expected = json!({"ETag": "\"etag\"", "ContentType": "application/json", "VersionId": "v1"});
    assert_eq!(output["items"], expected);
    assert_eq!(output["text"]["ContentType"], Value::Null);
    let objects = fake.objects.lock().unwrap();
    assert_eq!(objects["b/k"], "[1,\"é\"]".as_bytes());
    assert_eq!(objects["b/t"], b"\"plain\"");
}

#[tokio::test]
async fn an_object_is_described_by_its_key_or_its_version() {
    let fake = Fake::echo().with_object("b/k", "[]");
    fake.put("b/k", "[1, 2]");
    let head = |parameters: Value| {
        json!({
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:s3:headObject",
            "Parameters": parameters,
            "End": true
        })
    };
    for (parameters, size, version_id) in [
        (json!({"Bucket": "b", "Key.$": "$.key"}), 6, "v2"),
        (json!({"Bucket": "b", "Key": "k", "VersionId": "v1"}), 2, "v1"),
    ] {
        let machine = Machine::new(&fake, &machine(&json!({"A": head(parameters)})));
        let output = machine.output(&json!({"key": "k"})).await;
        assert_eq!((&output["ContentLength"], &output["VersionId"]), (&json!(size), &json!(version_id)));
        let scheduled = machine.events().await[2]["taskScheduledEventDetails"].take();
        assert_eq!((&scheduled["resourceType"], &scheduled["resource"]), (&json!("aws-sdk:s3"), &json!("headObject")));
    }
    let missing = machine(&json!({"A": head(json!({"Bucket": "b", "Key": "none"}))}));
    assert_eq!(error_of(&Machine::new(&fake, &missing).run(&json!({})).await), "S3.NoSuchKeyException");
}

#[tokio::test(start_paused = true)]
async fn a_retrier_repeats_the_call_after_its_delays() {
    let calls = AtomicU64::new(0);
    let fake = Fake::new(move |_, payload| match calls.fetch_add(1, Ordering::Relaxed) {
        0..3 => Reply::error("ModelThrottled"),
        _ => Reply::ok(payload),
    });
    let retry = json!({"Retry": [{"ErrorEquals": ["ModelThrottled"], "IntervalSeconds": 5, "MaxAttempts": 6}]});
    let count = json!({"Parameters": {"FunctionName": "f", "Payload": {"retries.$": "$$.State.RetryCount"}}});
    let machine = Machine::new(&fake, &machine(&json!({"A": with(with(invoke(), &retry), &count)})));
    let begin = Instant::now();
    assert_eq!(machine.output(&json!({})).await, json!({"retries": 3}));
    assert_eq!(begin.elapsed().as_secs(), 5 + 10 + 20);
    let types = machine.event_types().await;
    assert_eq!(
        types[2..8],
        ["TaskScheduled", "TaskStarted", "TaskFailed", "TaskScheduled", "TaskStarted", "TaskFailed"]
    );
    assert_eq!(types[types.len() - 3..], ["TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"]);
}

#[tokio::test(start_paused = true)]
async fn an_error_that_no_retrier_names_fails_at_once() {
    let fake = Fake::new(|_, _| Reply::error("InvalidItem"));
    let retry = json!({"Retry": [{"ErrorEquals": ["ModelThrottled"]}]});
    let machine = Machine::new(&fake, &machine(&json!({"A": with(invoke(), &retry)})));
    let cause = json!({"errorType": "InvalidItem", "errorMessage": "as the test wants it"}).to_string();
    let outcome = machine.run(&json!({})).await;
    assert_eq!(outcome, crate::testing::failed("InvalidItem", &cause));
    assert_eq!(fake.calls.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_catcher_places_the_error_where_it_says() {
    let cause = json!({"errorType": "E", "errorMessage": "as the test wants it"}).to_string();
    let error = json!({"Error": "E", "Cause": cause});
    for (result_path, output) in [
        (json!({}), error.clone()),
        (json!({"ResultPath": "$.failure"}), json!({"id": "7", "failure": error})),
        (json!({"ResultPath": null}), json!({"id": "7"})),
    ] {
        let catcher = with(json!({"ErrorEquals": ["States.ALL"], "Next": "B"}), &result_path);
        let definition = json!({
            "A": with(invoke(), &json!({"Catch": [{"ErrorEquals": ["Other"], "Next": "C"}, catcher]})),
            "B": {"Type": "Succeed"},
            "C": {"Type": "Fail"}
        });
        let machine = Machine::new(&Fake::new(|_, _| Reply::error("E")), &machine(&definition));
        assert_eq!(machine.output(&json!({"id": "7"})).await, output);
        let types = machine.event_types().await;
        assert_eq!(types[4..6], ["TaskFailed", "TaskStateExited"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttled_item_waits_and_tries_again_until_it_is_done() {
    const ROUNDS: u64 = 300;
    let calls = AtomicU64::new(0);
    let fake = Fake::new(move |_, payload| match calls.fetch_add(1, Ordering::Relaxed) {
        call if call < ROUNDS * 7 => Reply::error("ModelThrottled"),
        _ => Reply::ok(payload),
    });
    let retrier =
        json!({"ErrorEquals": ["ModelThrottled"], "IntervalSeconds": 5, "MaxAttempts": 6, "BackoffRate": 2.0});
    let catcher = json!({"ErrorEquals": ["ModelThrottled"], "ResultPath": "$.throttled", "Next": "B"});
    let definition = json!({
        "A": with(invoke(), &json!({"Retry": [retrier], "Catch": [catcher]})),
        "B": {"Type": "Wait", "Seconds": 60, "Next": "A"}
    });
    let machine = Machine::new(&fake, &machine(&definition));
    let begin = Instant::now();
    let output = machine.output(&json!({"id": "7"})).await;
    assert_eq!(output["id"], json!("7"));
    assert_eq!(output["throttled"]["Error"], json!("ModelThrottled"));
    // Every round has all six retries again: counts are those of one visit.
    assert_eq!(begin.elapsed().as_secs(), ROUNDS * (5 + 10 + 20 + 40 + 80 + 160 + 60));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_times_out_and_can_be_caught() {
    let fake = Fake::new(|_, payload| Reply::ok(payload).after(10));
    let definition = json!({
        "A": with(invoke(), &json!({"TimeoutSeconds": 5, "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "B"}]})),
        "B": {"Type": "Succeed"}
    });
    let limited = Machine::new(&fake, &machine(&definition));
    let begin = Instant::now();
    assert_eq!(limited.output(&json!({})).await, json!({"Error": "States.Timeout", "Cause": ""}));
    assert_eq!(begin.elapsed().as_secs(), 5);
    let events = limited.events().await;
    assert_eq!(events[2]["taskScheduledEventDetails"]["timeoutInSeconds"], json!(5));
    assert_eq!(
        events[4]["taskTimedOutEventDetails"],
        json!({"error": "States.Timeout", "resource": "invoke", "resourceType": "lambda"})
    );

    let uncaught = Machine::new(&fake, &machine(&json!({"A": with(invoke(), &json!({"TimeoutSeconds": 5}))})));
    let expected = ExecutionOutcome::Failed { error: Some("States.Timeout".to_owned()), cause: None };
    assert_eq!(uncaught.run(&json!({})).await, expected);
}

#[tokio::test]
async fn runtime_errors_are_neither_retried_nor_caught() {
    let handlers = json!({
        "Parameters": {"FunctionName.$": "$.missing"},
        "Retry": [{"ErrorEquals": ["States.ALL"]}],
        "Catch": [{"ErrorEquals": ["States.Runtime"], "Next": "B"}]
    });
    let definition = json!({"A": with(invoke(), &handlers), "B": {"Type": "Succeed"}});
    let fake = Fake::echo();
    let outcome = Machine::new(&fake, &machine(&definition)).run(&json!({})).await;
    assert_eq!(error_of(&outcome), "States.Runtime");
    assert_eq!(fake.calls.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_result_beyond_256_kib_is_caught_by_states_all() {
    let fake = Fake::new(|_, _| Reply::ok(Value::String("x".repeat(MAX_PAYLOAD_BYTES))));
    let definition = json!({
        "A": with(invoke(), &json!({"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}]})),
        "B": {"Type": "Succeed"}
    });
    let output = Machine::new(&fake, &machine(&definition)).output(&json!({})).await;
    assert_eq!(output["Error"], DATA_LIMIT_EXCEEDED);
}

#[tokio::test]
async fn a_missing_bucket_is_the_error_of_the_service() {
    let state = json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:putObject",
        "Parameters": {"Bucket": "missing", "Key": "k", "Body": ""},
        "End": true
    });
    let outcome = Machine::new(&Fake::echo(), &machine(&json!({"A": state}))).run(&json!({})).await;
    assert_eq!(error_of(&outcome), "S3.NoSuchBucketException");
}

#[tokio::test]
async fn a_bug_that_panics_ends_the_execution() {
    let seen = Mutex::new(());
    let fake = Fake::new(move |_, _| {
        let _guard = seen.lock().unwrap();
        panic!("a bug")
    });
    let outcome = Machine::new(&fake, &machine(&json!({"A": invoke()}))).run(&json!({})).await;
    assert_eq!(error_of(&outcome), "States.Runtime");
}
