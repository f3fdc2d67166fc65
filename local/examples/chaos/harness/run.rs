//! Drives `local` through the faults: the list is dropped, `local` is killed at random moments and started again.

use super::Options;
use super::audit::Audit;
use crate::local::{Data, IMAGE_BUCKET, items, output_of};
use ::local::pipeline::LEDGER;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Pause between two looks at how far things are.
const LOOK: Duration = Duration::from_millis(50);

/// What is known when the execution has ended.
pub struct Ended {
    /// Keys of the images that were there when `local` was killed, for every kill.
    pub at_kill: Vec<BTreeSet<String>>,
    /// The output of the one execution.
    pub output: Value,
    /// Entries of the ledger up to then.
    pub entries: usize,
}

/// What came of the test.
pub struct Report {
    pub audit: Audit,
    /// From the drop of the list to the end of its execution, all lives of `local` together.
    pub time: Duration,
    /// Images that were there when `local` was killed.
    pub killed_at: Vec<usize>,
    /// The object that `local run --json` of the same list printed afterwards, without faults.
    pub again: Value,
}

/// Runs the whole test in this folder, which is empty.
///
/// # Panics
/// When something is not as it is promised.
pub async fn run(data: &Data, options: &Options) -> Report {
    let started = Instant::now();
    let ended = until_it_ends(data, options).await;
    let time = started.elapsed();
    let audit = Audit::of(data, options, &ended);
    // The same list, without faults.
    let list = data.list("chaos.json", &items(options.items));
    let again = data.run(&list, &["--json", "--ledger", "--max-items", &options.items.to_string()]).json();
    audit.after(data, options, &ended, &again);
    Report { audit, time, killed_at: ended.at_kill.iter().map(BTreeSet::len).collect(), again }
}

async fn until_it_ends(data: &Data, options: &Options) -> Ended {
    let mut random = fastrand::Rng::with_seed(options.seed);
    let mut moments: Vec<usize> = (0..options.kills).map(|_| random.usize(0..options.items * 9 / 10)).collect();
    moments.sort_unstable();
    let start = |life| data.up(&options.arguments(life).iter().map(String::as_str).collect::<Vec<_>>());
    let mut up = start(0);
    up.clients().put_list("chaos.json", &items(options.items)).await;
    let mut at_kill = Vec::new();
    for (life, kill_at) in moments.into_iter().enumerate() {
        while stored(data) < kill_at {
            tokio::time::sleep(LOOK).await;
        }
        up.kill();
        at_kill.push(images(data));
        up = start(life + 1);
    }
    let aws = up.clients();
    let arn = aws.first_execution().await;
    while aws.sfn.describe_execution().execution_arn(&arn).send().await.unwrap().stop_date.is_none() {
        tokio::time::sleep(LOOK).await;
    }
    assert_eq!(aws.executions().await.len(), 1, "duplicate events made executions");
    let output = output_of(&aws.ended(&arn).await);
    up.kill();
    Ended { at_kill, output, entries: data.ledger().len() }
}

/// Keys of the images on the disk.
pub fn images(data: &Data) -> BTreeSet<String> {
    data.files(IMAGE_BUCKET).into_iter().collect()
}

/// How many images are stored, as the ledger says while it is written.
fn stored(data: &Data) -> usize {
    let ledger = std::fs::read_to_string(data.0.path().join(LEDGER)).unwrap();
    ledger.lines().filter(|line| line.contains(r#""event":"stored""#) && line.contains("image.png")).count()
}
