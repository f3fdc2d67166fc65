//! The version of a list that was dropped is the one that is made, whatever happens to its key.

use crate::local::{Data, IMAGE_BUCKET, LIST_BUCKET, item_with, local_up, output_of};
use serde_json::{Value, json};

/// A list of `count` items of one rank.
fn of_rank(rank: &str, count: usize) -> String {
    Value::from_iter((0..count).map(|n| item_with(n, json!({"rank": rank})))).to_string()
}

fn images_of(data: &Data, rank: &str) -> usize {
    data.files(IMAGE_BUCKET).iter().filter(|key| key.starts_with(&format!("{rank}/"))).count()
}

#[tokio::test]
async fn two_lists_under_one_key_are_both_made() {
    let (data, up) = local_up(&[]);
    for rank in ["first", "second"] {
        up.put_list("race.json", &of_rank(rank, 3)).await;
    }
    let mut versions = Vec::new();
    for arn in up.executions_when(2).await {
        let ended = up.ended(&arn).await;
        let (input, output): (Value, _) = (serde_json::from_str(ended.input().unwrap()).unwrap(), output_of(&ended));
        assert_eq!(input["versionId"], output["list"]["versionId"], "the version of the event is the one that is made");
        versions.push(output["list"]["versionId"].to_string());
    }
    assert_ne!(versions[0], versions[1]);
    assert_eq!((images_of(&data, "first"), images_of(&data, "second")), (3, 3));
}

#[tokio::test]
async fn an_execution_and_its_redrive_make_the_version_they_began_with() {
    let (data, up) = local_up(&["--latency", "4000", "--concurrency", "4", "--speed", "20"]);
    // Not the name of a list: the trigger starts nothing.
    up.put_list("cards.data", &of_rank("first", 24)).await;
    let version = up.version_of("cards.data").await;
    let arn = up.start(&json!({"bucketName": LIST_BUCKET, "bucketKey": "cards.data"})).await;
    data.wait_for_images(1);
    up.put_list("cards.data", &of_rank("second", 5)).await;
    data.wait_for_images(8);
    up.sfn.stop_execution().execution_arn(&arn).send().await.unwrap();
    up.sfn.redrive_execution().execution_arn(&arn).send().await.unwrap();
    let output = output_of(&up.ended(&arn).await);
    assert_eq!((&output["items"], &output["list"]["versionId"]), (&json!(24), &json!(version)));
    assert_eq!((images_of(&data, "first"), images_of(&data, "second")), (24, 0));
}
