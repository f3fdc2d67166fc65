//! `local up`: what works on AWS works here, with the real SDK.

use crate::local::{
    self, Data, IMAGE_BUCKET, LIST_BUCKET, RESULT_BUCKET, Up, event_file, item, items, local_up, output_of,
};
use serde_json::{Value, json};

#[tokio::test]
async fn a_dropped_list_runs_and_can_be_followed() {
    let (data, up) = local_up(&[]);
    let key = "cards/春 sale + 100%.json";
    up.put_list(key, &items(12)).await;
    let arn = up.first_execution().await;
    let ended = up.ended(&arn).await;
    let input: Value = serde_json::from_str(ended.input().unwrap()).unwrap();
    assert_eq!((&input["bucketName"], &input["bucketKey"]), (&json!(LIST_BUCKET), &json!(key)));

    let output = output_of(&ended);
    assert_eq!((&output["items"], &output["succeeded"], &output["failed"]), (&json!(12), &json!(12), &json!(0)));
    let list = json!({"bucketName": LIST_BUCKET, "bucketKey": key, "versionId": up.version_of(key).await});
    assert_eq!(output["list"], list);
    let manifest = output["results"]["manifestKey"].as_str().unwrap();
    assert!(data.bucket(RESULT_BUCKET).join(manifest).is_file(), "{output}");

    let image = up.s3.get_object().bucket(IMAGE_BUCKET).key("nomal/A7/image.png").send().await.unwrap();
    assert_eq!((image.content_type(), image.metadata().unwrap()["id"].as_str()), (Some("image/png"), "A7"));
}

#[tokio::test]
async fn the_same_list_dropped_again_costs_nothing() {
    let (data, up) = local_up(&["--ledger"]);
    for round in 1..=2 {
        up.put_list("cards.json", &items(5)).await;
        up.executions_when(round).await;
        up.ended(&up.executions().await[0]).await;
        let outcome = if round == 1 { "5 generated, 0 already there" } else { "0 generated, 5 already there" };
        up.says(outcome).await;
    }
    assert_eq!(data.paid_calls(), 5);
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
    let execution = up.run(&json!({"items": [item(1), item(2)]})).await;
    let output = output_of(&execution);
    assert!(output["uncounted"].is_string(), "{output}");
    let manifest = output["results"]["manifestKey"].as_str().unwrap().to_owned();
    assert!(data.files(RESULT_BUCKET).contains(&manifest), "{output}");
}

#[tokio::test]
async fn it_serves_on_when_nobody_reads_what_it_says() {
    let data = Data::new();
    let up = data.start(&[]).0;
    for round in 1..=2 {
        up.put_list("cards.json", &items(2)).await;
        up.executions_when(round).await;
        output_of(&up.ended(&up.executions().await[0]).await);
    }
}

/// Asks for `METHOD path` with these header lines, signed for a service if there is one.
fn ask(up: &Up, service: &str, request: &str, headers: &str, body: &str) -> (String, String) {
    let scope = format!("Credential=any/20261129/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0");
    let signature = format!("Authorization: AWS4-HMAC-SHA256 {scope}\r\n");
    let signature = if service.is_empty() { "" } else { &signature };
    local::ask(&up.url, request, &format!("{signature}{headers}"), body)
}

#[test]
fn what_is_not_served_is_refused_in_the_services_own_format() {
    let (_data, up) = local_up(&[]);
    let form = "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n";
    let tables = "X-Amz-Target: DynamoDB_20120810.ListTables\r\nContent-Type: application/x-amz-json-1.0\r\n";
    let cbor = "Smithy-Protocol: rpc-v2-cbor\r\n";
    let metrics = "POST /service/GraniteServiceVersion20100801/operation/ListMetrics";
    let other = "Host: evil.example\r\n";
    let (rest, xml) = ("x-amzn-errortype: unknownoperationexception", "content-type: text/xml");
    let (json, denied) = ("x-amzn-errortype: accessdeniedexception", "use 127.0.0.1, localhost, *.localhost");
    for (service, request, headers, body, head, says) in [
        ("", "GET /2018-10-31/layers", "", "", rest, "Lambda: GET /2018-10-31/layers is not"),
        ("", "POST /model/stability.stable-image-core-v1:1/converse", "", "{}", rest, "Bedrock: POST /model/"),
        (
            "sts",
            "POST /",
            form,
            "Action=AssumeRole",
            xml,
            "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction",
        ),
        ("", "GET /?Action=AssumeRole", "", "", xml, "STS: AssumeRole is not supported here"),
        ("ec2", "POST /", form, "Action=DescribeVpcs", xml, "<Response><Errors><Error><Code>InvalidAction"),
        ("dynamodb", "POST /", tables, "{}", "content-type: application/x-amz-json-1.0", "dynamodb: ListTables is not"),
        ("", "POST /", tables, "{}", rest, "there is S3, Step Functions, Lambda, Bedrock and STS"),
        ("monitoring", metrics, cbor, "", "smithy-protocol: rpc-v2-cbor", "monitoring: ListMetrics is not supported"),
        ("cloudfront", "GET /2020-05-31/distribution", "", "", xml, "cloudfront: GET /2020-05-31/distribution is not"),
        // A bucket whose name is a date, and a key that looks like Lambda's.
        ("s3", "GET /2015-03-31/functions/f", "", "", "content-type: application/xml", "NoSuchBucket"),
        ("s3", "GET /a/b", other, "", "http/1.1 403", "<Error><Code>AccessDenied</Code>"),
        ("sts", "POST /", "Host: host.docker.internal:4566\r\n", "", "http/1.1 403", "<ErrorResponse>"),
        ("states", "POST /", "Host: a.s3.localhost.localstack.cloud\r\n", "", "http/1.1 403", denied),
        ("lambda", "GET /2015-03-31/functions/", other, "", json, denied),
        ("bedrock", "POST /model/m/invoke", other, "", json, "\"__type\":\"AccessDeniedException\""),
    ] {
        let (found, body) = ask(&up, service, request, headers, body);
        assert!(found.contains(head) && body.contains(says), "{service} {request}: {found}\n{body}");
    }
}

#[tokio::test]
async fn a_bucket_in_the_host_name_is_served() {
    let (data, up) = local_up(&[]);
    up.put_list("notes for you.txt", "hello").await;
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
