//! Plays Lambda, Bedrock, S3 and Step Functions for one function process, and prints what the process took as one JSON object.
//!
//! It starts the command, answers its calls with bytes that were made before, ends it after the last invocation, and fails when an
//! invocation fails or does less than it should. `bench/lambda/measure.py` starts it, again and again.

mod aws;
mod body;
mod cgroup;
mod function;
mod meter;
mod runtime_api;
mod server;

use clap::{Parser, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// The list that people begin with.
const SAMPLE_LIST: &[u8] = include_bytes!("../../../../../events/id-list.json");

/// How long a run may take. Under callgrind a process is fifty times slower.
const LONGEST: Duration = Duration::from_secs(300);

/// What the function is, which decides its events and what it has to do with them.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// An item: looked for, asked for, stored.
    Generator,
    /// An S3 event: a list read, an execution started.
    Trigger,
    /// Any event, no calls.
    Empty,
}

/// Measures one function process.
#[derive(Parser)]
struct Arguments {
    #[arg(long)]
    kind: Kind,
    /// List that the trigger reads, if not the sample of ten items.
    #[arg(long)]
    list: Option<PathBuf>,
    /// Size of the image that the model answers with.
    #[arg(long, default_value_t = 1_572_864)]
    image_bytes: usize,
    /// Invocations after the first one that are not measured.
    #[arg(long, default_value_t = 0)]
    warm_up: usize,
    /// Invocations after those that are.
    #[arg(long, default_value_t = 0)]
    warm: usize,
    /// Share of one processor that the process has.
    #[arg(long)]
    cpu_share: Option<f64>,
    /// MiB that the process may use.
    #[arg(long)]
    memory: Option<u64>,
    /// Folder with authority.pem, which the function trusts, and certificate.der and key.der of 127.0.0.1.
    #[arg(long)]
    certificates: PathBuf,
    /// Variables of the function's environment, NAME=VALUE.
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
        Some(path) => std::fs::read(path).map_err(|error| format!("{} can not be read: {error}", path.display()))?,
        None => SAMPLE_LIST.to_vec(),
    };
    let services = aws::Services::new(arguments.kind, list, arguments.image_bytes);
    // Only Bedrock speaks HTTP/2, if the caller offers it.
    let bedrock = server::start(services.clone(), Some(server::tls(&arguments.certificates, true)?)).await?;
    let others = server::start(services.clone(), Some(server::tls(&arguments.certificates, false)?)).await?;
    let (meter, mut all_done) = meter::Meter::new(arguments.warm_up, arguments.warm);
    let api = runtime_api::RuntimeApi::new(arguments.kind, meter.clone());
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
