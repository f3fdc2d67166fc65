//! Lambda's Invoke. <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>

use super::{Functions, InvokeError};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, body::Body};
use percent_encoding::percent_decode_str;
use serde_json::json;
use std::sync::Arc;

/// Largest event of a synchronous invocation: 6 MB. <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const MAX_EVENT_BYTES: usize = 6 * 1024 * 1024;

/// Serves [`Functions`] as Lambda.
#[derive(Clone)]
pub struct LambdaEndpoint(Arc<Functions>);

impl LambdaEndpoint {
    /// An endpoint for these functions.
    #[must_use]
    pub fn new(functions: Arc<Functions>) -> Self {
        Self(functions)
    }

    /// Whether a request is for Lambda.
    pub fn handles<B>(request: &Request<B>) -> bool {
        request.method() == Method::POST && function_name(request.uri().path()).is_some()
    }

    /// Answers one request. Errors are responses too.
    pub async fn call<B: Body>(&self, request: Request<B>) -> Response<Full<Bytes>>
    where
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let Some(function) = function_name(request.uri().path()) else {
            return error(404, "User", "this path is not served; use POST /2015-03-31/functions/NAME/invocations");
        };
        let invocation_type = request.headers().get("x-amz-invocation-type").and_then(|value| value.to_str().ok());
        if let Some(other) = invocation_type.filter(|wanted| *wanted != "RequestResponse") {
            let message = format!("invocation type {other} is not supported here; use RequestResponse");
            return error(400, "User", &message);
        }
        let Ok(event) = Limited::new(request.into_body(), MAX_EVENT_BYTES).collect().await else {
            return error(413, "User", &format!("the event is larger than {MAX_EVENT_BYTES} bytes"));
        };
        match self.0.invoke(&function, event.to_bytes()).await {
            Ok(payload) => json_response(200, payload),
            Err(InvokeError::Function(error)) => {
                let mut response = json_response(200, error.payload);
                response.headers_mut().insert("x-amz-function-error", HeaderValue::from_static("Unhandled"));
                response
            }
            Err(err @ InvokeError::NotFound(_)) => error(404, "User", &err.to_string()),
            Err(err @ InvokeError::NotStarted { .. }) => error(500, "Service", &err.to_string()),
        }
    }
}

/// The function that a path invokes.
fn function_name(path: &str) -> Option<String> {
    let name = path.strip_prefix("/2015-03-31/functions/")?.strip_suffix("/invocations")?;
    percent_decode_str(name).decode_utf8().ok().map(Into::into)
}

fn error(status: u16, at_fault: &str, message: &str) -> Response<Full<Bytes>> {
    json_response(status, json!({"Type": at_fault, "message": message}).to_string())
}

fn json_response(status: u16, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
