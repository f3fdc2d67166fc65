//! The chaos test: a list is made while everything goes wrong that can, and then the ledger is audited.
//!
//! [`run`](run::run) drives `local` from outside, with injected faults and kills; [`audit`](audit::audit) reads what is left: the ledger, the
//! result files and the buckets.

pub mod audit;
pub mod run;

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
const SPEED: u64 = 60;

impl Options {
    /// Requests that the model answers in a minute of fast motion.
    pub fn requests_per_minute(&self) -> u64 {
        let minute = 60_000 / SPEED;
        let asked = self.concurrency as u64 * minute / self.latency;
        ((asked as f64 * self.quota) as u64).max(1)
    }

    /// The arguments of `local` in its life number `life`. Another life has another seed, else its first attempts would have the faults of
    /// the first attempts before.
    fn arguments(&self, life: usize) -> Vec<String> {
        use ::local::faults::{FunctionFault, Kind, S3Fault};
        use emulator_bedrock::BedrockFault;
        let mut arguments: Vec<String> = [
            ("speed", SPEED.to_string()),
            ("concurrency", self.concurrency.to_string()),
            ("latency", (self.latency * SPEED).to_string()),
            ("throttle", self.requests_per_minute().to_string()),
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
        let s3: Vec<_> = S3Fault::all().map(|kind| kind.shown()).collect();
        let function: Vec<_> = FunctionFault::all().map(|kind| kind.shown()).collect();
        for (option, kinds) in [("fail", model), ("fail-s3", s3), ("fail-function", function)] {
            let share = self.faults / kinds.len() as f64;
            arguments.extend(kinds.iter().map(|kind| format!("--{option}={share}={kind}")));
        }
        arguments
    }
}
