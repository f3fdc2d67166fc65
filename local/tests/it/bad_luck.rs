//! S3 that fails, functions that die, notifications that come twice: as the fault plan says, and nothing is lost.

use crate::local::{Data, IMAGE_BUCKET, items};
use ::local::faults::Entry;
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn s3_that_fails_loses_no_image_and_no_image_is_paid_twice() {
    let data = Data::new();
    let list = data.list("cards.json", &items(40));
    let faults = ["SlowDown", "InternalError", "Reset", "LostAnswer"].map(|kind| format!("--fail-s3=0.1={kind}"));
    let mut arguments = vec!["--json", "--ledger", "--speed", "60"];
    arguments.extend(faults.iter().map(String::as_str));
    let run = data.run(&list, &arguments);
    let outcome = run.json();
    assert_eq!((run.code(), &outcome["failed"], data.files(IMAGE_BUCKET).len()), (0, &json!({}), 40), "{outcome}");
    assert_eq!((&outcome["paidCalls"], data.paid_calls()), (&json!(40), 40), "{outcome}");
    let kinds: BTreeSet<_> = data
        .ledger()
        .into_iter()
        .filter_map(|entry| match entry {
            Entry::S3Fault { operation, fault, .. } => Some((operation, fault)),
            _ => None,
        })
        .collect();
    for operation in ["HeadObject", "PutObject"] {
        for fault in ["SlowDown", "InternalError", "Reset", "LostAnswer"] {
            assert!(kinds.contains(&(operation.into(), fault.into())), "no {fault} of {operation} in {kinds:?}");
        }
    }
}

#[test]
fn functions_that_are_killed_or_hang_are_tried_again() {
    let data = Data::new();
    let list = data.list("cards.json", &items(40));
    let arguments =
        ["--fail-function=0.2=Kill", "--fail-function=0.1=Timeout", "--function-timeout", "5", "--speed", "60"];
    let run = data.run(&list, &[&arguments[..], &["--json", "--ledger"]].concat());
    let outcome = run.json();
    assert_eq!((run.code(), &outcome["failed"], data.files(IMAGE_BUCKET).len()), (0, &json!({}), 40), "{outcome}");
    let faults = function_faults(&data);
    let lost = faults.iter().filter(|(_, _, moment)| matches!(moment.as_str(), "Paid" | "Storing")).count();
    assert!(lost > 0 && faults.iter().any(|(_, fault, _)| fault == "Timeout"), "{faults:?}");
    assert_eq!(
        data.paid_calls(),
        40 + lost,
        "what was paid and not stored is paid again, and nothing else: {faults:?}"
    );
}

#[test]
fn a_panic_fails_its_item_alone_as_internal() {
    let data = Data::new();
    let list = data.list("cards.json", &items(30));
    let run =
        data.run(&list, &["--fail-function=0.2=Panic", "--json", "--ledger", "--tolerated-failure-percentage", "100"]);
    let panics = function_faults(&data).len();
    assert!(panics > 0);
    let outcome = run.json();
    assert_eq!((run.code(), &outcome["failed"]), (1, &json!({"Internal": panics})), "{outcome}");
}

#[test]
fn the_same_seed_strikes_the_same_items_at_the_same_moments_in_any_order() {
    let strikes = |concurrency: &str, seed: &str| {
        let data = Data::new();
        let list = data.list("cards.json", &items(30));
        let arguments = [
            "--fail-function=0.3=Kill",
            "--speed",
            "60",
            "--ledger",
            "--concurrency",
            concurrency,
            "--fault-seed",
            seed,
        ];
        assert_eq!(data.run(&list, &arguments).code(), 0);
        let mut faults = function_faults(&data);
        faults.sort();
        faults
    };
    let (three, eight, other) = (strikes("3", "7"), strikes("8", "7"), strikes("3", "8"));
    assert_eq!(three, eight);
    assert_ne!(three, other);
}

#[test]
fn a_fault_plan_can_be_a_file_and_one_that_is_none_is_refused() {
    let data = Data::new();
    let list = data.list("cards.json", &items(20));
    let plan = data.list("plan", r#"{"fail": ["0.5=ValidationException"], "fault-seed": 3, "filter": ["picture 7,"]}"#);
    let plan = plan.to_str().unwrap();
    let arguments = ["--faults", plan, "--filter", "picture 8,", "--tolerated-failure-percentage", "100", "--json"];
    let outcome = data.run(&list, &arguments).json();
    assert!(outcome["failed"]["ModelRejected"].as_u64() > Some(3), "{outcome}");
    assert_eq!(
        outcome["failed"]["ContentFiltered"].as_u64().map(|count| (1..=2).contains(&count)),
        Some(true),
        "{outcome}"
    );

    let broken = data.list("broken", r#"{"fail": ["0.5=Nonsense"]}"#);
    let run = data.run(&list, &["--faults", broken.to_str().unwrap()]);
    assert_eq!(run.code(), 2);
    assert!(run.stderr.contains("there is no error \"Nonsense\"; there are ThrottlingException"), "{}", run.stderr);
}

#[tokio::test]
async fn a_notification_that_comes_twice_starts_one_execution() {
    let data = Data::new();
    let up = data.up(&["--duplicate-events", "1", "--ledger"]);
    let aws = up.clients();
    aws.put_list("cards.json", &items(5)).await;
    while up.said().matches("cards.json: ").count() < 2 {
        tokio::task::yield_now().await;
    }
    let executions = aws.executions().await;
    assert_eq!(executions.len(), 1, "{}", up.said());
    aws.ended(&executions[0]).await;
    assert_eq!((data.files(IMAGE_BUCKET).len(), data.paid_calls()), (5, 5));
}

/// Id, fault and moment of every invocation that went wrong.
fn function_faults(data: &Data) -> Vec<(String, String, String)> {
    let faults = data.ledger().into_iter().filter_map(|entry| match entry {
        Entry::FunctionFault { item, fault, moment } => Some((item.id.unwrap_or_default(), fault, moment)),
        _ => None,
    });
    faults.collect()
}
