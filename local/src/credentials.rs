//! The caller's AWS credentials, from wherever they are: environment, profile, role.

use aws_config::BehaviorVersion;
use aws_credential_types::provider::SharedCredentialsProvider;

/// Where the credentials come from, as the AWS CLI looks for them. On Lambda the environment has them.
pub async fn provider() -> SharedCredentialsProvider {
    let defaults =
        aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(sdk::Connections::default().http_client());
    let found = Box::pin(defaults.load()).await.credentials_provider();
    found.unwrap_or_else(sdk::env_credentials)
}
