//! What the function writes about its work: one JSON line per item, and CloudWatch metrics. Never a prompt.

use crate::{
    error::{Error, ErrorKind},
    input::Input,
    output::{Outcome, Output},
};
use lambda_runtime::tracing::subscriber::{
    self, Layer, filter::LevelFilter, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt,
};
use serde_json::Value;
use std::fmt::Display;
use std::time::Duration;
use tracing::{debug, error, info, warn};

/// Sends log lines to standard output as JSON. The level is `AWS_LAMBDA_LOG_LEVEL`, else `RUST_LOG`, else `INFO`.
/// The runtime's own line about a failed invocation is left out: [`failed`] writes it, with the item.
pub(crate) fn init() {
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").or_else(|_| std::env::var("RUST_LOG")).ok();
    let level = level.and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO);
    let targets = Targets::new().with_default(level).with_target("lambda_runtime::layers::panic", LevelFilter::OFF);
    let lines = subscriber::fmt::layer().json().flatten_event(true).with_target(false).with_span_list(false);
    subscriber::registry().with(lines.with_filter(targets)).init();
}

/// What every line says of an item.
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

/// Tells that an item has its image.
pub(crate) fn made(input: &Input, output: &Output) {
    match output.outcome {
        Outcome::Generated => {
            // Once alone and once by model: an embedded metric has exactly the dimensions that it is written with.
            metrics::counter!("ImagesGenerated").increment(1);
            metrics::counter!("ImagesGenerated", "Model" => output.model.clone()).increment(1);
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

/// Tells that an attempt failed.
pub(crate) fn failed(input: &Input, err: &Error) {
    metrics::counter!("ImagesFailed", "ErrorType" => err.kind.name()).increment(1);
    let Subject { execution_name, id, rank } = Subject::of(input);
    error!(executionName = execution_name, id, rank, errorType = err.kind.name(), "{err}");
}

/// Tells that the model refused an item that then waits for its turn: counted as every refused call, but no failure.
pub(crate) fn throttled(input: &Input, err: &Error) {
    metrics::counter!("ImagesFailed", "ErrorType" => ErrorKind::ModelThrottled.name()).increment(1);
    let Subject { execution_name, id, rank } = Subject::of(input);
    warn!(executionName = execution_name, id, rank, errorType = err.kind.name(), "{err}");
}

/// Tells that an item waits for its turn.
pub(crate) fn waits(input: &Input, seconds: u64) {
    let Subject { execution_name, id, rank } = Subject::of(input);
    debug!(executionName = execution_name, id, rank, seconds, "the item waits for its turn");
}

/// Tells that the clock of a model could not be used, so that its calls are not paced.
pub(crate) fn unpaced(model_id: &str, err: &dyn Display) {
    warn!(model = model_id, "the calls of the model are not paced, its clock can not be used: {err}");
}

/// Tells that an item could not claim its image, or not give the claim back: another execution may make the same image, or wait for nothing.
pub(crate) fn unclaimed(input: &Input, err: &dyn Display) {
    let Subject { execution_name, id, rank } = Subject::of(input);
    warn!(executionName = execution_name, id, rank, "the claims of the item's image can not be used: {err}");
}

/// Counts how long the model took to answer, image or not.
pub(crate) fn model_latency(model_id: &'static str, latency: Duration) {
    metrics::histogram!("ModelLatency", "Model" => model_id).record(latency.as_secs_f64() * 1000.0);
}
