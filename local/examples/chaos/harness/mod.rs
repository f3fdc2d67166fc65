//! The chaos test: a list is made while everything goes wrong that can, and then the books are audited.
//!
//! [`run`](run::run) drives `local` from outside, as its user, S3 and bad luck do; [`audit`](audit::audit) reads what is left: the ledger, the
//! result files and the buckets.

pub mod audit;
mod local;
pub mod run;

use std::path::PathBuf;

/// A chaos test.
pub struct Options {
    /// The program `local`.
    pub program: PathBuf,
    /// An empty folder for its data.
    pub data: PathBuf,
    /// Items of the list.
    pub items: usize,
    /// `--concurrency`.
    pub concurrency: usize,
    /// Share of the model's calls, of the functions' S3 calls and of the invocations that go wrong; all kinds are equally frequent.
    pub faults: f64,
    /// How often `local` is killed and started again.
    pub kills: usize,
    /// All that is drawn follows from this.
    pub seed: u64,
    /// Milliseconds that the model takes, in real time.
    pub latency: u64,
    /// Requests that the model answers in a minute of fast motion.
    pub quota: u64,
    /// `--function-timeout`, in seconds of real time.
    pub function_timeout: u32,
}

/// Waits of the state machine and the minutes of the quota are so many times as short.
const SPEED: u64 = 60;

/// Half of what so many callers of so slow a model ask for in a minute of fast motion.
pub fn half_of_demand(concurrency: usize, latency: u64) -> u64 {
    let minute = 60_000 / SPEED;
    (concurrency as u64 * minute / latency / 2).max(1)
}

impl Options {
    /// Item number `n`.
    fn item(n: usize) -> serde_json::Value {
        serde_json::json!({"id": format!("A{n}"), "rank": "nomal", "inputBucketName": local::IMAGE_BUCKET,
            "inputKeyName": "image.png", "model": "stability.stable-image-core-v1:1", "prompt": format!("picture {n}, brown hair")})
    }

    /// Key of the image of item number `n`.
    fn key(n: usize) -> String {
        format!("nomal/A{n}/image.png")
    }

    fn list(&self) -> String {
        serde_json::Value::from_iter((0..self.items).map(Self::item)).to_string()
    }

    /// The arguments of `local` in its life number `life`. Another life has another seed, else its first attempts would have the faults of
    /// the first attempts before.
    fn arguments(&self, life: usize) -> Vec<String> {
        use ::local::faults::{FunctionFault, Kind, S3Fault};
        use emulator_bedrock::BedrockFault;
        let mut arguments: Vec<String> = [
            ("picture", "tiny".to_owned()),
            ("speed", SPEED.to_string()),
            ("concurrency", self.concurrency.to_string()),
            ("latency", (self.latency * SPEED).to_string()),
            ("throttle", self.quota.to_string()),
            ("function-timeout", self.function_timeout.to_string()),
            ("max-items", self.items.to_string()),
            ("tolerated-failure-percentage", "50".to_owned()),
            ("duplicate-events", "1".to_owned()),
            ("fault-seed", (self.seed * 1000 + life as u64).to_string()),
        ]
        .into_iter()
        .flat_map(|(name, value)| [format!("--{name}"), value])
        .collect();
        arguments.push("--ledger".to_owned());
        // Slower than the function waits.
        let slow = BedrockFault::Slow(self.function_timeout * 1000 * u32::try_from(SPEED).unwrap_or(u32::MAX));
        let model: Vec<_> = BedrockFault::all()
            .map(|kind| if matches!(kind, BedrockFault::Slow(_)) { slow.to_string() } else { kind.to_string() })
            .collect();
        let s3: Vec<_> = S3Fault::all().map(|kind| kind.to_string()).collect();
        let function: Vec<_> = FunctionFault::all().map(|kind| kind.to_string()).collect();
        for (option, kinds) in [("fail", model), ("fail-s3", s3), ("fail-function", function)] {
            let share = self.faults / kinds.len() as f64;
            arguments.extend(kinds.iter().map(|kind| format!("--{option}={share}={kind}")));
        }
        arguments
    }
}
