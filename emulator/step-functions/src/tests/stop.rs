//! Executions that end before their states do.

use serde_json::{Value, json};
use tokio::time::{Duration, Instant, sleep};

use crate::model::counts::Counts;
use crate::model::execution_outcome::ExecutionOutcome;
use crate::testing::{EXECUTION_ARN, Fake, Machine, Reply, input, invoke, machine, map_machine};

fn ten_items(fields: &Value) -> (std::sync::Arc<Fake>, Value) {
    (Fake::numbers(10, |_| false), map_machine(fields))
}

#[tokio::test(start_paused = true)]
async fn stopping_aborts_what_runs_and_leaves_the_rest_pending() {
    let (fake, definition) = ten_items(&json!({"MaxConcurrency": 2}));
    let machine = Machine::new(&fake, &definition);
    machine.start(&input());
    let begin = Instant::now();
    sleep(Duration::from_secs(150)).await;
    let request = json!({"executionArn": EXECUTION_ARN, "error": "Tired", "cause": "enough"});
    let (status, answer) = machine.call("StopExecution", &request).await;
    assert_eq!((status, answer["stopDate"].is_f64()), (200, true));
    assert_eq!(begin.elapsed().as_secs(), 150);

    let aborted = ExecutionOutcome::Aborted { error: Some("Tired".to_owned()), cause: Some("enough".to_owned()) };
    assert_eq!(machine.executions.wait(EXECUTION_ARN).await, Some(aborted));
    let counts = machine.counts();
    let expected = Counts { total: 10, succeeded: 2, aborted: 2, pending: 6, results_written: 10, ..Counts::default() };
    assert_eq!(counts, expected);
    assert_eq!(fake.inputs("SUCCEEDED"), ["0", "1"]);
    assert_eq!(fake.inputs("FAILED"), ["2", "3"]);
    assert_eq!(fake.inputs("PENDING"), ["4", "5", "6", "7", "8", "9"]);
    let types = machine.event_types().await;
    assert_eq!(types[types.len() - 2..], ["MapRunStarted", "ExecutionAborted"]);
    // As recorded on AWS, it follows no event.
    assert_eq!(machine.events().await.last().unwrap()["previousEventId"], json!(0));
    assert_eq!(machine.map_run().await["status"], json!("ABORTED"));
}

#[tokio::test(start_paused = true)]
async fn the_time_limit_of_the_machine_ends_its_map_runs() {
    let (fake, mut definition) = ten_items(&json!({"MaxConcurrency": 4}));
    definition["TimeoutSeconds"] = json!(50);
    let machine = Machine::new(&fake, &definition);
    assert_eq!(machine.run(&input()).await, ExecutionOutcome::TimedOut);
    let counts = machine.counts();
    assert_eq!((counts.aborted, counts.pending), (4, 6));
}

#[tokio::test(start_paused = true)]
async fn one_child_can_be_stopped() {
    let (fake, definition) = ten_items(&json!({"ToleratedFailurePercentage": 10}));
    let machine = Machine::new(&fake, &definition);
    machine.start(&input());
    sleep(Duration::from_secs(50)).await;
    let children = machine.children().await;
    assert_eq!(children.len(), 10);
    let child = children[0]["executionArn"].as_str().unwrap();
    machine.executions.stop(child, None, Some("this one not".to_owned())).await.unwrap();

    machine.succeeded().await;
    let failed = fake.results("FAILED");
    assert_eq!((&failed[0]["Status"], &failed[0]["Cause"]), (&json!("ABORTED"), &json!("this one not")));
}

#[tokio::test(start_paused = true)]
async fn an_execution_that_has_ended_stays_as_it_is() {
    let machine = Machine::new(&Fake::echo(), &machine(&json!({"A": {"Type": "Succeed"}})));
    let outcome = machine.run(&json!({})).await;
    machine.executions.stop(EXECUTION_ARN, None, None).await.unwrap();
    assert_eq!(machine.executions.wait(EXECUTION_ARN).await, Some(outcome));
    assert_eq!(machine.executions.stop("arn:aws:states:x", None, None).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_waits_is_stopped_at_once() {
    let fake = Fake::new(|_, _| Reply::error("E"));
    let mut state = invoke();
    state["Retry"] = json!([{"ErrorEquals": ["E"], "IntervalSeconds": 1000}]);
    let machine = Machine::new(&fake, &machine(&json!({"A": state})));
    machine.start(&json!({}));
    sleep(Duration::from_secs(1)).await;
    let begin = Instant::now();
    machine.executions.stop(EXECUTION_ARN, None, None).await.unwrap();
    assert_eq!(begin.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn all_that_run_can_be_stopped() {
    let machine = Machine::new(&Fake::echo(), &machine(&json!({"A": {"Type": "Wait", "Seconds": 60, "End": true}})));
    let done = machine.executions.start(Some("done"), "{}").unwrap();
    sleep(Duration::from_secs(61)).await;
    let running = ["a", "b"].map(|name| machine.executions.start(Some(name), "{}").unwrap());
    machine.executions.stop_all("time to go").await;
    for arn in running {
        let expected = ExecutionOutcome::Aborted { error: None, cause: Some("time to go".to_owned()) };
        assert_eq!(machine.executions.wait(&arn).await, Some(expected));
    }
    assert!(matches!(machine.executions.wait(&done).await, Some(ExecutionOutcome::Succeeded { .. })));
}
