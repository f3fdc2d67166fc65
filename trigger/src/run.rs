//! The process: everything made once, then one event after the other.

use crate::{
    app::{App, handle},
    config::Config,
    log,
};
use lambda_runtime::{LambdaEvent, service_fn};
use sdk::SdkConfig;
use serde_json::Value;

/// CloudWatch namespace of the metrics of both functions.
const NAMESPACE: &str = "IdListImages";

/// Serves the Lambda Runtime API until the process is ended, with clients on the given SDK configuration.
///
/// # Errors
/// When a setting is missing or can not be used, or the Runtime API can not be reached.
pub async fn run(sdk: &SdkConfig) -> Result<(), lambda_runtime::Error> {
    log::init();
    let metrics = metrics_cloudwatch_embedded::Builder::new().cloudwatch_namespace(NAMESPACE).init()?;
    let app = App::new(sdk, Config::from_env()?);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        // Boxed: the SDK's futures nest deeper than the compiler lays out by itself.
        let result = Box::pin(handle(&app, &event.payload)).await;
        // Metrics that can not be written are no reason to fail a list that was started.
        let _ = metrics.flush(std::io::stdout());
        result
    }))
    .await
}
