//! Everything goes wrong that can: nothing is lost, and nothing is paid twice but what a fault explains.
//!
//! `CHAOS` in the environment makes it larger: the number of items and a seed, such as `10000 2`.

use crate::audit::{Audit, failures};
use crate::local::{Data, IMAGE_BUCKET, items, output_of};
use ::local::faults::{FunctionFault, Kind, S3Fault};
use emulator_bedrock::BedrockFault;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Factor by which the waits of the state machine and the minutes of the quota are shorter.
const SPEED: u32 = 60;
/// How often `local` is killed and started again.
const KILLS: usize = 3;
/// Share of the model's calls, of the functions' S3 calls and of the invocations that go wrong; all kinds are equally frequent.
const FAULTS: f64 = 0.1;
/// Seconds that the function may take, in real time.
const FUNCTION_TIMEOUT: u32 = 10;

/// The arguments of `local`, separated by blanks. The model takes 160 ms in real time, and its quota allows a fifth of what is asked for.
fn arguments(items: usize, seed: usize) -> String {
    let mut arguments = format!(
        "--ledger --speed={SPEED} --concurrency=16 --latency={} --throttle=20 --function-timeout={FUNCTION_TIMEOUT} \
         --max-items={items} --tolerated-failure-percentage=50 --duplicate-events=1 --fault-seed={seed}",
        160 * SPEED,
    );
    let of_model = |kind| match kind {
        // Slower than the function waits.
        BedrockFault::Slow(_) => BedrockFault::Slow(FUNCTION_TIMEOUT * 1000 * SPEED).shown(),
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

#[tokio::test]
async fn nothing_is_lost_and_nothing_paid_twice_while_everything_goes_wrong() {
    let chaos = std::env::var("CHAOS").unwrap_or("200 1".to_owned());
    let (count, seed) = chaos.split_once(' ').expect("the number of items, and a seed");
    let (count, seed): (usize, usize) = (count.parse().unwrap(), seed.parse().unwrap());
    let list = items(count);
    let mut data = Data::new();
    data.0.disable_cleanup(true);
    println!("the data is in {}, and stays there if a promise is broken", data.0.path().display());
    // Each life has another seed, else its first attempts would have the faults of the first attempts before.
    let start = |life| data.up(&arguments(count, seed * 1000 + life).split(' ').collect::<Vec<_>>());
    let images = || data.files(IMAGE_BUCKET).into_iter().collect::<BTreeSet<_>>();

    let began = Instant::now();
    let mut up = start(0);
    up.put_list("chaos.json", &list).await;
    let mut starts = vec![images()];
    for life in 1..=KILLS {
        let folder = data.bucket(IMAGE_BUCKET).join("nomal");
        while std::fs::read_dir(&folder).map_or(0, Iterator::count) < count * life / (KILLS + 1) {
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
    let failed = failures(&data, count, &output_of(&ended));
    println!("{seconds} s, {} items with an image, failed: {failed:?}\n{events:#?}", made.len());
    println!("{paid} paid calls, lost to {lost:#?}");
    assert_eq!(paid, made.len() + lost.values().sum::<usize>());
    // Items wait for slots of the quota, so that it may be that no call is throttled.
    for source in ["S3: ", "function: ", "model: "] {
        assert!(events.keys().any(|event| event.starts_with(source)), "no {source}");
    }

    // The same list, without faults, makes what is missing, and nothing else.
    let path = data.list("chaos.json", &list);
    let run = data.run(&path, &["--json", "--ledger", "--max-items", &count.to_string()]);
    let missing = (count - made.len()) as u64;
    println!("the list again: {}", run.stdout);
    assert_eq!(run.counts(), [missing, made.len() as u64, missing]);
    let again = Audit::of(&data.ledger()[ledger.len()..], &[made]);
    assert_eq!((again.paid as u64, images().len()), (missing, count));
    data.0.disable_cleanup(false);
}
