//! The path of an event: every record is tried, every list is checked, every good list starts an execution.

use crate::{
    Config, Error, ErrorKind,
    event::{List, Record, records},
    execution::{execution_input, execution_name},
    list::{self, Checked},
    log,
    output::{ListOutcome, Outcome, Output},
    rejection,
};
use aws_config::SdkConfig;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_sfn::{error::ProvideErrorMetadata, error::SdkError, operation::start_execution::StartExecutionError};
use idlist::Report;
use lambda_runtime::LambdaEvent;
use serde_json::Value;

/// Problems of a rejected list that the answer names.
const NAMED: usize = 5;

/// The function's clients and settings, made once per process.
#[derive(Debug)]
pub struct App {
    s3: aws_sdk_s3::Client,
    sfn: aws_sdk_sfn::Client,
    config: Config,
}

impl App {
    /// The clients on a given SDK configuration.
    #[must_use]
    pub fn new(sdk: &SdkConfig, config: Config) -> Self {
        Self { s3: aws_sdk_s3::Client::new(sdk), sfn: aws_sdk_sfn::Client::new(sdk), config }
    }
}

/// Serves the Lambda Runtime API until the process is stopped.
///
/// # Errors
/// When the Runtime API cannot be reached.
pub async fn serve(app: &App) -> Result<(), lambda_runtime::Error> {
    aws::serve(async |event: LambdaEvent<Value>| handle(app, event.payload).await).await
}

/// Starts an execution for every good list of an S3 event.
///
/// # Errors
/// The first failure, after every record was tried: Lambda's retries deliver the whole event again, which is harmless.
pub async fn handle(app: &App, event: Value) -> Result<Output, Error> {
    let records = records(event).inspect_err(|err| log::failed(None, err))?;
    let (mut lists, mut ignored) = (Vec::with_capacity(records.len()), Vec::new());
    let mut first_failure = None;
    for record in records {
        let result = match &record {
            Record::Created(list) => app.handle_list(list).await,
            Record::Misnamed(list) => app.reject(list, &Report::of_misnamed_list(&list.key)).await,
            Record::Ignored(record) => {
                log::ignored(record);
                ignored.push(record.clone());
                continue;
            }
            Record::Unreadable(problem) => {
                Err(Error::new(ErrorKind::InvalidEvent, format!("a record of the event cannot be read: {problem}")))
            }
        };
        match result {
            Ok(outcome) => {
                log::outcome(&outcome);
                lists.push(outcome);
            }
            Err(err) => {
                log::failed(record.list(), &err);
                first_failure.get_or_insert(err);
            }
        }
    }
    first_failure.map_or(Ok(Output { lists, ignored }), Err)
}

impl App {
    async fn handle_list(&self, list: &List) -> Result<ListOutcome, Error> {
        let outcome = match list::check(&self.s3, list, self.config.check_options(), self.config.max_list_bytes).await?
        {
            Checked::Gone => Outcome::Gone,
            Checked::Good { version_id, hints } => {
                if let Some(hints) = hints {
                    log::hints(list, &hints);
                }
                self.start_execution(list, &version_id).await?
            }
            Checked::Bad(report) => return self.reject(list, &report).await,
        };
        Ok(ListOutcome::new(list, outcome))
    }

    async fn reject(&self, list: &List, report: &Report) -> Result<ListOutcome, Error> {
        let report_bucket = self.config.result_bucket_name.clone();
        let report_key = rejection::store(&self.s3, &report_bucket, list, report).await?;
        let broken = report.broken.iter().map(ToString::to_string);
        let problems: Vec<String> = broken.chain(report.problems.iter().take(NAMED).map(ToString::to_string)).collect();
        log::rejected(list, report, &report_key, problems.first().map_or("", String::as_str));
        let more_problems = report.problem_count.saturating_sub(NAMED as u64);
        Ok(ListOutcome::new(list, Outcome::Rejected { report_bucket, report_key, problems, more_problems }))
    }

    /// S3 delivers at least once; the name, which is the same for every delivery, makes the second one harmless.
    async fn start_execution(&self, list: &List, version_id: &str) -> Result<Outcome, Error> {
        let execution_name = execution_name(list);
        let started = self
            .sfn
            .start_execution()
            .state_machine_arn(&self.config.state_machine_arn)
            .name(&execution_name)
            .input(execution_input(list, version_id))
            .send()
            .await;
        match started {
            Ok(started) => Ok(Outcome::Started { execution_name, execution_arn: started.execution_arn }),
            Err(err) if err.as_service_error().is_some_and(StartExecutionError::is_execution_already_exists) => {
                Ok(Outcome::AlreadyStarted { execution_name })
            }
            Err(err) => {
                let List { bucket, key, .. } = list;
                let message = format!("no execution was started for the list s3://{bucket}/{key}: {}", cause_of(&err));
                Err(Error::new(ErrorKind::ExecutionNotStarted, message))
            }
        }
    }
}

/// The error name and message of the service, or the chain of causes where it did not answer.
pub(crate) fn cause_of<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    match error.as_service_error().map(|answer| (answer.code(), answer.message())) {
        Some((Some(code), Some(message))) => format!("{code}: {message}"),
        Some((Some(code), None)) => code.to_owned(),
        _ => aws::chain(error),
    }
}
