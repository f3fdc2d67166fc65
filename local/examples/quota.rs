//! How well lists use a quota: the deployed state machine in virtual time, against a model that answers so many images a minute.
//! `cargo run --release -p local --example quota -- [--definition FILE] [--quota IMAGES_A_MINUTE] [--items N]`

// A measurement that can not be made ends.
#![allow(clippy::unwrap_used)]

use local::states::{Definition, Executions, Outcome, Services, Settings, StateMachine, TaskError, substitute};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Seconds that the model takes for an image, give or take a fifth.
const LATENCY: f64 = 6.0;
/// Seconds until a call that is refused comes back.
const REFUSAL: f64 = 0.2;

/// How a quota of images a minute is kept.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Keeping {
    /// All the time, with two seconds' worth at once.
    Bucket,
    /// By the minute: whoever comes first.
    Window,
}

/// The model and its quota, in virtual time.
struct Model {
    keeping: Keeping,
    quota: f64,
    began: Instant,
    state: Mutex<State>,
}

struct State {
    random: fastrand::Rng,
    /// Images that may be made now, as of the time beside it, in seconds.
    left: f64,
    at: f64,
    made: u64,
    refused: u64,
}

impl Model {
    fn new(keeping: Keeping, quota: f64) -> Self {
        let left = if keeping == Keeping::Bucket { quota / 30.0 } else { quota };
        let state = State { random: fastrand::Rng::with_seed(7), left: left.max(1.0), at: 0.0, made: 0, refused: 0 };
        Self { keeping, quota, began: Instant::now(), state: Mutex::new(state) }
    }

    /// Whether an image is made, and the seconds until it is known.
    fn call(&self) -> (bool, f64) {
        let now = self.began.elapsed().as_secs_f64();
        let mut state = self.state.lock().unwrap();
        match self.keeping {
            Keeping::Bucket => {
                let filled = state.left + (now - state.at) * self.quota / 60.0;
                state.left = filled.min((self.quota / 30.0).max(1.0));
            }
            Keeping::Window if (now / 60.0).floor() > (state.at / 60.0).floor() => state.left = self.quota,
            Keeping::Window => {}
        }
        state.at = now;
        if state.left < 1.0 {
            state.refused += 1;
            return (false, REFUSAL);
        }
        state.left -= 1.0;
        state.made += 1;
        (true, LATENCY * (0.8 + 0.4 * state.random.f64()))
    }
}

/// Lists of so many items, and a generator that asks the model.
struct Aws {
    items: u64,
    model: Arc<Model>,
}

impl Services for Aws {
    async fn invoke(&self, _: &str, _: Vec<u8>) -> Result<Vec<u8>, TaskError> {
        let (is_made, seconds) = self.model.call();
        sleep(Duration::from_secs_f64(seconds)).await;
        if is_made {
            return Ok(br#"{"outcome":"generated"}"#.to_vec());
        }
        let cause = json!({"errorType": "ModelThrottled", "errorMessage": "Too many requests"}).to_string();
        Err(TaskError { error: "ModelThrottled".into(), cause })
    }

    async fn put_object(&self, _: &str, _: &str, _: Option<&str>, _: Vec<u8>) -> Result<Value, TaskError> {
        Ok(json!({"ETag": "\"\""}))
    }

    async fn open_object(&self, _: &str, _: &str, _: Option<&str>) -> Result<Box<dyn Read + Send>, TaskError> {
        let items: Vec<_> = (0..self.items).map(|n| json!({"id": format!("A{n}")})).collect();
        Ok(Box::new(Cursor::new(serde_json::to_vec(&items).unwrap())))
    }

    async fn put_file(&self, _: &str, _: &str, _: &Path) -> Result<(), TaskError> {
        Ok(())
    }
}

/// What is tried.
#[derive(Clone, Copy)]
struct Case {
    keeping: Keeping,
    quota: f64,
    items: u64,
    lists: u64,
    concurrency: u64,
}

/// Time over the least time that the quota allows, refused calls over all, items without an image.
struct Score {
    time: f64,
    refused: f64,
    lost: u64,
}

async fn run(definition: &str, case: Case) -> Result<Score, Box<dyn Error>> {
    let values = [
        ("GeneratorFunctionArn", "arn:aws:lambda:us-east-1:000000000000:function:generator".to_owned()),
        ("ResultBucketName", "results".to_owned()),
        ("MaxConcurrency", case.concurrency.to_string()),
        ("ToleratedFailurePercentage", "10".to_owned()),
    ];
    let values: BTreeMap<_, _> = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let definition = Definition::parse(&substitute(definition, &values)?)?;
    let directory = tempfile::tempdir()?;
    let machine = StateMachine::new("M", "us-east-1", "000000000000", "role", definition);
    let model = Arc::new(Model::new(case.keeping, case.quota));
    let aws = Aws { items: case.items, model: Arc::clone(&model) };
    let executions = Executions::open(aws, machine, Settings::new(directory.path()))?;
    let input = r#"{"bucketName": "lists", "bucketKey": "list.json"}"#;
    let started: Vec<_> = (0..case.lists).map(|_| executions.start(None, input)).collect::<Result<_, _>>()?;
    for arn in &started {
        let outcome = executions.wait(arn).await;
        assert!(matches!(outcome, Some(Outcome::Succeeded { .. })), "{outcome:?}");
    }
    let took = model.began.elapsed().as_secs_f64();
    let state = model.state.lock().unwrap();
    let all = case.items * case.lists;
    Ok(Score {
        time: took / (all as f64 * 60.0 / case.quota),
        refused: state.refused as f64 / (state.refused + state.made) as f64,
        lost: all - state.made.min(all),
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option =
        |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
    let definition = match option("--definition") {
        Some(path) => std::fs::read_to_string(path)?,
        None => include_str!("../../sam/statemachine.asl.json").to_owned(),
    };
    let quotas = option("--quota").map_or(Ok(vec![60.0]), |quota| quota.parse().map(|quota| vec![quota]))?;
    let sizes =
        option("--items").map_or(Ok(vec![100, 1_000, 10_000]), |items| items.parse().map(|items| vec![items]))?;
    for quota in quotas {
        println!(
            "A quota of {quota} images a minute, {LATENCY} s an image. Time over the least possible, and refused calls of all."
        );
        print!("{:>7} {:>5} {:>7} |", "items", "lists", "quota");
        let needed = (quota / 60.0 * LATENCY).ceil() as u64;
        let shares = [(1, 4), (1, 1), (2, 1), (4, 1), (8, 1)];
        for (times, over) in shares {
            let factor = if over == 1 { format!("{times} x") } else { format!("{times}/{over} x") };
            print!(" {:>6} ({:>3}) |", factor, (needed * times).div_ceil(over));
        }
        println!();
        for items in &sizes {
            for lists in [1, 4] {
                for keeping in [Keeping::Bucket, Keeping::Window] {
                    print!("{items:>7} {lists:>5} {:>7} |", format!("{keeping:?}").to_lowercase());
                    for (times, over) in shares {
                        let concurrency = (needed * times).div_ceil(over);
                        let case = Case { keeping, quota, items: *items, lists, concurrency };
                        let runtime =
                            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
                        let Score { time, refused, lost } = runtime.block_on(run(&definition, case))?;
                        assert_eq!(lost, 0, "items without an image");
                        print!(" {time:>5.2} {:>4.0} % |", refused * 100.0);
                    }
                    println!();
                }
            }
        }
    }
    Ok(())
}
