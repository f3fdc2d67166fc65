//! `local run`: one list, then exit.

use super::{console::Console, interrupt::Interrupt, status::Status, summary::RunOutcome, tally::Tallies};
use crate::{
    cli::RunArguments,
    pipeline::{Delivery, LIST_BUCKET, Pipeline, RESULT_BUCKET, StartError, blocking, execution_arn_of, name_of},
};
use emulator_s3::Attributes;
use emulator_step_functions::{ChildEnd, ExecutionOutcome, ExecutionStatus};
use idlist::{CheckOptions, ListName};
use std::fs::File;
use std::io::{IsTerminal, Write, stderr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::broadcast;
use trigger::Outcome;

/// How often the status line is drawn, and how often a line is printed where there is no terminal.
const STATUS_EVERY: Duration = Duration::from_millis(100);
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Why the run could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error("the list {}: {cause}", path.display())]
    List { path: PathBuf, cause: std::io::Error },
    #[error(
        "the name of a list must end in .json; from CSV, Excel or JSON Lines make one with: \
         idlist convert {} --bucket BUCKET --model MODEL --key '{{id}}.png' -o {}",
        .0.display(), .0.with_extension("json").display()
    )]
    NotJson(PathBuf),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("the list could not be put into the list bucket: {0}")]
    Put(#[from] emulator_s3::StoreError),
    #[error("the trigger failed, three times: {0}; its log: {log}", log = .1.display())]
    Trigger(String, PathBuf),
    #[error("interrupted before the execution was started")]
    Interrupted,
    #[error("the trigger started nothing for the list: {0}")]
    NotStarted(String),
}

/// Makes the images of one list. The exit code is the command's contract with scripts.
pub(crate) async fn run(arguments: &RunArguments) -> Result<ExitCode, RunError> {
    let outcome = run_list(arguments).await?;
    let text = if arguments.json {
        serde_json::to_string_pretty(&outcome).unwrap_or_default() + "\n"
    } else {
        outcome.to_string()
    };
    // A reader that has gone wants to know no more.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(ExitCode::from(outcome.exit_code()))
}

async fn run_list(arguments: &RunArguments) -> Result<RunOutcome, RunError> {
    let (started, started_at) = (Instant::now(), time::OffsetDateTime::now_utc());
    let key = key_of(&arguments.list)?;
    if std::fs::metadata(&arguments.list).is_ok_and(|file| file.is_file() && file.len() == 0) {
        // The trigger ignores empty objects, as they are usually folder markers.
        return rejected(arguments, None, started);
    }
    let mut interrupt = Interrupt::listen().map_err(StartError::Signals)?;
    let tallies = Arc::new(Tallies::default());
    let counted = Arc::clone(&tallies);
    let pipeline =
        Pipeline::start(&arguments.settings, arguments.port, move |end: ChildEnd<'_>| counted.count(end)).await?;

    let deliveries = pipeline.deliveries();
    pipeline.supersede(&key).await;
    put(&pipeline, &arguments.list, &key).await?;
    let delivery = tokio::select! {
        delivery = delivery_of(deliveries, &key) => delivery,
        () = interrupt.received() => return Err(RunError::Interrupted),
    };
    let output = delivery.result.map_err(|err| RunError::Trigger(err, pipeline.data.join("logs/trigger.log")))?;
    let execution_arn = match output.lists.into_iter().next().map(|list| list.outcome) {
        Some(Outcome::Started { execution_arn, .. }) => execution_arn,
        // Of two deliveries of one notification, the other one started it, and it has ended since.
        Some(Outcome::AlreadyStarted { execution_name }) => execution_arn_of(&execution_name),
        Some(Outcome::Rejected { report_key, .. }) => {
            let path = pipeline.bucket_folder(RESULT_BUCKET).join(report_key);
            return rejected(arguments, Some(path), started);
        }
        other => return Err(RunError::NotStarted(format!("{other:?}"))),
    };

    let executions = &pipeline.executions;
    let progress = executions.subscribe(&execution_arn).ok_or_else(|| RunError::NotStarted(execution_arn.clone()))?;
    let mut last = progress.clone();
    let console = Console::new(stderr().is_terminal(), |line| writeln!(stderr(), "{line}"));
    let mut status = Status::new(&console, STATUS_EVERY, LINE_EVERY);
    status.begun(&execution_arn, Some(progress));
    let interrupted = loop {
        tokio::select! {
            _ = last.wait_for(|progress| progress.status != ExecutionStatus::Running) => break false,
            () = interrupt.received() => break true,
            () = status.tick() => status.show(&console, &pipeline, &tallies),
        }
    };
    console.end();
    if interrupted {
        eprintln!("stopping");
        executions.stop(&execution_arn, None, Some("interrupted".into())).await;
        interrupt.or_rest(&pipeline.services.functions).await;
    }

    for bucket in pipeline.services.take_made_buckets() {
        eprintln!("made the bucket {bucket}, which the list names");
    }
    let counts = last.borrow().counts;
    let outcome = executions.wait(&execution_arn).await;
    let mut tally = tallies.take(&execution_arn);
    let store = &pipeline.services.store;
    tally.count_stored(|bucket, key| {
        store.open_version(bucket, key, None).is_ok_and(|(_, object)| object.last_modified >= started_at)
    });
    let counted = pipeline.stand_in.as_ref().map(|stand_in| stand_in.counts());
    let (error, cause) = outcome.as_ref().map(ExecutionOutcome::failure).unwrap_or_default();
    Ok(RunOutcome {
        status: last.borrow().status.name(),
        error: error.map(str::to_owned),
        cause: cause.map(str::to_owned),
        unfinished: counts.total.saturating_sub(tally.ended_items()),
        model_calls: counted.as_ref().map(|counts| counts.calls),
        paid_calls: counted.map(|counts| counts.paid),
        images: tally.buckets.iter().map(|bucket| pipeline.bucket_folder(bucket)).collect(),
        // Where the state machine's ResultWriter puts the files of an execution.
        results: Some(pipeline.bucket_folder(RESULT_BUCKET).join("results").join(name_of(&execution_arn))),
        report: None,
        seconds: started.elapsed().as_secs_f64(),
        execution_arn: Some(execution_arn),
        interrupted,
        tally,
    })
}

/// The list's key: its file name.
fn key_of(list: &Path) -> Result<String, RunError> {
    match list.file_name().and_then(|name| name.to_str()) {
        Some(name) if ListName::of(name) == ListName::List => Ok(name.to_owned()),
        _ => Err(RunError::NotJson(list.to_owned())),
    }
}

async fn put(pipeline: &Pipeline, list: &Path, key: &str) -> Result<(), RunError> {
    let (store, copy) = (pipeline.services.store.clone(), pipeline.data.join("temporary/list"));
    let (list, key) = (list.to_owned(), key.to_owned());
    blocking(move || {
        std::fs::copy(&list, &copy).map_err(|cause| RunError::List { path: list, cause })?;
        store.put_file(LIST_BUCKET, &key, &copy, Attributes::of_type("application/json"))?;
        Ok(())
    })
    .await
}

async fn delivery_of(mut deliveries: broadcast::Receiver<Delivery>, key: &str) -> Delivery {
    loop {
        // The pipeline holds a sender as long as this is waited for, and a run makes few deliveries.
        if let Ok(delivery) = deliveries.recv().await
            && delivery.key == key
        {
            return delivery;
        }
    }
}

/// The report that the trigger stored, in words: the same check of the same list.
fn rejected(arguments: &RunArguments, report_path: Option<PathBuf>, started: Instant) -> Result<RunOutcome, RunError> {
    let failed = |cause| RunError::List { path: arguments.list.clone(), cause };
    let settings = &arguments.settings;
    let options = CheckOptions {
        max_items: Some(settings.max_items),
        max_usd: Some(settings.max_usd).filter(|usd| *usd > 0.0),
        retired: settings.retired_models,
    };
    let list = File::open(&arguments.list).map_err(failed)?;
    let report = idlist::check_reader(list, options).map_err(failed)?;
    Ok(RunOutcome {
        status: "REJECTED",
        model_calls: Some(0),
        paid_calls: Some(0),
        results: report_path,
        report: Some(report),
        seconds: started.elapsed().as_secs_f64(),
        ..RunOutcome::default()
    })
}
