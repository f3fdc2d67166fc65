//! What the function writes about its work: one JSON line per item, and CloudWatch metrics. Never a prompt.

use crate::{Answer, Error, ErrorKind, Outcome, Output, input::Input, state_store::StateError};
use idlist::usd_per_image;
use serde_json::Value;
use std::time::Duration;
use tracing::{debug, error, info, warn};

/// What every line says about an item.
struct Subject<'a> {
    execution_name: &'a str,
    id: &'a str,
    rank: &'a str,
}

impl<'a> Subject<'a> {
    fn of(input: &'a Input) -> Self {
        let text = |field: &str| input.item.get(field).and_then(Value::as_str).unwrap_or_default();
        let execution_name = input.execution_name.as_deref().unwrap_or_default();
        Self { execution_name, id: text("id"), rank: text("rank") }
    }
}

/// Logs and counts the result of an invocation, and passes it on.
pub(crate) fn result(input: &Input, result: Result<Answer, Error>) -> Result<Answer, Error> {
    match &result {
        Ok(Answer::Image(output)) => image(input, output),
        Ok(Answer::Wait(wait)) => {
            let Subject { execution_name, id, rank } = Subject::of(input);
            debug!(executionName = execution_name, id, rank, seconds = wait.wait_seconds, "the item waits");
        }
        Err(err) => {
            count_failure(err.kind);
            let Subject { execution_name, id, rank } = Subject::of(input);
            error!(executionName = execution_name, id, rank, errorType = err.kind.name(), "{err}");
        }
    }
    result
}

fn image(input: &Input, output: &Output) {
    match output.outcome {
        Outcome::Generated => {
            // Once alone and once by model: an embedded metric has exactly the dimensions that it is written with.
            metrics::counter!("ImagesGenerated").increment(1);
            metrics::counter!("ImagesGenerated", "Model" => output.model.clone()).increment(1);
            if let Some(usd) = usd_per_image(&output.model) {
                metrics::histogram!("ImageUsd").record(usd);
                metrics::histogram!("ImageUsd", "Model" => output.model.clone()).record(usd);
            }
        }
        Outcome::Existing => metrics::counter!("ImagesExisting").increment(1),
    }
    metrics::histogram!("ImageBytes").record(output.bytes as f64);
    let Subject { execution_name, id, rank } = Subject::of(input);
    info!(
        executionName = execution_name,
        id,
        rank,
        model = output.model,
        bucketName = output.bucket_name,
        keyName = output.key_name,
        bytes = output.bytes,
        outcome = ?output.outcome,
        "the image is in S3"
    );
}

fn count_failure(kind: ErrorKind) {
    metrics::counter!("ImagesFailed", "ErrorType" => kind.name()).increment(1);
}

/// Logs that Bedrock throttled an item, which then waits: counted as a throttled call, but not a failure.
pub(crate) fn throttled(input: &Input, err: &Error) {
    count_failure(ErrorKind::ModelThrottled);
    let Subject { execution_name, id, rank } = Subject::of(input);
    warn!(executionName = execution_name, id, rank, errorType = err.kind.name(), "{err}");
}

/// Logs that the rate limiter could not be used, so that a call is not rate limited.
pub(crate) fn rate_limiter_unavailable(model_id: &str, err: &StateError) {
    warn!(model = model_id, "the call is not rate limited, the rate limiter cannot be used: {err}");
}

/// Logs that a lease could not be used, so that another invocation may make the same image.
pub(crate) fn lease_unavailable(input: &Input, err: &StateError) {
    let Subject { execution_name, id, rank } = Subject::of(input);
    warn!(executionName = execution_name, id, rank, "the lease of the image cannot be used: {err}");
}

/// Counts how long the model took to answer, image or not.
pub(crate) fn model_latency(model_id: &'static str, latency: Duration) {
    metrics::histogram!("ModelLatency", "Model" => model_id).record(latency.as_secs_f64() * 1000.0);
}
