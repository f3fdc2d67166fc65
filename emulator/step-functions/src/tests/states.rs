//! States that are not Map states: how each ends, how long it takes, and what the history tells of it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::language::payload::MAX_PAYLOAD_BYTES;
use crate::model::error::DATA_LIMIT_EXCEEDED;
use crate::model::execution_outcome::ExecutionOutcome;
use crate::testing::{Fake, Machine, Reply, error_of, invoke, machine};

#[tokio::test(start_paused = true)]
async fn states_end_as_the_table_says() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("states.json")).unwrap();
    for case in cases {
        // The function fails so often; then it returns its payload, after so many seconds.
        let number = |name: &str| case[name].as_u64().unwrap_or(0);
        let (left, after) = (AtomicU64::new(number("fails")), number("after"));
        let fake = Fake::new(move |_, payload| {
            match left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)) {
                Ok(_) => Reply::error("E"),
                Err(_) => Reply::ok(payload).after(after),
            }
        })
        .with_object("lists/two", "[]");
        fake.put("lists/two", "[1, 2]");
        let mut definition = machine(&case["states"]);
        if number("timeout") > 0 {
            definition["TimeoutSeconds"] = case["timeout"].clone();
        }
        let speed = case["speed"].as_f64().unwrap_or(1.0);
        let machine = Machine::with_settings(&fake, &definition, |settings| settings.speed = speed);
        let begin = Instant::now();
        let outcome = machine.run(case.get("input").unwrap_or(&json!({}))).await;

        let mut ends = match outcome {
            ExecutionOutcome::Succeeded { output } => {
                json!({"output": serde_json::from_str::<Value>(&output).unwrap()})
            }
            ExecutionOutcome::Failed { error, cause } => json!({"error": error, "cause": cause}),
            other => json!(other.status()),
        };
        if case["ends"].get("error").is_some() && case["ends"].get("cause").is_none() {
            ends.as_object_mut().unwrap().remove("cause");
        }
        assert_eq!(ends, case["ends"], "{}", case["name"]);
        for (name, found) in [
            ("seconds", json!(begin.elapsed().as_secs())),
            ("calls", json!(fake.calls.load(Ordering::Relaxed))),
            ("types", json!(machine.event_types().await)),
        ] {
            assert_eq!(case.get(name).unwrap_or(&found), &found, "{name} of {}", case["name"]);
        }
        for (object, body) in case["stores"].as_object().into_iter().flatten() {
            assert_eq!(fake.objects.lock().unwrap()[object], body.as_str().unwrap().as_bytes());
        }
    }
}

#[tokio::test]
async fn payloads_beyond_256_kib_fail_and_those_of_tasks_can_be_caught() {
    let twice = json!({"A": {"Type": "Pass", "Parameters": {"a.$": "$", "b.$": "$"}, "End": true}});
    let input = Value::String("x".repeat(MAX_PAYLOAD_BYTES / 2));
    assert_eq!(error_of(&Machine::new(&Fake::echo(), &machine(&twice)).run(&input).await), DATA_LIMIT_EXCEEDED);
    let fake = Fake::new(|_, _| Reply::ok(Value::String("x".repeat(MAX_PAYLOAD_BYTES))));
    let mut states = json!({"A": invoke(), "B": {"Type": "Succeed"}});
    states["A"]["Catch"] = json!([{"ErrorEquals": ["States.ALL"], "Next": "B"}]);
    assert_eq!(Machine::new(&fake, &machine(&states)).output(&json!({})).await["Error"], DATA_LIMIT_EXCEEDED);
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

#[tokio::test(start_paused = true)]
async fn the_history_tells_every_step() {
    let fails = AtomicU64::new(1);
    let fake = Fake::new(move |_, _| Reply::error(if fails.swap(0, Ordering::Relaxed) == 1 { "E" } else { "F" }));
    let mut states = json!({"A": invoke(), "B": {"Type": "Succeed"}});
    states["A"]["Retry"] = json!([{"ErrorEquals": ["E"]}]);
    states["A"]["Catch"] = json!([{"ErrorEquals": ["F"], "Next": "B"}]);
    let machine = Machine::new(&fake, &machine(&states));
    machine.run(&json!({"a": 1})).await;
    let expected: Vec<Value> = serde_json::from_str(include_str!("history.json")).unwrap();
    assert_eq!(machine.events().await, expected);
    let request = json!({"executionArn": crate::testing::EXECUTION_ARN, "includeExecutionData": false});
    let (_, answer) = machine.call("GetExecutionHistory", &request).await;
    assert!(!answer["events"][1].to_string().contains("input"), "{answer}");
}
