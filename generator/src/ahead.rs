//! Connections that are open before the first item comes: to Bedrock, and to the bucket of the clocks, where as a rule the images go, too.

use aws_sdk_bedrockruntime::{
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef},
    error::BoxError,
};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a connection may take. Where it takes longer, the first item finds out why.
const PATIENCE: Duration = Duration::from_secs(1);

/// Learns the URL that the SDK has found for a call, and has it go no further: it is neither signed nor sent.
#[derive(Debug, Clone, Default)]
struct Url(Arc<Mutex<Option<String>>>);

impl Intercept for Url {
    fn name(&self) -> &'static str {
        "Url"
    }

    fn read_before_signing(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.lock().map_err(|_| "the URL's place is poisoned")?.replace(context.request().uri().to_owned());
        Err("the URL is all that was wanted".into())
    }
}

impl Url {
    fn found(&self) -> Option<String> {
        self.0.lock().ok()?.take()
    }
}

/// Opens them; those that can not be opened at once are left to the calls that need them.
pub(crate) async fn connect(
    connections: &sdk::Connections,
    bedrock: &aws_sdk_bedrockruntime::Client,
    s3: &aws_sdk_s3::Client,
    bucket: Option<&String>,
) {
    connections.open(&urls(bedrock, s3, bucket).await, PATIENCE).await;
}

/// Where calls of Bedrock and of this bucket go. Names that mean nothing do: nobody is asked.
async fn urls(
    bedrock: &aws_sdk_bedrockruntime::Client,
    s3: &aws_sdk_s3::Client,
    bucket: Option<&String>,
) -> Vec<String> {
    let url = Url::default();
    let _ = bedrock.invoke_model().model_id("any").customize().interceptor(url.clone()).send().await;
    let mut urls = Vec::from_iter(url.found());
    if let Some(bucket) = bucket {
        let _ = s3.get_object().bucket(bucket).key("any").customize().interceptor(url.clone()).send().await;
        urls.extend(url.found());
    }
    urls
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
    use aws_sdk_bedrockruntime::config::{BehaviorVersion, Region};
    use aws_smithy_http_client::test_util::infallible_client_fn;

    fn sdk() -> sdk::SdkConfig {
        let credentials = Credentials::new("id", "secret", None, None, "test");
        sdk::SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("us-west-2"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(infallible_client_fn(|_| -> http::Response<&str> { panic!("a call was sent") }))
            .build()
    }

    async fn hosts(sdk: &sdk::SdkConfig, bucket: Option<&str>) -> Vec<String> {
        let (bedrock, s3) = (aws_sdk_bedrockruntime::Client::new(sdk), aws_sdk_s3::Client::new(sdk));
        let urls = urls(&bedrock, &s3, bucket.map(ToOwned::to_owned).as_ref()).await;
        urls.iter().map(|url| url.split('/').take(3).collect::<Vec<_>>().join("/")).collect()
    }

    #[tokio::test]
    async fn the_hosts_are_those_that_the_sdk_would_call_and_are_not_called() {
        let bedrock = "https://bedrock-runtime.us-west-2.amazonaws.com";
        assert_eq!(hosts(&sdk(), None).await, [bedrock]);
        assert_eq!(hosts(&sdk(), Some("clocks")).await, [bedrock, "https://clocks.s3.us-west-2.amazonaws.com"]);

        let elsewhere = sdk().into_builder().endpoint_url("http://127.0.0.1:9000").build();
        assert_eq!(hosts(&elsewhere, Some("clocks")).await, ["http://127.0.0.1:9000", "http://127.0.0.1:9000"]);
    }
}
