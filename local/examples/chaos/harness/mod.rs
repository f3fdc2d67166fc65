//! The chaos test: a list is made while everything goes wrong that can, and then the ledger is audited.
//!
//! [`run`] drives `local` from outside, with injected faults and kills; [`audit`] reads what is left: the ledger, the result files and the
//! buckets.

pub mod audit;

use crate::local::{Data, IMAGE_BUCKET, items, output_of};
use ::local::faults::{FunctionFault, Kind, S3Fault};
use ::local::pipeline::LEDGER;
use audit::Audit;
use emulator_bedrock::BedrockFault;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Makes a list while everything goes wrong that can, and audits the ledger.
#[derive(clap::Parser)]
pub struct Options {
    /// Items of the list
    #[arg(long, default_value_t = 10_000)]
    pub items: usize,
    /// Items that are worked on at once
    #[arg(long, default_value_t = 64)]
    pub concurrency: usize,
    /// Share of the model's calls, of the functions' S3 calls and of the invocations that go wrong; all kinds are equally frequent
    #[arg(long, default_value_t = 0.1)]
    pub faults: f64,
    /// How often `local` is killed and started again
    #[arg(long, default_value_t = 3)]
    pub kills: usize,
    /// All that is drawn follows from this
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Milliseconds that the model takes, in real time
    #[arg(long, default_value_t = 640)]
    pub latency: u64,
    /// Share of what is asked for that the quota allows
    #[arg(long, default_value_t = 0.5)]
    pub quota: f64,
    /// Seconds that the function may take, in real time
    #[arg(long, default_value_t = 20)]
    pub function_timeout: u32,
}

/// Factor by which the waits of the state machine and the minutes of the quota are shorter.
const SPEED: u32 = 60;

impl Options {
    /// Requests that the model answers in a minute of fast motion.
    pub fn requests_per_minute(&self) -> u64 {
        let asked = self.concurrency as u64 * u64::from(60_000 / SPEED) / self.latency;
        ((asked as f64 * self.quota) as u64).max(1)
    }

    /// The arguments of `local` in its life number `life`. Another life has another seed, else its first attempts would have the faults of
    /// the first attempts before.
    fn arguments(&self, life: usize) -> Vec<String> {
        let mut arguments: Vec<String> = vec!["--ledger".to_owned()];
        arguments.extend([
            format!("--speed={SPEED}"),
            format!("--concurrency={}", self.concurrency),
            format!("--latency={}", self.latency * u64::from(SPEED)),
            format!("--throttle={}", self.requests_per_minute()),
            format!("--function-timeout={}", self.function_timeout),
            format!("--max-items={}", self.items),
            "--tolerated-failure-percentage=50".to_owned(),
            "--duplicate-events=1".to_owned(),
            format!("--fault-seed={}", self.seed * 1000 + life as u64),
        ]);
        // Slower than the function waits.
        let slow = BedrockFault::Slow(self.function_timeout * 1000 * SPEED);
        let of_model = BedrockFault::all().map(|kind| if matches!(kind, BedrockFault::Slow(_)) { slow } else { kind });
        for (option, kinds) in [
            ("fail", of_model.map(|kind| kind.shown()).collect::<Vec<_>>()),
            ("fail-s3", S3Fault::all().map(|kind| kind.shown()).collect()),
            ("fail-function", FunctionFault::all().map(|kind| kind.shown()).collect()),
        ] {
            let share = self.faults / kinds.len() as f64;
            arguments.extend(kinds.iter().map(|kind| format!("--{option}={share}={kind}")));
        }
        arguments
    }
}

/// What came of the test.
pub struct Report {
    pub audit: Audit,
    /// From the drop of the list to the end of its execution, all lives of `local` together.
    pub time: Duration,
    /// Keys of the images that were there when `local` was killed, for every kill.
    pub at_kill: Vec<BTreeSet<String>>,
    /// The object that `local run --json` of the same list printed afterwards, without faults.
    pub again: Value,
}

/// Runs the whole test in this folder, which is empty: the list is dropped, `local` is killed at random moments and started again.
///
/// # Panics
/// When something is not as it is promised.
pub async fn run(data: &Data, options: &Options) -> Report {
    let started = Instant::now();
    let mut random = fastrand::Rng::with_seed(options.seed);
    let mut moments: Vec<usize> = (0..options.kills).map(|_| random.usize(0..options.items * 9 / 10)).collect();
    moments.sort_unstable();
    let start = |life| data.up(&options.arguments(life).iter().map(String::as_str).collect::<Vec<_>>());
    let mut up = start(0);
    up.put_list("chaos.json", &items(options.items)).await;
    let mut at_kill = Vec::new();
    for (life, kill_at) in moments.into_iter().enumerate() {
        while stored(data) < kill_at {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        up.kill();
        at_kill.push(images(data));
        up = start(life + 1);
    }
    let ended = up.ended(&up.first_execution().await).await;
    assert_eq!(up.executions().await.len(), 1, "duplicate events made executions");
    up.kill();
    let (time, ledger) = (started.elapsed(), data.ledger());
    let audit = Audit::of(data, options.items, &ledger, &at_kill, &output_of(&ended));
    // The same list, without faults.
    let list = data.list("chaos.json", &items(options.items));
    let again = data.run(&list, &["--json", "--ledger", "--max-items", &options.items.to_string()]).json();
    audit.after(data, options.items, &data.ledger()[ledger.len()..], &again);
    Report { audit, time, at_kill, again }
}

/// Keys of the images on the disk.
fn images(data: &Data) -> BTreeSet<String> {
    data.files(IMAGE_BUCKET).into_iter().collect()
}

/// How many images are stored, as the ledger says while it is written.
fn stored(data: &Data) -> usize {
    let ledger = std::fs::read_to_string(data.0.path().join(LEDGER)).unwrap();
    ledger.lines().filter(|line| line.contains(r#""event":"stored""#) && line.contains("image.png")).count()
}
