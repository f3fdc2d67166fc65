//! Lambda's API over HTTP: Invoke, ListFunctions and GetFunction.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html>

use super::api_error::ApiError;
use super::{Function, Functions, InvokeError};
use bytes::Bytes;
use http_body_util::{BodyExt, Collected, Full, Limited};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, body::Body};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use std::sync::Arc;

/// Largest event of a synchronous invocation: 6 MB. <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const MAX_EVENT_BYTES: usize = 6 * 1024 * 1024;

/// Largest event of an asynchronous invocation: 1 MB. <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>
const MAX_ASYNC_EVENT_BYTES: usize = 1024 * 1024;

/// Resources at the root of Lambda's paths, which follow the date of an API version.
const RESOURCES: [&str; 7] = [
    "functions",
    "layers",
    "tags",
    "account-settings",
    "event-source-mappings",
    "code-signing-configs",
    "capacity-providers",
];

type ApiResult = Result<Response<Full<Bytes>>, ApiError>;

/// Serves [`Functions`] as Lambda.
#[derive(Clone)]
pub struct LambdaEndpoint(pub Arc<Functions>);

impl LambdaEndpoint {
    /// Whether the path of a request is one of Lambda's.
    #[must_use]
    pub fn handles(path: &str) -> bool {
        let is_digit_or_dash =
            |(at, byte): (usize, u8)| if [4, 7].contains(&at) { byte == b'-' } else { byte.is_ascii_digit() };
        let is_date = |text: &str| text.len() == "2015-03-31".len() && text.bytes().enumerate().all(is_digit_or_dash);
        let mut segments = path.split('/').skip(1);
        segments.next().is_some_and(is_date) && segments.next().is_some_and(|name| RESOURCES.contains(&name))
    }

    /// Answers one request. Errors are responses too.
    pub async fn call<B: Body>(&self, request: Request<B>) -> Response<Full<Bytes>>
    where
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        let body = Limited::new(body, MAX_EVENT_BYTES).collect().await.ok();
        let answer = self.answer(&parts, body.map(Collected::to_bytes)).await;
        let mut response = answer.unwrap_or_else(|error| {
            let (name, status, member) = error.shape();
            let at_fault = if status < 500 { "User" } else { "Service" };
            let body = json!({ "Type": at_fault, member: error.to_string() });
            let mut response = json_response(status, body.to_string());
            response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(name));
            response
        });
        if let Ok(id) = HeaderValue::try_from(uuid::Uuid::new_v4().to_string()) {
            response.headers_mut().insert("x-amzn-requestid", id);
        }
        response
    }

    /// `body` is `None` if it is larger than any event.
    async fn answer(&self, parts: &Parts, body: Option<Bytes>) -> ApiResult {
        let query = parts.uri.query().unwrap_or_default();
        let path: Vec<String> = parts.uri.path().trim_matches('/').split('/').map(decoded).collect();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (&parts.method, &path[..]) {
            (&Method::GET, ["2015-03-31", "functions"]) => self.list(query),
            (&Method::GET, ["2015-03-31", "functions", name]) => {
                let configuration = configuration(self.find(name, query)?);
                Ok(json_response(200, json!({ "Configuration": configuration }).to_string()))
            }
            (&Method::POST, ["2015-03-31", "functions", name, "invocations"]) => {
                self.invoke(self.find(name, query)?, &parts.headers, body).await
            }
            (method, _) => Err(ApiError::UnknownOperation(format!("{method} {}", parts.uri.path()))),
        }
    }

    async fn invoke(&self, function: &Function, headers: &HeaderMap, body: Option<Bytes>) -> ApiResult {
        let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let unsupported = ["x-amz-client-context", "x-amz-tenant-id", "x-amz-durable-execution-name"];
        if let Some(name) = unsupported.into_iter().find(|name| headers.contains_key(*name)) {
            return Err(ApiError::InvalidParameterValue(format!("the header {name} is not supported here")));
        }
        let is_event = match header("x-amz-invocation-type").unwrap_or("RequestResponse") {
            "RequestResponse" => false,
            "Event" => true,
            "DryRun" => return Ok(json_response(204, "")),
            other => {
                let message = format!("{other:?} is not an invocation type; use RequestResponse, Event or DryRun");
                return Err(ApiError::InvalidParameterValue(message));
            }
        };
        if let Some(log_type) = header("x-amz-log-type").filter(|log_type| !is_event && *log_type != "None") {
            let (name, log) = (&function.name, function.log.display());
            let message = format!("log type {log_type} is not supported here; the log of {name} is the file {log}");
            return Err(ApiError::InvalidParameterValue(message));
        }
        let limit = if is_event { MAX_ASYNC_EVENT_BYTES } else { MAX_EVENT_BYTES };
        let event = body.filter(|body| body.len() <= limit).ok_or(ApiError::RequestTooLarge(limit))?;
        let event = if event.is_empty() { Bytes::from_static(b"{}") } else { event };
        serde_json::from_slice::<Value>(&event).map_err(|err| ApiError::InvalidRequestContent(err.to_string()))?;

        let (functions, name) = (Arc::clone(&self.0), function.name.clone());
        // A task of its own: it goes on when the caller leaves.
        let invocation = tokio::spawn(async move {
            if is_event { functions.deliver(&name, event).await } else { functions.invoke(&name, event).await }
        });
        if is_event {
            return Ok(json_response(202, ""));
        }
        let mut response = match invocation.await.map_err(|err| ApiError::Service(err.to_string()))? {
            Ok(payload) => json_response(200, payload),
            Err(InvokeError::Function(error)) => {
                let mut response = json_response(200, error.payload);
                response.headers_mut().insert("x-amz-function-error", HeaderValue::from_static("Unhandled"));
                response
            }
            Err(err) => return Err(ApiError::Service(err.to_string())),
        };
        response.headers_mut().insert("x-amz-executed-version", HeaderValue::from_static("$LATEST"));
        Ok(response)
    }

    /// The function that a name, a partial ARN or an ARN means. There is one version of it, `$LATEST`.
    fn find(&self, name: &str, query: &str) -> Result<&Function, ApiError> {
        let qualifier = parameter(query, "Qualifier").map(|qualifier| format!(":{qualifier}"));
        let qualified = format!("{name}{}", qualifier.unwrap_or_default());
        let name = qualified.trim_end_matches(":$LATEST");
        let is_meant = |function: &&Function| {
            let arn = function.arn();
            arn == name || arn.strip_suffix(name).is_some_and(|rest| rest.ends_with(':'))
        };
        self.0.configured().find(is_meant).ok_or_else(|| {
            let names: Vec<&str> = self.0.configured().map(|function| function.name.as_str()).collect();
            ApiError::ResourceNotFound(format!("{qualified}; there is {}", names.join(", ")))
        })
    }

    fn list(&self, query: &str) -> ApiResult {
        if let Some(name) = ["MaxItems", "Marker"].into_iter().find(|name| parameter(query, name).is_some()) {
            return Err(ApiError::InvalidParameterValue(format!("the parameter {name} is not supported here")));
        }
        let listed: Vec<Value> = self.0.configured().map(configuration).collect();
        Ok(json_response(200, json!({ "Functions": listed }).to_string()))
    }
}

/// <https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html>
fn configuration(function: &Function) -> Value {
    // Among the variables that begin with AWS_ may be somebody's credentials.
    let variables = function.environment.iter().filter(|(name, _)| !name.starts_with("AWS_"));
    let variables: serde_json::Map<String, Value> =
        variables.map(|(name, value)| (name.clone(), json!(value.to_string_lossy()))).collect();
    json!({
        "FunctionName": function.name,
        "FunctionArn": function.arn(),
        "Runtime": "provided.al2023",
        "Handler": "bootstrap",
        "Timeout": function.timeout.as_secs(),
        "MemorySize": function.memory_mib,
        "Version": "$LATEST",
        "Environment": { "Variables": variables },
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": [if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }],
    })
}

/// The value of a parameter in a query string.
fn parameter(query: &str, name: &str) -> Option<String> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    Some(decoded(value))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn json_response(status: u16, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let head = Response::builder().status(status).header(CONTENT_TYPE, "application/json");
    // Every status is one of ours.
    head.body(Full::new(body.into())).unwrap_or_default()
}
