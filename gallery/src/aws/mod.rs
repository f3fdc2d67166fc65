//! The connection to AWS: clients of the services, and the names that follow from account, region and stack.

#[cfg(feature = "cli")]
mod account;
#[cfg(feature = "cli")]
mod connection;
mod names;
mod objects;
mod states;

#[cfg(feature = "cli")]
pub(crate) use account::{Account, ModelAccess, Rate, Stack};
#[cfg(feature = "cli")]
pub use connection::Connection;
pub use names::Names;
#[cfg(test)]
pub(crate) use objects::Picture;
pub(crate) use objects::Pictures;

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use std::time::Duration;

/// Clients of the services, and the names of the stack.
#[derive(Debug, Clone)]
pub struct Aws {
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) sfn: aws_sdk_sfn::Client,
    /// The names of buckets, state machine and executions.
    pub names: Names,
}

impl Aws {
    /// Clients of an endpoint that is not AWS's own. Nothing is read from the environment or from a profile.
    #[must_use]
    pub fn at_endpoint(url: &str, credentials: SharedCredentialsProvider, names: Names) -> Self {
        let config = SdkConfig::builder()
            .behavior_version(behavior_version())
            .http_client(http_client())
            .timeout_config(timeouts())
            .retry_config(retries())
            .region(Region::new(names.region.clone()))
            .credentials_provider(credentials)
            .endpoint_url(url)
            .build();
        Self::new(&config, true, names)
    }

    /// An endpoint of one's own has no DNS names for buckets: `has_own_endpoint` puts them into paths.
    fn new(config: &SdkConfig, has_own_endpoint: bool, names: Names) -> Self {
        let s3 = aws_sdk_s3::config::Builder::from(config).force_path_style(has_own_endpoint).build();
        Self { s3: aws_sdk_s3::Client::from_conf(s3), sfn: aws_sdk_sfn::Client::new(config), names }
    }
}

fn behavior_version() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

fn http_client() -> SharedHttpClient {
    Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .read_timeout(Duration::from_secs(20))
        .operation_timeout(Duration::from_secs(60))
        .build()
}

fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(3)
}
