//! RedriveExecution: only what did not succeed is run again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tokio::time::{Duration, sleep};

use crate::model::execution_outcome::ExecutionStatus;
use crate::testing::{EXECUTION_ARN, Fake, Machine, Processes, Reply, error_of, input, invoke, machine, map_machine};

/// Eight items that take 100 seconds each; those with an odd number fail while `broken`.
fn eight_items(broken: &Arc<AtomicBool>) -> Arc<Fake> {
    let broken = Arc::clone(broken);
    Fake::numbers(8, move |number| number % 2 == 1 && broken.load(Ordering::Relaxed))
}

/// Two at once; with the third failure the Map Run fails.
fn definition() -> Value {
    map_machine(&json!({"MaxConcurrency": 2, "ToleratedFailurePercentage": 30}))
}

async fn redrive(machine: &Machine) -> (u16, Value) {
    machine.call("RedriveExecution", &json!({"executionArn": EXECUTION_ARN})).await
}

#[tokio::test(start_paused = true)]
async fn after_a_stop_only_the_rest_is_run() {
    let fake = eight_items(&Arc::default());
    let machine = Machine::new(&fake, &definition());
    let mut begun = machine.executions.begun();
    machine.start(&input());
    sleep(Duration::from_secs(150)).await;
    machine.executions.stop(EXECUTION_ARN, None, None).await.unwrap();
    assert_eq!(fake.calls.load(Ordering::Relaxed), 4);
    let overview = machine.executions.overview(EXECUTION_ARN).unwrap();
    assert_eq!((overview.redrives, overview.redrivable_items, overview.outcome.is_some()), (0, 6, true));
    assert_eq!(machine.described().await["redriveStatus"], json!("REDRIVABLE"));
    let first = fake.results("SUCCEEDED");

    let (status, answer) = redrive(&machine).await;
    assert_eq!((status, answer["redriveDate"].is_f64()), (200, true));
    let running = machine.described().await;
    assert_eq!((&running["status"], &running["redriveCount"]), (&json!("RUNNING"), &json!(1)));
    assert_eq!((&running["redriveDate"], running.get("stopDate")), (&answer["redriveDate"], None));
    sleep(Duration::from_secs(50)).await;
    let counts = machine.map_run().await["itemCounts"].take();
    let expected = [("succeeded", 2), ("running", 2), ("pendingRedrive", 0), ("pending", 4), ("aborted", 0)];
    for (name, count) in expected {
        assert_eq!(counts[name], json!(count), "{name}");
    }
    let outcome = machine.ended().await;
    let [overview] = machine.executions.overviews().try_into().unwrap();
    assert_eq!((overview.redrives, overview.redrivable_items, overview.outcome), (1, 0, Some(outcome)));
    assert_eq!([begun.try_recv(), begun.try_recv()], [Ok(EXECUTION_ARN.to_owned()), Ok(EXECUTION_ARN.to_owned())]);

    // The two that were stopped are run again, and the four that were never started.
    assert_eq!(fake.calls.load(Ordering::Relaxed), 10);
    let succeeded = fake.results("SUCCEEDED");
    assert_eq!(succeeded[..2], first[..]);
    assert_eq!(fake.inputs("SUCCEEDED"), ["0", "1", "2", "3", "4", "5", "6", "7"]);
    let redrives = |entry: &Value| entry["RedriveCount"].as_u64().unwrap();
    assert_eq!(succeeded.iter().map(redrives).collect::<Vec<_>>(), [0, 0, 1, 1, 0, 0, 0, 0]);
    for stale in ["/FAILED_0.json", "/PENDING_0.json"] {
        assert_eq!(fake.json_object("out/", stale), Some(json!([])), "{stale}");
    }
    let manifest = fake.json_object("out/", "/manifest.json").unwrap();
    assert_eq!((&manifest["ResultFiles"]["FAILED"], &manifest["ResultFiles"]["PENDING"]), (&json!([]), &json!([])));

    let map_run = machine.map_run().await;
    let children = machine.children().await;
    let redriven = children.iter().filter(|child| child["redriveCount"] == json!(1)).count();
    assert_eq!((children.len(), redriven), (8, 2));
    assert!(children.iter().all(|child| child["status"] == json!("SUCCEEDED")), "{children:?}");
    assert_eq!((&map_run["redriveCount"], map_run["redriveDate"].is_f64()), (&json!(1), true));
    assert_eq!((&map_run["status"], &map_run["itemCounts"]["succeeded"]), (&json!("SUCCEEDED"), &json!(8)));
    let types = [
        "MapRunStarted",
        "ExecutionAborted",
        "ExecutionRedriven",
        "MapRunRedriven",
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ];
    assert_eq!(machine.event_types().await[3..], types);
}

#[test]
fn failed_items_are_redriven_by_a_later_process_as_often_as_it_takes() {
    let broken = Arc::new(AtomicBool::new(true));
    let fake = eight_items(&broken);
    let processes = Processes::new(&fake, definition());
    processes.next(async |machine| {
        assert_eq!(machine.run(&input()).await.status(), ExecutionStatus::Failed);
    });
    // 6 was in flight when 5 was the third failure.
    assert_eq!(fake.inputs("FAILED"), ["1", "3", "5", "6"]);
    assert_eq!(fake.inputs("PENDING"), ["7"]);
    processes.next(async |machine| {
        assert_eq!(redrive(&machine).await.0, 200);
        let outcome = machine.ended().await;
        assert_eq!(error_of(&outcome), "States.ExceedToleratedFailureThreshold");
    });
    broken.store(false, Ordering::Relaxed);
    // Killed in the middle of the redrive: it goes on as a redrive.
    processes.next(async |machine| {
        assert_eq!(redrive(&machine).await.0, 200);
        sleep(Duration::from_secs(150)).await;
    });
    let before = fake.calls.load(Ordering::Relaxed);
    processes.next(async |machine| {
        assert!(machine.executions.resume(EXECUTION_ARN));
        machine.succeeded().await;
        assert_eq!(machine.described().await["redriveCount"], json!(2));
        assert_eq!(machine.map_run().await["redriveCount"], json!(2));
    });
    // 1 and 3 had ended.
    assert!(fake.calls.load(Ordering::Relaxed) - before <= 3);
    let succeeded = fake.results("SUCCEEDED");
    let mut ends: Vec<_> = succeeded.iter().map(|entry| (&entry["Input"], &entry["RedriveCount"])).collect();
    ends.sort_by_key(|(input, _)| input.to_string());
    let redrives: Vec<u64> = ends.iter().map(|(_, redrives)| redrives.as_u64().unwrap()).collect();
    // How often 6 and 7 were redriven depends on which of two children ended first.
    assert_eq!((redrives.len(), &redrives[..6]), (8, &[0, 2, 0, 2, 0, 2][..]));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_redriven_says_why() {
    let machine = Machine::new(&Fake::echo(), &machine(&json!({"A": {"Type": "Wait", "Seconds": 9, "End": true}})));
    let (status, answer) = redrive(&machine).await;
    assert_eq!((status, &answer["__type"]), (400, &json!("ExecutionDoesNotExist")));
    let (_, answer) = machine.call("RedriveExecution", &json!({"executionArn": "x"})).await;
    assert_eq!(answer["__type"], json!("InvalidArn"));
    machine.start(&json!({}));
    for reason in ["Execution is RUNNING and cannot be redriven", "Execution is SUCCEEDED and cannot be redriven"] {
        let (status, answer) = redrive(&machine).await;
        let expected = json!({"__type": "ExecutionNotRedrivable", "message": reason});
        assert_eq!((status, answer), (400, expected));
        machine.ended().await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_client_token_again_is_the_same_redrive() {
    let broken = Arc::new(AtomicBool::new(true));
    let fake = eight_items(&broken);
    let machine = Machine::new(&fake, &definition());
    machine.run(&input()).await;
    let request = json!({"executionArn": EXECUTION_ARN, "clientToken": "one"});
    let (_, first) = machine.call("RedriveExecution", &request).await;
    let (status, again) = machine.call("RedriveExecution", &request).await;
    assert_eq!((status, &again), (200, &first));
    let other = json!({"executionArn": EXECUTION_ARN, "clientToken": "two"});
    assert_eq!(machine.call("RedriveExecution", &other).await.0, 400, "it runs");
    machine.ended().await;
    let filtered = async |filter: &str| {
        let request = json!({"stateMachineArn": crate::testing::MACHINE_ARN, "redriveFilter": filter});
        machine.call("ListExecutions", &request).await.1["executions"].as_array().map(Vec::len)
    };
    assert_eq!((filtered("REDRIVEN").await, filtered("NOT_REDRIVEN").await), (Some(1), Some(0)));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_failed_is_tried_again_with_the_same_input() {
    let broken = Arc::new(AtomicBool::new(true));
    let switch = Arc::clone(&broken);
    let fake = Fake::new(move |_, payload| match switch.load(Ordering::Relaxed) {
        true => Reply::error("Broken"),
        false => Reply::ok(payload),
    });
    let states = json!({"A": {"Type": "Pass", "Parameters": {"made": "once"}, "Next": "B"}, "B": invoke()});
    let machine = Machine::new(&fake, &machine(&states));
    assert_eq!(error_of(&machine.run(&json!({})).await), "Broken");
    broken.store(false, Ordering::Relaxed);
    assert_eq!(redrive(&machine).await.0, 200);
    let outcome = machine.ended().await;
    assert_eq!(outcome.output(), Some("{\"made\":\"once\"}"));
    let types = machine.event_types().await;
    let begin = types.iter().position(|kind| kind == "ExecutionRedriven").unwrap();
    assert_eq!(types[begin..begin + 2], ["ExecutionRedriven", "TaskScheduled"]);
}

#[tokio::test(start_paused = true)]
async fn a_map_run_that_never_began_begins_anew() {
    let fake = eight_items(&Arc::default());
    let list = fake.objects.lock().unwrap().remove("lists/list.json").unwrap();
    let machine = Machine::new(&fake, &definition());
    assert_eq!(error_of(&machine.run(&input()).await), "States.ItemReaderFailed");
    fake.objects.lock().unwrap().insert("lists/list.json".to_owned(), list);
    assert_eq!(redrive(&machine).await.0, 200);
    assert_eq!(machine.ended().await.status(), ExecutionStatus::Succeeded);
    assert_eq!(fake.inputs("SUCCEEDED").len(), 8);
    let types = machine.event_types().await;
    assert_eq!(types.iter().filter(|kind| *kind == "MapRunStarted").count(), 2);
}

#[test]
fn the_time_for_a_redrive_ends_and_later_the_name_is_free() {
    let processes = Processes::new(&eight_items(&Arc::new(AtomicBool::new(true))), definition());
    processes.next(async |machine| drop(machine.run(&input()).await));
    let folder = std::fs::read_dir(processes.directory.path()).unwrap().next().unwrap().unwrap().path();
    let entries = || std::fs::read_dir(&folder).map_or(0, Iterator::count);
    let age = |days: u64| {
        let log = folder.join("log.jsonl");
        let mut text = String::new();
        for line in std::fs::read_to_string(&log).unwrap().lines() {
            let mut line: Value = serde_json::from_str(line).unwrap();
            if let Some(at) = line.pointer_mut("/event/at") {
                *at = json!(at.as_u64().unwrap() - days * 86_400_000_000_000);
            }
            text += &format!("{line}\n");
        }
        std::fs::write(log, text).unwrap();
    };
    assert_eq!(entries(), 2);
    age(15);
    processes.next(async |machine| {
        let described = machine.described().await;
        assert_eq!(described["redriveStatusReason"], json!("Execution redrivable period exceeded"));
        assert_eq!(redrive(&machine).await.1["__type"], json!("ExecutionNotRedrivable"));
    });
    assert_eq!(entries(), 1, "what only a redrive needs is gone");
    age(80);
    processes.next(async |machine| {
        assert_eq!(machine.run(&input()).await.status(), ExecutionStatus::Failed);
    });
}
