//! What the API answers, against the shapes that AWS documents.

use serde_json::{Value, json};
use tokio::time::{Duration, sleep};

use crate::language::payload::MAX_PAYLOAD_BYTES;
use crate::testing::{EXECUTION_ARN, Fake, MACHINE_ARN, Machine, Reply, machine, map, map_machine};

/// A machine that waits a minute.
fn waiting() -> Machine {
    Machine::new(&Fake::echo(), &machine(&json!({"A": {"Type": "Wait", "Seconds": 60, "End": true}})))
}

/// Three items that take 10, 20 and 30 seconds, two at once.
fn three_items() -> std::sync::Arc<Fake> {
    Fake::new(|_, item| Reply::ok(item.clone()).after(item.as_u64().unwrap()))
        .with_object("lists/list.json", "[10, 20, 30]")
}

/// The value with `$time` in place of the times, which must be numbers.
fn without_times(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let time = |(name, value): (String, Value)| match name.ends_with("Date") || name == "timestamp" {
                true if value.is_f64() => (name, json!("$time")),
                _ => (name, without_times(value)),
            };
            object.into_iter().map(time).collect()
        }
        Value::Array(array) => array.into_iter().map(without_times).collect(),
        other => other,
    }
}

#[tokio::test(start_paused = true)]
async fn calls_are_answered_as_the_script_says() {
    let machine =
        Machine::new(&three_items(), &map_machine(&json!({"MaxConcurrency": 2, "ToleratedFailurePercentage": 12.5})));
    let script: Vec<Value> = serde_json::from_str(include_str!("script.json")).unwrap();
    let mut map_run = String::new();
    for step in script {
        if let Some(seconds) = step["seconds"].as_u64() {
            sleep(Duration::from_secs(seconds)).await;
            map_run = machine.map_run().await["mapRunArn"].as_str().unwrap().to_owned();
            continue;
        }
        let Some(action) = step["call"].as_str() else {
            machine.ended().await;
            continue;
        };
        let id = map_run.rsplit(':').next().unwrap();
        let name = format!("{}00000000000", id.get(..24).unwrap_or_default());
        let child = format!("arn:aws:states:us-west-2:123456789012:execution:Machine/Items:{name}");
        let definition = json!(machine.executions.0.machine.definition.text()).to_string();
        let filled = |value: &Value| -> Value {
            let text = value.to_string().replace("\"$definition\"", &definition);
            let text =
                text.replace("$machine", MACHINE_ARN).replace("$execution", EXECUTION_ARN).replace("$mapRun", &map_run);
            serde_json::from_str(&text.replace("$child", &child).replace("$name", &name)).unwrap()
        };
        let (status, answer) = machine.call(action, &filled(&step["request"])).await;
        assert_eq!(without_times(answer), filled(&step["answer"]), "{step}");
        assert_eq!(status, if step["answer"].get("__type").is_some() { 400 } else { 200 });
    }
}

#[tokio::test(start_paused = true)]
async fn name_and_input_have_defaults_and_limits() {
    let machine = waiting();
    let (_, answer) = machine.call("StartExecution", &json!({"stateMachineArn": MACHINE_ARN})).await;
    let (_, execution) = machine.call("DescribeExecution", &json!({"executionArn": answer["executionArn"]})).await;
    assert_eq!((&execution["input"], execution["name"].as_str().unwrap().len()), (&json!("{}"), 36));
    for (name, input, error) in [
        ("x".repeat(80), "{}".to_owned(), None),
        ("x".repeat(81), "{}".to_owned(), Some("InvalidName")),
        ("n".to_owned(), json!("x".repeat(MAX_PAYLOAD_BYTES)).to_string(), Some("InvalidExecutionInput")),
    ] {
        let request = json!({"stateMachineArn": MACHINE_ARN, "name": name, "input": input});
        assert_eq!(machine.call("StartExecution", &request).await.1["__type"].as_str(), error);
    }
}

#[tokio::test]
async fn requests_that_are_not_for_it_or_not_json_are_refused() {
    let machine = waiting();
    for (target, body, error, problem) in [
        ("DynamoDB_20120810.ListTables", b"{}".to_vec(), "UnknownOperationException", "DynamoDB_20120810.ListTables"),
        ("AWSStepFunctions.ListMapRuns", b"{".to_vec(), "SerializationException", "not JSON"),
        ("AWSStepFunctions.ListMapRuns", b"{\"maxResults\": \"x\"}".to_vec(), "ValidationException", "invalid type"),
        ("AWSStepFunctions.StartExecution", vec![b' '; 1024 * 1024 + 1], "ValidationException", "larger than 1 MB"),
    ] {
        let (status, answer) = machine.send(target, body).await;
        assert_eq!((status, &answer["__type"]), (400, &json!(error)));
        assert!(answer["message"].as_str().unwrap().contains(problem), "{answer}");
    }
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
}

#[tokio::test(start_paused = true)]
async fn the_history_comes_in_pages_and_backwards() {
    let machine = waiting();
    machine.run(&json!({})).await;
    for (reverse, first, second) in [(false, [1, 2, 3], [4]), (true, [4, 3, 2], [1])] {
        let mut request = json!({"executionArn": EXECUTION_ARN, "maxResults": 3, "reverseOrder": reverse});
        let (mut ids, mut tokens) = (Vec::new(), Vec::new());
        for _ in 0..2 {
            let (_, answer) = machine.call("GetExecutionHistory", &request).await;
            let events = answer["events"].as_array().unwrap();
            ids.push(events.iter().map(|event| event["id"].as_u64().unwrap()).collect::<Vec<_>>());
            tokens.push(answer.get("nextToken").is_some());
            request["nextToken"] = answer["nextToken"].clone();
        }
        assert_eq!((ids, tokens), (vec![first.to_vec(), second.to_vec()], vec![true, false]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_gets_the_description_of_a_map_run_with_capitals() {
    let describe = json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:describeMapRun",
        "Parameters": {"MapRunArn.$": "$.MapRunArn"},
        "End": true
    });
    let definition = machine(&json!({"A": map(&json!({"End": null, "Next": "B"})), "B": describe}));
    let output = Machine::new(&three_items(), &definition).output(&crate::testing::input()).await;
    let counts = json!({
        "Aborted": 0, "Failed": 0, "FailuresNotRedrivable": 0, "Pending": 0, "PendingRedrive": 0, "ResultsWritten": 3,
        "Running": 0, "Succeeded": 3, "TimedOut": 0, "Total": 3
    });
    assert_eq!(
        (&output["Status"], &output["ItemCounts"], &output["ExecutionCounts"]),
        (&json!("SUCCEEDED"), &counts, &counts)
    );
    assert_eq!(output["ExecutionArn"], json!(EXECUTION_ARN));
    assert_eq!(output["StartDate"].as_str().unwrap().len(), "2025-01-07T10:38:47.702Z".len());
}
