//! The definition that is deployed, run as it stands.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::model::error::ITEM_READER_FAILED;
use crate::substitute;
use crate::testing::{Fake, Machine, Reply, error_of};

fn definition() -> Value {
    let text = include_str!("../../../../sam/statemachine.asl.json");
    let values = [
        ("GeneratorFunctionArn", "arn:aws:lambda:us-west-2:123456789012:function:generator"),
        ("ListBucketName", "lists"),
        ("ResultBucketName", "out"),
        ("MaxConcurrency", "10"),
        ("ToleratedFailurePercentage", "100"),
    ];
    let values: BTreeMap<_, _> = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    serde_json::from_str(&substitute(text, &values).unwrap()).unwrap()
}

fn items(count: u64) -> Value {
    (0..count).map(|id| json!({"id": id})).collect()
}

#[tokio::test(start_paused = true)]
async fn a_version_of_a_list_becomes_results() {
    let fake = Fake::new(|function, payload| {
        assert_eq!(function, "arn:aws:lambda:us-west-2:123456789012:function:generator");
        assert_eq!((&payload["executionName"], &payload["canWait"]), (&json!("run-1"), &json!(true)));
        Reply::ok(json!({"outcome": "generated", "of": payload}))
    })
    .with_object("lists/list.json", items(2).to_string());
    fake.put("lists/list.json", items(7).to_string());
    let machine = Machine::new(&fake, &definition());
    let input = json!({"bucketName": "lists", "bucketKey": "list.json", "versionId": "v1"});
    let output = machine.output(&input).await;
    assert_eq!(output["list"], input);
    assert_eq!((&output["items"], &output["succeeded"], &output["failed"]), (&json!(2), &json!(2), &json!(0)));
    assert_eq!(output["results"]["bucketName"], json!("out"));
    let manifest_key = output["results"]["manifestKey"].as_str().unwrap();
    assert!(fake.objects.lock().unwrap().contains_key(&format!("out/{manifest_key}")));
    let events = machine.events().await;
    let entered = events.iter().filter_map(|event| event["stateEnteredEventDetails"]["name"].as_str());
    let path = ["Items in the input?", "Generate images", "Count the results", "Anything made?", "Summarize"];
    assert_eq!(entered.collect::<Vec<_>>(), path);
}

#[tokio::test(start_paused = true)]
async fn a_list_or_a_version_that_is_not_there_fails_at_once() {
    for (input, error) in [
        (json!({"bucketName": "lists", "bucketKey": "missing.json"}), "S3.NoSuchKeyException"),
        (json!({"bucketName": "lists", "bucketKey": "list.json", "versionId": "v9"}), ITEM_READER_FAILED),
    ] {
        let begin = Instant::now();
        let fake = Fake::echo().with_object("lists/list.json", "[1]");
        let outcome = Machine::new(&fake, &definition()).run(&input).await;
        assert_eq!((error_of(&outcome), begin.elapsed().as_secs()), (error, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn items_in_the_input_become_a_pinned_list_first() {
    let fake = Fake::echo();
    let machine = Machine::new(&fake, &definition());
    let output = machine.output(&json!({"items": [{"id": "a"}]})).await;
    let list = json!({"bucketName": "lists", "bucketKey": "state-input/run-1.json", "versionId": "v1"});
    assert_eq!((&output["list"], &output["succeeded"]), (&list, &json!(1)));
    assert_eq!(fake.json_object("lists/state-input/", "run-1.json").unwrap(), json!([{"id": "a"}]));
    let events = machine.events().await;
    let map = events.iter().find(|event| event["stateEnteredEventDetails"]["name"] == "Generate images").unwrap();
    let input: Value = serde_json::from_str(map["stateEnteredEventDetails"]["input"].as_str().unwrap()).unwrap();
    assert_eq!(input, list, "the items have left the state");
}

#[tokio::test(start_paused = true)]
async fn the_state_of_an_item_does_not_grow_with_throttling() {
    let calls = AtomicU64::new(0);
    let fake = Fake::new(move |_, payload| {
        let keys: Vec<_> = payload.as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["item", "executionName", "canWait"]);
        match calls.fetch_add(1, Ordering::Relaxed) {
            0..30 => Reply::error("ModelThrottled"),
            _ => Reply::ok(json!({})),
        }
    });
    // With the cause of the error beside it, this item would be larger than a state may be.
    fake.put("lists/list.json", json!([{"id": 1, "extra": "x".repeat(261_930)}]).to_string());
    let input = json!({"bucketName": "lists", "bucketKey": "list.json"});
    assert_eq!(Machine::new(&fake, &definition()).output(&input).await["succeeded"], json!(1));
}

#[tokio::test(start_paused = true)]
async fn a_rate_limited_item_waits_and_comes_back_with_its_next_input() {
    let fake = Fake::new(|_, mut payload| match payload["slot"].as_u64() {
        None => {
            payload["slot"] = json!(7);
            payload["waitSeconds"] = json!(90);
            Reply::ok(payload)
        }
        Some(slot) => Reply::ok(json!({"slot": slot})),
    });
    let begin = Instant::now();
    let output = Machine::new(&fake, &definition()).output(&json!({"items": items(3)})).await;
    assert_eq!((&output["succeeded"], begin.elapsed().as_secs()), (&json!(3), 90));
    assert_eq!(fake.calls.load(Ordering::Relaxed), 6);
}

#[tokio::test(start_paused = true)]
async fn failed_items_do_not_keep_the_others_from_being_made() {
    let fake = Fake::new(|_, payload| match payload["item"]["id"].as_u64() {
        Some(id) if id % 10 == 0 => Reply::error("ContentFiltered"),
        _ => Reply::ok(payload),
    })
    .with_object("lists/list.json", items(3_000).to_string());
    let input = json!({"bucketName": "lists", "bucketKey": "list.json"});
    let output = Machine::new(&fake, &definition()).output(&input).await;
    let counts = ["items", "succeeded", "failed"].map(|name| output[name].as_u64().unwrap());
    assert_eq!(counts, [3_000, 2_700, 300]);
    assert_eq!(fake.calls.load(Ordering::Relaxed), 3_000, "a filtered item is not tried again");
    assert!(fake.results("FAILED").iter().all(|entry| entry["Error"] == "ContentFiltered"));
}

#[test]
fn retries_are_few_and_double_their_delays() {
    let mut definition = definition();
    let states = &mut definition["States"]["Generate images"]["ItemProcessor"]["States"];
    let retriers = states["Generate image"]["Retry"].as_array_mut().unwrap();
    for retrier in &mut *retriers {
        retrier.as_object_mut().unwrap().remove("ErrorEquals");
    }
    let expected = [(5, 6), (3, 3), (2, 5), (2, 6)].map(|(interval, attempts)| {
        json!({"IntervalSeconds": interval, "MaxAttempts": attempts, "BackoffRate": 2.0, "JitterStrategy": "FULL"})
    });
    assert_eq!(*retriers, expected);
}
