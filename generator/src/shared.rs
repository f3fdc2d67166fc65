//! Small objects in S3 that all invocations of all functions share: written on the condition that they are still what was read.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>

use crate::encoded::object_key;
use aws_sdk_s3::{
    config::{
        Region,
        endpoint::{DefaultResolver, Params, ResolveEndpoint},
        http::HttpRequest,
        retry::RetryConfig,
    },
    error::{BoxError, DisplayErrorContext},
    primitives::{ByteStream, SdkBody},
};
use futures_util::FutureExt;
use sdk::{SdkConfig, Service, Signed};
use sha2::{Digest, Sha256};
use std::time::Duration;
use tokio::time::timeout;

/// What an item waits for such an object at most; then it does without.
const PATIENCE: Duration = Duration::from_secs(3);
/// Nobody writes more than this there.
const MOST_BYTES: usize = 64 * 1024;

/// The shared objects of a bucket. Three of the six calls of an item are for them, so they do without the SDK's client for S3.
#[derive(Debug, Clone)]
pub(crate) struct SharedObjects {
    s3: Service,
    bucket: String,
    endpoint: String,
}

/// An answer of S3.
struct Answer {
    status: u16,
    version: String,
    text: Vec<u8>,
}

/// What was read.
pub(crate) struct Read {
    pub(crate) text: Vec<u8>,
    /// The entity tag.
    pub(crate) version: String,
}

/// Why a shared object could not be used.
#[derive(Debug, thiserror::Error)]
#[error("{operation} s3://{bucket}/{key}: {cause}")]
pub struct SharedObjectError {
    operation: &'static str,
    bucket: String,
    key: String,
    cause: String,
}

impl SharedObjects {
    /// # Errors
    /// When no endpoint can be had for this bucket in this region, by the rules of the SDK's client.
    pub(crate) fn new(sdk: &SdkConfig, region: Region, bucket: String) -> Result<Self, BoxError> {
        let params = Params::builder()
            .bucket(&bucket)
            .region(region.to_string())
            .set_endpoint(sdk::configured_endpoint(sdk, "S3"))
            .set_use_fips(sdk.use_fips())
            .set_use_dual_stack(sdk.use_dual_stack())
            .build()?;
        let resolver = DefaultResolver::new();
        let endpoint = ResolveEndpoint::resolve_endpoint(&resolver, &params);
        let endpoint = endpoint.now_or_never().ok_or("the rules for endpoints wait for something")??.url().to_owned();
        Ok(Self { s3: Service::new(sdk, Signed::S3, region, &endpoint, &RetryConfig::standard()), bucket, endpoint })
    }

    pub(crate) fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Where calls go.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The object as it is, if there is one.
    pub(crate) async fn read(&self, key: &str) -> Result<Option<Read>, SharedObjectError> {
        let answer = self.call("GET", key, &[], Vec::new()).await.map_err(|err| self.failed("GetObject", key, &err))?;
        match answer {
            Answer { status: 200, version, mut text } => {
                text.truncate(MOST_BYTES);
                Ok(Some(Read { text, version }))
            }
            answer if answer.is_no_such_key() => Ok(None),
            answer => Err(self.failed("GetObject", key, &answer.error())),
        }
    }

    /// Replaces what was seen, or nothing. False: somebody else was faster.
    pub(crate) async fn write(
        &self,
        key: &str,
        seen: Option<&String>,
        text: Vec<u8>,
    ) -> Result<bool, SharedObjectError> {
        let condition = match seen {
            Some(version) => ("if-match", version.as_str()),
            None => ("if-none-match", "*"),
        };
        // A bucket with Object Lock wants a checksum. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>
        let checksum = base64_simd::STANDARD.encode_to_string(Sha256::digest(&text));
        let headers = [("content-type", "application/json"), ("x-amz-checksum-sha256", &*checksum), condition];
        let answer = self.call("PUT", key, &headers, text).await.map_err(|err| self.failed("PutObject", key, &err))?;
        match answer.status {
            200 => Ok(true),
            // 412: it changed, 409: it is being changed, 404: what was read is gone.
            412 | 409 => Ok(false),
            _ if seen.is_some() && answer.is_no_such_key() => Ok(false),
            _ => Err(self.failed("PutObject", key, &answer.error())),
        }
    }

    /// Asks S3, for as long as there is patience, and once more for the rest of the answer.
    async fn call(
        &self,
        method: &str,
        key: &str,
        headers: &[(&'static str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, BoxError> {
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method(method)?;
        request.set_uri(format!("/{}", object_key(key)))?;
        for (name, value) in headers {
            request.headers_mut().try_insert(*name, (*value).to_owned())?;
        }
        let answer = timeout(PATIENCE, self.s3.call(request)).await?.map_err(in_full)?;
        let status = answer.status().as_u16();
        let version = answer.headers().get("etag").unwrap_or_default().to_owned();
        let text = timeout(PATIENCE, ByteStream::new(answer.into_body()).collect()).await?.map_err(in_full)?;
        Ok(Answer { status, version, text: text.to_vec() })
    }

    fn failed(&self, operation: &'static str, key: &str, cause: &impl ToString) -> SharedObjectError {
        SharedObjectError { operation, bucket: self.bucket.clone(), key: key.to_owned(), cause: cause.to_string() }
    }
}

fn in_full(error: impl std::error::Error) -> BoxError {
    DisplayErrorContext(error).to_string().into()
}

impl Answer {
    /// The name of the error. <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
    fn code(&self) -> &str {
        let text = str::from_utf8(&self.text).unwrap_or_default();
        let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
        code.map_or("", |(code, _)| code)
    }

    fn is_no_such_key(&self) -> bool {
        self.status == 404 && self.code() == "NoSuchKey"
    }

    fn error(&self) -> String {
        format!("S3 answered {} {}", self.status, self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sdk() -> SdkConfig {
        SdkConfig::builder().http_client(sdk::Connections::default().http_client()).build()
    }

    fn endpoint(sdk: &SdkConfig, region: &str, bucket: &str) -> Result<String, BoxError> {
        let objects = SharedObjects::new(sdk, Region::new(region.to_owned()), bucket.to_owned())?;
        Ok(objects.endpoint().to_owned())
    }

    #[test]
    fn calls_go_where_the_client_would_go() {
        let sdk = sdk();
        assert_eq!(endpoint(&sdk, "us-west-2", "clocks").unwrap(), "https://clocks.s3.us-west-2.amazonaws.com");
        assert_eq!(endpoint(&sdk, "us-west-2", "my.clocks").unwrap(), "https://s3.us-west-2.amazonaws.com/my.clocks");
        let elsewhere = sdk.to_builder().endpoint_url("http://127.0.0.1:9000").build();
        assert_eq!(endpoint(&elsewhere, "us-west-2", "clocks").unwrap(), "http://127.0.0.1:9000/clocks");
        endpoint(&sdk, "no region", "clocks").unwrap_err();
    }

    /// The domains are known in sdk/, for Bedrock, and to the client for S3.
    #[test]
    fn bedrock_is_under_the_same_domain_as_s3() {
        let sdk = sdk();
        for region in [
            "us-east-1",
            "ap-northeast-1",
            "us-gov-west-1",
            "cn-north-1",
            "eusc-de-east-1",
            "us-iso-east-1",
            "us-isob-east-1",
            "eu-isoe-west-1",
            "us-isof-south-1",
            "mx-central-1",
        ] {
            let s3 = endpoint(&sdk, region, "clocks").unwrap();
            assert_eq!(sdk::bedrock_endpoint(&sdk, region), s3.replace("clocks.s3.", "bedrock-runtime."));
        }
    }

    #[test]
    fn the_name_of_an_error_is_in_its_xml() {
        let answer = |text: &str| Answer { status: 404, version: String::new(), text: text.into() };
        assert!(answer("<Error><Code>NoSuchKey</Code><Key>a</Key></Error>").is_no_such_key());
        assert!(!answer("<Error><Code>NoSuchBucket</Code></Error>").is_no_such_key());
        assert_eq!(answer("<html>").error(), "S3 answered 404 ");
    }
}
