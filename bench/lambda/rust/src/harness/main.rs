//! Plays Lambda, Bedrock, S3 and Step Functions for one function process, and prints what the process took as one JSON object.
//!
//! It starts the command, answers its calls with bytes that were made before, ends it after the last invocation, and fails when an
//! invocation fails or does not make exactly the calls that it should. `bench/lambda/measure.py` starts it for every run.

mod aws;
mod body;
mod cgroup;
mod function;
mod meter;
mod runtime_api;
mod server;
mod state_objects;

use clap::{Parser, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// A list of ten items.
const SAMPLE_LIST: &[u8] = include_bytes!("../../../../../events/id-list.json");

/// How long a run may take. Under callgrind a process is fifty times slower.
const LONGEST: Duration = Duration::from_secs(300);

/// Which function the command is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Its event is an item as the state machine passes it on: an image is made and stored.
    Generator,
    /// Its event is an S3 notification: a list is checked and an execution started.
    Trigger,
}

/// Measures one function process.
#[derive(Parser)]
struct Arguments {
    #[arg(long)]
    kind: Kind,
    /// List that the trigger reads; without it, a sample of ten items.
    #[arg(long)]
    list: Option<PathBuf>,
    /// Size of the image that the model answers with.
    #[arg(long, default_value_t = 1_572_864)]
    image_bytes: usize,
    /// Invocations after the first one, which are not measured.
    #[arg(long, default_value_t = 0)]
    warm_up: usize,
    /// Invocations after those, which are measured.
    #[arg(long, default_value_t = 0)]
    warm: usize,
    /// Share of one processor that the process has.
    #[arg(long)]
    cpu_share: Option<f64>,
    /// MiB that the process may use.
    #[arg(long)]
    memory: Option<u64>,
    /// Folder that `certificates.sh` filled.
    #[arg(long)]
    certificates: PathBuf,
    /// Variable of the function's environment, NAME=VALUE; can be repeated.
    #[arg(long)]
    env: Vec<String>,
    /// Receives what the function writes.
    #[arg(long, default_value = "/dev/null")]
    log: PathBuf,
    /// The function.
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match tokio::time::timeout(LONGEST, measured(&Arguments::parse())).await {
        Ok(Ok(figures)) => {
            println!("{figures}");
            ExitCode::SUCCESS
        }
        Ok(Err(problem)) => failed(&problem.to_string()),
        Err(_) => failed("the function took too long"),
    }
}

fn failed(problem: &str) -> ExitCode {
    eprintln!("harness: {problem}");
    ExitCode::FAILURE
}

type Problem = Box<dyn std::error::Error>;

async fn measured(arguments: &Arguments) -> Result<serde_json::Value, Problem> {
    let list = match &arguments.list {
        Some(path) => std::fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?,
        None => SAMPLE_LIST.to_vec(),
    };
    let services = aws::Services::new(arguments.kind, list, arguments.image_bytes);
    // Bedrock alone offers HTTP/2.
    let bedrock = server::start(services.clone(), Some(server::tls(&arguments.certificates, true)?)).await?;
    let others = server::start(services.clone(), Some(server::tls(&arguments.certificates, false)?)).await?;
    let (meter, mut all_done) = meter::Meter::new(arguments.warm_up, arguments.warm);
    let api = runtime_api::RuntimeApi::new(arguments.kind, meter.clone())?;
    let api = server::start(api, None).await?;

    let group = cgroup::Group::new(arguments.cpu_share, arguments.memory)?;
    let mut function = function::start(arguments, &function::Addresses { api, bedrock, others }, &group, &meter)?;
    tokio::select! {
        _ = &mut all_done => {}
        ended = function.wait() => return Err(format!("the function ended by itself: {}", ended?).into()),
    }
    let figures = meter.figures(&group)?;
    function.end().await?;
    group.remove();
    services.check(1 + arguments.warm_up + arguments.warm)?;
    Ok(figures)
}
