//! Everything goes wrong that can: nothing is lost, and nothing is paid twice but what a fault explains.
//!
//! `CHAOS` in the environment makes it larger: options, such as `--items 10000 --concurrency 64`.

use crate::audit::{Audit, failures};
use crate::local::{Data, IMAGE_BUCKET, items, output_of};
use ::local::faults::{FunctionFault, Kind, S3Fault};
use clap::Parser;
use emulator_bedrock::BedrockFault;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Factor by which the waits of the state machine and the minutes of the quota are shorter.
const SPEED: u32 = 60;
/// Share of the model's calls, of the functions' S3 calls and of the invocations that go wrong; all kinds are equally frequent.
const FAULTS: f64 = 0.1;
/// How often `local` is killed and started again.
const KILLS: usize = 3;

#[derive(Parser)]
#[command(no_binary_name = true)]
struct Options {
    #[arg(long, default_value_t = 200)]
    items: usize,
    #[arg(long, default_value_t = 16)]
    concurrency: u32,
    /// Milliseconds that the model takes, in real time
    #[arg(long, default_value_t = 160)]
    latency: u32,
    /// Share of what is asked for that the quota allows
    #[arg(long, default_value_t = 0.2)]
    quota: f64,
    /// Seconds that the function may take, in real time
    #[arg(long, default_value_t = 10)]
    function_timeout: u32,
    /// All that is drawn follows from this
    #[arg(long, default_value_t = 1)]
    seed: usize,
}

impl Options {
    /// The arguments of `local` in its life number `life`, separated by blanks. Each life has another seed, else its first attempts would have
    /// the faults of the first attempts before.
    fn arguments(&self, life: usize) -> String {
        let asked = f64::from(self.concurrency * (60_000 / SPEED) / self.latency);
        let mut arguments = format!(
            "--ledger --speed={SPEED} --concurrency={} --latency={} --throttle={} --function-timeout={} --max-items={} \
             --tolerated-failure-percentage=50 --duplicate-events=1 --fault-seed={}",
            self.concurrency,
            self.latency * SPEED,
            (asked * self.quota).max(1.0) as u64,
            self.function_timeout,
            self.items,
            self.seed * 1000 + life
        );
        let of_model = |kind| match kind {
            // Slower than the function waits.
            BedrockFault::Slow(_) => BedrockFault::Slow(self.function_timeout * 1000 * SPEED).shown(),
            other => other.shown(),
        };
        for (option, kinds) in [
            ("fail", BedrockFault::all().map(of_model).collect::<Vec<_>>()),
            ("fail-s3", S3Fault::all().map(|kind| kind.shown()).collect()),
            ("fail-function", FunctionFault::all().map(|kind| kind.shown()).collect()),
        ] {
            let share = FAULTS / kinds.len() as f64;
            arguments.extend(kinds.iter().map(|kind| format!(" --{option}={share}={kind}")));
        }
        arguments
    }
}

#[tokio::test]
async fn nothing_is_lost_and_nothing_paid_twice_while_everything_goes_wrong() {
    let options = Options::parse_from(std::env::var("CHAOS").unwrap_or_default().split_whitespace());
    let list = items(options.items);
    let mut data = Data::new();
    data.0.disable_cleanup(true);
    println!("the data is in {}, and stays there if a promise is broken", data.0.path().display());
    let start = |life| data.up(&options.arguments(life).split(' ').collect::<Vec<_>>());
    let images = || data.files(IMAGE_BUCKET).into_iter().collect::<BTreeSet<_>>();

    let began = Instant::now();
    let mut up = start(0);
    up.put_list("chaos.json", &list).await;
    let mut starts = vec![images()];
    for life in 1..=KILLS {
        let folder = data.bucket(IMAGE_BUCKET).join("nomal");
        while std::fs::read_dir(&folder).map_or(0, Iterator::count) < options.items * life / (KILLS + 1) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        up.kill();
        starts.push(images());
        up = start(life);
    }
    let ended = up.ended(&up.first_execution().await).await;
    assert_eq!(up.executions().await.len(), 1, "duplicate events made executions");
    up.kill();
    let (seconds, ledger, made) = (began.elapsed().as_secs(), data.ledger(), images());
    let Audit { paid, lost, events, .. } = Audit::of(&ledger, &starts);
    let failed = failures(&data, options.items, &output_of(&ended));
    println!("{seconds} s, {} items with an image, failed: {failed:?}\n{events:#?}", made.len());
    println!("{paid} paid calls, lost to {lost:#?}");
    assert_eq!(paid, made.len() + lost.values().sum::<usize>());
    // Items wait for slots of the quota, so that it may be that no call is throttled.
    for source in ["S3: ", "function: ", "model: "] {
        assert!(events.keys().any(|event| event.starts_with(source)), "no {source}");
    }

    // The same list, without faults, makes what is missing, and nothing else.
    let path = data.list("chaos.json", &list);
    let run = data.run(&path, &["--json", "--ledger", "--max-items", &options.items.to_string()]);
    let missing = (options.items - made.len()) as u64;
    println!("the list again: {}", run.stdout);
    assert_eq!(run.counts(), [missing, made.len() as u64, missing]);
    let again = Audit::of(&data.ledger()[ledger.len()..], &[made]);
    assert_eq!((again.paid as u64, images().len()), (missing, options.items));
    data.0.disable_cleanup(false);
}
