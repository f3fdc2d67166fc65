//! Map states: items, children, tolerance, results.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::model::counts::Counts;
use crate::model::error::{
    DATA_LIMIT_EXCEEDED, EXCEED_TOLERATED_FAILURE_THRESHOLD, ITEM_READER_FAILED, RESULT_WRITER_FAILED,
};
use crate::model::execution_outcome::ExecutionStatus;
use crate::testing::{EXECUTION_ARN, Fake, Machine, Reply, error_of, input, invoke, machine, map, map_machine};

/// A function that fails for items with `"fail"` and takes as many seconds as `"seconds"` says.
fn function(_: &str, item: Value) -> Reply {
    let seconds = item["seconds"].as_u64().unwrap_or(0);
    match item["fail"].as_str() {
        Some(error) => Reply::error(error).after(seconds),
        None => Reply::ok(item).after(seconds),
    }
}

fn list(items: &Value) -> Arc<Fake> {
    Fake::new(function).with_object("lists/list.json", items.to_string())
}

/// The texts that differ from run to run.
fn without_ids(mut entry: Value) -> Value {
    for (field, length) in [("StartDate", 24), ("StopDate", 24), ("Name", 36)] {
        if let Some(text) = entry.get_mut(field) {
            assert_eq!(text.take().as_str().unwrap().len(), length, "{field}");
        }
    }
    if let Some(arn) = entry.get_mut("ExecutionArn") {
        let begin = "arn:aws:states:us-west-2:123456789012:execution:Machine/Items:";
        assert!(arn.take().as_str().unwrap().starts_with(begin));
    }
    entry
}

#[tokio::test]
async fn the_result_files_are_as_documented() {
    let fake = list(&json!([{"id": "a"}, {"fail": "ModelFailed"}]));
    let output = Machine::new(&fake, &map_machine(&json!({"ToleratedFailurePercentage": 50}))).output(&input()).await;
    let id = output["MapRunArn"].as_str().unwrap().rsplit(':').next().unwrap();
    let size = |name: &str| fake.objects.lock().unwrap()[&format!("out/results/run-1/{id}/{name}_0.json")].len();
    let expected = include_str!("results.json").replace("$run", id);
    let expected = expected.replace("\"$failed\"", &size("FAILED").to_string());
    let expected = expected.replace("\"$succeeded\"", &size("SUCCEEDED").to_string());
    let found = json!({
        "output": output,
        "manifest": fake.json_object("out/", "/manifest.json").unwrap(),
        "SUCCEEDED": fake.results("SUCCEEDED").into_iter().map(without_ids).collect::<Vec<_>>(),
        "FAILED": fake.results("FAILED").into_iter().map(without_ids).collect::<Vec<_>>(),
    });
    assert_eq!(found, serde_json::from_str::<Value>(&expected).unwrap());
}

#[tokio::test]
async fn an_item_selector_sees_the_item_and_the_execution() {
    let selector = json!({
        "item.$": "$$.Map.Item.Value",
        "index.$": "$$.Map.Item.Index",
        "source.$": "$$.Map.Item.Source",
        "execution.$": "$$.Execution.Name",
        "bucket.$": "$.bucket"
    });
    let fake = list(&json!(["x", "y"]));
    Machine::new(&fake, &map_machine(&json!({"ItemSelector": selector, "MaxConcurrency": 1}))).output(&input()).await;
    let succeeded = fake.results("SUCCEEDED");
    let second: Value = serde_json::from_str(succeeded[1]["Input"].as_str().unwrap()).unwrap();
    let expected =
        json!({"item": "y", "index": 1, "source": "S3://lists/list.json", "execution": "run-1", "bucket": "lists"});
    assert_eq!(second, expected);
}

#[tokio::test]
async fn a_child_has_a_context_of_its_own() {
    let mut definition = map_machine(&json!({}));
    let states = &mut definition["States"]["A"]["ItemProcessor"]["States"];
    *states = json!({"B": {"Type": "Pass", "Parameters": {"context.$": "$$"}, "End": true}});
    let fake = list(&json!([{"id": "a"}]));
    Machine::new(&fake, &definition).output(&input()).await;
    let mut succeeded = fake.results("SUCCEEDED");
    let entry = succeeded[0].take();
    let output: Value = serde_json::from_str(entry["Output"].as_str().unwrap()).unwrap();
    let context = &output["context"];
    assert_eq!(context["Execution"]["Id"], entry["ExecutionArn"]);
    assert_eq!(context["Execution"]["Name"], entry["Name"]);
    assert_eq!(context["Execution"]["Input"], json!({"id": "a"}));
    assert_eq!(context["StateMachine"]["Name"], json!("Machine/Items"));
    assert_eq!(context.get("Map"), None);
}

#[tokio::test]
async fn the_parent_tells_only_of_the_map_run() {
    let machine = Machine::new(&list(&json!([1, 2, 3])), &map_machine(&json!({})));
    let output = machine.output(&input()).await;
    let events = machine.events().await;
    let shown = events.iter().map(|event| {
        (event["id"].as_u64().unwrap(), event["previousEventId"].as_u64().unwrap(), event["type"].as_str().unwrap())
    });
    // Ids as in recorded histories of AWS.
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            (1, 0, "ExecutionStarted"),
            (2, 0, "MapStateEntered"),
            (3, 2, "MapStateStarted"),
            (4, 3, "MapRunStarted"),
            (5, 4, "MapRunSucceeded"),
            (6, 5, "MapStateSucceeded"),
            (7, 4, "MapStateExited"),
            (8, 7, "ExecutionSucceeded"),
        ]
    );
    assert_eq!(events[2]["mapStateStartedEventDetails"], json!({"length": 0}));
    assert_eq!(events[3]["mapRunStartedEventDetails"], json!({"mapRunArn": output["MapRunArn"]}));
}

#[tokio::test]
async fn children_that_have_ended_are_still_there() {
    let items = (0..12).map(|id| if id == 5 { json!({"fail": "ContentFiltered"}) } else { json!({"id": id}) });
    let fake = list(&Value::from_iter(items));
    let machine = Machine::new(&fake, &map_machine(&json!({"ToleratedFailurePercentage": 50})));
    let map_run = machine.output(&input()).await["MapRunArn"].take();
    let list = async |fields: Value| {
        let mut request = fields;
        request["mapRunArn"] = map_run.clone();
        machine.call("ListExecutions", &request).await.1
    };
    let mut names = BTreeSet::new();
    let mut page = list(json!({"maxResults": 5})).await;
    loop {
        names.extend(page["executions"].as_array().unwrap().iter().map(|child| child["name"].to_string()));
        let Some(token) = page.get("nextToken") else { break };
        page = list(json!({"maxResults": 5, "nextToken": token})).await;
    }
    assert_eq!(names.len(), 12);

    let failed = list(json!({"statusFilter": "FAILED"})).await["executions"].take();
    let [child] = failed.as_array().unwrap().as_slice() else { panic!("{failed}") };
    let request = json!({"executionArn": child["executionArn"]});
    let (_, described) = machine.call("DescribeExecution", &request).await;
    assert_eq!((&described["status"], &described["error"]), (&json!("FAILED"), &json!("ContentFiltered")));
    for field in ["name", "mapRunArn", "startDate", "stopDate", "stateMachineArn", "itemCount"] {
        assert_eq!(described[field], child[field], "{field}");
    }
    let (_, history) = machine.call("GetExecutionHistory", &request).await;
    let types = history["events"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap());
    let expected =
        ["ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskFailed", "ExecutionFailed"];
    assert_eq!(types.collect::<Vec<_>>(), expected);
}

#[tokio::test(start_paused = true)]
async fn twenty_thousand_items_need_no_more_than_the_children_in_flight() {
    const ITEMS: u64 = 20_000;
    const CONCURRENCY: u64 = 64;
    let items: Vec<Value> = (0..ITEMS).map(|id| json!({"id": id, "seconds": id % 7})).collect();
    let fake = list(&Value::Array(items));
    let ended = Arc::new(Mutex::new(vec![false; usize::try_from(ITEMS).unwrap()]));
    let seen = Arc::clone(&ended);
    let definition = map_machine(&json!({"MaxConcurrency": CONCURRENCY}));
    let machine = Machine::with_settings(&fake, &definition, |settings| {
        settings.on_child_end = Some(Box::new(move |end| {
            let first = !std::mem::replace(&mut seen.lock().unwrap()[usize::try_from(end.index).unwrap()], true);
            assert!(first, "item {} ended twice", end.index);
            let item: Value = serde_json::from_str(end.input).unwrap();
            assert_eq!(item["id"], json!(end.index));
            assert_eq!(end.outcome.status(), ExecutionStatus::Succeeded);
            assert_eq!(end.parent_arn, EXECUTION_ARN);
        }));
    });
    machine.start(&input());
    let mut progress = machine.executions.subscribe(EXECUTION_ARN).unwrap();
    let mut most_known = 0;
    while progress.borrow_and_update().status == ExecutionStatus::Running {
        most_known = most_known.max(machine.executions.0.store.known().children.len() as u64);
        assert!(progress.borrow().counts.running <= CONCURRENCY);
        progress.changed().await.unwrap();
    }
    assert_eq!(most_known, CONCURRENCY, "children that were known at once");
    assert_eq!(machine.executions.0.store.known().children.len(), 0);
    assert!(ended.lock().unwrap().iter().all(|&ended| ended));
    let expected = Counts { total: ITEMS, succeeded: ITEMS, results_written: ITEMS, ..Counts::default() };
    assert_eq!(progress.borrow().counts, expected);
    let mut folders = std::fs::read_dir(machine.directory.path()).unwrap();
    let folder = folders.next().unwrap().unwrap().path();
    let map_run = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.is_dir());
    let left = std::fs::read_dir(map_run.unwrap()).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(left.collect::<Vec<_>>(), ["ended"], "the items are gone");
}

#[tokio::test(start_paused = true)]
async fn an_exceeded_percentage_ends_the_run_with_the_rest_aborted_and_pending() {
    let mut items = vec![json!({"id": "done"}), json!({"id": "slow", "seconds": 100})];
    items.extend([json!({"fail": "AccessDenied", "seconds": 1}), json!({"fail": "AccessDenied", "seconds": 2})]);
    items.extend((0..6).map(|id| json!({"id": id, "seconds": 50})));
    let fake = list(&Value::Array(items));
    let fields = json!({"ToleratedFailurePercentage": 10, "MaxConcurrency": 3});
    let machine = Machine::new(&fake, &map_machine(&fields));
    let begin = Instant::now();
    let outcome = machine.run(&input()).await;
    assert_eq!(error_of(&outcome), EXCEED_TOLERATED_FAILURE_THRESHOLD);
    // One failure of ten is tolerated, two are not: the second, at two seconds, ends the run.
    assert_eq!(begin.elapsed().as_secs(), 2);

    let counts = machine.counts();
    let expected =
        Counts { total: 10, succeeded: 1, failed: 2, aborted: 2, pending: 5, results_written: 10, ..Counts::default() };
    assert_eq!(counts, expected);
    let failed = fake.results("FAILED");
    let statuses: Vec<_> = failed.iter().map(|entry| entry["Status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["FAILED", "FAILED", "ABORTED", "ABORTED"]);
    assert_eq!(failed[2]["Cause"], json!("The Map Run was stopped."));
    assert_eq!(failed[2]["RedriveStatus"], json!("REDRIVABLE_BY_MAP_RUN"));
    let pending = fake.results("PENDING");
    assert_eq!(pending.len(), 5);
    assert_eq!(
        pending[0],
        json!({"Input": "{\"id\":1,\"seconds\":50}", "InputDetails": {"Included": true}, "Status": "PENDING"})
    );
    let types = machine.event_types().await;
    assert_eq!(types[types.len() - 3..], ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]);
}

#[tokio::test]
async fn a_list_that_cannot_be_read_starts_nothing() {
    for list in [Some("[1, 2"), Some("{\"a\": 1}"), Some("[1, tru]"), None] {
        let mut fake = Fake::new(function);
        if let Some(list) = list {
            fake = fake.with_object("lists/list.json", list);
        }
        let machine = Machine::new(&fake, &map_machine(&json!({"ToleratedFailurePercentage": 100})));
        assert_eq!(error_of(&machine.run(&input()).await), ITEM_READER_FAILED, "{list:?}");
        assert_eq!(fake.calls.load(Ordering::Relaxed), 0);
    }
}

#[tokio::test]
async fn an_item_beyond_256_kib_fails_the_run_before_anything_starts() {
    let fake = list(&json!([1, "x".repeat(300_000)]));
    let outcome = Machine::new(&fake, &map_machine(&json!({}))).run(&input()).await;
    let cause =
        "The input of the child workflow execution for item 1 is 300002 bytes; the service limit is 262144 bytes.";
    assert_eq!(outcome.failure(), (Some(DATA_LIMIT_EXCEEDED), Some(cause)));
    assert_eq!(fake.calls.load(Ordering::Relaxed), 0);

    let selector = json!({"ItemSelector": {"index.$": "$$.Map.Item.Index"}});
    let outcome = Machine::new(&fake, &map_machine(&selector)).run(&input()).await;
    assert_eq!(outcome.status(), ExecutionStatus::Succeeded, "the selector made it small");
}

#[tokio::test]
async fn an_empty_list_has_an_empty_manifest() {
    let fake = list(&json!([]));
    Machine::new(&fake, &map_machine(&json!({}))).output(&input()).await;
    let manifest = fake.json_object("out/", "/manifest.json").unwrap();
    assert_eq!(manifest["ResultFiles"], json!({"FAILED": [], "PENDING": [], "SUCCEEDED": []}));
}

#[tokio::test]
async fn results_that_cannot_be_written_fail_the_run() {
    let mut definition = map_machine(&json!({}));
    definition["States"]["A"]["ResultWriter"]["Parameters"]["Bucket"] = json!("missing");
    let machine = Machine::new(&list(&json!([1])), &definition);
    assert_eq!(error_of(&machine.run(&input()).await), RESULT_WRITER_FAILED);
    let written = machine.counts().results_written;
    assert_eq!(written, 0);
}

#[tokio::test]
async fn a_failed_run_can_be_caught() {
    let catcher = json!({"ErrorEquals": [ITEM_READER_FAILED], "ResultPath": "$.failure", "Next": "C"});
    let definition = json!({"A": map(&json!({"Catch": [catcher]})), "C": {"Type": "Succeed"}});
    let machine = Machine::new(&Fake::new(function), &machine(&definition));
    let output = machine.output(&input()).await;
    assert_eq!(output["failure"]["Error"], json!(ITEM_READER_FAILED));
    assert_eq!(output["bucket"], json!("lists"));
    let types = machine.event_types().await;
    assert_eq!(types[4..7], ["MapRunFailed", "MapStateFailed", "MapStateExited"]);
}

#[tokio::test(start_paused = true)]
async fn progress_counts_those_that_wait() {
    let mut definition = map_machine(&json!({}));
    let states = &mut definition["States"]["A"]["ItemProcessor"]["States"];
    states["B"] = json!({"Type": "Wait", "SecondsPath": "$.wait", "Next": "Invoke"});
    states["Invoke"] = invoke();
    let fake = list(&json!([{"wait": 10}, {"wait": 20, "seconds": 5}, {"wait": 0, "seconds": 15}]));
    let machine = Machine::new(&fake, &definition);
    machine.start(&input());
    let progress = machine.executions.subscribe(EXECUTION_ARN).unwrap();
    for (seconds, expected) in [(5, (3, 2, 0)), (7, (2, 1, 1)), (5, (1, 1, 2)), (5, (1, 0, 2))] {
        tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
        let progress = progress.borrow();
        assert_eq!(progress.state.as_deref(), Some("A"));
        assert_eq!((progress.counts.running, progress.counts.waiting, progress.counts.succeeded), expected);
    }
}

#[tokio::test]
async fn a_child_that_panics_is_a_failed_child() {
    let fake = Fake::new(|_, item| if item == json!(2) { panic!("a bug") } else { Reply::ok(item) })
        .with_object("lists/list.json", "[1, 2, 3]");
    let machine = Machine::new(&fake, &map_machine(&json!({"ToleratedFailurePercentage": 40})));
    machine.output(&input()).await;
    let failed = fake.results("FAILED");
    assert_eq!((&failed[0]["Input"], &failed[0]["Error"]), (&json!("2"), &json!("States.Runtime")));
}
