//! How well lists use a quota: the deployed state machine in virtual time, against a model with a quota of images a minute.
//! `cargo run --release -p generator --example quota -- --help` lists the options. The exit code is 1 if a cell exceeds a limit.

// A measurement that cannot be made ends.
#![allow(clippy::unwrap_used)]

use clap::Parser;
use emulator_step_functions::{
    Definition, EngineSettings, ExecutionOutcome, Executions, Services, StateMachine, TaskError, substitute,
};
use generator::rate_limit::{Decision, RateLimiter, Store};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Seconds that the model takes for an image, give or take a fifth.
const LATENCY: f64 = 6.0;
/// Seconds until a call that is throttled comes back.
const REFUSAL: f64 = 0.2;
/// Seconds of a request to S3 for a small object, at least and at most.
const SMALL: [f64; 2] = [0.02, 0.06];
/// Seconds of storing an image, at least and at most.
const STORE: [f64; 2] = [0.06, 0.14];
/// Seconds for which an item that finds its slot due is one of the concurrent ones: two looks for its image, the lease, the rate limit
/// (read and written), the model, the image, and the release of the lease.
const ITEM: f64 = 6.0 * (SMALL[0] + SMALL[1]) / 2.0 + LATENCY + (STORE[0] + STORE[1]) / 2.0;

/// How a quota of images a minute is kept.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Keeping {
    /// All the time, with two seconds' worth at once.
    Bucket,
    /// By the minute, first come, first served.
    Window,
}

/// The model and its quota, in virtual time.
struct Model {
    keeping: Keeping,
    quota: f64,
    /// Share of the calls that are throttled although there is quota left.
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
    throttled: u64,
}

impl Model {
    fn new(keeping: Keeping, quota: f64, stray: f64, seed: u64) -> Self {
        let left = if keeping == Keeping::Bucket { quota / 30.0 } else { quota };
        let state =
            State { random: fastrand::Rng::with_seed(seed), left: left.max(1.0), at: 0.0, made: 0, throttled: 0 };
        Self { keeping, quota, stray, began: Instant::now(), state: Mutex::new(state) }
    }

    /// Images that were made, and calls that were throttled.
    fn counts(&self) -> (u64, u64) {
        let state = self.state.lock().unwrap();
        (state.made, state.throttled)
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
            state.throttled += 1;
            return (false, REFUSAL);
        }
        state.left -= 1.0;
        state.made += 1;
        (true, LATENCY * (0.8 + 0.4 * state.random.f64()))
    }
}

/// An S3 that takes its time, with the state object of the rate limiter: its content, and how often it was written.
struct S3 {
    began: Instant,
    random: Mutex<fastrand::Rng>,
    stored: Mutex<Option<(Vec<u8>, u64)>>,
}

impl S3 {
    /// A share of the time of a request.
    async fn takes(&self, share: f64, [least, most]: [f64; 2]) {
        let seconds = least + (most - least) * self.random.lock().unwrap().f64();
        sleep(Duration::from_secs_f64(share * seconds)).await;
    }

    /// A request for a small object: a lease, or a look for an image.
    async fn small(&self) {
        self.takes(1.0, SMALL).await;
    }
}

/// The rate limiter's store. A request takes half of its time on the way to S3, and half on the way back.
struct Objects(Arc<S3>);

impl Store for Objects {
    type Version = u64;
    type Error = Infallible;

    fn now(&self) -> f64 {
        self.0.began.elapsed().as_secs_f64()
    }

    async fn read(&self, _: &str) -> Result<Option<(Vec<u8>, u64)>, Infallible> {
        self.0.takes(0.5, SMALL).await;
        let stored = self.0.stored.lock().unwrap().clone();
        self.0.takes(0.5, SMALL).await;
        Ok(stored)
    }

    async fn write(&self, _: &str, seen: Option<&u64>, state: Vec<u8>) -> Result<bool, Infallible> {
        self.0.takes(0.5, SMALL).await;
        let is_unchanged = {
            let mut stored = self.0.stored.lock().unwrap();
            let version = stored.as_ref().map(|(_, version)| *version);
            let is_unchanged = version.as_ref() == seen;
            if is_unchanged {
                *stored = Some((state, version.unwrap_or_default() + 1));
            }
            is_unchanged
        };
        self.0.takes(0.5, SMALL).await;
        Ok(is_unchanged)
    }
}

/// Lists of `items` items, and a generator that calls the model when its slot is due.
struct Aws {
    items: u64,
    model: Arc<Model>,
    rate_limiter: Option<RateLimiter<Objects>>,
    s3: Arc<S3>,
    invocations: Arc<AtomicU64>,
}

impl Services for Aws {
    async fn invoke(&self, _: &str, payload: Vec<u8>) -> Result<Vec<u8>, TaskError> {
        self.invocations.fetch_add(1, Ordering::Relaxed);
        let payload: Value = serde_json::from_slice(&payload).unwrap();
        self.s3.takes(1.0, SMALL).await;
        let rate_limiter = self.rate_limiter.as_ref().filter(|_| payload["canWait"] == json!(true));
        if let Some(rate_limiter) = rate_limiter {
            // The lease is acquired, and the image looked for once more.
            self.s3.small().await;
            self.s3.small().await;
            let slot = serde_json::from_value(payload["slot"].clone()).ok();
            let Ok(decision) = rate_limiter.acquire("model", slot, f64::INFINITY).await;
            if let Some(wait) = wait(&payload, decision) {
                // The lease is released.
                self.s3.small().await;
                return Ok(wait);
            }
        }
        let sent_at = self.model.began.elapsed().as_secs_f64();
        let (is_made, seconds) = self.model.call();
        sleep(Duration::from_secs_f64(seconds)).await;
        if is_made {
            self.s3.takes(1.0, STORE).await;
            self.s3.small().await;
            return Ok(br#"{"outcome":"generated"}"#.to_vec());
        }
        if let Some(rate_limiter) = rate_limiter {
            let Ok(decision) = rate_limiter.throttled("model", sent_at).await;
            if let Some(wait) = wait(&payload, decision) {
                // The lease is released.
                self.s3.small().await;
                return Ok(wait);
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
fn wait(payload: &Value, decision: Decision) -> Option<Vec<u8>> {
    let Decision::RetryAfter { seconds, slot } = decision else { return None };
    let mut next = payload.clone();
    next["waitSeconds"] = json!(seconds);
    next["slot"] = json!(slot);
    Some(serde_json::to_vec(&next).unwrap())
}

/// What is tried, and the limits of what may come of it.
#[derive(Clone, Parser)]
struct Options {
    /// State machine definition in place of the deployed one
    #[arg(long)]
    definition: Option<PathBuf>,
    /// Images a minute that the model allows
    #[arg(long, default_value_t = 60.0)]
    quota: f64,
    /// Items of a list [default: 100, 1,000 and 10,000]
    #[arg(long)]
    items: Option<u64>,
    /// Share of the calls that are throttled although there is quota left
    #[arg(long, default_value_t = 0.0)]
    stray: f64,
    /// The parameter ImagesPerMinute
    #[arg(long)]
    images_per_minute: Option<f64>,
    /// Without the rate limiter
    #[arg(long)]
    unlimited: bool,
    /// Time over the least possible that no column from 1 × may exceed
    #[arg(long, default_value_t = f64::INFINITY)]
    max_time: f64,
    /// Share of throttled calls that no column from 1 × may exceed
    #[arg(long, default_value_t = f64::INFINITY)]
    max_throttled: f64,
}

/// The lists of a cell, and how the quota is kept.
#[derive(Clone, Copy)]
struct Case {
    keeping: Keeping,
    items: u64,
    lists: u64,
    concurrency: u64,
}

/// What came of the lists: time over the least time that the quota allows, throttled calls over all, calls of the function for an image.
type Score = [f64; 3];

/// Runs the lists of a case against a model that was not called before, and the same lists again a minute and a half later.
async fn run(options: &Options, definition: &str, case: Case, seed: u64) -> Result<[Score; 2], Box<dyn Error>> {
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
    let model = Arc::new(Model::new(case.keeping, options.quota, options.stray, seed));
    let s3 = Arc::new(S3 { began: model.began, random: Mutex::default(), stored: Mutex::default() });
    let invocations = Arc::new(AtomicU64::new(0));
    let limiter = || RateLimiter::new(Objects(Arc::clone(&s3)), options.images_per_minute);
    let aws = Aws {
        items: case.items,
        model: Arc::clone(&model),
        rate_limiter: (!options.unlimited).then(limiter),
        s3,
        invocations: Arc::clone(&invocations),
    };
    let executions = Executions::open(aws, machine, EngineSettings::new(directory.path()))?;
    let input = r#"{"bucketName": "lists", "bucketKey": "list.json"}"#;
    let all = case.items * case.lists;
    let mut scores = [Score::default(); 2];
    for score in &mut scores {
        let begin = Instant::now();
        let (made, throttled) = model.counts();
        let invoked = invocations.load(Ordering::Relaxed);
        let started: Vec<_> = (0..case.lists).map(|_| executions.start(None, input)).collect::<Result<_, _>>()?;
        for arn in &started {
            let outcome = executions.wait(arn).await;
            assert!(matches!(outcome, Some(ExecutionOutcome::Succeeded { .. })), "{outcome:?}");
        }
        let (made, throttled) = (model.counts().0 - made, model.counts().1 - throttled);
        assert_eq!(made, all, "every item is made, and once");
        *score = [
            begin.elapsed().as_secs_f64() / (all as f64 * 60.0 / options.quota),
            throttled as f64 / (throttled + made) as f64,
            (invocations.load(Ordering::Relaxed) - invoked) as f64 / all as f64,
        ];
        sleep(Duration::from_secs(90)).await;
    }
    Ok(scores)
}

/// The mean of some runs, each with other latencies: of thirty for a hundred items, of three for a thousand, of one for more.
fn score(options: &Options, definition: &str, case: Case) -> Result<[Score; 2], Box<dyn Error>> {
    let runs = (3_000 / case.items).clamp(1, 30);
    let mut mean = [Score::default(); 2];
    for seed in 0..runs {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
        let scores = runtime.block_on(run(options, definition, case, seed))?;
        for (mean, figure) in mean.as_flattened_mut().iter_mut().zip(scores.as_flattened()) {
            *mean += figure / runs as f64;
        }
    }
    Ok(mean)
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let definition = match &options.definition {
        Some(path) => std::fs::read_to_string(path)?,
        None => include_str!("../../sam/statemachine.asl.json").to_owned(),
    };
    println!(
        "A quota of {} images a minute, {LATENCY} s an image and {ITEM:.1} s an item. Time over the least possible, and throttled calls of all.",
        options.quota
    );
    let needed = |seconds: f64| (options.quota / 60.0 * seconds).ceil() as u64;
    let mut columns = vec![("1/4 ×", needed(ITEM).div_ceil(4)), ("model only", needed(LATENCY))];
    columns.extend([("1 ×", 1), ("2 ×", 2), ("4 ×", 4), ("8 ×", 8)].map(|(name, times)| (name, times * needed(ITEM))));
    print!("| items | lists | quota | |");
    for (name, concurrency) in &columns {
        print!(" {name} ({concurrency}) |");
    }
    println!("\n| --: | --: | --- | --- |{}", " --: |".repeat(columns.len()));
    let mut most = Score::default();
    for items in options.items.map_or(vec![100, 1_000, 10_000], |items| vec![items]) {
        for (lists, keeping) in [(1, Keeping::Bucket), (1, Keeping::Window), (4, Keeping::Bucket), (4, Keeping::Window)]
        {
            let mut rows = [String::new(), String::new()];
            for (column, &(_, concurrency)) in columns.iter().enumerate() {
                let scores = score(&options, &definition, Case { keeping, items, lists, concurrency })?;
                for (row, score) in rows.iter_mut().zip(scores) {
                    row.push_str(&format!(" {:.2}, {:.0} % |", score[0], score[1] * 100.0));
                    // With fewer callers than the quota needs, the time is theirs.
                    if column >= 2 {
                        most = std::array::from_fn(|figure| most[figure].max(score[figure]));
                    }
                }
            }
            for (name, row) in ["first", "again"].into_iter().zip(rows) {
                println!("| {items} | {lists} | {} | {name} |{row}", format!("{keeping:?}").to_lowercase());
            }
        }
    }
    let [time, throttled, invocations] = most;
    println!(
        "At most, from 1 ×: {time:.3} of the least time, {:.1} % throttled, {invocations:.1} invocations an image.",
        throttled * 100.0
    );
    if time > options.max_time || throttled > options.max_throttled {
        return Err(
            format!("a limit is exceeded: time {}, throttled {}", options.max_time, options.max_throttled).into()
        );
    }
    Ok(())
}
