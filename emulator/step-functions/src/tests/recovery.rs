//! Executions survive their process: what has ended is known, what ran is carried on.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use tokio::time::{Duration, sleep};

use crate::engine::store::StartExecutionError;
use crate::testing::{EXECUTION_ARN, Fake, MACHINE_ARN, Machine, Processes, Reply, input, machine, map_machine};

/// Ten items, each of which takes 100 seconds; item 7 fails.
fn ten_items() -> Arc<Fake> {
    Fake::numbers(10, |number| number == 7)
}

fn two_at_once() -> Value {
    map_machine(&json!({"MaxConcurrency": 2, "ToleratedFailurePercentage": 10}))
}

#[test]
fn a_map_run_goes_on_with_what_had_not_ended() {
    let fake = ten_items();
    let processes = Processes::new(&fake, two_at_once());
    processes.next(async |machine| {
        machine.start(&input());
        sleep(Duration::from_secs(250)).await;
    });
    assert_eq!(fake.calls.load(Ordering::Relaxed), 6);

    processes.next(async |machine| {
        assert_eq!(machine.described().await["status"], json!("RUNNING"));
        assert_eq!(machine.executions.interrupted()[0].execution_arn, EXECUTION_ARN);
        assert!(machine.executions.resume(EXECUTION_ARN));
        assert!(!machine.executions.resume(EXECUTION_ARN), "it goes on already");
        machine.succeeded().await;

        let counts = &machine.map_run().await["itemCounts"];
        assert_eq!((&counts["total"], &counts["succeeded"], &counts["failed"]), (&json!(10), &json!(9), &json!(1)));
        assert_eq!((&counts["resultsWritten"], &counts["pending"]), (&json!(10), &json!(0)));
        let types = machine.event_types().await;
        assert_eq!(
            types[3..],
            ["MapRunStarted", "MapRunSucceeded", "MapStateSucceeded", "MapStateExited", "ExecutionSucceeded"]
        );
        let ids: Vec<u64> = machine.events().await.iter().map(|event| event["id"].as_u64().unwrap()).collect();
        assert_eq!(ids, (1..=8).collect::<Vec<_>>());
    });
    // The two that were in flight are called once more.
    assert_eq!(fake.calls.load(Ordering::Relaxed), 12);
    assert_eq!(fake.inputs("SUCCEEDED"), ["0", "1", "2", "3", "4", "5", "6", "8", "9"]);
    assert_eq!(fake.inputs("FAILED"), ["7"]);
}

#[test]
fn however_often_it_is_killed_every_item_ends_once() {
    let fake = ten_items();
    let processes = Processes::new(&fake, two_at_once());
    let mut kills = 0;
    while !processes.next(async |machine| {
        machine.executions.start(Some("run-1"), &input().to_string()).unwrap();
        // A few seconds later every time: also at the very moment when children end.
        sleep(Duration::from_secs(90 + 5 * kills)).await;
        machine.described().await["status"] == json!("SUCCEEDED")
    }) {
        kills += 1;
    }
    assert!(kills > 3, "{kills}");
    assert!(fake.calls.load(Ordering::Relaxed) <= 10 + 2 * kills);
    assert_eq!(fake.inputs("SUCCEEDED").len() + fake.inputs("FAILED").len(), 10);
    let names: std::collections::BTreeSet<_> =
        fake.results("SUCCEEDED").iter().map(|entry| entry["ExecutionArn"].to_string()).collect();
    assert_eq!(names.len(), 9);
}

#[test]
fn what_has_ended_is_known_as_it_was() {
    let fake = ten_items();
    let processes = Processes::new(&fake, two_at_once());
    let look = async |machine: &Machine| {
        let of_execution = json!({"executionArn": EXECUTION_ARN});
        let (_, map_runs) = machine.call("ListMapRuns", &of_execution).await;
        let map_run = json!({"mapRunArn": map_runs["mapRuns"][0]["mapRunArn"]});
        [
            machine.call("DescribeExecution", &of_execution).await,
            machine.call("GetExecutionHistory", &of_execution).await,
            machine.call("ListExecutions", &json!({"stateMachineArn": MACHINE_ARN})).await,
            machine.call("DescribeMapRun", &map_run).await,
            (200, map_runs),
        ]
    };
    let before = processes.next(async |machine| {
        machine.run(&input()).await;
        look(&machine).await
    });
    processes.next(async |machine| {
        assert!(machine.executions.interrupted().is_empty());
        assert_eq!(look(&machine).await, before);
        let again = machine.executions.start(Some("run-1"), &input().to_string());
        assert_eq!(again, Err(StartExecutionError::ExecutionAlreadyExists(EXECUTION_ARN.to_owned())));
    });
    assert_eq!(fake.calls.load(Ordering::Relaxed), 10);
}

#[test]
fn one_that_is_not_carried_on_can_be_stopped_with_its_results_and_without_a_call() {
    let fake = ten_items();
    let processes = Processes::new(&fake, two_at_once());
    processes.next(async |machine| {
        machine.start(&input());
        sleep(Duration::from_secs(150)).await;
    });
    processes.next(async |machine| {
        machine.executions.stop(EXECUTION_ARN, None, Some("taken over".to_owned())).await.unwrap();
        assert_eq!(machine.described().await["status"], json!("ABORTED"));
    });
    assert_eq!(fake.calls.load(Ordering::Relaxed), 4);
    assert_eq!(fake.inputs("SUCCEEDED"), ["0", "1"]);
    assert_eq!(fake.inputs("PENDING"), ["2", "3", "4", "5", "6", "7", "8", "9"]);
}

#[test]
fn states_that_were_exited_are_not_run_again() {
    let states = json!({
        "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"},
            "ResultPath": "$.a", "Next": "B"},
        "B": {"Type": "Wait", "Seconds": 60, "Next": "C"},
        "C": {"Type": "Pass", "End": true}
    });
    let fake = Fake::new(|_, _| Reply::ok(json!("once")));
    let processes = Processes::new(&fake, machine(&states));
    for _ in 0..2 {
        processes.next(async |machine| {
            machine.start(&json!({}));
            sleep(Duration::from_secs(30)).await;
        });
    }
    processes.next(async |machine| {
        let output = machine.output(&json!({})).await;
        assert_eq!(output["a"]["Payload"], json!("once"));
        let entered = machine.event_types().await.into_iter().filter(|kind| kind.ends_with("Entered"));
        assert_eq!(entered.collect::<Vec<_>>(), ["TaskStateEntered", "WaitStateEntered", "PassStateEntered"]);
    });
    assert_eq!(fake.calls.load(Ordering::Relaxed), 1);
}

#[test]
fn names_that_are_no_names_for_folders_are_kept_apart() {
    let processes = Processes::new(&Fake::echo(), machine(&json!({"A": {"Type": "Succeed"}})));
    let names = ["..", "a", "A", &"長".repeat(80)];
    processes.next(async |machine| {
        for name in names {
            let arn = machine.executions.start(Some(name), &json!(name).to_string()).unwrap();
            machine.executions.wait(&arn).await.unwrap();
        }
    });
    processes.next(async |machine| {
        for name in names {
            let arn = format!("arn:aws:states:us-west-2:123456789012:execution:Machine:{name}");
            let outcome = machine.executions.wait(&arn).await.unwrap();
            assert_eq!(outcome.output(), Some(&*json!(name).to_string()));
        }
    });
}

#[test]
fn one_that_cannot_be_kept_is_not_started() {
    let fake = ten_items();
    let processes = Processes::new(&fake, two_at_once());
    processes.next(async |machine| {
        std::fs::remove_dir_all(processes.directory.path()).unwrap();
        std::fs::write(processes.directory.path(), "no folder").unwrap();
        let request = json!({"stateMachineArn": MACHINE_ARN, "name": "run-1"});
        let (status, answer) = machine.call("StartExecution", &request).await;
        assert_eq!((status, &answer["__type"]), (500, &json!("InternalServerError")));
        assert_eq!(machine.call("DescribeExecution", &json!({"executionArn": EXECUTION_ARN})).await.0, 400);
        std::fs::remove_file(processes.directory.path()).unwrap();
    });
}
