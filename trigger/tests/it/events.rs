//! S3 events: what is started, once, whatever the key and however often it is delivered.

use crate::aws::{Aws, CURRENT_VERSION, LIST_BUCKET, event_of};
use serde_json::{Value, json};
use trigger::Outcome;

const GOOD: &str = include_str!("../../../events/id-list.json");
const BAD: &str = include_str!("../../../events/seed-list-as-printed.json");

fn sample(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn a_good_list_starts_an_execution_of_its_version() {
    let aws = Aws::with_lists(&[("id-list.json", GOOD)]);
    let output = aws.handle(&sample(include_str!("../../../events/s3-object-created.json"))).await.unwrap();
    let executions = aws.executions.lock().unwrap();
    let [(name, input)] = executions.as_slice() else { panic!("{executions:?}") };
    let expected = json!({"bucketName": LIST_BUCKET, "bucketKey": "id-list.json", "versionId": CURRENT_VERSION});
    assert_eq!(serde_json::from_str::<Value>(input).unwrap(), expected);
    assert!(name.starts_with("id-list-") && name.len() == "id-list-".len() + 32, "{name}");
    let started = serde_json::to_value(&output).unwrap();
    let expected = json!({"lists": [{"bucketName": LIST_BUCKET, "bucketKey": "id-list.json", "outcome": "started",
        "executionName": name,
        "executionArn": format!("arn:aws:states:us-east-1:000000000000:execution:GenerateImages:{name}")}]});
    assert_eq!(started, expected);
}

#[tokio::test]
async fn a_second_delivery_of_the_same_event_is_harmless() {
    let aws = Aws::with_lists(&[("id-list.json", GOOD)]);
    aws.handle(&event_of("id-list.json")).await.unwrap();
    let output = aws.handle(&event_of("id-list.json")).await.unwrap();
    assert!(matches!(output.lists[0].outcome, Outcome::AlreadyStarted { .. }), "{output:?}");
    assert_eq!(aws.executions.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_list_dropped_again_is_an_execution_of_its_own() {
    let aws = Aws::with_lists(&[("id-list.json", GOOD)]);
    aws.handle(&event_of("id-list.json")).await.unwrap();
    let mut again = event_of("id-list.json");
    again["Records"][0]["s3"]["object"]["sequencer"] = json!("0055AED6DCD90281FF");
    aws.handle(&again).await.unwrap();
    assert_eq!(aws.executions.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn keys_with_spaces_plus_percent_and_japanese_are_found() {
    let key = "cards/spring sale 100% + リスト.json";
    let aws = Aws::with_lists(&[(key, GOOD)]);
    aws.handle(&sample(include_str!("../../../events/s3-object-created-encoded-key.json"))).await.unwrap();
    let executions = aws.executions.lock().unwrap();
    assert_eq!(serde_json::from_str::<Value>(&executions[0].1).unwrap()["bucketKey"], key);
    assert!(executions[0].0.starts_with("spring-sale-100-"), "{}", executions[0].0);
}

#[tokio::test]
async fn the_version_of_the_event_is_the_one_that_is_checked() {
    let aws = Aws::with_lists(&[("id-list.json", GOOD)]);
    let mut event = event_of("id-list.json");
    event["Records"][0]["s3"]["object"]["versionId"] = json!("v 7");
    aws.handle(&event).await.unwrap();
    let queries = aws.queries.lock().unwrap();
    assert!(queries[0].contains("versionId=v%207"), "{queries:?}");
}

#[tokio::test]
async fn a_deleted_version_is_gone() {
    let aws = Aws::with_lists(&[]);
    aws.fails("/id-list.json", 404, "<Error><Code>NoSuchVersion</Code></Error>");
    let mut event = event_of("id-list.json");
    event["Records"][0]["s3"]["object"]["versionId"] = json!("v7");
    assert_eq!(aws.handle(&event).await.unwrap().lists[0].outcome, Outcome::Gone);
}

#[tokio::test]
async fn empty_objects_and_stored_inputs_start_nothing() {
    let mut empty = event_of("id-list.json");
    empty["Records"][0]["s3"]["object"]["size"] = json!(0);
    for event in [empty, event_of("state-input/run.json")] {
        let aws = Aws::with_lists(&[("id-list.json", ""), ("state-input/run.json", GOOD)]);
        assert!(aws.handle(&event).await.unwrap().lists.is_empty());
        assert!(aws.executions.lock().unwrap().is_empty() && aws.reports().is_empty());
    }
}

#[tokio::test]
async fn every_record_is_tried_and_a_bad_one_does_not_stop_the_next() {
    let two = sample(include_str!("../../../events/s3-two-records.json"));
    let aws = Aws::with_lists(&[("id-list.json", BAD), ("seed-list.json", GOOD)]);
    let output = aws.handle(&two).await.unwrap();
    assert!(matches!(output.lists[0].outcome, Outcome::Rejected { .. }));
    assert!(matches!(output.lists[1].outcome, Outcome::Started { .. }));

    let aws = Aws::with_lists(&[("id-list.json", GOOD), ("seed-list.json", GOOD)]);
    aws.fails("/id-list.json", 403, "<Error><Code>AccessDenied</Code></Error>");
    let error = aws.handle(&two).await.unwrap_err();
    assert_eq!(error.kind.name(), "ListNotRead");
    assert!(error.message.contains("id-list.json") && error.message.contains("AccessDenied"), "{error}");
    assert_eq!(aws.executions.lock().unwrap().len(), 1, "the other list is started all the same");
}

#[tokio::test]
async fn test_events_and_removals_are_ignored_quietly() {
    for text in [
        include_str!("../../../events/s3-test-event.json"),
        include_str!("../../../events/s3-object-removed.json"),
        r#"{"Records": []}"#,
    ] {
        let aws = Aws::with_lists(&[]);
        assert!(aws.handle(&sample(text)).await.unwrap().lists.is_empty());
    }
}

#[tokio::test]
async fn other_payloads_are_an_invalid_event() {
    for event in [json!(null), json!("x"), json!({}), json!({"Records": [{"eventName": 7}]}), event_of("%FF.json")] {
        let error = Aws::with_lists(&[]).handle(&event).await.unwrap_err();
        assert_eq!(error.kind.name(), "InvalidEvent", "{event}");
    }
}

#[tokio::test]
async fn a_list_that_was_deleted_meanwhile_is_gone() {
    let output = Aws::with_lists(&[]).handle(&event_of("id-list.json")).await.unwrap();
    assert_eq!(output.lists[0].outcome, Outcome::Gone);
}

#[tokio::test(start_paused = true)]
async fn passing_failures_fail_the_function_so_that_lambda_tries_again() {
    let slow_down = "<Error><Code>SlowDown</Code></Error>";
    let throttled = r#"{"__type": "ThrottlingException", "message": "slower"}"#;
    for (of, status, body, list, kind) in [
        ("/id-list.json", 503, slow_down, GOOD, "ListNotRead"),
        ("/rejected/", 503, slow_down, BAD, "ReportNotStored"),
        ("StartExecution", 400, throttled, GOOD, "ExecutionNotStarted"),
    ] {
        let aws = Aws::with_lists(&[("id-list.json", list)]);
        aws.fails(of, status, body);
        let error = aws.handle(&event_of("id-list.json")).await.unwrap_err();
        assert_eq!(error.kind.name(), kind, "{error}");
        assert!(error.message.contains("id-list.json"), "{error}");
        assert!(error.message.len() < 300, "a sentence, not a dump: {error}");
    }
}
