//! The version of a list that was dropped is the one that is made, whatever happens to its key.

use crate::local::{Clients, Data, IMAGE_BUCKET, LIST_BUCKET, MACHINE, item};
use aws_sdk_s3::{primitives::ByteStream, types::BucketVersioningStatus};
use aws_sdk_sfn::types::ExecutionStatus;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How long a test waits for what must come. It never waits that long unless something is broken.
const DEADLINE: Duration = Duration::from_secs(300);

/// A list of so many items of one rank.
fn of_rank(rank: &str, count: usize) -> String {
    let item = |n| {
        let mut item = item(n);
        item["rank"] = json!(rank);
        item
    };
    Value::from_iter((0..count).map(item)).to_string()
}

/// Waits until something holds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let since = Instant::now();
    while !holds().await {
        assert!(since.elapsed() < DEADLINE, "{what}: not after {DEADLINE:?}");
        tokio::task::yield_now().await;
    }
}

/// Starts an execution of the list `cards`; that is no name of which the trigger is notified.
async fn start(aws: &Clients, version_id: Option<&str>) -> String {
    let mut input = json!({"bucketName": LIST_BUCKET, "bucketKey": "cards"});
    if let Some(version_id) = version_id {
        input["versionId"] = json!(version_id);
    }
    let start = aws.sfn.start_execution().state_machine_arn(MACHINE).input(input.to_string());
    start.send().await.unwrap().execution_arn
}

fn images_of(data: &Data, rank: &str) -> usize {
    data.files(IMAGE_BUCKET).iter().filter(|key| key.starts_with(&format!("{rank}/"))).count()
}

#[tokio::test]
async fn two_lists_under_one_key_are_both_made() {
    let data = Data::new();
    let up = data.up(&[]);
    let aws = up.clients();
    for rank in ["first", "second"] {
        aws.put_list("race.json", &of_rank(rank, 3)).await;
    }
    until("two executions", async || aws.executions().await.len() == 2).await;
    let mut versions = Vec::new();
    for arn in aws.executions().await {
        let ended = aws.ended(&arn).await;
        assert_eq!(ended.status, ExecutionStatus::Succeeded, "{ended:?}");
        let input: Value = serde_json::from_str(ended.input().unwrap()).unwrap();
        let output: Value = serde_json::from_str(ended.output().unwrap()).unwrap();
        assert_eq!(input["versionId"], output["list"]["versionId"], "the version of the event is the one that is made");
        versions.push(output["list"]["versionId"].to_string());
    }
    assert_ne!(versions[0], versions[1]);
    assert_eq!((images_of(&data, "first"), images_of(&data, "second")), (3, 3));
}

#[tokio::test]
async fn a_list_that_is_overwritten_while_it_runs_is_made_to_its_end() {
    let data = Data::new();
    let up = data.up(&["--latency", "200", "--concurrency", "4"]);
    let aws = up.clients();
    aws.put_list("cards", &of_rank("first", 20)).await;
    let version = aws.version_of("cards").await;
    let arn = start(&aws, None).await;
    until("an image", async || images_of(&data, "first") > 0).await;
    aws.put_list("cards", &of_rank("second", 5)).await;
    let ended = aws.ended(&arn).await;
    assert_eq!(ended.status, ExecutionStatus::Succeeded, "{ended:?}");
    let output: Value = serde_json::from_str(ended.output().unwrap()).unwrap();
    assert_eq!((&output["items"], &output["list"]["versionId"]), (&json!(20), &json!(version)));
    assert_eq!((images_of(&data, "first"), images_of(&data, "second")), (20, 0));
}

#[tokio::test]
async fn an_older_version_is_made_when_it_is_asked_for() {
    let data = Data::new();
    let up = data.up(&[]);
    let aws = up.clients();
    aws.put_list("cards", &of_rank("first", 2)).await;
    let version = aws.version_of("cards").await;
    aws.put_list("cards", &of_rank("second", 2)).await;
    let ended = aws.ended(&start(&aws, Some(&version)).await).await;
    assert_eq!(ended.status, ExecutionStatus::Succeeded, "{ended:?}");
    assert_eq!((images_of(&data, "first"), images_of(&data, "second")), (2, 0));

    aws.s3.delete_object().bucket(LIST_BUCKET).key("cards").version_id(&version).send().await.unwrap();
    let ended = aws.ended(&start(&aws, Some(&version)).await).await;
    assert_eq!((ended.status, ended.error.as_deref()), (ExecutionStatus::Failed, Some("States.ItemReaderFailed")));
    let cause = ended.cause.unwrap();
    assert!(cause.contains("cards") && cause.contains(&version) && cause.contains("NoSuchVersion"), "{cause}");
}

#[tokio::test]
async fn a_redrive_makes_the_rest_of_the_version_that_was_stopped() {
    let data = Data::new();
    let up = data.up(&["--latency", "200", "--concurrency", "4"]);
    let aws = up.clients();
    aws.put_list("cards", &of_rank("first", 24)).await;
    let arn = start(&aws, None).await;
    until("an image", async || images_of(&data, "first") > 0).await;
    aws.sfn.stop_execution().execution_arn(&arn).send().await.unwrap();
    assert_eq!(aws.ended(&arn).await.status, ExecutionStatus::Aborted);
    aws.put_list("cards", &of_rank("second", 5)).await;
    aws.sfn.redrive_execution().execution_arn(&arn).send().await.unwrap();
    let ended = aws.ended(&arn).await;
    assert_eq!(ended.status, ExecutionStatus::Succeeded, "{ended:?}");
    assert_eq!((images_of(&data, "first"), images_of(&data, "second")), (24, 0));
}

#[tokio::test]
async fn only_the_list_bucket_keeps_versions() {
    let data = Data::new();
    let up = data.up(&[]);
    let aws = up.clients();
    let status = async |bucket: &str| aws.s3.get_bucket_versioning().bucket(bucket).send().await.unwrap().status;
    assert_eq!(status(LIST_BUCKET).await, Some(BucketVersioningStatus::Enabled));
    assert_eq!(status(IMAGE_BUCKET).await, None);
    for rank in ["first", "second"] {
        aws.put_list("cards", &of_rank(rank, 1)).await;
    }
    aws.s3.delete_object().bucket(LIST_BUCKET).key("cards").send().await.unwrap();
    let listed = aws.s3.list_object_versions().bucket(LIST_BUCKET).send().await.unwrap();
    let [second, first] = listed.versions() else { panic!("{listed:?}") };
    assert_eq!((listed.delete_markers().len(), first.is_latest, second.is_latest), (1, Some(false), Some(false)));
    let read = aws.s3.get_object().bucket(LIST_BUCKET).key("cards").version_id(first.version_id().unwrap());
    let text = read.send().await.unwrap().body.collect().await.unwrap().to_vec();
    assert_eq!(text, of_rank("first", 1).into_bytes());
    let gone = aws.s3.head_object().bucket(LIST_BUCKET).key("cards").send().await.unwrap_err().into_service_error();
    assert!(gone.is_not_found(), "{gone:?}");
}

#[tokio::test]
async fn every_version_that_was_acknowledged_survives_a_kill() {
    let data = Data::new();
    let mut acknowledged: Vec<(String, Vec<u8>)> = Vec::new();
    for round in 0..4 {
        let up = data.up(&[]);
        let aws = up.clients();
        let mut up = Some(up);
        // Some writes are acknowledged, then one is under way at the kill.
        for number in 0.. {
            let body = format!("round {round}, number {number}").into_bytes();
            let put = aws.s3.put_object().bucket(LIST_BUCKET).key("cards").body(ByteStream::from(body.clone())).send();
            if number == 10 * (round + 1) {
                let killer = up.take().unwrap();
                std::thread::spawn(move || killer.kill());
            }
            match put.await {
                Ok(answer) => acknowledged.push((answer.version_id.unwrap(), body)),
                Err(_) => break,
            }
        }
    }
    let up = data.up(&[]);
    let aws = up.clients();
    let read = async |version: Option<String>| {
        let get = aws.s3.get_object().bucket(LIST_BUCKET).key("cards").set_version_id(version);
        get.send().await.unwrap().body.collect().await.unwrap().to_vec()
    };
    for (version, body) in &acknowledged {
        assert_eq!(read(Some(version.clone())).await, *body);
    }
    // The write that the kill met may have been done, and not acknowledged.
    let current = read(None).await;
    let last = &acknowledged.last().unwrap().1;
    assert!(current == *last || String::from_utf8(current.clone()).unwrap().starts_with("round 3"), "{current:?}");
    let count = aws.s3.list_object_versions().bucket(LIST_BUCKET).send().await.unwrap().versions().len();
    assert!((acknowledged.len()..=acknowledged.len() + 4).contains(&count), "{count} of {}", acknowledged.len());
}

#[test]
fn a_list_with_filtered_prompts_finishes() {
    let data = Data::new();
    let items = (0..3_000).map(|n| {
        let mut item = item(n);
        if n % 10 == 3 {
            item["prompt"] = json!(format!("picture {n}, forbidden"));
        }
        item
    });
    let list = data.list("cards.json", &Value::from_iter(items).to_string());
    let mut arguments = vec!["--filter", "forbidden", "--tolerated-failure-percentage", "100", "--json"];
    arguments.extend(["--paint-once", "--concurrency", "8"]);
    let run = data.run(&list, &arguments);
    let outcome = run.json();
    assert_eq!((run.code(), &outcome["status"]), (1, &json!("SUCCEEDED")), "{outcome}");
    assert_eq!(outcome["failed"], json!({"ContentFiltered": 300}));
    assert_eq!((&outcome["generated"], &outcome["unfinished"]), (&json!(2_700), &json!(0)));
    assert_eq!(outcome["paidCalls"], json!(2_700));
    assert_eq!(data.files(IMAGE_BUCKET).len(), 2_700);
}
