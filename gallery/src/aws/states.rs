//! Executions of the state machine: listing, describing, stopping, redriving them.

use super::Aws;
use crate::Error;
use crate::model::{Counts, Run, RunStatus, STORED_INPUT};
use aws_sdk_sfn::types::{ExecutionStatus, MapRunItemCounts};
use aws_smithy_types::DateTime;
use idlist::message;
use serde::{Deserialize, Serialize};

/// Some executions, the latest first, and where to go on.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page {
    /// The executions.
    pub(crate) runs: Vec<Run>,
    /// Token of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// Input of an execution, as far as it is ours.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Input {
    bucket_name: Option<String>,
    bucket_key: Option<String>,
    version_id: Option<String>,
    items: Option<serde::de::IgnoredAny>,
}

/// Output of an execution.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Output {
    list: Input,
    results: Option<Results>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Results {
    manifest_key: Option<String>,
}

impl Aws {
    /// A page of executions without their counts.
    ///
    /// # Errors
    /// What AWS answers.
    pub(crate) async fn list_runs(&self, max: i32, next: Option<String>) -> Result<Page, Error> {
        let arn = self.names.state_machine_arn();
        let request = self.sfn.list_executions().state_machine_arn(&arn).max_results(max).set_next_token(next);
        let what = message!("the-state-machine", "the state machine {name}", name = &self.names.state_machine);
        let answer = request.send().await.map_err(|error| Error::of_sdk("states:ListExecutions", what, &error))?;
        let runs = answer.executions.into_iter().map(|execution| {
            let stopped = execution.stop_date.as_ref().map(millis);
            Run::new(execution.name, status(&execution.status), millis(&execution.start_date), stopped)
        });
        Ok(Page { runs: runs.collect(), next: answer.next_token })
    }

    /// An execution with its list, counts and results.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none of this name, else what AWS answers.
    pub(crate) async fn describe_run(&self, name: &str) -> Result<Run, Error> {
        let arn = self.names.execution_arn(name);
        let what = message!("the-execution", "the execution {name}", name);
        let request = self.sfn.describe_execution().execution_arn(&arn);
        let answer = request.send().await.map_err(|error| Error::of_sdk("states:DescribeExecution", what, &error))?;
        let stopped = answer.stop_date.as_ref().map(millis);
        let mut run = Run::new(name.to_owned(), status(&answer.status), millis(&answer.start_date), stopped);
        let input: Input = answer.input().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let output: Output = answer.output().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        run.redrivable = answer.redrive_status().is_some_and(|status| status.as_str() == "REDRIVABLE");
        run.error = answer.error;
        run.cause = answer.cause;
        run.manifest_key = output.results.and_then(|results| results.manifest_key);
        if input.items.is_some() {
            // The state machine stores such items itself, under this name.
            run.set_list(self.names.list_bucket(), format!("{STORED_INPUT}{name}.json"), output.list.version_id);
        } else if let (Some(bucket), Some(key)) = (input.bucket_name, input.bucket_key) {
            run.set_list(bucket, key, input.version_id.or(output.list.version_id));
        }
        self.add_map_run(&mut run, &arn).await?;
        Ok(run)
    }

    async fn add_map_run(&self, run: &mut Run, arn: &str) -> Result<(), Error> {
        let request = self.sfn.list_map_runs().execution_arn(arn);
        let map_runs = request
            .send()
            .await
            .map_err(|error| Error::of_sdk("states:ListMapRuns", run.name.clone().into(), &error))?;
        let Some(map_run) = map_runs.map_runs.into_iter().next() else { return Ok(()) };
        let request = self.sfn.describe_map_run().map_run_arn(&map_run.map_run_arn);
        let answer = request
            .send()
            .await
            .map_err(|error| Error::of_sdk("states:DescribeMapRun", run.name.clone().into(), &error))?;
        run.counts = answer.item_counts.as_ref().map(counts);
        run.max_concurrency = u64::try_from(answer.max_concurrency).ok();
        let id = map_run.map_run_arn.rsplit(':').next().unwrap_or_default();
        run.manifest_key.get_or_insert_with(|| format!("results/{}/{id}/manifest.json", run.name));
        run.map_run_arn = Some(map_run.map_run_arn);
        Ok(())
    }

    /// Error and cause of items that have failed so far: name and JSON input are AWS's. At most `max` are described.
    ///
    /// # Errors
    /// What AWS answers.
    pub(crate) async fn failed_children(&self, map_run_arn: &str, max: usize) -> Result<Vec<FailedChild>, Error> {
        let request = self.sfn.list_executions().map_run_arn(map_run_arn).status_filter(ExecutionStatus::Failed);
        let answer = request.max_results(100).send().await;
        let answer =
            answer.map_err(|error| Error::of_sdk("states:ListExecutions", map_run_arn.to_owned().into(), &error))?;
        let mut children = Vec::new();
        for child in answer.executions.into_iter().take(max) {
            let request = self.sfn.describe_execution().execution_arn(child.execution_arn);
            let child = request.send().await;
            let child = child
                .map_err(|error| Error::of_sdk("states:DescribeExecution", map_run_arn.to_owned().into(), &error))?;
            let text = |text: Option<String>| text.unwrap_or_default();
            children.push(FailedChild { input: text(child.input), error: text(child.error), cause: text(child.cause) });
        }
        Ok(children)
    }

    /// Stops an execution.
    ///
    /// # Errors
    /// What AWS answers.
    pub(crate) async fn stop_run(&self, name: &str) -> Result<(), Error> {
        let request = self.sfn.stop_execution().execution_arn(self.names.execution_arn(name)).error("Stopped");
        let request = request.cause("Stopped in gallery.");
        let what = message!("the-execution", "the execution {name}", name);
        request.send().await.map(drop).map_err(|error| Error::of_sdk("states:StopExecution", what, &error))
    }

    /// Takes up what an execution did not finish.
    ///
    /// # Errors
    /// What AWS answers, for example that it is too late.
    pub(crate) async fn redrive_run(&self, name: &str) -> Result<(), Error> {
        let request = self.sfn.redrive_execution().execution_arn(self.names.execution_arn(name));
        let what = message!("the-execution", "the execution {name}", name);
        request.send().await.map(drop).map_err(|error| Error::of_sdk("states:RedriveExecution", what, &error))
    }
}

/// A child execution that failed.
#[derive(Debug, Clone)]
pub(crate) struct FailedChild {
    /// Its input, JSON.
    pub(crate) input: String,
    /// The error's name.
    pub(crate) error: String,
    /// The error's cause.
    pub(crate) cause: String,
}

fn status(status: &ExecutionStatus) -> RunStatus {
    match status {
        ExecutionStatus::Succeeded => RunStatus::Succeeded,
        ExecutionStatus::Failed => RunStatus::Failed,
        ExecutionStatus::TimedOut => RunStatus::TimedOut,
        ExecutionStatus::Aborted => RunStatus::Stopped,
        _ => RunStatus::Running,
    }
}

fn counts(counts: &MapRunItemCounts) -> Counts {
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    Counts {
        total: count(counts.total),
        pending: count(counts.pending),
        running: count(counts.running),
        succeeded: count(counts.succeeded),
        failed: count(counts.failed) + count(counts.timed_out),
        stopped: count(counts.aborted),
    }
}

fn millis(date: &DateTime) -> i64 {
    date.to_millis().unwrap_or_default()
}
