//! Executions that are started by hand, without the trigger.

use crate::local::{IMAGE_BUCKET, LIST_BUCKET, MACHINE, RESULT_BUCKET, item, item_with, items, local_up, output_of};
use aws_sdk_sfn::types::ExecutionStatus;
use serde_json::{Value, json};

#[tokio::test]
async fn a_list_by_its_key_and_items_in_the_input() {
    let (data, up) = local_up(&[]);
    // Not the name of a list: the trigger ignores it.
    up.put_list("cards.data", &items(3)).await;
    let ended = up.run(&json!({"bucketName": LIST_BUCKET, "bucketKey": "cards.data"})).await;
    assert_eq!(output_of(&ended)["succeeded"], 3);
    up.says("cards.data: started ").await;

    let input = json!({"items": [item(7), item(8)]}).to_string();
    let start = up.sfn.start_execution().state_machine_arn(MACHINE).name("by-hand").input(input);
    let ended = up.ended(&start.send().await.unwrap().execution_arn).await;
    up.says("by-hand: started").await;
    up.says("by-hand: SUCCEEDED, 2 generated").await;
    assert_eq!(output_of(&ended)["list"]["bucketKey"], "state-input/by-hand.json");
    let images = [0, 1, 2, 7, 8].map(|n| format!("nomal/A{n}/image.png"));
    assert_eq!(data.files(IMAGE_BUCKET), images);
}

#[tokio::test]
async fn what_is_not_a_list_fails_the_execution_and_stores_nothing() {
    let (data, up) = local_up(&[]);
    let failed = async |input: Value, error: &str| {
        let ended = up.run(&input).await;
        assert_eq!((ended.status, ended.error.as_deref()), (ExecutionStatus::Failed, Some(error)), "{input}");
        ended.cause.unwrap()
    };
    for items in [json!(items(2)), json!([]), json!({"id": "A1"}), json!(1), json!(""), Value::Null] {
        let cause = failed(json!({"items": items}), "InvalidInput").await;
        assert!(cause.contains("JSON array") && cause.contains(LIST_BUCKET), "{cause}");
    }
    failed(json!({"nothing": "of that"}), "States.Runtime").await;
    failed(json!({"bucketName": LIST_BUCKET, "bucketKey": "missing"}), "S3.NoSuchKeyException").await;
    for bucket in [LIST_BUCKET, IMAGE_BUCKET, RESULT_BUCKET] {
        assert!(data.files(bucket).is_empty(), "{bucket}");
    }
    up.put_list("broken", "[{\"id\": ").await;
    failed(json!({"bucketName": LIST_BUCKET, "bucketKey": "broken"}), "States.ItemReaderFailed").await;
    up.says("  States.ItemReaderFailed: ").await;
    assert!(!up.said().contains("of that"), "the input is shown: {}", up.said());
}

#[tokio::test]
async fn a_bad_item_fails_alone_and_an_execution_of_bad_items_fails() {
    let (data, up) = local_up(&["--tolerated-failure-percentage", "100"]);
    let no_prompt = item_with(2, json!({"prompt": ""}));
    let ended = up.run(&json!({"items": [no_prompt, 42]})).await;
    assert_eq!((ended.status, ended.error.as_deref()), (ExecutionStatus::Failed, Some("NothingMade")));
    let cause = ended.cause.unwrap();
    assert!(cause.contains("FAILED_0.json") && cause.contains(RESULT_BUCKET), "{cause}");
    let failed = data.results("FAILED_0.json");
    assert_eq!(failed.iter().map(|child| &child["Error"]).collect::<Vec<_>>(), ["InvalidItem"; 2]);
    up.says("  2 failed: InvalidItem. Correct the items").await;
    up.says("    for example item ").await;

    let ended = up.run(&json!({"items": [item(1), no_prompt, 42, item(3), "x", item(4)]})).await;
    let output = output_of(&ended);
    assert_eq!((&output["succeeded"], &output["failed"]), (&json!(3), &json!(3)));
    assert_eq!(data.files(IMAGE_BUCKET).len(), 3);
}
