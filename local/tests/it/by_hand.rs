//! Executions that are started by hand, without the trigger.

use crate::local::{Data, IMAGE_BUCKET, LIST_BUCKET, MACHINE, RESULT_BUCKET, item, items};
use aws_sdk_sfn::types::ExecutionStatus;
use serde_json::{Value, json};

#[tokio::test]
async fn a_list_by_its_place() {
    let data = Data::new();
    let up = data.up(&[]);
    let aws = up.clients();
    // Not the name of a list: the trigger ignores it.
    aws.put_list("cards.data", &items(3)).await;
    let ended = aws.run(&json!({"bucketName": LIST_BUCKET, "bucketKey": "cards.data"})).await;
    assert_eq!(ended.status, ExecutionStatus::Succeeded, "{ended:?}");
    assert_eq!(data.files(IMAGE_BUCKET).len(), 3);
}

#[tokio::test]
async fn items_in_the_input_become_a_list_that_is_kept() {
    let data = Data::new();
    let up = data.up(&[]);
    let aws = up.clients();
    let items = json!([item(1), item(2)]);
    let start =
        aws.sfn.start_execution().state_machine_arn(MACHINE).name("by-hand").input(json!({"items": items}).to_string());
    let ended = aws.ended(&start.send().await.unwrap().execution_arn).await;
    assert_eq!(ended.status, ExecutionStatus::Succeeded, "{ended:?}");
    assert_eq!(data.files(IMAGE_BUCKET), ["nomal/A1/image.png", "nomal/A2/image.png"]);
    let kept = std::fs::read(data.bucket(LIST_BUCKET).join("state-input/by-hand.json")).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&kept).unwrap(), items);
    let output: Value = serde_json::from_str(ended.output().unwrap()).unwrap();
    let key = "state-input/by-hand.json";
    let list = json!({"bucketName": LIST_BUCKET, "bucketKey": key, "versionId": aws.version_of(key).await});
    assert_eq!(output["list"], list);
}

#[tokio::test]
async fn text_in_place_of_items_is_refused_and_nothing_is_stored() {
    let data = Data::new();
    let up = data.up(&[]);
    let aws = up.clients();
    for no_items in [json!(items(2)), json!([]), json!({"id": "A1"}), json!(1)] {
        let ended = aws.run(&json!({"items": no_items})).await;
        assert_eq!(
            (ended.status, ended.error.as_deref()),
            (ExecutionStatus::Failed, Some("InvalidInput")),
            "{no_items}"
        );
        assert!(ended.cause.unwrap().contains("JSON array"));
    }
    for bucket in [LIST_BUCKET, IMAGE_BUCKET, RESULT_BUCKET] {
        assert!(data.files(bucket).is_empty(), "{bucket}");
    }
}

#[tokio::test]
async fn an_execution_of_which_nothing_succeeds_fails_and_says_where_why() {
    let data = Data::new();
    let up = data.up(&["--tolerated-failure-percentage", "100"]);
    let aws = up.clients();
    let mut no_prompt = item(1);
    no_prompt["prompt"] = json!("");
    aws.put_list("cards.data", &json!([no_prompt, 42]).to_string()).await;
    let ended = aws.run(&json!({"bucketName": LIST_BUCKET, "bucketKey": "cards.data"})).await;
    assert_eq!((ended.status, ended.error.as_deref()), (ExecutionStatus::Failed, Some("NothingMade")));
    let cause = ended.cause.unwrap();
    assert!(cause.contains("FAILED_0.json") && cause.contains(RESULT_BUCKET), "{cause}");
    let results = format!("results/{}/", ended.name.unwrap());
    let files = data.files(RESULT_BUCKET);
    let failed = files.iter().find(|key| key.starts_with(&results) && key.ends_with("/FAILED_0.json")).unwrap();
    let failed = std::fs::read(data.bucket(RESULT_BUCKET).join(failed)).unwrap();
    assert_eq!(serde_json::from_slice::<Vec<Value>>(&failed).unwrap().len(), 2);
}

#[tokio::test]
async fn a_bad_item_fails_alone_and_its_neighbours_are_made() {
    let data = Data::new();
    let up = data.up(&["--tolerated-failure-percentage", "50"]);
    let aws = up.clients();
    let mut no_prompt = item(2);
    no_prompt["prompt"] = json!("");
    let items = json!([item(1), no_prompt, 42, item(3), "x", item(4), item(5), item(6)]);
    let ended = aws.run(&json!({ "items": items })).await;
    assert_eq!(ended.status, ExecutionStatus::Succeeded, "{ended:?}");
    let output: Value = serde_json::from_str(ended.output().unwrap()).unwrap();
    assert_eq!((&output["succeeded"], &output["failed"]), (&json!(5), &json!(3)));
    assert_eq!(data.files(IMAGE_BUCKET).len(), 5);
    let failed = data.files(RESULT_BUCKET).into_iter().find(|key| key.ends_with("FAILED_0.json")).unwrap();
    let failed: Vec<Value> =
        serde_json::from_slice(&std::fs::read(data.bucket(RESULT_BUCKET).join(failed)).unwrap()).unwrap();
    assert!(failed.iter().all(|child| child["Error"] == "InvalidItem"), "{failed:?}");
}

#[tokio::test]
async fn what_is_no_list_fails_the_execution() {
    let data = Data::new();
    let up = data.up(&[]);
    let aws = up.clients();
    aws.put_list("broken", "[{\"id\": ").await;
    for (key, error) in [("broken", "States.ItemReaderFailed"), ("missing", "S3.NoSuchKeyException")] {
        let ended = aws.run(&json!({"bucketName": LIST_BUCKET, "bucketKey": key})).await;
        assert_eq!((ended.status, ended.error.as_deref()), (ExecutionStatus::Failed, Some(error)));
    }
    let ended = aws.run(&json!({"nothing": "of that"})).await;
    assert_eq!((ended.status, ended.error.as_deref()), (ExecutionStatus::Failed, Some("States.Runtime")));
}

#[tokio::test]
async fn a_name_is_used_once_as_on_aws() {
    let data = Data::new();
    let up = data.up(&["--latency", "2000"]);
    let aws = up.clients();
    let start =
        |input: Value| aws.sfn.start_execution().state_machine_arn(MACHINE).name("one").input(input.to_string()).send();
    let first = start(json!({"items": [item(1)]})).await.unwrap();
    let same = start(json!({"items": [item(1)]})).await.unwrap();
    assert_eq!(first.execution_arn, same.execution_arn);
    let other = start(json!({"items": [item(2)]})).await.unwrap_err().into_service_error();
    assert!(other.is_execution_already_exists(), "{other:?}");
    aws.ended(&first.execution_arn).await;
    let closed = start(json!({"items": [item(1)]})).await.unwrap_err().into_service_error();
    assert!(closed.is_execution_already_exists(), "{closed:?}");
    let ones = aws.executions().await.into_iter().filter(|arn| arn.ends_with(":one"));
    assert_eq!(ones.count(), 1);
}
