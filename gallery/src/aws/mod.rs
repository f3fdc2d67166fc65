//! The connection to AWS: credentials, region, endpoint, account, and the names that follow from them.

mod names;
mod objects;
mod states;

pub use names::Names;
pub(crate) use names::clean_stem;
#[cfg(test)]
pub(crate) use objects::Picture;
pub(crate) use objects::Pictures;

use crate::Error;
use aws_config::{BehaviorVersion, Region, retry::RetryConfig, timeout::TimeoutConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use std::time::Duration;

/// What a person may say about the connection. Everything is optional: the rest is found as every AWS client finds it.
#[derive(Debug, Clone, Default)]
pub struct Connection {
    /// Name of the stack; empty for a state machine that is called `GenerateImages` alone.
    pub stack: String,
    /// Name of the state machine, where it does not follow from the stack.
    pub state_machine: Option<String>,
    /// The 12 digits of the account, where STS does not tell.
    pub account: Option<String>,
    /// Region of the stack.
    pub region: Option<String>,
    /// Profile of the AWS configuration.
    pub profile: Option<String>,
    /// Endpoint to use in place of AWS's own.
    pub endpoint_url: Option<String>,
    /// Credentials to use in place of those of the environment and the profile.
    pub credentials: Option<SharedCredentialsProvider>,
}

/// Clients of the services, and the names of the stack.
#[derive(Debug, Clone)]
pub struct Aws {
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) sfn: aws_sdk_sfn::Client,
    pub(crate) sts: aws_sdk_sts::Client,
    /// The names of buckets, state machine and executions.
    pub names: Names,
}

impl Aws {
    /// Finds credentials, region and account.
    ///
    /// # Errors
    /// [`Error::NoRegion`], or [`Error::NoAccount`] where neither STS nor the list of buckets tells the account.
    pub async fn connect(connection: &Connection) -> Result<Self, Error> {
        let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(3))
            .read_timeout(Duration::from_secs(20))
            .operation_timeout(Duration::from_secs(60))
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .http_client(http)
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(3));
        if let Some(profile) = &connection.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = &connection.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(url) = &connection.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        if let Some(credentials) = &connection.credentials {
            loader = loader.credentials_provider(credentials.clone());
        }
        let config = loader.load().await;
        let region = config.region().map(|region| region.as_ref().to_owned()).ok_or(Error::NoRegion)?;
        // An endpoint of one's own has no DNS names for buckets.
        let has_own_endpoint =
            ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"].iter().any(|name| std::env::var_os(name).is_some());
        let s3 = aws_sdk_s3::config::Builder::from(&config)
            .force_path_style(connection.endpoint_url.is_some() || has_own_endpoint)
            .build();
        let s3 = aws_sdk_s3::Client::from_conf(s3);
        let sts = aws_sdk_sts::Client::new(&config);
        let account = match &connection.account {
            Some(account) => account.clone(),
            None => account_of(&sts, &s3, &region).await?,
        };
        let machine = match &connection.state_machine {
            Some(name) => name.clone(),
            None => Names::state_machine_of_stack(&connection.stack),
        };
        Ok(Self { s3, sfn: aws_sdk_sfn::Client::new(&config), sts, names: Names::new(account, region, machine) })
    }
}

/// The account of the caller, or else of the list bucket that it sees in this region.
async fn account_of(sts: &aws_sdk_sts::Client, s3: &aws_sdk_s3::Client, region: &str) -> Result<String, Error> {
    let error = match sts.get_caller_identity().send().await {
        Ok(identity) => match identity.account() {
            Some(account) => return Ok(account.to_owned()),
            None => Error::NoAccount("STS names none".to_owned()),
        },
        Err(error) => Error::of_sdk("sts:GetCallerIdentity", "the identity", &error),
    };
    if matches!(error, Error::NoCredentials | Error::BadCredentials(_) | Error::Unreachable { .. }) {
        return Err(error);
    }
    let buckets = s3.list_buckets().send().await.map_err(|_| Error::NoAccount(error.to_string()))?;
    let names = buckets.buckets().iter().filter_map(|bucket| bucket.name());
    let mut accounts = names.filter_map(|name| Names::account_of_list_bucket(name, region));
    accounts.next().map(str::to_owned).ok_or_else(|| Error::NoAccount(error.to_string()))
}
