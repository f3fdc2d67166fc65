//! The process: everything made once, then one event after the other.

use crate::{App, config::Config, handle, log};
use lambda_runtime::{LambdaEvent, service_fn};
use sdk::{Connections, SdkConfig};
use serde_json::Value;

/// CloudWatch namespace of the metrics of both functions.
const NAMESPACE: &str = "IdListImages";

/// Serves the Lambda Runtime API until the process is ended, with clients on the given SDK configuration and its connections.
///
/// # Errors
/// When a setting can not be used, or the Runtime API can not be reached.
pub async fn run(sdk: &SdkConfig, connections: &Connections) -> Result<(), lambda_runtime::Error> {
    log::init();
    let metrics = metrics_cloudwatch_embedded::Builder::new().cloudwatch_namespace(NAMESPACE).init()?;
    let app = App::new(sdk, Config::from_env()?)?;
    Box::pin(app.connect(connections)).await;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        // Boxed: the SDK's futures nest deeper than the compiler lays out by itself.
        let result = Box::pin(handle(&app, event)).await;
        // Metrics that can not be written are no reason to fail an image that was paid.
        let _ = metrics.flush(std::io::stdout());
        result
    }))
    .await
}
