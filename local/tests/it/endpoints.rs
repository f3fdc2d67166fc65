//! `local up`: what works on AWS works here, with the real SDK.

use crate::local::{Data, IMAGE_BUCKET, LIST_BUCKET, MACHINE, RESULT_BUCKET, Up, event_file, item, items};
use aws_sdk_sfn::types::{ExecutionStatus, HistoryEventType, MapRunStatus};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;

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

/// Asks for `METHOD path` with these header lines, signed for a service if there is one: the head and the body of the answer.
fn ask(up: &Up, service: &str, request: &str, headers: &str, body: &str) -> (String, String) {
    let address = up.url.strip_prefix("http://").unwrap();
    let scope = format!("Credential=any/20261129/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0");
    let signature =
        if service.is_empty() { String::new() } else { format!("Authorization: AWS4-HMAC-SHA256 {scope}\r\n") };
    let host = if headers.contains("Host:") { String::new() } else { format!("Host: {address}\r\n") };
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{request} HTTP/1.1\r\n{host}Connection: close\r\n{signature}{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_lowercase(), body.to_owned())
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n";

#[test]
fn what_is_not_served_is_refused_in_the_services_own_format() {
    let data = Data::new();
    let up = data.up(&[]);
    let tables = "X-Amz-Target: DynamoDB_20120810.ListTables\r\nContent-Type: application/x-amz-json-1.0\r\n";
    let cbor = "Smithy-Protocol: rpc-v2-cbor\r\n";
    let metrics = "POST /service/GraniteServiceVersion20100801/operation/ListMetrics";
    let rest = "x-amzn-errortype: unknownoperationexception";
    let xml = "content-type: text/xml";
    let code = "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code>";
    for (service, request, headers, body, head, says) in [
        (
            "lambda",
            "PUT /2015-03-31/functions/f/code",
            "",
            "{}",
            rest,
            "Lambda: PUT /2015-03-31/functions/f/code is not",
        ),
        ("", "GET /2018-10-31/layers", "", "", rest, "Lambda: GET /2018-10-31/layers is not"),
        ("bedrock", "GET /guardrails", "", "", rest, "Bedrock: GET /guardrails is not"),
        ("", "POST /model/stability.stable-image-core-v1:1/converse", "", "{}", rest, "Bedrock: POST /model/"),
        ("sts", "POST /", FORM, "Action=AssumeRole&Version=2011-06-15", xml, code),
        ("sts", "POST /", FORM, "Action=AssumeRole&Version=2011-06-15", xml, "STS: AssumeRole is not supported here"),
        ("iam", "POST /", FORM, "Action=ListRoles&Version=2010-05-08", xml, "iam: ListRoles is not supported here"),
        ("ec2", "POST /", FORM, "Action=DescribeVpcs", xml, "<Response><Errors><Error><Code>InvalidAction"),
        ("dynamodb", "POST /", tables, "{}", "content-type: application/x-amz-json-1.0", "dynamodb: ListTables is not"),
        ("", "POST /", tables, "{}", rest, "there is S3, Step Functions, Lambda, Bedrock and STS"),
        ("monitoring", metrics, cbor, "", "smithy-protocol: rpc-v2-cbor", "monitoring: ListMetrics is not supported"),
        ("apigateway", "GET /restapis", "", "", rest, "apigateway: GET /restapis is not supported here"),
        ("cloudfront", "GET /2020-05-31/distribution", "", "", xml, "cloudfront: GET /2020-05-31/distribution is not"),
        // A bucket whose name is a date, and a key that looks like Lambda's.
        ("s3", "GET /2015-03-31/functions/f", "", "", "content-type: application/xml", "NoSuchBucket"),
        ("", "GET /2026-11-29/vip/A1/card.png", "", "", "content-type: application/xml", "NoSuchBucket"),
    ] {
        let (found, body) = ask(&up, service, request, headers, body);
        assert!(found.contains(head) && body.contains(says), "{service} {request}: {found}\n{body}");
    }
}

#[test]
fn sts_names_the_account_and_bedrock_its_models() {
    let data = Data::new();
    let up = data.up(&[]);
    let action = "Action=GetCallerIdentity&Version=2011-06-15";
    for (request, headers, body) in [("POST /".to_owned(), FORM, action), (format!("GET /?{action}"), "", "")] {
        let (head, identity) = ask(&up, "", &request, headers, body);
        assert!(head.starts_with("http/1.1 200") && identity.contains("<Account>000000000000</Account>"), "{identity}");
    }
    let (_, models) = ask(&up, "bedrock", "GET /foundation-models?byOutputModality=IMAGE", "", "");
    let models: Value = serde_json::from_str(&models).unwrap();
    assert_eq!(models["modelSummaries"][0]["modelId"], "stability.stable-image-core-v1:1");
}

#[tokio::test]
async fn a_bucket_in_the_host_name_is_served() {
    let data = Data::new();
    let up = data.up(&[]);
    up.clients().put_list("notes for you.txt", "hello").await;
    let port = up.url.rsplit_once(':').unwrap().1;
    for host in ["localhost", "s3.localhost", "s3.us-east-1.localhost"] {
        let host = format!("Host: {LIST_BUCKET}.{host}:{port}\r\n");
        assert_eq!(ask(&up, "s3", "GET /notes%20for%20you.txt", &host, "").1, "hello", "{host}");
        let listed = ask(&up, "s3", "GET /?list-type=2", &host, "").1;
        assert!(listed.contains("<Key>notes for you.txt</Key>"), "{host}: {listed}");
    }
    let (head, _) = ask(&up, "s3", "PUT /", "Host: my.archive.localhost\r\n", "");
    assert!(head.starts_with("http/1.1 200") && data.bucket("my.archive").is_dir(), "{head}");
    let (_, body) = ask(&up, "", &format!("GET /{LIST_BUCKET}/notes%20for%20you.txt"), "Host: s3.localhost\r\n", "");
    assert_eq!(body, "hello");
}

#[test]
fn other_hosts_are_refused_in_the_services_own_format() {
    let data = Data::new();
    let up = data.up(&[]);
    for (service, request, head, says) in [
        ("s3", "GET /a/b", "content-type: text/xml", "<Error><Code>AccessDenied</Code>"),
        ("sts", "POST /", "content-type: text/xml", "<ErrorResponse>"),
        ("states", "POST /", "x-amzn-errortype: accessdeniedexception", "\"__type\":\"AccessDeniedException\""),
        ("lambda", "GET /2015-03-31/functions/", "x-amzn-errortype: accessdeniedexception", "\"message\""),
        ("bedrock", "POST /model/m/invoke", "x-amzn-errortype: accessdeniedexception", "\"message\""),
    ] {
        for host in ["host.docker.internal:4566", "evil.example", "a.s3.localhost.localstack.cloud"] {
            let (found, body) = ask(&up, service, request, &format!("Host: {host}\r\n"), "");
            assert!(found.starts_with("http/1.1 403") && found.contains(head), "{service} {host}: {found}");
            assert!(body.contains(says) && body.contains("use 127.0.0.1, localhost, *.localhost"), "{body}");
        }
    }
}
