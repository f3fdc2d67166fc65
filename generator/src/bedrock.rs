//! Bedrock's InvokeModel: one POST, and the image in its answer is decoded while it still arrives.
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>
//!
//! Without the SDK's client for Bedrock, which would collect the answer, copy it into one piece, and copy that into a `Blob`: megabytes of
//! base64, three times. Of what else it does, nothing is of use here.

use crate::{answer::Reading, classify, encoded::path_segment, error::Error};
use aws_sdk_s3::{
    config::{
        Region,
        http::{HttpRequest, HttpResponse},
        retry::RetryConfig,
    },
    error::BoxError,
    primitives::{ByteStream, SdkBody},
};
use sdk::{SdkConfig, Service, Signed};
use serde_json::Value;

/// The models of one region.
#[derive(Debug)]
pub(crate) struct Bedrock {
    service: Service,
    endpoint: String,
}

impl Bedrock {
    /// One attempt a call: waiting is free in Step Functions and paid here, so the retries live in the state machine.
    pub(crate) fn new(sdk: &SdkConfig, region: Region) -> Self {
        let endpoint = sdk::bedrock_endpoint(sdk, region.as_ref());
        let service = Service::new(sdk, Signed::Bedrock, region, &endpoint, &RetryConfig::disabled());
        Self { service, endpoint }
    }

    /// Where calls go.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Has a model make an image; the answer, read to its end. `request_metadata` is JSON that Bedrock writes to its invocation log.
    ///
    /// # Errors
    /// Those of [`classify::of_bedrock`]; `ModelFailed` when the answer breaks off.
    pub(crate) async fn invoke_model(
        &self,
        model_id: &str,
        request_metadata: String,
        body: Vec<u8>,
    ) -> Result<Reading, Error> {
        let request = request(model_id, request_metadata, body).map_err(|err| classify::not_built(&err.to_string()))?;
        let answer = self.service.call(request).await.map_err(|err| classify::of_bedrock_unanswered(&err, model_id))?;
        let broken_off = |err: BoxError| classify::no_answer(model_id, &classify::chain(&*err));
        if answer.status().is_success() {
            return read(answer).await.map_err(broken_off);
        }
        let (status, named) =
            (answer.status().as_u16(), answer.headers().get("x-amzn-errortype").map(ToOwned::to_owned));
        let body = ByteStream::new(answer.into_body()).collect().await.map_err(|err| broken_off(err.into()))?;
        let Problem { code, message } = Problem::of(named.as_deref(), &body.into_bytes());
        Err(classify::of_bedrock(&code, &message, status, model_id))
    }
}

fn request(model_id: &str, request_metadata: String, body: Vec<u8>) -> Result<HttpRequest, BoxError> {
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST")?;
    request.set_uri(format!("/model/{}/invoke", path_segment(model_id)))?;
    let headers = request.headers_mut();
    headers.insert("content-type", "application/json");
    headers.insert("accept", "application/json");
    headers.try_insert("x-amzn-bedrock-request-metadata", request_metadata)?;
    Ok(request)
}

async fn read(answer: HttpResponse) -> Result<Reading, BoxError> {
    let length = answer.headers().get("content-length").and_then(|length| length.parse().ok());
    let mut reading = Reading::new(length.unwrap_or_default());
    let mut body = ByteStream::new(answer.into_body());
    while let Some(piece) = body.next().await {
        reading.push(&piece?);
    }
    Ok(reading)
}

/// What Bedrock says of an error.
struct Problem {
    code: String,
    message: String,
}

impl Problem {
    /// The code is in a header or in the body, and may have a namespace before it and a URL behind it; the body may be no JSON at all.
    /// <https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization>
    fn of(named: Option<&str>, body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |names: [&str; 2]| names.iter().find_map(|name| body[name].as_str()).unwrap_or_default();
        let code = named.unwrap_or_else(|| text(["code", "__type"]));
        let code = code.split(':').next().unwrap_or_default();
        let code = code.rsplit('#').next().unwrap_or_default();
        Self { code: code.to_owned(), message: text(["message", "Message"]).to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(named: Option<&str>, body: &str) -> (String, String) {
        let Problem { code, message } = Problem::of(named, body.as_bytes());
        (code, message)
    }

    #[test]
    fn an_error_is_told_in_several_ways() {
        let expected = ("ThrottlingException".to_owned(), "Too many requests".to_owned());
        let header = "ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/";
        assert_eq!(problem(Some(header), r#"{"message":"Too many requests"}"#), expected);
        assert_eq!(
            problem(None, r#"{"__type":"com.amazon#ThrottlingException","Message":"Too many requests"}"#),
            expected
        );
        assert_eq!(problem(None, r#"{"code":"ThrottlingException","message":"Too many requests"}"#), expected);
        assert_eq!(problem(None, "<html>"), Default::default());
        assert_eq!(problem(None, r#"{"message":7}"#), Default::default());
    }
}
