//! `local up`: what works on AWS works here, with the real SDK.

use crate::local::{Data, IMAGE_BUCKET, LIST_BUCKET, MACHINE, RESULT_BUCKET, event_file, item, items};
use aws_sdk_sfn::types::{ExecutionStatus, HistoryEventType, MapRunStatus};
use serde_json::{Value, json};

#[tokio::test]
async fn a_dropped_list_runs_and_can_be_followed() {
    let data = Data::new();
    let up = data.up(&[]);
    let aws = up.clients();
    let key = "cards/春 sale + 100%.json";
    aws.put_list(key, &items(12)).await;
    let arn = aws.first_execution().await;
    let ended = aws.ended(&arn).await;
    assert_eq!(ended.status, ExecutionStatus::Succeeded);
    let input: Value = serde_json::from_str(ended.input().unwrap()).unwrap();
    assert_eq!((&input["bucketName"], &input["bucketKey"]), (&json!(LIST_BUCKET), &json!(key)));

    let output: Value = serde_json::from_str(ended.output().unwrap()).unwrap();
    assert_eq!((&output["items"], &output["succeeded"], &output["failed"]), (&json!(12), &json!(12), &json!(0)));
    let list = json!({"bucketName": LIST_BUCKET, "bucketKey": key, "versionId": aws.version_of(key).await});
    assert_eq!(output["list"], list);
    let manifest = output["results"]["manifestKey"].as_str().unwrap();
    assert!(data.bucket(RESULT_BUCKET).join(manifest).is_file(), "{output}");

    let map_run = aws.sfn.describe_map_run().map_run_arn(output["mapRunArn"].as_str().unwrap()).send().await.unwrap();
    assert_eq!((map_run.status, map_run.max_concurrency), (MapRunStatus::Succeeded, 10));
    let counts = map_run.item_counts.unwrap();
    assert_eq!((counts.total, counts.succeeded, counts.failed, counts.pending), (12, 12, 0, 0));

    let history = aws.sfn.get_execution_history().execution_arn(&arn).send().await.unwrap();
    let kinds: Vec<HistoryEventType> = history.events.into_iter().map(|event| event.r#type).collect();
    assert_eq!(kinds.first(), Some(&HistoryEventType::ExecutionStarted));
    assert_eq!(kinds.last(), Some(&HistoryEventType::ExecutionSucceeded));
    assert!(kinds.contains(&HistoryEventType::MapRunStarted) && kinds.contains(&HistoryEventType::MapRunSucceeded));

    let image = aws.s3.get_object().bucket(IMAGE_BUCKET).key("nomal/A7/image.png").send().await.unwrap();
    assert_eq!((image.content_type(), image.metadata().unwrap()["id"].as_str()), (Some("image/png"), "A7"));
    let bytes = image.body.collect().await.unwrap().to_vec();
    assert_eq!(image::guess_format(&bytes).unwrap(), image::ImageFormat::Png);
}

#[tokio::test]
async fn what_is_no_list_notifies_nobody() {
    let data = Data::new();
    let up = data.up(&[]);
    let aws = up.clients();
    aws.put_list("notes.txt", "hello").await;
    let body = aws_sdk_s3::primitives::ByteStream::from_static(b"[]");
    aws.s3.put_object().bucket(IMAGE_BUCKET).key("x.json").body(body).send().await.unwrap();
    aws.put_list("cards.json", &items(1)).await;
    aws.ended(&aws.first_execution().await).await;
    assert_eq!(aws.executions().await.len(), 1);
}

#[tokio::test]
async fn the_same_list_dropped_again_costs_nothing() {
    let data = Data::new();
    let up = data.up(&["--ledger"]);
    let aws = up.clients();
    for round in 1..=2 {
        aws.put_list("cards.json", &items(5)).await;
        while aws.executions().await.len() < round {
            tokio::task::yield_now().await;
        }
        aws.ended(&aws.executions().await[0]).await;
    }
    let mut outcomes = Vec::new();
    for key in data.files(RESULT_BUCKET).iter().filter(|key| key.ends_with("SUCCEEDED_0.json")) {
        let text = std::fs::read_to_string(data.bucket(RESULT_BUCKET).join(key)).unwrap();
        outcomes.push((text.matches(r#"\"generated\""#).count(), text.matches(r#"\"existing\""#).count()));
    }
    outcomes.sort_unstable();
    assert_eq!(outcomes, [(0, 5), (5, 0)]);
    assert_eq!(data.paid_calls(), 5);
}

#[tokio::test]
async fn a_stopped_execution_leaves_what_was_not_started_as_pending() {
    let data = Data::new();
    let up = data.up(&["--latency", "60000", "--concurrency", "3"]);
    let aws = up.clients();
    aws.put_list("cards.json", &items(10)).await;
    let arn = aws.first_execution().await;
    let map_run = loop {
        let runs = aws.sfn.list_map_runs().execution_arn(&arn).send().await.unwrap();
        if let Some(run) = runs.map_runs.first() {
            let described = aws.sfn.describe_map_run().map_run_arn(&run.map_run_arn).send().await.unwrap();
            if described.item_counts.unwrap().running == 3 {
                break run.map_run_arn.clone();
            }
        }
        tokio::task::yield_now().await;
    };
    aws.sfn.stop_execution().execution_arn(&arn).error("Enough").cause("by hand").send().await.unwrap();
    let ended = aws.ended(&arn).await;
    assert_eq!(
        (ended.status, ended.error.as_deref(), ended.cause.as_deref()),
        (ExecutionStatus::Aborted, Some("Enough"), Some("by hand"))
    );
    let described = aws.sfn.describe_map_run().map_run_arn(map_run).send().await.unwrap();
    let counts = described.item_counts.unwrap();
    assert_eq!((counts.aborted, counts.pending, counts.total), (3, 7, 10));
    let pending = data.files(RESULT_BUCKET).into_iter().find(|key| key.ends_with("PENDING_0.json")).unwrap();
    let pending: Value =
        serde_json::from_slice(&std::fs::read(data.bucket(RESULT_BUCKET).join(pending)).unwrap()).unwrap();
    assert_eq!(pending.as_array().unwrap().len(), 7);
}

#[tokio::test]
async fn what_is_unknown_is_answered_as_aws_answers_it() {
    let data = Data::new();
    let up = data.up(&[]);
    let aws = up.clients();
    let arn = format!("{}:nobody", MACHINE.replace("stateMachine", "execution"));
    let missing = aws.sfn.describe_execution().execution_arn(arn).send().await.unwrap_err().into_service_error();
    assert!(missing.is_execution_does_not_exist(), "{missing:?}");
    let other = aws.sfn.start_execution().state_machine_arn(MACHINE.replace("Generate", "Other")).send().await;
    assert!(other.unwrap_err().into_service_error().is_state_machine_does_not_exist());
    let key = aws.s3.get_object().bucket(IMAGE_BUCKET).key("nothing").send().await.unwrap_err().into_service_error();
    assert!(key.is_no_such_key(), "{key:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_whose_results_can_not_be_counted_succeeds_and_says_where_they_are() {
    let data = Data::new();
    let definition = std::fs::read_to_string(event_file("../sam/statemachine.asl.json")).unwrap();
    let counted = r#""MapRunArn.$": "$.map.MapRunArn" }"#;
    let nothing = r#""MapRunArn": "arn:aws:states:us-east-1:000000000000:mapRun:GenerateImages/GenerateImages:none" }"#;
    assert!(definition.contains(counted));
    let path = data.list("definition.json", &definition.replace(counted, nothing));
    let up = data.up(&["--speed", "1000", "--definition", path.to_str().unwrap()]);
    let execution = up.clients().run(&json!({"items": [item(1), item(2)]})).await;
    assert_eq!(execution.status, ExecutionStatus::Succeeded, "{execution:?}");
    let output: Value = serde_json::from_str(&execution.output.unwrap()).unwrap();
    assert!(output["uncounted"].is_string(), "{output}");
    let manifest = output["results"]["manifestKey"].as_str().unwrap().to_owned();
    assert!(data.files(RESULT_BUCKET).contains(&manifest), "{output}");
}

#[tokio::test]
async fn it_serves_on_when_nobody_reads_what_it_says() {
    let data = Data::new();
    let up = data.up_unheard();
    let aws = up.clients();
    for round in 1..=2 {
        aws.put_list("cards.json", &items(2)).await;
        while aws.executions().await.len() < round {
            tokio::task::yield_now().await;
        }
        assert_eq!(aws.ended(&aws.executions().await[0]).await.status, ExecutionStatus::Succeeded);
    }
}
