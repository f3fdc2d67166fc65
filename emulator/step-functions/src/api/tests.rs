//! What the API answers, against the shapes that AWS documents.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::time::{Duration, sleep};

use crate::language::payload::MAX_PAYLOAD_BYTES;
use crate::testing::{EXECUTION_ARN, Fake, MACHINE_ARN, Machine, Reply};

/// A machine that waits a minute.
fn waiting() -> Machine {
    let state = json!({"Type": "Wait", "Seconds": 60, "End": true});
    Machine::new(&Fake::echo(), &json!({"StartAt": "A", "States": {"A": state}}))
}

fn map_machine() -> (Arc<Fake>, Machine) {
    let fake = Fake::new(|_, item| Reply::ok(item.clone()).after(item.as_u64().unwrap()))
        .with_object("lists/list.json", "[10, 20, 30]");
    let definition = json!({
        "StartAt": "A",
        "States": {"A": {
            "Type": "Map",
            "Label": "Items",
            "MaxConcurrency": 2,
            "ToleratedFailurePercentage": 12.5,
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "JSON"},
                "Parameters": {"Bucket": "lists", "Key": "list.json"}
            },
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "B",
                "States": {"B": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::lambda:invoke",
                    "Parameters": {"FunctionName": "f", "Payload.$": "$"},
                    "End": true
                }}
            },
            "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "out"}},
            "Next": "C"
        }, "C": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sfn:describeMapRun",
            "Parameters": {"MapRunArn.$": "$.MapRunArn"},
            "End": true
        }}
    });
    let machine = Machine::new(&fake, &definition);
    (fake, machine)
}

fn start(name: &str, input: &str) -> Value {
    json!({"stateMachineArn": MACHINE_ARN, "name": name, "input": input})
}

/// Takes the field out of the object, which must hold a time.
fn take_time(object: &mut Value, field: &str) {
    let time = object.as_object_mut().unwrap().remove(field);
    assert!(time.as_ref().is_some_and(Value::is_f64), "{field} is {time:?}");
}

#[tokio::test(start_paused = true)]
async fn an_execution_is_started_described_and_listed() {
    let machine = waiting();
    let (status, mut answer) = machine.call("StartExecution", &start("run-1", "{\"a\": 1}")).await;
    take_time(&mut answer, "startDate");
    assert_eq!((status, answer), (200, json!({"executionArn": EXECUTION_ARN})));

    let describe = json!({"executionArn": EXECUTION_ARN});
    let (_, mut running) = machine.call("DescribeExecution", &describe).await;
    take_time(&mut running, "startDate");
    assert_eq!(
        running,
        json!({
            "executionArn": EXECUTION_ARN,
            "stateMachineArn": MACHINE_ARN,
            "name": "run-1",
            "status": "RUNNING",
            "input": "{\"a\": 1}",
            "inputDetails": {"included": true},
            "redriveCount": 0,
            "redriveStatus": "NOT_REDRIVABLE",
            "redriveStatusReason": "Execution is RUNNING and cannot be redriven"
        })
    );
    machine.executions.wait(EXECUTION_ARN).await.unwrap();
    let (_, mut ended) = machine.call("DescribeExecution", &describe).await;
    take_time(&mut ended, "startDate");
    take_time(&mut ended, "stopDate");
    assert_eq!(
        ended,
        json!({
            "executionArn": EXECUTION_ARN,
            "stateMachineArn": MACHINE_ARN,
            "name": "run-1",
            "status": "SUCCEEDED",
            "input": "{\"a\": 1}",
            "inputDetails": {"included": true},
            "output": "{\"a\":1}",
            "outputDetails": {"included": true},
            "redriveCount": 0,
            "redriveStatus": "NOT_REDRIVABLE",
            "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven"
        })
    );
    let (_, mut list) = machine.call("ListExecutions", &json!({"stateMachineArn": MACHINE_ARN})).await;
    take_time(&mut list["executions"][0], "startDate");
    take_time(&mut list["executions"][0], "stopDate");
    let summary = json!({
        "executionArn": EXECUTION_ARN, "stateMachineArn": MACHINE_ARN, "name": "run-1", "status": "SUCCEEDED",
        "redriveCount": 0
    });
    assert_eq!(list, json!({"executions": [summary]}));
}

#[tokio::test(start_paused = true)]
async fn starting_the_same_again_is_harmless_only_while_it_runs() {
    let machine = waiting();
    let (_, first) = machine.call("StartExecution", &start("run-1", "{}")).await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(machine.call("StartExecution", &start("run-1", "{}")).await, (200, first));

    let exists = json!({
        "__type": "ExecutionAlreadyExists", "message": format!("Execution Already Exists: '{EXECUTION_ARN}'")
    });
    assert_eq!(machine.call("StartExecution", &start("run-1", "{ }")).await, (400, exists.clone()));
    machine.executions.wait(EXECUTION_ARN).await.unwrap();
    assert_eq!(machine.call("StartExecution", &start("run-1", "{}")).await, (400, exists));
    let (_, list) = machine.call("ListExecutions", &json!({"stateMachineArn": MACHINE_ARN})).await;
    assert_eq!(list["executions"].as_array().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn name_and_input_have_defaults() {
    let machine = waiting();
    let (_, answer) = machine.call("StartExecution", &json!({"stateMachineArn": MACHINE_ARN})).await;
    let (_, execution) = machine.call("DescribeExecution", &json!({"executionArn": answer["executionArn"]})).await;
    assert_eq!(execution["input"], json!("{}"));
    assert_eq!(execution["name"].as_str().unwrap().len(), 36);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_started_is_refused_with_the_error_of_aws() {
    let machine = waiting();
    let long = "x".repeat(81);
    for (request, error) in [
        (start("two words", "{}"), "InvalidName"),
        (start("a/b", "{}"), "InvalidName"),
        (start("", "{}"), "InvalidName"),
        (start(&long, "{}"), "InvalidName"),
        (start("n", "not json"), "InvalidExecutionInput"),
        (start("n", ""), "InvalidExecutionInput"),
        (start("n", &format!("\"{}\"", "x".repeat(MAX_PAYLOAD_BYTES))), "InvalidExecutionInput"),
        (json!({"stateMachineArn": format!("{MACHINE_ARN}2")}), "StateMachineDoesNotExist"),
        (json!({"stateMachineArn": "Machine"}), "InvalidArn"),
        (json!({"name": "n"}), "ValidationException"),
    ] {
        let (status, answer) = machine.call("StartExecution", &request).await;
        assert_eq!((status, answer["__type"].as_str()), (400, Some(error)), "{answer}");
    }
    let (status, answer) = machine.call("StartExecution", &start(&long[1..], "{}")).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test(start_paused = true)]
async fn operations_that_are_not_supported_are_named() {
    let machine = waiting();
    let (status, answer) = machine.call("UpdateMapRun", &json!({"mapRunArn": EXECUTION_ARN})).await;
    assert_eq!((status, answer["__type"].as_str()), (400, Some("UnknownOperationException")));
    assert!(answer["message"].as_str().unwrap().starts_with("the operation UpdateMapRun is not supported here"));
    let (status, body) = machine.executions.handle("AWSStepFunctions.ListMapRuns", b"{").await;
    assert_eq!(status, 400);
    assert!(String::from_utf8(body).unwrap().contains("SerializationException"));
    let (status, _) = machine.executions.handle("DynamoDB_20120810.ListTables", b"{}").await;
    assert_eq!(status, 400);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_exist_is_named() {
    let machine = waiting();
    let gone = json!({"executionArn": EXECUTION_ARN});
    for operation in ["DescribeExecution", "StopExecution", "GetExecutionHistory", "ListMapRuns"] {
        let (status, answer) = machine.call(operation, &gone).await;
        let message = format!("Execution Does Not Exist: '{EXECUTION_ARN}'");
        assert_eq!((status, answer), (400, json!({"__type": "ExecutionDoesNotExist", "message": message})));
    }
    let arn = "arn:aws:states:us-west-2:123456789012:mapRun:Machine/Items:1";
    let (_, answer) = machine.call("DescribeMapRun", &json!({"mapRunArn": arn})).await;
    let message = format!("Resource not found: '{arn}'");
    assert_eq!(answer, json!({"__type": "ResourceNotFound", "message": message, "resourceName": arn}));
}

#[tokio::test(start_paused = true)]
async fn lists_come_in_pages_the_latest_first() {
    let machine = waiting();
    for name in ["a", "b", "c", "d", "e"] {
        machine.executions.start(Some(name), "{}").unwrap();
    }
    let mut names = Vec::new();
    let mut request = json!({"stateMachineArn": MACHINE_ARN, "maxResults": 2});
    loop {
        let (_, page) = machine.call("ListExecutions", &request).await;
        let executions = page["executions"].as_array().unwrap();
        assert!(executions.len() <= 2);
        names.extend(executions.iter().map(|execution| execution["name"].as_str().unwrap().to_owned()));
        if page.get("nextToken").is_none() {
            break;
        }
        // A new execution between two pages shifts nothing.
        machine.executions.start(None, "{}").unwrap();
        request["nextToken"] = page["nextToken"].clone();
    }
    assert_eq!(names, ["e", "d", "c", "b", "a"]);

    machine.executions.stop(&EXECUTION_ARN.replace("run-1", "c"), None, None).await.unwrap();
    let filter = json!({"stateMachineArn": MACHINE_ARN, "statusFilter": "ABORTED"});
    let (_, aborted) = machine.call("ListExecutions", &filter).await;
    assert_eq!(aborted["executions"].as_array().unwrap().len(), 1);
    for wrong in [json!({"maxResults": 1001}), json!({"statusFilter": "aborted"})] {
        let mut request = wrong;
        request["stateMachineArn"] = json!(MACHINE_ARN);
        let (_, answer) = machine.call("ListExecutions", &request).await;
        assert_eq!(answer["__type"], json!("ValidationException"));
    }
}

#[tokio::test(start_paused = true)]
async fn the_history_comes_in_pages_and_backwards() {
    let machine = waiting();
    machine.run(&json!({"secret": 1})).await;
    let page = |reverse: bool, token: Option<&str>| {
        let mut request = json!({"executionArn": EXECUTION_ARN, "maxResults": 3, "nextToken": token});
        request["reverseOrder"] = json!(reverse);
        request
    };
    let ids = |answer: &Value| {
        let events = answer["events"].as_array().unwrap();
        events.iter().map(|event| event["id"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    for (reverse, first, second) in [(false, [1, 2, 3], [4]), (true, [4, 3, 2], [1])] {
        let (_, answer) = machine.call("GetExecutionHistory", &page(reverse, None)).await;
        assert_eq!(ids(&answer), first);
        let (_, answer) = machine.call("GetExecutionHistory", &page(reverse, answer["nextToken"].as_str())).await;
        assert_eq!(ids(&answer), second);
        assert_eq!(answer.get("nextToken"), None);
    }
    let without = json!({"executionArn": EXECUTION_ARN, "includeExecutionData": false});
    let (_, answer) = machine.call("GetExecutionHistory", &without).await;
    assert!(!answer.to_string().contains("secret"));
    let (_, answer) = machine.call("GetExecutionHistory", &page(false, Some("x"))).await;
    assert_eq!(answer, json!({"__type": "InvalidToken", "message": "Invalid Token: 'x'"}));
}

#[tokio::test(start_paused = true)]
async fn a_map_run_is_described_while_it_runs_and_after() {
    let (_, machine) = map_machine();
    machine.start(&json!({}));
    sleep(Duration::from_secs(15)).await;
    let (_, mut map_runs) = machine.call("ListMapRuns", &json!({"executionArn": EXECUTION_ARN})).await;
    let map_run_arn = map_runs["mapRuns"][0]["mapRunArn"].as_str().unwrap().to_owned();
    take_time(&mut map_runs["mapRuns"][0], "startDate");
    assert_eq!(
        map_runs,
        json!({"mapRuns": [{
            "executionArn": EXECUTION_ARN,
            "mapRunArn": map_run_arn,
            "stateMachineArn": "arn:aws:states:us-west-2:123456789012:stateMachine:Machine/Items"
        }]})
    );
    let describe = json!({"mapRunArn": map_run_arn});
    let (_, mut running) = machine.call("DescribeMapRun", &describe).await;
    take_time(&mut running, "startDate");
    let counts = json!({
        "aborted": 0, "failed": 0, "failuresNotRedrivable": 0, "pending": 0, "pendingRedrive": 0, "resultsWritten": 0,
        "running": 2, "succeeded": 1, "timedOut": 0, "total": 3
    });
    assert_eq!(
        running,
        json!({
            "executionArn": EXECUTION_ARN,
            "executionCounts": counts,
            "itemCounts": counts,
            "mapRunArn": map_run_arn,
            "maxConcurrency": 2,
            "redriveCount": 0,
            "status": "RUNNING",
            "toleratedFailureCount": 0,
            "toleratedFailurePercentage": 12.5
        })
    );
    machine.executions.wait(EXECUTION_ARN).await.unwrap();
    let (_, mut ended) = machine.call("DescribeMapRun", &describe).await;
    take_time(&mut ended, "stopDate");
    assert_eq!(ended["status"], json!("SUCCEEDED"));
    assert_eq!((&ended["itemCounts"]["succeeded"], &ended["itemCounts"]["resultsWritten"]), (&json!(3), &json!(3)));
}

#[tokio::test(start_paused = true)]
async fn a_child_answers_while_it_runs() {
    let (_, machine) = map_machine();
    machine.start(&json!({}));
    sleep(Duration::from_secs(5)).await;
    let (_, map_runs) = machine.call("ListMapRuns", &json!({"executionArn": EXECUTION_ARN})).await;
    let map_run_arn = &map_runs["mapRuns"][0]["mapRunArn"];
    let (_, children) = machine.call("ListExecutions", &json!({"mapRunArn": map_run_arn})).await;
    let children = children["executions"].as_array().unwrap();
    assert_eq!((children.len(), &children[0]["itemCount"]), (2, &json!(1)));
    let arn = &children[1]["executionArn"];
    let (_, child) = machine.call("DescribeExecution", &json!({"executionArn": arn})).await;
    assert_eq!((&child["mapRunArn"], &child["status"]), (map_run_arn, &json!("RUNNING")));
    assert_eq!(child["stateMachineArn"], json!("arn:aws:states:us-west-2:123456789012:stateMachine:Machine/Items"));
    let (_, history) = machine.call("GetExecutionHistory", &json!({"executionArn": arn})).await;
    let types: Vec<_> = history["events"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted"]);

    machine.executions.wait(EXECUTION_ARN).await.unwrap();
    let (_, child) = machine.call("DescribeExecution", &json!({"executionArn": arn})).await;
    assert_eq!((&child["status"], child["stopDate"].is_f64()), (&json!("SUCCEEDED"), true));
    let unknown = arn.as_str().unwrap().replace("000000000", "fffffffff");
    let (_, answer) = machine.call("DescribeExecution", &json!({"executionArn": unknown})).await;
    assert_eq!(answer["__type"], json!("ExecutionDoesNotExist"));
}

#[tokio::test(start_paused = true)]
async fn a_task_gets_the_description_with_capitals() {
    let (_, machine) = map_machine();
    let output = machine.output(&json!({})).await;
    assert_eq!(output["Status"], json!("SUCCEEDED"));
    let counts = json!({
        "Aborted": 0, "Failed": 0, "FailuresNotRedrivable": 0, "Pending": 0, "PendingRedrive": 0, "ResultsWritten": 3,
        "Running": 0, "Succeeded": 3, "TimedOut": 0, "Total": 3
    });
    assert_eq!((&output["ItemCounts"], &output["ExecutionCounts"]), (&counts, &counts));
    assert_eq!(output["ExecutionArn"], json!(EXECUTION_ARN));
    assert_eq!(output["StartDate"].as_str().unwrap().len(), "2025-01-07T10:38:47.702Z".len());
}

#[tokio::test]
async fn the_machine_is_described_and_listed() {
    let machine = waiting();
    let (_, mut answer) = machine.call("DescribeStateMachine", &json!({"stateMachineArn": MACHINE_ARN})).await;
    take_time(&mut answer, "creationDate");
    assert_eq!(
        answer,
        json!({
            "stateMachineArn": MACHINE_ARN,
            "name": "Machine",
            "status": "ACTIVE",
            "definition": machine.executions.machine().definition.text(),
            "roleArn": "arn:aws:iam::123456789012:role/r",
            "type": "STANDARD",
            "loggingConfiguration": {"level": "OFF", "includeExecutionData": false},
            "tracingConfiguration": {"enabled": false}
        })
    );
    let (_, mut list) = machine.call("ListStateMachines", &json!({})).await;
    take_time(&mut list["stateMachines"][0], "creationDate");
    let machine = json!({"stateMachineArn": MACHINE_ARN, "name": "Machine", "type": "STANDARD"});
    assert_eq!(list, json!({"stateMachines": [machine]}));
}

#[tokio::test]
async fn the_endpoint_answers_over_http() {
    use http_body_util::{BodyExt, Full};
    let endpoint = crate::StepFunctionsEndpoint::new(waiting().executions.clone());
    let call = async |target: &'static str, body: Vec<u8>| {
        let request = hyper::Request::post("/").header("x-amz-target", target);
        let request = request.body(Full::<bytes::Bytes>::from(body)).unwrap();
        let response = endpoint.call(request).await;
        assert_eq!(response.headers()["content-type"], "application/x-amz-json-1.0");
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice::<Value>(&body).unwrap())
    };
    let (status, machines) = call("AWSStepFunctions.ListStateMachines", b"{}".to_vec()).await;
    assert_eq!((status, &machines["stateMachines"][0]["stateMachineArn"]), (200, &json!(MACHINE_ARN)));
    let (status, refused) = call("DynamoDB_20120810.ListTables", b"{}".to_vec()).await;
    assert_eq!(status, 400);
    assert!(refused.to_string().contains("DynamoDB_20120810.ListTables"), "{refused}");
    assert_eq!(call("AWSStepFunctions.StartExecution", vec![b' '; 1024 * 1024 + 1]).await.0, 400);
}
