//! AWS JSON 1.0 over HTTP.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode, body::Body};

use super::error::ApiError;
use crate::engine::executions::Executions;
use crate::engine::services::Services;

/// Largest request of Step Functions: 1 MB. <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
const MAX_REQUEST_BYTES: usize = 1024 * 1024;

/// Serves [`Executions`] as Step Functions.
#[derive(Debug)]
pub struct StepFunctionsEndpoint<S>(Executions<S>);

impl<S> Clone for StepFunctionsEndpoint<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: Services> StepFunctionsEndpoint<S> {
    /// An endpoint for these executions.
    pub fn new(executions: Executions<S>) -> Self {
        Self(executions)
    }

    /// Whether a request is for Step Functions, or for another service that speaks AWS JSON: those are refused by name.
    pub fn handles<B>(request: &Request<B>) -> bool {
        request.headers().contains_key("x-amz-target")
    }

    /// Answers one request. Errors are responses too: their name is in the body, and in the header that AWS has for it.
    /// <https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization>
    pub async fn call<B: Body>(&self, request: Request<B>) -> Response<Full<Bytes>>
    where
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()).map(str::to_owned);
        let answer = match Limited::new(request.into_body(), MAX_REQUEST_BYTES).collect().await {
            Ok(body) => self.0.answer(&target.unwrap_or_default(), &body.to_bytes()).await,
            Err(_) => Err(ApiError::Validation("it is larger than 1 MB".to_owned())),
        };
        let (status, error_type) = match &answer {
            Ok(_) => (StatusCode::OK, None),
            Err(error) => (error.status(), Some(HeaderValue::from_static(error.name()))),
        };
        let body = answer.unwrap_or_else(|error| error.to_json());
        let mut response = Response::new(Full::new(body.to_string().into()));
        *response.status_mut() = status;
        response.headers_mut().extend(error_type.map(|name| (HeaderName::from_static("x-amzn-errortype"), name)));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
        response
    }
}
