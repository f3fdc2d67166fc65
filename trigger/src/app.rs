//! The path of an event: every record tried, every list checked, every good list started.

use crate::{
    cause::cause_of,
    config::Config,
    error::{Error, ErrorKind},
    execution::{execution_input, execution_name},
    list, log,
    output::{ListOutcome, Outcome, Output},
    record::{ListObject, Record, records_of},
    rejection,
};
use aws_sdk_sfn::operation::start_execution::StartExecutionError;
use idlist::CheckOptions;
use sdk::SdkConfig;
use serde_json::Value;

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

    async fn drop_list(&self, list: &ListObject) -> Result<ListOutcome, Error> {
        let options = CheckOptions {
            max_items: Some(self.config.max_items_per_list),
            retired: self.config.retired_models,
            ..CheckOptions::default()
        };
        let outcome = match list::check(&self.s3, list, options).await? {
            None => Outcome::Gone,
            Some(report) if report.is_good() => self.start_execution(list).await?,
            Some(report) => {
                let report_key = rejection::store(&self.s3, &self.config.result_bucket_name, list, &report).await?;
                log::rejected(list, &report, &report_key);
                Outcome::Rejected { report_bucket: self.config.result_bucket_name.clone(), report_key }
            }
        };
        Ok(ListOutcome { bucket_name: list.bucket.clone(), bucket_key: list.key.clone(), outcome })
    }

    /// S3 delivers at least once; the name, which is the same for every delivery, makes the second one harmless.
    async fn start_execution(&self, list: &ListObject) -> Result<Outcome, Error> {
        let execution_name = execution_name(list);
        let started = self
            .sfn
            .start_execution()
            .state_machine_arn(&self.config.state_machine_arn)
            .name(&execution_name)
            .input(execution_input(list))
            .send()
            .await;
        match started {
            Ok(started) => Ok(Outcome::Started { execution_name, execution_arn: started.execution_arn }),
            Err(err) if err.as_service_error().is_some_and(StartExecutionError::is_execution_already_exists) => {
                Ok(Outcome::AlreadyStarted { execution_name })
            }
            Err(err) => Err(Error::new(
                ErrorKind::ExecutionNotStarted,
                format!("no execution was started for the list s3://{}/{}: {}", list.bucket, list.key, cause_of(&err)),
            )),
        }
    }
}

/// Starts an execution for every good list of an S3 event.
///
/// # Errors
/// The first failure, after every record was tried: Lambda's retries deliver the whole event again, which harms nothing.
pub async fn handle(app: &App, event: &Value) -> Result<Output, Error> {
    let Some(records) = records_of(event) else {
        let error = Error::new(ErrorKind::InvalidEvent, "the event is no S3 event: it has no Records");
        log::failed(None, &error);
        return Err(error);
    };
    let mut lists = Vec::with_capacity(records.len());
    let mut first_failure = None;
    for record in records {
        let list = match record {
            Record::Created(list) => list,
            Record::Ignored(event_name) => {
                log::ignored(&event_name);
                continue;
            }
            Record::Unreadable(problem) => {
                let error =
                    Error::new(ErrorKind::InvalidEvent, format!("a record of the event can not be read: {problem}"));
                log::failed(None, &error);
                first_failure.get_or_insert(error);
                continue;
            }
        };
        match app.drop_list(&list).await {
            Ok(outcome) => {
                log::done(&outcome);
                lists.push(outcome);
            }
            Err(error) => {
                log::failed(Some(&list), &error);
                first_failure.get_or_insert(error);
            }
        }
    }
    first_failure.map_or(Ok(Output { lists }), Err)
}
