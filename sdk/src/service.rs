//! A service that is called without the SDK's client for it: what is asked is signed and sent, and the answer comes as it is.

use aws_runtime::auth::{
    SigV4OperationSigningConfig, SigningOptions,
    sigv4::{SCHEME_ID, SigV4AuthScheme},
};
use aws_smithy_runtime::client::{
    orchestrator::operation::Operation,
    retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier},
};
use aws_smithy_runtime_api::client::{
    auth::{
        AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
        static_resolver::StaticAuthSchemeOptionResolver,
    },
    identity::SharedIdentityResolver,
    interceptors::context::{Error as AnyError, Output},
    orchestrator::{HttpRequest, HttpResponse, OrchestratorError},
    result::SdkError,
    runtime_components::RuntimeComponentsBuilder,
    runtime_plugin::StaticRuntimePlugin,
    ser_de::DeserializeResponse,
    stalled_stream_protection::StalledStreamProtectionConfig,
};
use aws_smithy_types::{body::SdkBody, config_bag::Layer, retry::RetryConfig};
use aws_types::{
    SdkConfig, SigningName,
    region::{Region, SigningRegion},
};
use std::convert::Infallible;

/// Why there is no answer. Whatever the service answers is none of these: [`Service::call`].
pub type NoAnswer = SdkError<Infallible, HttpResponse>;

/// Sends requests to one endpoint of a service, over the same parts as the SDK's clients: its orchestrator, signer, cache of credentials,
/// retries and time-outs. What those clients do besides is left out: a table of all regions, rules for endpoints, checksums, headers for
/// statistics, types for what is asked and answered. bench/README.md says what that is of a cold start.
#[derive(Debug, Clone)]
pub struct Service(Operation<HttpRequest, HttpResponse, Infallible>);

/// How the requests of a service are signed. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
#[derive(Debug, Clone, Copy)]
pub enum Signed {
    /// For Amazon Bedrock.
    Bedrock,
    /// For Amazon S3: the path as it is, and the digest of the body in a header.
    S3,
}

impl Signed {
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    fn name(self) -> &'static str {
        match self {
            Self::Bedrock => "bedrock",
            Self::S3 => "s3",
        }
    }

    fn options(self) -> SigningOptions {
        let mut options = SigningOptions::default();
        if matches!(self, Self::S3) {
            options.double_uri_encode = false;
            options.normalize_uri_path = false;
            options.content_sha256_header = true;
        }
        options
    }
}

impl Service {
    /// A service at an endpoint, which may have a path. `retries`: of calls without an answer, and of those answered with 500, 502, 503 or 504.
    #[must_use]
    pub fn new(sdk: &SdkConfig, signed: Signed, region: Region, endpoint: &str, retries: &RetryConfig) -> Self {
        let mut settings = Layer::new("Service");
        settings.store_put(SigningName::from_static(signed.name()));
        settings.store_put(SigningRegion::from(region));
        settings.store_put(SigV4OperationSigningConfig { signing_options: signed.options(), ..Default::default() });
        settings.store_put(AuthSchemeOptionResolverParams::new(()));
        let schemes = StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]);
        let mut parts = RuntimeComponentsBuilder::new("Service")
            .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
            .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(schemes)))
            .with_http_client(sdk.http_client())
            .with_time_source(sdk.time_source())
            .with_retry_classifier(HttpStatusCodeClassifier::default())
            .with_retry_classifier(TransientErrorClassifier::<Infallible>::new());
        if let Some(credentials) = sdk.credentials_provider() {
            parts.set_identity_resolver(SCHEME_ID, SharedIdentityResolver::new(credentials));
        }
        let parts = StaticRuntimePlugin::new().with_config(settings.freeze()).with_runtime_components(parts);
        let mut operation = Operation::builder();
        if let Some(version) = sdk.behavior_version() {
            operation = operation.behavior_version(version);
        }
        let operation = operation
            .service_name(signed.name())
            .operation_name("call")
            .endpoint_url(endpoint)
            .standard_retry(retries)
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .with_connection_poisoning()
            .runtime_plugin(parts)
            .serializer(Ok)
            .deserializer_impl::<HttpResponse, Infallible>(AsItIs);
        Self(operation.build())
    }

    /// Sends a request, of which the path is enough of a URL. The answer is whatever the service answers, its body as it arrives.
    ///
    /// # Errors
    /// When there is no answer: no credentials, not reached, cut off, or out of time.
    pub async fn call(&self, mut request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
        request.headers_mut().insert("user-agent", concat!("images-from-a-list/", env!("CARGO_PKG_VERSION")));
        self.0.invoke(request).await
    }
}

/// Hands the answer over before anybody reads its body.
#[derive(Debug)]
struct AsItIs;

impl DeserializeResponse for AsItIs {
    fn deserialize_streaming(
        &self,
        response: &mut HttpResponse,
    ) -> Option<Result<Output, OrchestratorError<AnyError>>> {
        // What stays is looked at for retries.
        let left = HttpResponse::new(response.status(), SdkBody::empty());
        Some(Ok(Output::erase(std::mem::replace(response, left))))
    }

    fn deserialize_nonstreaming(&self, response: &HttpResponse) -> Result<Output, OrchestratorError<AnyError>> {
        // Not called: the answer is taken above.
        Ok(Output::erase(HttpResponse::new(response.status(), SdkBody::empty())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
    use aws_smithy_async::time::StaticTimeSource;
    use aws_smithy_http_client::test_util::infallible_client_fn;
    use std::{
        sync::{
            Arc, Mutex,
            atomic::{AtomicUsize, Ordering},
        },
        time::{Duration, UNIX_EPOCH},
    };

    /// Calls whose first answers have the given statuses; the last one stays.
    fn service(
        signed: Signed,
        statuses: &'static [u16],
        retries: &RetryConfig,
    ) -> (Service, Arc<Mutex<Vec<http::HeaderMap>>>) {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (seen, count) = (Arc::clone(&asked), AtomicUsize::new(0));
        let client = infallible_client_fn(move |request: http::Request<SdkBody>| {
            seen.lock().unwrap().push(request.headers().clone());
            let n = count.fetch_add(1, Ordering::SeqCst).min(statuses.len() - 1);
            http::Response::builder().status(statuses[n]).body("").unwrap()
        });
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", Some("token".into()), None, "test");
        let sdk = SdkConfig::builder()
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .time_source(StaticTimeSource::new(UNIX_EPOCH + Duration::from_secs(1_800_000_000)))
            .http_client(client)
            .build();
        let endpoint = "https://there.us-west-2.amazonaws.com/bucket";
        (Service::new(&sdk, signed, Region::new("us-west-2"), endpoint, retries), asked)
    }

    fn request(method: &str, path: &str, body: &'static str) -> HttpRequest {
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method(method).unwrap();
        request.set_uri(path).unwrap();
        request.headers_mut().insert("content-type", "application/json");
        request
    }

    /// What botocore 1.43 makes of the same requests, with the same headers.
    #[tokio::test]
    async fn signatures_are_those_of_another_implementation() {
        for (signed, path, signature) in [
            (
                Signed::Bedrock,
                "/model/stability.sd3%3A0/invoke",
                "2f634f635cf5e7c921b5d49e3c514c877cfe2b447e9382e434ee8edf8b9ad529",
            ),
            (
                Signed::S3,
                "/.pace/stability.sd3%3A0.json",
                "3678e78e2e50c452853c9f44f6e159739e405d7e88697e9704e09d4a10b6b73a",
            ),
        ] {
            let (service, asked) = service(signed, &[200], &RetryConfig::disabled());
            service.call(request("PUT", path, "{}")).await.unwrap();
            let headers = asked.lock().unwrap().remove(0);
            let authorization = headers["authorization"].to_str().unwrap();
            assert!(authorization.ends_with(&format!("Signature={signature}")), "{authorization}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_pass_is_tried_again_if_that_is_wanted_and_the_last_answer_counts() {
        let standard = RetryConfig::standard();
        for (statuses, retries, calls) in [
            (&[503, 500, 200][..], &standard, 3),
            (&[503], &standard, 3),
            (&[503], &RetryConfig::disabled(), 1),
            (&[404], &standard, 1),
            (&[412], &standard, 1),
        ] {
            let (service, asked) = service(Signed::S3, statuses, retries);
            let answer = service.call(request("GET", "/key", "")).await.unwrap();
            assert_eq!(answer.status().as_u16(), *statuses.last().unwrap());
            assert_eq!(asked.lock().unwrap().len(), calls, "{statuses:?}");
        }
    }
}
