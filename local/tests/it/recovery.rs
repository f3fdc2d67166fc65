//! What survives a crash and Ctrl-C: notifications, executions, what came of their items; and redriving what did not succeed.

use crate::local::{Data, IMAGE_BUCKET, RESULT_BUCKET, Up, items, local_up, output_of};
use ::local::faults::Entry;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const ITEMS: usize = 40;
const CONCURRENCY: usize = 4;
const SLOW: [&str; 5] = ["--latency", "300", "--concurrency", "4", "--ledger"];

/// Drops a list and returns its execution when some pictures are there, but not all.
async fn in_mid_run(data: &Data, up: &Up) -> String {
    up.put_list("cards.json", &items(ITEMS)).await;
    data.wait_for_images(8);
    up.first_execution().await
}

fn ids(entries: &[Value]) -> BTreeSet<String> {
    let id = |entry: &Value| {
        let input: Value = serde_json::from_str(entry["Input"].as_str().unwrap()).unwrap();
        input["item"]["id"].to_string()
    };
    entries.iter().map(id).collect()
}

/// How many images this process generated, as it says when an execution has succeeded.
async fn generated(up: &Up) -> usize {
    let line = up.says("SUCCEEDED, ").await;
    let (_, counts) = line.split_once("SUCCEEDED, ").unwrap();
    counts.split(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn after_a_kill_an_execution_is_resumed() {
    let (data, up) = local_up(&SLOW);
    let arn = in_mid_run(&data, &up).await;
    up.kill();
    let there = data.files(IMAGE_BUCKET).len();
    assert!(there < ITEMS, "the kill came too late");

    let up = data.up(&SLOW);
    let resumed = up.says(": resumed").await;
    assert!(arn.ends_with(resumed.split_once(": ").unwrap().0), "{resumed}");
    output_of(&up.ended(&arn).await);
    assert_eq!(up.executions().await, std::slice::from_ref(&arn), "there is one execution, still");
    assert_eq!(data.files(IMAGE_BUCKET).len(), ITEMS);
    let succeeded = data.results("SUCCEEDED_0.json");
    assert_eq!((succeeded.len(), ids(&succeeded).len()), (ITEMS, ITEMS));
    // No image that was there is made again, so at most those in flight at the kill are made twice.
    let generated = generated(&up).await;
    assert!((ITEMS - there - CONCURRENCY..=ITEMS - there).contains(&generated), "{generated}, {there} were there");
}

#[tokio::test]
async fn a_notification_that_was_accepted_is_delivered_after_a_kill() {
    loop {
        let data = Data::new();
        let up = data.up(&[]);
        up.put_list("cards.json", &items(2)).await;
        up.kill();
        let waiting = data.0.path().join("notifications/waiting");
        if std::fs::read_dir(&waiting).unwrap().count() == 0 {
            // The trigger was faster than the kill.
            continue;
        }
        let up = data.up(&[]);
        output_of(&up.ended(&up.first_execution().await).await);
        assert_eq!((data.files(IMAGE_BUCKET).len(), up.executions().await.len()), (2, 1));
        while std::fs::read_dir(&waiting).unwrap().count() > 0 {
            tokio::task::yield_now().await;
        }
        return;
    }
}

#[tokio::test]
async fn an_event_that_the_trigger_cannot_take_is_kept_with_the_reason() {
    let (data, up) = local_up(&["--speed", "1000"]);
    // The report of a bad list cannot be stored.
    std::fs::remove_dir_all(data.bucket(RESULT_BUCKET)).unwrap();
    up.put_list("bad.json", "[{}]").await;
    let line = up.says("the event is kept in ").await;
    let path = line.rsplit_once("kept in ").unwrap().1;
    let record: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(record["requestPayload"]["Records"][0]["s3"]["object"]["key"], "bad.json");
    assert!(record["responsePayload"]["errorMessage"].is_string(), "{record}");
    let waiting = std::fs::read_dir(data.0.path().join("notifications/waiting")).unwrap();
    assert_eq!(waiting.count(), 0, "it is not delivered again");
}

#[tokio::test]
async fn what_was_stopped_is_redriven_and_only_the_rest_is_made() {
    let (data, up) = local_up(&SLOW);
    let arn = in_mid_run(&data, &up).await;
    // As on AWS, a function ends what it is at; one that had not begun when its item was stopped never does. When `local` ends, all have.
    let said = up.end();
    let redrive = format!("stepfunctions redrive-execution --execution-arn {arn}");
    assert!(said.contains(": ABORTED, ") && said.contains(&redrive), "{said}");
    let first = data.results("SUCCEEDED_0.json");
    let pending = data.results("PENDING_0.json").len();
    assert_eq!(first.len() + pending + data.results("FAILED_0.json").len(), ITEMS);
    assert!(first.len() >= 8 - CONCURRENCY && pending > 0);
    let there = data.files(IMAGE_BUCKET).len();
    assert!((ITEMS - pending - CONCURRENCY..=ITEMS - pending).contains(&there), "{there} images, {pending} pending");

    let up = data.up(&SLOW);
    up.says(&format!("{} items are left; ", ITEMS - first.len())).await;
    up.says(&redrive).await;
    up.sfn.redrive_execution().execution_arn(&arn).send().await.unwrap();
    up.says(": redriven").await;
    output_of(&up.ended(&arn).await);
    assert_eq!(data.files(IMAGE_BUCKET).len(), ITEMS);
    let all = data.results("SUCCEEDED_0.json");
    assert_eq!((ids(&all).len(), &all[..first.len()]), (ITEMS, &first[..]), "earlier successes stay as they were");
    assert_eq!((generated(&up).await, data.results("PENDING_0.json").len()), (ITEMS - there, 0));
    assert_eq!(data.paid_calls(), ITEMS, "every image was paid once, before or after");
    let said = up.end();
    assert!(!said.contains(": ABORTED, "), "{said}");
    let said = data.up(&[]).end();
    assert!(!said.contains(" left; "), "what was made since is named: {said}");
}

/// The parent of every process that runs, by their ids. A zombie, which its parent has not collected, has ended.
/// <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>
#[cfg(target_os = "linux")]
fn parents() -> BTreeMap<String, String> {
    let read = |id: String| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let (state, rest) = stat.rsplit_once(") ")?.1.split_once(' ')?;
        (state != "Z").then(|| (id, rest.split(' ').next().unwrap().to_owned()))
    };
    let ids = std::fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    ids.filter_map(read).collect()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn functions_end_with_a_local_that_is_killed_also_those_that_hang() {
    let (data, up) = local_up(&["--fail-function", "1=Timeout", "--function-timeout", "900", "--ledger"]);
    up.put_list("cards.json", &items(4)).await;
    let is_hanging = |entry: &Entry| matches!(entry, Entry::FunctionFault { .. });
    while data.ledger().iter().filter(|entry| is_hanging(entry)).count() < 4 {
        tokio::task::yield_now().await;
    }
    let mut children = parents();
    children.retain(|_, parent| *parent == up.process.id().to_string());
    assert!(children.len() >= 4, "{children:?}");
    up.kill();
    let since = std::time::Instant::now();
    while parents().keys().any(|id| children.contains_key(id)) {
        assert!(since.elapsed().as_secs() < 60, "one of {children:?} goes on without its local");
    }
}
