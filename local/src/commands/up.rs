//! `local up`: serve until Ctrl-C, and say what becomes of every list and every execution.

use super::{console::Console, interrupt::Interrupt, lines, page::Page, status::Status, tally::Tallies, tally::Tally};
use crate::{
    cli::UpArguments,
    pipeline::{IMAGE_BUCKET, LIST_BUCKET, Pipeline, StartError, state_machine_arn},
};
use emulator_step_functions::{ChildEnd, ExecutionOverview};
use std::collections::HashSet;
use std::io::{IsTerminal, Write, stderr, stdout};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;

/// How often the status line is drawn, and how often a line is printed where there is no terminal.
const STATUS_EVERY: Duration = Duration::from_millis(250);
const LINE_EVERY: Duration = Duration::from_secs(30);

/// Serves until SIGINT or SIGTERM.
pub(crate) async fn up(arguments: &UpArguments) -> Result<ExitCode, StartError> {
    let tallies = Arc::new(Tallies::default());
    let counted = Arc::clone(&tallies);
    let on_child_end = move |end: ChildEnd<'_>| counted.count(end);
    let pipeline = Pipeline::start(&arguments.settings, arguments.port, on_child_end).await?;
    let mut interrupt = Interrupt::listen().map_err(StartError::Signals)?;
    let is_on_terminal = stdout().is_terminal() && stderr().is_terminal();
    let console = Console::new(is_on_terminal, |line| writeln!(stdout(), "{line}"));
    let page = page(&pipeline, arguments).await;
    console.say(greeting(&pipeline, page.as_ref()));
    console.say_all(lines::left_before(&pipeline));

    let executions = &pipeline.executions;
    let (mut deliveries, mut begun) = (pipeline.deliveries(), executions.begun());
    let resumed = pipeline.resume();
    let mut ends = JoinSet::new();
    let mut status = Status::new(&console, STATUS_EVERY, LINE_EVERY);
    // A notification may come twice.
    let mut taken = HashSet::new();
    loop {
        tokio::select! {
            // An execution has begun before its notification is answered, and is told in this order.
            biased;
            () = interrupt.received() => break,
            execution_arn = begun.recv() => match execution_arn {
                Ok(execution_arn) => {
                    console.say_all(executions.overview(&execution_arn).map(|overview| lines::begun(&overview, &resumed)));
                    status.begun(&execution_arn, executions.subscribe(&execution_arn));
                    let (executions, tallies) = (executions.clone(), Arc::clone(&tallies));
                    ends.spawn(async move {
                        executions.wait(&execution_arn).await;
                        Some((tallies.take(&execution_arn), executions.overview(&execution_arn)?))
                    });
                }
                Err(RecvError::Lagged(missed)) => console.say(format!("{missed} executions began too fast to be named")),
                Err(RecvError::Closed) => return Ok(ExitCode::from(2)),
            },
            delivery = deliveries.recv() => match delivery {
                Ok(delivery) => console.say_all(lines::delivered(&pipeline, &delivery, &mut taken)),
                Err(RecvError::Lagged(missed)) => console.say(format!("{missed} lists came too fast to be named")),
                Err(RecvError::Closed) => return Ok(ExitCode::from(2)),
            },
            Some(ended) = ends.join_next() => if let Ok(Some((tally, overview))) = ended {
                status.ended(&overview.execution_arn, &tally);
                console.say_all(lines::ended(&pipeline, &tally, &overview));
                let made = pipeline.services.take_made_buckets().into_iter();
                console.say_all(made.map(|bucket| format!("made the bucket {bucket}, which a list names")));
            },
            () = status.tick() => status.show(&console, &pipeline, &tallies),
        }
    }
    console.clear_status();
    console.say("stopping");
    executions.stop_all(lines::STOPPED).await;
    let ended: Vec<Option<(Tally, ExecutionOverview)>> = ends.join_all().await;
    for (tally, overview) in ended.into_iter().flatten() {
        console.say_all(lines::ended(&pipeline, &tally, &overview));
    }
    interrupt.or_rest(&pipeline.services.functions).await;
    console.end();
    Ok(ExitCode::SUCCESS)
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
    let url = format!("http://{}", pipeline.address);
    let page = page.map_or(String::new(), |page| format!("  gallery:       http://{}/\n", page.address));
    format!(
        "S3, Step Functions, Lambda and Bedrock on {url} (any credentials do), data in {}\n\n{page}  \
         drop a list:   aws --endpoint-url {url} s3 cp events/id-list.json s3://{LIST_BUCKET}/\n  \
         its pictures:  {}\n  \
         executions:    aws --endpoint-url {url} stepfunctions list-executions --state-machine-arn {}\n\n\
         Ctrl-C stops.",
        pipeline.data.display(),
        pipeline.bucket_folder(IMAGE_BUCKET).display(),
        state_machine_arn(),
    )
}
