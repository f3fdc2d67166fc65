//! How well lists use a quota: the deployed state machine in virtual time, against a model that answers so many images a minute.
//! `cargo run --release -p local --example quota -- [--definition FILE] [--quota IMAGES_A_MINUTE] [--items N] [--stray SHARE] [--unpaced]`

// A measurement that can not be made ends.
#![allow(clippy::unwrap_used)]

use generator::pace::{self, Pace, Seen, Turn};
use local::states::{Definition, Executions, Outcome, Services, Settings, StateMachine, TaskError, substitute};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error;
use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Seconds that the model takes for an image, give or take a fifth.
const LATENCY: f64 = 6.0;
/// Seconds until a call that is refused comes back.
const REFUSAL: f64 = 0.2;
/// Seconds of a request to S3 for a small object, at least and at most.
const SMALL: [f64; 2] = [0.02, 0.06];
/// Seconds of storing an image, at least and at most.
const STORE: [f64; 2] = [0.06, 0.14];
/// Seconds for which an item that finds its turn at once holds a place among the concurrent ones: a look for its image, the clock and the claim
/// (each is read and written), the model, the image.
const ITEM: f64 = 5.0 * (SMALL[0] + SMALL[1]) / 2.0 + LATENCY + (STORE[0] + STORE[1]) / 2.0;

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
    /// Share of the calls that are refused although there is quota left.
    stray: f64,
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
    fn new(keeping: Keeping, quota: f64, stray: f64, seed: u64) -> Self {
        let left = if keeping == Keeping::Bucket { quota / 30.0 } else { quota };
        let state = State { random: fastrand::Rng::with_seed(seed), left: left.max(1.0), at: 0.0, made: 0, refused: 0 };
        Self { keeping, quota, stray, began: Instant::now(), state: Mutex::new(state) }
    }

    /// Images that were made, and calls that were refused.
    fn counts(&self) -> (u64, u64) {
        let state = self.state.lock().unwrap();
        (state.made, state.refused)
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
        if state.left < 1.0 || state.random.f64() < self.stray {
            state.refused += 1;
            return (false, REFUSAL);
        }
        state.left -= 1.0;
        state.made += 1;
        (true, LATENCY * (0.8 + 0.4 * state.random.f64()))
    }
}

/// The clocks of the generator, in an S3 that takes its time.
struct Board {
    began: Instant,
    s3: Arc<S3>,
    hanging: Mutex<Option<Hanging>>,
}

/// An S3 that takes its time.
#[derive(Default)]
struct S3(Mutex<fastrand::Rng>);

impl S3 {
    /// A share of the time of a request.
    async fn takes(&self, share: f64, [least, most]: [f64; 2]) {
        let seconds = least + (most - least) * self.0.lock().unwrap().f64();
        sleep(Duration::from_secs_f64(share * seconds)).await;
    }

    /// Reads a small object and writes it.
    async fn change(&self) {
        self.takes(1.0, SMALL).await;
        self.takes(1.0, SMALL).await;
    }
}

/// The clock that hangs there, and how often it was written.
#[derive(Clone)]
struct Hanging {
    version: u64,
    text: Vec<u8>,
}

impl Board {
    /// The way to S3, or back.
    async fn way(&self) {
        self.s3.takes(0.5, SMALL).await;
    }
}

impl pace::Board for Board {
    type Version = u64;
    type Error = Infallible;

    fn now(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    async fn read(&self, _: &str) -> Result<Option<Seen<u64>>, Infallible> {
        self.way().await;
        let seen = self.hanging.lock().unwrap().clone().map(|Hanging { version, text }| Seen { text, version });
        self.way().await;
        Ok(seen)
    }

    async fn write(&self, _: &str, seen: Option<&u64>, clock: Vec<u8>) -> Result<bool, Infallible> {
        self.way().await;
        let is_unchanged = {
            let mut hanging = self.hanging.lock().unwrap();
            let version = hanging.as_ref().map(|hanging| hanging.version);
            if version.as_ref() == seen {
                *hanging = Some(Hanging { version: version.unwrap_or_default() + 1, text: clock });
                true
            } else {
                false
            }
        };
        self.way().await;
        Ok(is_unchanged)
    }
}

/// Lists of so many items, and a generator that asks the model when the clock says so.
struct Aws {
    items: u64,
    model: Arc<Model>,
    pace: Option<Pace<Board>>,
    s3: Arc<S3>,
    invocations: Arc<AtomicU64>,
}

impl Services for Aws {
    async fn invoke(&self, _: &str, payload: Vec<u8>) -> Result<Vec<u8>, TaskError> {
        self.invocations.fetch_add(1, Ordering::Relaxed);
        let payload: Value = serde_json::from_slice(&payload).unwrap();
        self.s3.takes(1.0, SMALL).await;
        let pace = self.pace.as_ref().filter(|_| payload["canWait"] == json!(true));
        if let Some(pace) = pace {
            // The claim.
            self.s3.change().await;
            let ticket = serde_json::from_value(payload["ticket"].clone()).ok();
            let Ok(turn) = pace.turn("model", ticket).await;
            if let Some(later) = later(&payload, turn) {
                // The claim is given back.
                self.s3.change().await;
                return Ok(later);
            }
        }
        let asked = self.model.began.elapsed().as_secs_f64();
        let (is_made, seconds) = self.model.call();
        sleep(Duration::from_secs_f64(seconds)).await;
        if is_made {
            self.s3.takes(1.0, STORE).await;
            return Ok(br#"{"outcome":"generated"}"#.to_vec());
        }
        if let Some(pace) = pace {
            let Ok(turn) = pace.refused("model", asked).await;
            if let Some(later) = later(&payload, turn) {
                // The claim is given back.
                self.s3.change().await;
                return Ok(later);
            }
        }
        let cause = json!({"errorType": "ModelThrottled", "errorMessage": "Too many requests"}).to_string();
        Err(TaskError { error: "ModelThrottled".into(), cause })
    }

    async fn put_object(&self, _: &str, _: &str, _: Option<&str>, _: Vec<u8>) -> Result<Value, TaskError> {
        Ok(json!({"ETag": "\"\""}))
    }

    async fn head_object(&self, _: &str, _: &str, _: Option<&str>) -> Result<Value, TaskError> {
        Ok(json!({"VersionId": "1"}))
    }

    async fn open_object(&self, _: &str, _: &str, _: Option<&str>) -> Result<Box<dyn Read + Send>, TaskError> {
        let items: Vec<_> = (0..self.items).map(|n| json!({"id": format!("A{n}")})).collect();
        Ok(Box::new(Cursor::new(serde_json::to_vec(&items).unwrap())))
    }

    async fn put_file(&self, _: &str, _: &str, _: &Path) -> Result<(), TaskError> {
        Ok(())
    }
}

/// The answer of a generator whose item has to wait.
fn later(payload: &Value, turn: Turn) -> Option<Vec<u8>> {
    let Turn::Wait { seconds, ticket } = turn else { return None };
    let mut next = payload.clone();
    next["waitSeconds"] = json!(seconds);
    next["ticket"] = json!(ticket);
    Some(serde_json::to_vec(&next).unwrap())
}

/// What is tried.
#[derive(Clone, Copy)]
struct Case {
    keeping: Keeping,
    quota: f64,
    items: u64,
    lists: u64,
    concurrency: u64,
    stray: f64,
    is_paced: bool,
}

/// What came of the lists: time over the least time that the quota allows, refused calls over all, calls of the function for an image.
#[derive(Clone, Copy, Default)]
struct Score {
    time: f64,
    refused: f64,
    invocations: f64,
}

impl Score {
    /// The mean of some.
    fn mean(scores: &[Self]) -> Self {
        let mean = |of: fn(&Self) -> f64| scores.iter().map(of).sum::<f64>() / scores.len() as f64;
        Self {
            time: mean(|score| score.time),
            refused: mean(|score| score.refused),
            invocations: mean(|score| score.invocations),
        }
    }
}

/// Runs the lists of a case against a model that nobody has asked yet, and the same lists again a minute and a half later.
async fn run(definition: &str, case: Case, seed: u64) -> Result<[Score; 2], Box<dyn Error>> {
    let values = [
        ("GeneratorFunctionArn", "arn:aws:lambda:us-east-1:000000000000:function:generator".to_owned()),
        ("ListBucketName", "lists".to_owned()),
        ("ResultBucketName", "results".to_owned()),
        ("MaxConcurrency", case.concurrency.to_string()),
        ("ToleratedFailurePercentage", "10".to_owned()),
    ];
    let values: BTreeMap<_, _> = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let definition = Definition::parse(&substitute(definition, &values)?)?;
    let directory = tempfile::tempdir()?;
    let machine = StateMachine::new("M", "us-east-1", "000000000000", "role", definition);
    let model = Arc::new(Model::new(case.keeping, case.quota, case.stray, seed));
    let s3 = Arc::<S3>::default();
    let board = Board { began: model.began, s3: Arc::clone(&s3), hanging: Mutex::default() };
    let invocations = Arc::new(AtomicU64::new(0));
    let pace = case.is_paced.then(|| Pace::new(board));
    let aws = Aws { items: case.items, model: Arc::clone(&model), pace, s3, invocations: Arc::clone(&invocations) };
    let executions = Executions::open(aws, machine, Settings::new(directory.path()))?;
    let input = r#"{"bucketName": "lists", "bucketKey": "list.json"}"#;
    let all = case.items * case.lists;
    let mut scores = [Score::default(); 2];
    for score in &mut scores {
        let begin = Instant::now();
        let (made, refused) = model.counts();
        let invoked = invocations.load(Ordering::Relaxed);
        let started: Vec<_> = (0..case.lists).map(|_| executions.start(None, input)).collect::<Result<_, _>>()?;
        for arn in &started {
            let outcome = executions.wait(arn).await;
            assert!(matches!(outcome, Some(Outcome::Succeeded { .. })), "{outcome:?}");
        }
        let (made, refused) = (model.counts().0 - made, model.counts().1 - refused);
        assert_eq!(made, all, "every item is made, and once");
        *score = Score {
            time: begin.elapsed().as_secs_f64() / (all as f64 * 60.0 / case.quota),
            refused: refused as f64 / (refused + made) as f64,
            invocations: (invocations.load(Ordering::Relaxed) - invoked) as f64 / all as f64,
        };
        sleep(Duration::from_secs(90)).await;
    }
    Ok(scores)
}

/// The mean of some runs, each with other latencies: of thirty for a hundred items, of three for a thousand, of one for more.
fn score(definition: &str, case: Case) -> Result<[Score; 2], Box<dyn Error>> {
    let mut runs = Vec::new();
    for seed in 0..(3_000 / case.items).clamp(1, 30) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
        runs.push(runtime.block_on(run(definition, case, seed))?);
    }
    let mean = |n: usize| Score::mean(&runs.iter().map(|scores| scores[n]).collect::<Vec<_>>());
    Ok([mean(0), mean(1)])
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option =
        |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
    let definition = match option("--definition") {
        Some(path) => std::fs::read_to_string(path)?,
        None => include_str!("../../sam/statemachine.asl.json").to_owned(),
    };
    let is_paced = !arguments.iter().any(|argument| argument == "--unpaced");
    let quota = option("--quota").map_or(Ok(60.0), |quota| quota.parse())?;
    let stray = option("--stray").map_or(Ok(0.0), |share| share.parse())?;
    let sizes =
        option("--items").map_or(Ok(vec![100, 1_000, 10_000]), |items| items.parse().map(|items| vec![items]))?;
    println!(
        "A quota of {quota} images a minute, {LATENCY} s an image and {ITEM:.1} s an item. Time over the least possible, and refused calls of all."
    );
    let needed = |seconds: f64| (quota / 60.0 * seconds).ceil() as u64;
    let mut columns = vec![("1/4 ×", needed(ITEM).div_ceil(4)), ("model only", needed(LATENCY))];
    columns.extend([("1 ×", 1), ("2 ×", 2), ("4 ×", 4), ("8 ×", 8)].map(|(name, times)| (name, times * needed(ITEM))));
    print!("| items | lists | quota | |");
    for (name, concurrency) in &columns {
        print!(" {name} ({concurrency}) |");
    }
    println!("\n| --: | --: | --- | --- |{}", " --: |".repeat(columns.len()));
    let mut most_invocations = 0.0_f64;
    for items in &sizes {
        for lists in [1, 4] {
            for keeping in [Keeping::Bucket, Keeping::Window] {
                let mut rows = [String::new(), String::new()];
                for (_, concurrency) in &columns {
                    let concurrency = *concurrency;
                    let case = Case { keeping, quota, items: *items, lists, concurrency, stray, is_paced };
                    for (row, score) in rows.iter_mut().zip(score(&definition, case)?) {
                        row.push_str(&format!(" {:.2}, {:.0} % |", score.time, score.refused * 100.0));
                        most_invocations = most_invocations.max(score.invocations);
                    }
                }
                for (name, row) in ["first", "again"].into_iter().zip(rows) {
                    println!("| {items} | {lists} | {} | {name} |{row}", format!("{keeping:?}").to_lowercase());
                }
            }
        }
    }
    println!("Calls of the function for an image: at most {most_invocations:.1}.");
    Ok(())
}
