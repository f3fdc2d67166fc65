//! A model, an S3 and functions that fail as the fault plan says: nothing is lost, and everything that failed says why.

use crate::local::{Data, IMAGE_BUCKET, items, local_up};
use ::local::faults::{Entry, FunctionFault, Moment, S3Fault};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How `local run` of a plain list ended, with its data.
struct Outcome {
    code: i32,
    json: Value,
    data: Data,
}

impl Outcome {
    fn images(&self) -> usize {
        self.data.files(IMAGE_BUCKET).len()
    }

    /// What is picked from the entries of the ledger, sorted.
    fn in_ledger<T: Ord>(&self, pick: impl Fn(Entry) -> Option<T>) -> Vec<T> {
        let mut picked: Vec<T> = self.data.ledger().into_iter().filter_map(pick).collect();
        picked.sort();
        picked
    }

    /// Id, fault and moment of every invocation that went wrong, sorted.
    fn function_faults(&self) -> Vec<(String, FunctionFault, Moment)> {
        self.in_ledger(|entry| match entry {
            Entry::FunctionFault { item, fault, moment } => Some((item.id.unwrap_or_default(), fault, moment)),
            _ => None,
        })
    }
}

/// Makes a plain list with these options, separated by blanks.
fn run(count: usize, options: &str) -> Outcome {
    let data = Data::new();
    let list = data.list("cards.json", &items(count));
    let mut arguments = vec!["--json", "--ledger"];
    arguments.extend(options.split(' '));
    let run = data.run(&list, &arguments);
    Outcome { code: run.code(), json: run.json(), data }
}

/// What comes of the same work on each of these, all at once: most of it is waiting for quotas, and for the leases of killed functions.
fn at_once<T: Send, R: Send>(all: impl IntoIterator<Item = T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = all.into_iter().map(|one| scope.spawn(move || work(one))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// Makes a plain list with these options, and every item gets its image.
fn makes_all(count: usize, options: &str) -> Outcome {
    let outcome = run(count, options);
    assert_eq!((outcome.code, &outcome.json["failed"]), (0, &json!({})), "{options}: {}", outcome.json);
    assert_eq!((&outcome.json["unfinished"], outcome.images()), (&json!(0), count), "{options}: {}", outcome.json);
    outcome
}

#[test]
fn a_throttled_list_finishes_with_nothing_lost() {
    let outcome = makes_all(10, "--throttle 1 --speed 60 --concurrency 20").json;
    assert!(outcome["modelCalls"].as_u64() > Some(10), "nothing was throttled: {outcome}");
}

#[test]
fn passing_failures_of_every_kind_are_tried_again() {
    let all =
        "ModelTimeoutException ModelErrorException InternalServerException InferenceError NoImage Disconnect Truncated";
    // The others look like a quota, at which items wait for their slot: one name at a time, and few of it.
    let quotas = "ThrottlingException ModelNotReadyException ServiceUnavailableException ServiceQuotaExceededException overloaded_error";
    let lists = quotas.split(' ').map(|name| (5, "0.3", "2", name)).chain([(40, "0.05", "1", all)]);
    at_once(lists, |(count, share, seed, names)| {
        let fail: Vec<String> = names.split(' ').map(|name| format!("--fail={share}={name}")).collect();
        let outcome = makes_all(count, &format!("--speed 500 --fault-seed {seed} {}", fail.join(" ")));
        let answers = outcome.in_ledger(|entry| match entry {
            Entry::Answered { answer, fault, .. } => Some(fault.unwrap_or(answer)),
            _ => None,
        });
        assert!(
            names.split(' ').all(|name| answers.iter().any(|answer| answer == name)),
            "some of {names} never came: {answers:?}"
        );
    });
}

#[test]
fn lasting_failures_fail_their_items_with_their_kind() {
    for (error, kind) in [
        ("AccessDeniedException", "AccessDenied"),
        ("ValidationException", "ModelRejected"),
        ("ResourceNotFoundException", "ModelNotAvailable"),
    ] {
        let outcome = run(40, &format!("--fail 0.2={error}"));
        let json = &outcome.json;
        let failed = json["failed"][kind].as_u64().unwrap_or_else(|| panic!("no {kind} in {json}"));
        assert_eq!((outcome.code, &json["status"]), (1, &json!("SUCCEEDED")), "{json}");
        assert_eq!(outcome.images() as u64, 40 - failed, "{json}");
        let failure = &json["failures"][0];
        assert_eq!(failure["error"], kind);
        assert!(failure["message"].as_str().unwrap().contains(error), "{failure}");
    }
}

#[test]
fn filtered_prompts_fail_alone_and_are_told() {
    let outcome = run(30, "--filter 7,");
    let failed = &outcome.json["failed"];
    // Of the prompts `picture N, brown hair`, those of 7, 17 and 27.
    assert_eq!((outcome.code, outcome.images(), failed), (1, 27, &json!({"ContentFiltered": 3})));
    let failures = outcome.json["failures"].as_array().unwrap();
    let failure = failures.iter().find(|failure| failure["id"] == "A7").unwrap();
    assert_eq!((&failure["rank"], &failure["index"]), (&json!("nomal"), &json!(7)));
}

#[test]
fn too_many_failures_fail_the_execution_early() {
    let options = "--fail 1=AccessDeniedException --tolerated-failure-percentage 10 --concurrency 5";
    let Outcome { code, json, .. } = run(200, options);
    assert_eq!((code, &json["status"]), (1, &json!("FAILED")));
    assert_eq!(json["error"], "States.ExceedToleratedFailureThreshold");
    assert!(json["modelCalls"].as_u64() < Some(60), "a broken permission stops the run early: {json}");
}

#[test]
fn a_function_that_takes_too_long_is_ended_and_tried_again() {
    // The generator keeps a quarter of its time for storing, so it gives up on the model by itself: no item is stuck.
    // The latency is in fast motion too: these are five seconds.
    let outcome = run(2, "--latency 5000000 --function-timeout 2 --speed 1000");
    let failed = &outcome.json["failed"];
    assert_eq!((outcome.code, outcome.images(), failed), (1, 0, &json!({"ModelFailed": 2})), "{}", outcome.json);
}

#[test]
fn s3_that_fails_loses_no_image_and_no_image_is_paid_twice() {
    let kinds = [S3Fault::SlowDown, S3Fault::InternalError, S3Fault::Reset, S3Fault::LostAnswer];
    let fail = kinds.map(|kind| format!("--fail-s3=0.1={kind:?}")).join(" ");
    // A lease whose release failed is waited for: it expires with the time of the function.
    let outcome = makes_all(40, &format!("--speed 60 --function-timeout 10 {fail}"));
    assert_eq!((&outcome.json["paidCalls"], outcome.data.paid_calls()), (&json!(40), 40), "{}", outcome.json);
    let came = outcome.in_ledger(|entry| match entry {
        Entry::S3Fault { operation, fault, .. } => Some((operation, fault)),
        _ => None,
    });
    for operation in ["HeadObject", "PutObject"] {
        for fault in kinds {
            assert!(came.contains(&(operation.into(), fault)), "no {fault:?} of {operation} in {came:?}");
        }
    }
}

#[test]
fn functions_that_are_killed_or_hang_are_tried_again() {
    let outcome = makes_all(40, "--fail-function=0.2=Kill --fail-function=0.1=Timeout --function-timeout 3 --speed 60");
    let faults = outcome.function_faults();
    let lost = faults.iter().filter(|(_, _, moment)| matches!(moment, Moment::Paid | Moment::Storing)).count();
    assert!(lost > 0 && faults.iter().any(|(_, fault, _)| *fault == FunctionFault::Timeout), "{faults:?}");
    let paid = outcome.data.paid_calls();
    assert_eq!(paid, 40 + lost, "what was paid and not stored is paid again, and nothing else: {faults:?}");
}

#[test]
fn a_panic_fails_its_item_alone_as_internal() {
    let outcome = run(30, "--fail-function=0.2=Panic");
    let panics = outcome.function_faults().len();
    assert!(panics > 0);
    assert_eq!((outcome.code, &outcome.json["failed"]), (1, &json!({"Internal": panics})), "{}", outcome.json);
}

#[test]
fn the_same_seed_injects_the_same_faults_at_any_concurrency() {
    let faults = |concurrency: u32, seed: u32| {
        let options = format!("--concurrency {concurrency} --fault-seed {seed} --speed 60 --function-timeout 3");
        let outcome = run(30, &format!("{options} --fail-function=0.3=Kill --fail 0.3=ValidationException"));
        let failures = outcome.json["failures"].as_array().unwrap().iter();
        let rejected: BTreeSet<String> = failures.map(|failure| failure["id"].to_string()).collect();
        (outcome.function_faults(), rejected)
    };
    let outcomes = at_once([(3, 7), (8, 7), (3, 8)], |(concurrency, seed)| faults(concurrency, seed));
    let [three, eight, other] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!(three, eight);
    assert!(three.0 != other.0 && three.1 != other.1);
}

#[tokio::test]
async fn a_notification_that_comes_twice_starts_one_execution() {
    let (data, up) = local_up(&["--duplicate-events", "1", "--ledger"]);
    up.put_list("cards.json", &items(5)).await;
    up.says(" was started before").await;
    let executions = up.executions().await;
    assert_eq!(executions.len(), 1, "{}", up.said());
    up.ended(&executions[0]).await;
    assert_eq!((data.files(IMAGE_BUCKET).len(), data.paid_calls()), (5, 5));
}
