//! What both Lambda functions share: the configuration of the AWS SDK, logging, metrics, and the text of an SDK error.

use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use lambda_runtime::tracing::subscriber::{
    self, Layer,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use serde_json::Value;
use std::error::Error;

/// CloudWatch namespace of the metrics of both functions.
const METRICS_NAMESPACE: &str = "IdListImages";

/// The HTTP client of every SDK client: HTTPS by rustls with ring, trusting the system's certificate authorities.
///
/// ring rather than aws-lc, which gathers entropy from CPU jitter at the first handshake: at the processor share of a small function that
/// takes longer than the rest of the cold start. <https://github.com/awslabs/aws-lambda-rust-runtime#aws-lc-jitter-entropy>
#[must_use]
pub fn http_client() -> SharedHttpClient {
    Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
}

/// Region, credentials and endpoints as every AWS SDK finds them, over the given HTTP client.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>
pub async fn sdk_config(http_client: SharedHttpClient) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(http_client).load().await
}

/// Sends log lines to standard output as JSON. The level is `AWS_LAMBDA_LOG_LEVEL`, else `RUST_LOG`, else `INFO`.
///
/// The runtime's own line about a failed invocation is left out: the functions log it themselves, with the item or the list.
fn init_logging() {
    let level = std::env::var("AWS_LAMBDA_LOG_LEVEL").or_else(|_| std::env::var("RUST_LOG")).ok();
    let level = level.and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO);
    let targets = Targets::new().with_default(level).with_target("lambda_runtime::layers::panic", LevelFilter::OFF);
    let lines = subscriber::fmt::layer().json().flatten_event(true).with_target(false).with_span_list(false);
    subscriber::registry().with(lines.with_filter(targets)).init();
}

/// Serves the Lambda Runtime API until the process is stopped: logging and metrics are set up, and after each invocation its metrics are
/// written to standard output in CloudWatch's embedded metric format.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
///
/// # Errors
/// When the Runtime API cannot be reached.
pub async fn serve<T: Serialize, E: Into<Diagnostic> + std::fmt::Debug>(
    handler: impl AsyncFn(LambdaEvent<Value>) -> Result<T, E>,
) -> Result<(), lambda_runtime::Error> {
    init_logging();
    let metrics = metrics_cloudwatch_embedded::Builder::new().cloudwatch_namespace(METRICS_NAMESPACE).init()?;
    lambda_runtime::run(service_fn(async |event| {
        // Boxed: the futures of the SDK are large.
        let result = Box::pin(handler(event)).await;
        // Metrics that cannot be written must not fail an image that was paid for.
        let _ = metrics.flush(std::io::stdout());
        result
    }))
    .await
}

/// An error and its causes, outermost first.
pub fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// An error and its causes in one line.
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    causes(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
