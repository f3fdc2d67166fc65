//! Lambda's API over HTTP: Invoke, ListFunctions, GetFunction and GetFunctionConfiguration.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html>

use super::api_error::ApiError;
use super::{AsyncInvoker, Function, InvokeError, Invoked};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, body::Body};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use std::sync::Arc;

/// Largest event of a synchronous invocation: 6 MB. <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const MAX_EVENT_BYTES: usize = 6 * 1024 * 1024;

/// Largest event of an asynchronous invocation: 1 MB. <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>
const MAX_ASYNC_EVENT_BYTES: usize = 1024 * 1024;

/// Most functions on a page of ListFunctions. <https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html>
const MAX_PAGE: usize = 50;

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

/// Serves [`Functions`](super::Functions) as Lambda.
#[derive(Clone)]
pub struct LambdaEndpoint {
    invoker: AsyncInvoker,
    observer: Arc<dyn Fn(Invoked) + Send + Sync>,
}

impl LambdaEndpoint {
    /// An endpoint for the functions of `invoker`, which carries out asynchronous invocations. `observer` is told of every
    /// invocation that has ended.
    #[must_use]
    pub fn new(invoker: AsyncInvoker, observer: impl Fn(Invoked) + Send + Sync + 'static) -> Self {
        Self { invoker, observer: Arc::new(observer) }
    }

    /// Whether the path of a request is one of Lambda's.
    #[must_use]
    pub fn handles(path: &str) -> bool {
        let mut segments = path.split('/').skip(1);
        let is_date = |text: &str| {
            let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
            matches!(text.split('-').collect::<Vec<_>>()[..], [y, m, d] if digits(y, 4) && digits(m, 2) && digits(d, 2))
        };
        segments.next().is_some_and(is_date) && segments.next().is_some_and(|name| RESOURCES.contains(&name))
    }

    /// Answers one request. Errors are responses too.
    pub async fn call<B: Body>(&self, request: Request<B>) -> Response<Full<Bytes>>
    where
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut response = self.answer(request).await.unwrap_or_else(|error| {
            let mut response = json_response(error.status(), error.body());
            response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(error.name()));
            response
        });
        if let Ok(id) = HeaderValue::try_from(uuid::Uuid::new_v4().to_string()) {
            response.headers_mut().insert("x-amzn-requestid", id);
        }
        response
    }

    async fn answer<B: Body>(&self, request: Request<B>) -> Result<Response<Full<Bytes>>, ApiError>
    where
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        let query = parts.uri.query().unwrap_or_default();
        let path: Vec<String> = parts.uri.path().trim_matches('/').split('/').map(decoded).collect();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (&parts.method, &path[..]) {
            (&Method::GET, ["2015-03-31", "functions"]) => self.list(query),
            (&Method::GET, ["2015-03-31", "functions", name]) => Ok(json_response(
                200,
                json!({"Configuration": self.configuration(self.find(name, query)?)}).to_string(),
            )),
            (&Method::GET, ["2015-03-31", "functions", name, "configuration"]) => {
                Ok(json_response(200, self.configuration(self.find(name, query)?).to_string()))
            }
            (&Method::POST, ["2015-03-31", "functions", name, "invocations"]) => {
                self.invoke(self.find(name, query)?, &parts.headers, body).await
            }
            (method, _) => Err(ApiError::UnknownOperation(format!("{method} {}", parts.uri.path()))),
        }
    }

    async fn invoke<B: Body>(
        &self,
        function: &Function,
        headers: &HeaderMap,
        body: B,
    ) -> Result<Response<Full<Bytes>>, ApiError>
    where
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        for name in ["x-amz-client-context", "x-amz-tenant-id", "x-amz-durable-execution-name"] {
            if headers.contains_key(name) {
                return Err(ApiError::InvalidParameterValue(format!("the header {name} is not supported here")));
            }
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
        if let Some(wanted) = header("x-amz-log-type").filter(|wanted| !is_event && *wanted != "None") {
            let (name, log) = (&function.name, function.log.display());
            let message = format!("log type {wanted} is not supported here; the log of {name} is the file {log}");
            return Err(ApiError::InvalidParameterValue(message));
        }
        let limit = if is_event { MAX_ASYNC_EVENT_BYTES } else { MAX_EVENT_BYTES };
        let event = Limited::new(body, limit).collect().await.map_err(|_| ApiError::RequestTooLarge(limit))?.to_bytes();
        let event = if event.is_empty() { Bytes::from_static(b"{}") } else { event };
        serde_json::from_slice::<Value>(&event).map_err(|err| ApiError::InvalidRequestContent(err.to_string()))?;

        let (invoker, observer, name) = (self.invoker.clone(), Arc::clone(&self.observer), function.name.clone());
        // A task of its own: the observer is told also when the caller leaves.
        let invocation = tokio::spawn(async move {
            let result = if is_event {
                invoker.deliver(&name, event).await
            } else {
                invoker.functions().invoke(&name, event).await
            };
            observer(Invoked { function: name, error: result.as_ref().err().map(InvokeError::summary) });
            result
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
        let version = HeaderName::from_static("x-amz-executed-version");
        response.headers_mut().insert(version, HeaderValue::from_static("$LATEST"));
        Ok(response)
    }

    /// The function that a name, a partial ARN or an ARN means. There is one version of it, `$LATEST`.
    fn find(&self, wanted: &str, query: &str) -> Result<&Function, ApiError> {
        let functions = self.invoker.functions();
        let name = wanted.strip_suffix(":$LATEST").unwrap_or(wanted);
        let is_meant = |function: &&Function| {
            let arn = function.arn(functions.identity());
            arn == name || arn.strip_suffix(name).is_some_and(|rest| rest.ends_with(':'))
        };
        let function = functions.configured().find(is_meant).filter(|_| !name.is_empty());
        let qualifier = parameter(query, "Qualifier").filter(|qualifier| qualifier != "$LATEST");
        match (function, qualifier) {
            (Some(function), None) => Ok(function),
            (_, qualifier) => {
                let qualifier = qualifier.map(|qualifier| format!(":{qualifier}")).unwrap_or_default();
                let names: Vec<&str> = functions.configured().map(|function| function.name.as_str()).collect();
                Err(ApiError::ResourceNotFound(format!("{wanted}{qualifier}; there is {}", names.join(", "))))
            }
        }
    }

    fn list(&self, query: &str) -> Result<Response<Full<Bytes>>, ApiError> {
        let max = match parameter(query, "MaxItems").map(|text| text.parse::<usize>()) {
            None => MAX_PAGE,
            Some(Ok(max)) if max > 0 => max.min(MAX_PAGE),
            Some(_) => return Err(ApiError::InvalidParameterValue("MaxItems must be a number from 1 to 10000".into())),
        };
        let after = parameter(query, "Marker").unwrap_or_default();
        let rest: Vec<&Function> =
            self.invoker.functions().configured().filter(|function| function.name > after).collect();
        let page = &rest[..max.min(rest.len())];
        let listed: Vec<Value> = page.iter().map(|function| self.configuration(function)).collect();
        let mut answer = json!({ "Functions": listed });
        if let Some(last) = page.last().filter(|_| page.len() < rest.len()) {
            answer["NextMarker"] = json!(last.name);
        }
        Ok(json_response(200, answer.to_string()))
    }

    /// <https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html>
    fn configuration(&self, function: &Function) -> Value {
        // Among the variables that begin with AWS_ may be somebody's credentials.
        let variables = function.environment.iter().filter(|(name, _)| !name.starts_with("AWS_"));
        let variables: serde_json::Map<String, Value> =
            variables.map(|(name, value)| (name.clone(), json!(value.to_string_lossy()))).collect();
        json!({
            "FunctionName": function.name,
            "FunctionArn": function.arn(self.invoker.functions().identity()),
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
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
