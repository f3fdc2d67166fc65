//! The connection as the command line has it: region, profile, credentials and account are found as every AWS client finds them.

use super::{Aws, Names, behavior_version, http_client, retries, timeouts};
use crate::Error;
use aws_config::{Region, SdkConfig};
use idlist::message;

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
}

impl Connection {
    /// Finds credentials, region and account.
    ///
    /// # Errors
    /// [`Error::NoRegion`], or [`Error::NoAccount`] where neither STS nor the list of buckets tells the account.
    pub async fn connect(&self) -> Result<Aws, Error> {
        self.connect_with(&self.load().await).await
    }

    /// Finds credentials and region.
    pub(crate) async fn load(&self) -> SdkConfig {
        let mut loader = aws_config::defaults(behavior_version())
            .http_client(http_client())
            .timeout_config(timeouts())
            .retry_config(retries());
        if let Some(profile) = &self.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(url) = &self.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        loader.load().await
    }

    /// As [`Connection::connect`], with what [`Connection::load`] has found.
    pub(crate) async fn connect_with(&self, config: &SdkConfig) -> Result<Aws, Error> {
        let region = config.region().map(|region| region.as_ref().to_owned()).ok_or(Error::NoRegion)?;
        let machine = match &self.state_machine {
            Some(name) => name.clone(),
            None => Names::state_machine_of_stack(&self.stack),
        };
        let account = self.account.clone().unwrap_or_default();
        let mut aws = Aws::new(config, self.own_endpoint().is_some(), Names::new(account, region, machine));
        if aws.names.account.is_empty() {
            aws.names.account = account_of(config, &aws).await?;
        }
        Ok(aws)
    }

    /// The endpoint in place of AWS's own, wherever it is given.
    pub(crate) fn own_endpoint(&self) -> Option<String> {
        let of_environment =
            || ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"].iter().find_map(|name| std::env::var(name).ok());
        self.endpoint_url.clone().or_else(of_environment)
    }

    /// The options that say the same, for a command that somebody else may copy.
    pub(crate) fn options(&self) -> String {
        let Self { stack, state_machine, account, region, profile, endpoint_url } = self;
        let stack = Some(stack).filter(|stack| *stack != crate::cli::DEFAULT_STACK);
        let options = [
            ("endpoint-url", endpoint_url.as_ref()),
            ("profile", profile.as_ref()),
            ("region", region.as_ref()),
            ("account", account.as_ref()),
            ("stack", stack),
            ("state-machine", state_machine.as_ref()),
        ];
        let options = options.into_iter().filter_map(|(name, value)| Some(format!(" --{name} {}", quoted(value?))));
        options.collect()
    }
}

/// A word as a POSIX shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_./:=@".contains(char);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The account of the caller, or else of the list bucket that it sees in this region.
async fn account_of(config: &SdkConfig, aws: &Aws) -> Result<String, Error> {
    let error = match aws_sdk_sts::Client::new(config).get_caller_identity().send().await {
        Ok(identity) => match identity.account() {
            Some(account) => return Ok(account.to_owned()),
            None => Error::NoAccount(message!("sts-names-none", "STS names none")),
        },
        Err(error) => Error::of_sdk("sts:GetCallerIdentity", message!("the-identity", "the identity"), &error),
    };
    if matches!(error, Error::NoCredentials | Error::BadCredentials(_) | Error::Unreachable { .. }) {
        return Err(error);
    }
    let buckets = aws.s3.list_buckets().send().await.map_err(|_| Error::NoAccount(error.message()))?;
    let names = buckets.buckets().iter().filter_map(|bucket| bucket.name());
    let mut accounts = names.filter_map(|name| Names::account_of_list_bucket(name, &aws.names.region));
    accounts.next().map(str::to_owned).ok_or_else(|| Error::NoAccount(error.message()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copied_command_names_the_same_connection() {
        let connection = Connection { stack: crate::cli::DEFAULT_STACK.into(), ..Connection::default() };
        assert_eq!(connection.options(), "");
        let connection =
            Connection { region: Some("us-east-1".into()), profile: Some("it's".into()), ..Connection::default() };
        assert_eq!(connection.options(), r" --profile 'it'\''s' --region us-east-1 --stack ''");
    }
}
