//! `local up`: serve until Ctrl-C.

use super::{interrupt::Interrupt, page::Page, tally::Tallies, tally::Tally};
use crate::{
    cli::UpArguments,
    pipeline::{Delivery, IMAGE_BUCKET, LIST_BUCKET, Pipeline, PipelineServices, state_machine_arn},
};
use emulator_step_functions::{ChildEnd, ExecutionOutcome, Executions};
use std::collections::HashSet;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use trigger::Outcome;

/// Prints a line. A reader that has gone is no reason to stop serving.
macro_rules! say {
    ($($text:tt)*) => {{
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

/// Serves until SIGINT or SIGTERM.
pub async fn up(arguments: &UpArguments) -> ExitCode {
    let tallies = Arc::new(Tallies::default());
    let counted = Arc::clone(&tallies);
    let on_child_end = move |end: ChildEnd<'_>| counted.count(end);
    let pipeline = match Pipeline::start(&arguments.settings, arguments.port, on_child_end).await {
        Ok(pipeline) => pipeline,
        Err(err) => {
            eprintln!("local: {err}");
            return ExitCode::from(2);
        }
    };
    let mut interrupt = match Interrupt::listen() {
        Ok(interrupt) => interrupt,
        Err(err) => {
            eprintln!("local: signals cannot be received: {err}");
            return ExitCode::from(2);
        }
    };
    let page = page(&pipeline, arguments).await;
    say!("{}", greeting(&pipeline, page.as_ref()));

    let mut deliveries = pipeline.deliveries();
    let mut ends = JoinSet::new();
    // Whose end is waited for. A notification may come twice, and of an execution that is carried on.
    let mut awaited = HashSet::new();
    for execution_arn in pipeline.resume() {
        say!("{}: carried on from where local was ended; its counts begin anew", name_of(&execution_arn));
        awaited.insert(execution_arn.clone());
        ends.spawn(end_of(pipeline.executions().clone(), Arc::clone(&tallies), execution_arn));
    }
    loop {
        tokio::select! {
            delivery = deliveries.recv() => match delivery {
                Ok(delivery) => {
                    for line in told(&pipeline, &delivery) {
                        say!("{line}");
                    }
                    for execution_arn in started(delivery) {
                        if awaited.insert(execution_arn.clone()) {
                            ends.spawn(end_of(pipeline.executions().clone(), Arc::clone(&tallies), execution_arn));
                        }
                    }
                }
                Err(RecvError::Lagged(missed)) => say!("{missed} lists were too fast to tell of"),
                Err(RecvError::Closed) => return ExitCode::from(2),
            },
            Some(Ok((tally, execution_arn, outcome))) = ends.join_next() => {
                awaited.remove(&execution_arn);
                let name = name_of(&execution_arn);
                let status = outcome.map_or("gone", |outcome| outcome.status().name());
                let failed: u64 = tally.failed.values().sum();
                say!(
                    "{name}: {status}, {} generated, {} already there, {failed} failed",
                    tally.generated, tally.existing
                );
                for bucket in pipeline.made_buckets() {
                    say!("made the bucket {bucket}, which a list names");
                }
            }
            () = interrupt.received() => break,
        }
    }
    say!("stopping");
    pipeline.executions().stop_all("local was stopped").await;
    interrupt.or_rest(pipeline.functions()).await;
    ExitCode::SUCCESS
}

async fn end_of(
    executions: Executions<PipelineServices>,
    tallies: Arc<Tallies>,
    execution_arn: String,
) -> (Tally, String, Option<ExecutionOutcome>) {
    let outcome = executions.wait(&execution_arn).await;
    (tallies.take(&execution_arn), execution_arn, outcome)
}

fn name_of(execution_arn: &str) -> &str {
    execution_arn.rsplit(':').next().unwrap_or_default()
}

/// The gallery's page, unless it is not wanted or its port is taken.
async fn page(pipeline: &Pipeline, arguments: &UpArguments) -> Option<Page> {
    if arguments.no_gallery {
        return None;
    }
    let port = arguments.gallery_port;
    match Page::start(pipeline, port, arguments.settings.concurrency).await {
        Ok(page) => Some(page),
        Err(err) => {
            eprintln!(
                "local: the gallery's page cannot be served on port {port} of 127.0.0.1 ({err}); everything else works. \
                 Name another port with --gallery-port, or leave the page out with --no-gallery"
            );
            None
        }
    }
}

fn greeting(pipeline: &Pipeline, page: Option<&Page>) -> String {
    let url = format!("http://{}", pipeline.address());
    let page = page.map_or(String::new(), |page| format!("  gallery:       http://{}/\n", page.address));
    format!(
        "S3, Step Functions, Lambda and Bedrock on {url} (any credentials do), data in {}\n\n{page}  \
         drop a list:   aws --endpoint-url {url} s3 cp events/id-list.json s3://{LIST_BUCKET}/\n  \
         its pictures:  {}\n  \
         executions:    aws --endpoint-url {url} stepfunctions list-executions --state-machine-arn {}\n\n\
         Ctrl-C stops.",
        pipeline.data().display(),
        pipeline.bucket_folder(IMAGE_BUCKET).display(),
        state_machine_arn(),
    )
}

fn told(pipeline: &Pipeline, delivery: &Delivery) -> Vec<String> {
    let key = &delivery.key;
    let output = match &delivery.result {
        Ok(output) => output,
        Err(err) => {
            let told = format!("{key}: the trigger failed: {err}");
            return match &delivery.given_up {
                Some(path) => vec![told, format!("{key}: the event is kept in {}", path.display())],
                None => vec![told, format!("{key}: the next local up tries again")],
            };
        }
    };
    let told = |outcome: &Outcome| match outcome {
        Outcome::Started { execution_name, .. } => format!("{key}: started {execution_name}"),
        Outcome::AlreadyStarted { execution_name } => format!("{key}: {execution_name} was started before"),
        Outcome::Rejected { report_bucket, report_key } => {
            let report = pipeline.bucket_folder(report_bucket).join(report_key);
            format!("{key}: rejected, nothing was started; report: {}", report.display())
        }
        Outcome::Gone => format!("{key}: deleted before it was read"),
    };
    let ignored = output.ignored.iter().filter(|_| !key.starts_with(trigger::STORED_INPUT));
    let ignored = ignored.map(|record| format!("{key}: ignored, {}", record.reason));
    output.lists.iter().map(|list| told(&list.outcome)).chain(ignored).collect()
}

fn started(delivery: Delivery) -> Vec<String> {
    let lists = delivery.result.map(|output| output.lists).unwrap_or_default();
    let arn = |outcome| match outcome {
        Outcome::Started { execution_arn, .. } => Some(execution_arn),
        _ => None,
    };
    lists.into_iter().filter_map(|list| arn(list.outcome)).collect()
}
