//! The definition that is deployed, run as it stands.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::states::error::EXCEED_TOLERATED_FAILURE_THRESHOLD;
use crate::states::substitute;
use crate::states::testing::{Answer, Fake, Machine, error_of};

fn definition() -> Value {
    let text = include_str!("../../../../sam/statemachine.asl.json");
    let values = [
        ("GeneratorFunctionArn", "arn:aws:lambda:us-west-2:123456789012:function:generator"),
        ("ResultBucketName", "out"),
        ("MaxConcurrency", "10"),
        ("ToleratedFailurePercentage", "10"),
    ];
    let values: BTreeMap<_, _> = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    serde_json::from_str(&substitute(text, &values).unwrap()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_list_in_a_bucket_becomes_results() {
    let fake = Fake::new(|function, payload| {
        assert_eq!(function, "arn:aws:lambda:us-west-2:123456789012:function:generator");
        Answer::ok(json!({"outcome": "generated", "of": payload}))
    })
    .with_object("lists/list.json", json!([{"id": "a"}, {"id": "b"}]).to_string());
    let machine = Machine::new(&fake, &definition());
    let output = machine.output(&json!({"bucketName": "lists", "bucketKey": "list.json"})).await;
    assert_eq!(output["list"], json!({"bucketName": "lists", "bucketKey": "list.json"}));
    assert_eq!((&output["items"], &output["succeeded"], &output["failed"]), (&json!(2), &json!(2), &json!(0)));
    assert_eq!(output["results"]["bucketName"], json!("out"));
    let manifest_key = output["results"]["manifestKey"].as_str().unwrap();
    assert!(fake.objects.lock().unwrap().contains_key(&format!("out/{manifest_key}")));
}

#[tokio::test(start_paused = true)]
async fn items_in_the_input_become_a_list_first() {
    let fake = Fake::echo();
    let machine = Machine::new(&fake, &definition());
    let output = machine.output(&json!({"items": [{"id": "a"}]})).await;
    assert_eq!(output["list"], json!({"bucketName": "out", "bucketKey": "state-input/run-1.json"}));
    assert_eq!(output["succeeded"], json!(1));
    assert_eq!(fake.json_object("out/state-input/", "run-1.json").unwrap(), json!([{"id": "a"}]));
}

#[tokio::test(start_paused = true)]
async fn throttled_items_succeed_in_the_end() {
    let calls = AtomicU64::new(0);
    let fake = Fake::new(move |_, payload| match calls.fetch_add(1, Ordering::Relaxed) {
        0..2_000 => Answer::error("ModelThrottled"),
        _ => Answer::ok(payload),
    });
    let items: Vec<Value> = (0..20).map(|id| json!({"id": id})).collect();
    let output = Machine::new(&fake, &definition()).output(&json!({"items": items})).await;
    assert_eq!((&output["succeeded"], &output["failed"]), (&json!(20), &json!(0)));
}

#[tokio::test(start_paused = true)]
async fn a_broken_permission_ends_the_run_early() {
    let fake = Fake::new(|_, _| Answer::error("AccessDenied"));
    let items: Vec<Value> = (0..200).map(|id| json!({"id": id})).collect();
    let outcome = Machine::new(&fake, &definition()).run(&json!({"items": items})).await;
    assert_eq!(error_of(&outcome), EXCEED_TOLERATED_FAILURE_THRESHOLD);
    // 21 failures of 200 are more than 10 %; at most ten more were under way.
    let calls = fake.calls.load(Ordering::Relaxed);
    assert!((21..=31).contains(&calls), "{calls}");
}
