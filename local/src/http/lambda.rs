//! Lambda's Invoke. <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>

use super::{Body, answer_of, whole};
use emulator_lambda::{Functions, InvokeError};
use hyper::{Request, Response, body::Incoming, header::HeaderValue};
use percent_encoding::percent_decode_str;
use serde_json::json;

/// Largest event of a synchronous invocation: 6 MB. <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const MAX_EVENT_BYTES: usize = 6 * 1024 * 1024;

const JSON: &str = "application/json";

/// The function that a path invokes.
pub(super) fn function_name(path: &str) -> Option<String> {
    let name = path.strip_prefix("/2015-03-31/functions/")?.strip_suffix("/invocations")?;
    percent_decode_str(name).decode_utf8().ok().map(Into::into)
}

pub(super) async fn answer(functions: &Functions, function: &str, request: Request<Incoming>) -> Response<Body> {
    let invocation_type = request.headers().get("x-amz-invocation-type").and_then(|value| value.to_str().ok());
    if let Some(other) = invocation_type.filter(|wanted| *wanted != "RequestResponse") {
        let message = format!("invocation type {other} is not supported here; use RequestResponse");
        return answer_of(400, JSON, json!({"Type": "User", "message": message}).to_string());
    }
    let Some(event) = whole(request.into_body(), MAX_EVENT_BYTES).await else {
        let message = format!("the event is larger than {MAX_EVENT_BYTES} bytes");
        return answer_of(413, JSON, json!({"Type": "User", "message": message}).to_string());
    };
    match functions.invoke(function, event).await {
        Ok(payload) => answer_of(200, JSON, payload),
        Err(InvokeError::Function(error)) => {
            let mut response = answer_of(200, JSON, error.payload);
            response.headers_mut().insert("x-amz-function-error", HeaderValue::from_static("Unhandled"));
            response
        }
        Err(err @ InvokeError::NotFound(_)) => {
            answer_of(404, JSON, json!({"Type": "User", "message": err.to_string()}).to_string())
        }
        Err(err @ InvokeError::NotStarted { .. }) => {
            answer_of(500, JSON, json!({"Type": "Service", "message": err.to_string()}).to_string())
        }
    }
}
