//! Which AWS service a request is for, and errors in that service's own format.

use super::{Body, answer_of, faulty_s3::MAX_REFUSED_BYTES, host::bucket_of, whole};
use crate::pipeline::ACCOUNT;
use emulator_bedrock::is_bedrock_path;
use emulator_lambda::LambdaEndpoint;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode, body::Incoming};
use percent_encoding::percent_decode_str;
use serde_json::json;

/// A service of AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Service {
    S3,
    StepFunctions,
    Lambda,
    Bedrock,
    Sts,
    /// One that is not served, by the name that requests to it are signed with.
    Other(String),
}

/// The one action of STS that is served: whose AWS this is. Clients ask it before anything else.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
const STS_ACTION: &str = "GetCallerIdentity";

impl Service {
    /// The service that the request was signed for; of an unsigned one, that of its target, host name or path.
    pub(super) fn of(parts: &Parts) -> Self {
        if let Some(name) = signed_for(parts) {
            return match name.as_str() {
                "s3" => Self::S3,
                "states" => Self::StepFunctions,
                "lambda" => Self::Lambda,
                "bedrock" => Self::Bedrock,
                "sts" => Self::Sts,
                _ => Self::Other(name),
            };
        }
        if let Some((service, _)) = header(parts, "x-amz-target").and_then(|target| target.split_once('.')) {
            return if service == "AWSStepFunctions" { Self::StepFunctions } else { Self::Other(service.to_owned()) };
        }
        match parts.uri.path() {
            _ if bucket_of(&parts.headers).is_some() => Self::S3,
            "/" if is_query(parts) => Self::Sts,
            _ if LambdaEndpoint::handles(parts.uri.path()) => Self::Lambda,
            _ if is_bedrock_path(&parts.method, parts.uri.path()) => Self::Bedrock,
            _ => Self::S3,
        }
    }

    /// Answers a request for STS, or for a service that is not served.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let body = whole(body, MAX_REFUSED_BYTES).await.unwrap_or_default();
        let action = action_of(&parts, &body);
        if *self == Self::Sts && action == STS_ACTION {
            return caller_identity();
        }
        let (name, there_is) = match self {
            Self::Other(name) => (name.as_str(), "S3, Step Functions, Lambda, Bedrock and STS"),
            _ => ("STS", STS_ACTION),
        };
        let message = format!("{name}: {action} is not supported here; there is {there_is}");
        self.error(&parts, StatusCode::BAD_REQUEST, &message)
    }

    /// An error as the protocol of the service words it: status 403 for a request from where none is answered, 400 for an action that there
    /// is not. <https://smithy.io/2.0/aws/protocols/index.html>
    pub(super) fn error(&self, parts: &Parts, status: StatusCode, message: &str) -> Response<Body> {
        let speaks_xml = |name: &str| matches!(name, "cloudfront" | "route53" | "s3express");
        let is_rest_xml = matches!(self, Self::Other(name) if speaks_xml(name));
        let is_xml = is_rest_xml || matches!(self, Self::S3 | Self::Sts) || is_query(parts);
        let code = match (status, is_xml) {
            (StatusCode::FORBIDDEN, true) => "AccessDenied",
            (StatusCode::FORBIDDEN, false) => "AccessDeniedException",
            (_, true) => "InvalidAction",
            (_, false) => "UnknownOperationException",
        };
        if is_xml {
            return answer_of(status, "text/xml", self.xml(code, message));
        }
        if header(parts, "smithy-protocol") == Some("rpc-v2-cbor") {
            let mut response = answer_of(status, "application/cbor", cbor([("__type", code), ("message", message)]));
            response.headers_mut().insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
            return response;
        }
        let body = json!({ "__type": code, "message": message }).to_string();
        let mut response = answer_of(status, "application/json", body);
        let content_type = parts.headers.get(CONTENT_TYPE);
        if let Some(aws_json) = content_type.filter(|kind| kind.as_bytes().starts_with(b"application/x-amz-json")) {
            response.headers_mut().insert(CONTENT_TYPE, aws_json.clone());
        }
        response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(code));
        response
    }

    fn xml(&self, code: &str, message: &str) -> String {
        let message = message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let error = format!("<Code>{code}</Code><Message>{message}</Message>");
        let id = uuid::Uuid::new_v4();
        let answer = match self {
            Self::S3 => format!("<Error>{error}<RequestId>{id}</RequestId></Error>"),
            Self::Other(name) if name == "ec2" => {
                format!("<Response><Errors><Error>{error}</Error></Errors><RequestID>{id}</RequestID></Response>")
            }
            _ => format!(
                "<ErrorResponse><Error><Type>Sender</Type>{error}</Error><RequestId>{id}</RequestId></ErrorResponse>"
            ),
        };
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{answer}")
    }
}

/// A user named `local` in the account of the pipeline, whatever the credentials are.
fn caller_identity() -> Response<Body> {
    let request_id = uuid::Uuid::new_v4();
    let answer = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
         <Arn>arn:aws:iam::{ACCOUNT}:user/local</Arn><UserId>AIDALOCAL</UserId><Account>{ACCOUNT}</Account>\
         </GetCallerIdentityResult><ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>\
         </GetCallerIdentityResponse>"
    );
    answer_of(StatusCode::OK, "text/xml", answer)
}

/// The service in the credential scope, `<key>/<date>/<region>/<service>/aws4_request`, of the header or of a presigned URL.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
fn signed_for(parts: &Parts) -> Option<String> {
    let scope = match header(parts, AUTHORIZATION.as_str()).and_then(|text| text.split_once("Credential=")) {
        Some((_, rest)) => rest.split([',', ' ']).next()?.to_owned(),
        None => parameter(parts.uri.query()?, "X-Amz-Credential")?,
    };
    scope.strip_suffix("/aws4_request")?.rsplit('/').next().map(str::to_owned)
}

/// Whether the request speaks the Query protocol: a form, or a query string, with an `Action`.
fn is_query(parts: &Parts) -> bool {
    let is_form = header(parts, CONTENT_TYPE.as_str()).is_some_and(|kind| kind.starts_with("application/x-www-form-"));
    (is_form && parts.method == Method::POST)
        || parts.uri.query().is_some_and(|query| parameter(query, "Action").is_some())
}

/// The action that the request asks for; of a REST protocol, its method and path.
fn action_of(parts: &Parts, body: &[u8]) -> String {
    if let Some((_, action)) = header(parts, "x-amz-target").and_then(|target| target.rsplit_once('.')) {
        return action.to_owned();
    }
    let form = if is_query(parts) { std::str::from_utf8(body).unwrap_or_default() } else { "" };
    let queries = [parts.uri.query().unwrap_or_default(), form];
    if let Some(action) = queries.iter().find_map(|query| parameter(query, "Action")) {
        return action;
    }
    match parts.uri.path().split_once("/operation/") {
        Some((_, action)) => action.to_owned(),
        None => format!("{} {}", parts.method, parts.uri.path()),
    }
}

fn parameter(query: &str, name: &str) -> Option<String> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
}

fn header<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name)?.to_str().ok()
}

/// A map of two texts in CBOR. RFC 8949, 3
fn cbor(pairs: [(&str, &str); 2]) -> Vec<u8> {
    let text = |text: &str| {
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes();
        [&[0x7a], &length[..], text.as_bytes()].concat()
    };
    let pairs = pairs.map(|(name, value)| [text(name), text(value)].concat());
    [vec![0xa2], pairs.concat()].concat()
}
