//! The definition that is deployed, run as it stands.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::model::error::{EXCEED_TOLERATED_FAILURE_THRESHOLD, ITEM_READER_FAILED};
use crate::substitute;
use crate::testing::{EXECUTION_ARN, Fake, Machine, Reply, error_of};

fn definition() -> Value {
    tolerating("100")
}

/// The definition with this `ToleratedFailurePercentage`.
fn tolerating(percentage: &str) -> Value {
    let text = include_str!("../../../../sam/statemachine.asl.json");
    let values = [
        ("GeneratorFunctionArn", "arn:aws:lambda:us-west-2:123456789012:function:generator"),
        ("ListBucketName", "lists"),
        ("ResultBucketName", "out"),
        ("MaxConcurrency", "10"),
        ("ToleratedFailurePercentage", percentage),
    ];
    let values: BTreeMap<_, _> = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    serde_json::from_str(&substitute(text, &values).unwrap()).unwrap()
}

fn items(count: u64) -> Value {
    (0..count).map(|id| json!({"id": id})).collect()
}

/// The names of the states that `run-1` entered, in order.
async fn states(machine: &Machine) -> Vec<String> {
    let events = machine.events().await;
    let names = events.iter().filter_map(|event| event["stateEnteredEventDetails"]["name"].as_str());
    names.map(str::to_owned).collect()
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
    let path = ["Items in the input?", "Generate images", "Count the results", "Anything made?", "Summarize"];
    assert_eq!(states(&machine).await, path);
}

#[tokio::test(start_paused = true)]
async fn a_list_or_a_version_that_is_not_there_fails_at_once() {
    for (input, error, problem) in [
        (json!({"bucketName": "lists", "bucketKey": "missing.json"}), "S3.NoSuchKeyException", "missing.json"),
        (
            json!({"bucketName": "lists", "bucketKey": "list.json", "versionId": "v9"}),
            ITEM_READER_FAILED,
            "s3://lists/list.json (version v9)",
        ),
    ] {
        let begin = Instant::now();
        let fake = Fake::echo().with_object("lists/list.json", "[1]");
        let outcome = Machine::new(&fake, &definition()).run(&input).await;
        assert_eq!((error_of(&outcome), begin.elapsed().as_secs()), (error, 0));
        assert!(outcome.failure().1.unwrap().contains(problem), "{outcome:?}");
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
async fn what_is_no_array_of_items_is_refused_before_anything_is_stored() {
    for no_items in [json!(items(2).to_string()), json!([]), json!({"id": "a"}), json!(7), json!(""), Value::Null] {
        let fake = Fake::echo();
        let machine = Machine::new(&fake, &definition());
        let outcome = machine.run(&json!({"items": no_items})).await;
        assert_eq!(error_of(&outcome), "InvalidInput", "{no_items}");
        let cause = outcome.failure().1.unwrap();
        assert!(cause.contains("JSON array") && cause.contains("the bucket lists"), "{cause}");
        assert!(fake.objects.lock().unwrap().is_empty());
        assert_eq!(states(&machine).await, ["Items in the input?", "Items are not a list"]);
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_version_the_current_one_is_made_to_the_end() {
    let fake = Fake::new(|_, payload| Reply::ok(payload).after(100)).with_object("lists/l.json", items(25).to_string());
    let machine = Machine::new(&fake, &definition());
    machine.start(&json!({"bucketName": "lists", "bucketKey": "l.json"}));
    tokio::time::sleep(std::time::Duration::from_secs(150)).await;
    fake.put("lists/l.json", "[]");
    let output = machine.succeeded().await;
    assert_eq!((&output["list"]["versionId"], &output["succeeded"]), (&json!("v1"), &json!(25)));
    assert_eq!(fake.results("SUCCEEDED").len(), 25);
}

#[tokio::test(start_paused = true)]
async fn a_redrive_makes_the_rest_of_the_same_version() {
    let broken = Arc::new(Mutex::new(true));
    let switch = Arc::clone(&broken);
    let fake = Fake::new(move |_, payload| match *switch.lock().unwrap() && payload["item"]["id"] != json!(0) {
        true => Reply::error("InvalidItem"),
        false => Reply::ok(payload),
    })
    .with_object("lists/list.json", items(8).to_string());
    let machine = Machine::new(&fake, &tolerating("10"));
    let outcome = machine.run(&json!({"bucketName": "lists", "bucketKey": "list.json"})).await;
    assert_eq!(error_of(&outcome), EXCEED_TOLERATED_FAILURE_THRESHOLD);
    fake.put("lists/list.json", items(100).to_string());
    *broken.lock().unwrap() = false;
    machine.executions.redrive(EXECUTION_ARN, None).unwrap();
    let output = machine.succeeded().await;
    let counts = ["items", "succeeded", "failed"].map(|name| output[name].as_u64().unwrap());
    assert_eq!((counts, &output["list"]["versionId"]), ([8, 8, 0], &json!("v1")));
}

#[tokio::test(start_paused = true)]
async fn throttled_items_succeed_in_the_end() {
    let calls = AtomicU64::new(0);
    let fake = Fake::new(move |_, payload| match calls.fetch_add(1, Ordering::Relaxed) {
        0..2_000 => Reply::error("ModelThrottled"),
        _ => Reply::ok(payload),
    });
    let output = Machine::new(&fake, &definition()).output(&json!({"items": items(20)})).await;
    assert_eq!((&output["succeeded"], &output["failed"]), (&json!(20), &json!(0)));
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

#[tokio::test(start_paused = true)]
async fn a_list_of_which_nothing_is_made_fails_by_name() {
    let fake = Fake::new(|_, _| Reply::error("AccessDenied"));
    let machine = Machine::new(&fake, &definition());
    let outcome = machine.run(&json!({"items": items(200)})).await;
    assert_eq!(error_of(&outcome), "NothingMade");
    let cause = outcome.failure().1.unwrap();
    assert!(cause.contains("FAILED_0.json") && cause.contains("the bucket out"), "{cause}");
    assert_eq!(fake.results("FAILED").len(), 200);
    assert_eq!(states(&machine).await.last().unwrap(), "Nothing made");
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
