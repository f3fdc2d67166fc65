//! What the function writes about its work: one JSON line per item, and CloudWatch metrics. Never a prompt.

use crate::{
    error::Error,
    output::{Outcome, Output},
};
use lambda_runtime::tracing::subscriber::{
    self, Layer, filter::LevelFilter, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt,
};
use serde_json::Value;
use std::time::Duration;
use tracing::{error, info};

/// Sends log lines to standard output as JSON. The level is `AWS_LAMBDA_LOG_LEVEL`, else `RUST_LOG`, else `INFO`.
/// The runtime's own line about a failed invocation is left out: [`ended`] writes it, with the item.
pub(crate) fn init() {
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").or_else(|_| std::env::var("RUST_LOG")).ok();
    let level = level.and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO);
    let targets = Targets::new().with_default(level).with_target("lambda_runtime::layers::panic", LevelFilter::OFF);
    let lines = subscriber::fmt::layer().json().flatten_event(true).with_target(false).with_span_list(false);
    subscriber::registry().with(lines.with_filter(targets)).init();
}

/// Tells how an item ended.
pub(crate) fn ended(execution_name: Option<&str>, item: &Value, result: &Result<Output, Error>) {
    let execution_name = execution_name.unwrap_or_default();
    let text = |field: &str| item.get(field).and_then(Value::as_str).unwrap_or_default();
    let (id, rank) = (text("id"), text("rank"));
    match result {
        Ok(output) => {
            match output.outcome {
                Outcome::Generated => {
                    // Once alone and once by model: an embedded metric has exactly the dimensions that it is written with.
                    metrics::counter!("ImagesGenerated").increment(1);
                    metrics::counter!("ImagesGenerated", "Model" => output.model.clone()).increment(1);
                }
                Outcome::Existing => metrics::counter!("ImagesExisting").increment(1),
            }
            metrics::histogram!("ImageBytes").record(output.bytes as f64);
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
        Err(err) => {
            metrics::counter!("ImagesFailed", "ErrorType" => err.kind.name()).increment(1);
            error!(executionName = execution_name, id, rank, errorType = err.kind.name(), "{err}");
        }
    }
}

/// Counts how long the model took to answer, image or not.
pub(crate) fn model_latency(model_id: &'static str, latency: Duration) {
    metrics::histogram!("ModelLatency", "Model" => model_id).record(latency.as_secs_f64() * 1000.0);
}
