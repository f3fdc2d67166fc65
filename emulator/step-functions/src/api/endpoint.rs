//! AWS JSON 1.0 over HTTP.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, StatusCode, body::Body};

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

    /// Answers one request. Errors are responses too.
    pub async fn call<B: Body>(&self, request: Request<B>) -> Response<Full<Bytes>>
    where
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()).map(str::to_owned);
        let (status, body) = match Limited::new(request.into_body(), MAX_REQUEST_BYTES).collect().await {
            Ok(body) => self.0.handle(&target.unwrap_or_default(), &body.to_bytes()).await,
            Err(_) => (400, r#"{"__type":"ValidationException","message":"the request is larger than 1 MB"}"#.into()),
        };
        let mut response = Response::new(Full::new(body.into()));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
        response
    }
}
