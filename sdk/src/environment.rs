//! What the environment says: region, credentials, endpoints. The names are those that every SDK reads.
//! <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html#EVarSettings>

use crate::Connections;
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future},
};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_types::{
    SdkConfig,
    region::Region,
    service_config::{LoadServiceConfig, ServiceConfigKey},
};

/// A configuration for the clients of all services, with the given credentials and over the given connections.
#[must_use]
pub fn config(credentials: SharedCredentialsProvider, connections: &Connections) -> SdkConfig {
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(region().map(Region::new))
        .credentials_provider(credentials)
        .http_client(connections.http_client())
        .service_config(Environment)
        .use_fips(is_true("AWS_USE_FIPS_ENDPOINT"))
        .use_dual_stack(is_true("AWS_USE_DUALSTACK_ENDPOINT"));
    config.set_endpoint_url(endpoint_url("AWS_ENDPOINT_URL"));
    config.build()
}

/// The credentials of the environment, as Lambda gives its functions those of their role. Read anew whenever a client asks.
#[must_use]
pub fn env_credentials() -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(Environment)
}

pub(crate) fn region() -> Option<String> {
    set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION"))
}

fn set(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn is_true(name: &str) -> bool {
    set(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

fn endpoint_url(name: &str) -> Option<String> {
    set(name).filter(|_| !is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))
}

#[derive(Debug)]
struct Environment;

impl LoadServiceConfig for Environment {
    /// A service's own setting, such as `AWS_ENDPOINT_URL_S3`.
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace(' ', "_");
        match key.env() {
            "AWS_ENDPOINT_URL" => endpoint_url(&format!("AWS_ENDPOINT_URL_{service}")),
            other => set(other),
        }
    }
}

impl ProvideCredentials for Environment {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(from_lookup(set))
    }
}

fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Credentials, CredentialsError> {
    let required = |name| {
        lookup(name).ok_or_else(|| CredentialsError::not_loaded(format!("environment variable {name} is not set")))
    };
    let (id, secret) = (required("AWS_ACCESS_KEY_ID")?, required("AWS_SECRET_ACCESS_KEY")?);
    Ok(Credentials::new(id, secret, lookup("AWS_SESSION_TOKEN"), None, "Environment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_credentials_of_a_role_have_a_session_token() {
        let all = |name: &str| Some(name.to_lowercase());
        let credentials = from_lookup(all).unwrap();
        assert_eq!(credentials.access_key_id(), "aws_access_key_id");
        assert_eq!(credentials.secret_access_key(), "aws_secret_access_key");
        assert_eq!(credentials.session_token(), Some("aws_session_token"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let id_alone = |name: &str| (name == "AWS_ACCESS_KEY_ID").then(String::new);
        let error = from_lookup(id_alone).unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("AWS_SECRET_ACCESS_KEY"), "{cause}");
    }
}
