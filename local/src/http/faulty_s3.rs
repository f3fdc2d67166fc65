//! S3 as the functions see it: with the faults of the plan, and every object that they store in the ledger.

use super::{Body, NoAnswer, answer_of, whole};
use crate::faults::{Entry, Faults, FunctionFault, Moment, S3Fault, client, item_of_key};
use emulator_bedrock::ItemName;
use emulator_s3::S3Endpoint;
use http_body_util::BodyExt;
use hyper::{Method, Request, Response, body::Incoming, header::HeaderValue};
use percent_encoding::percent_decode_str;

/// More than any image. What is larger is not read to its end before it is refused.
pub(super) const MAX_REFUSED_BYTES: usize = 64 * 1024 * 1024;

/// A call that a function makes.
struct Call {
    operation: &'static str,
    bucket: String,
    key: String,
}

impl Call {
    fn of(request: &Request<Incoming>) -> Option<Self> {
        let path = request.uri().path().strip_prefix('/')?;
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let key = percent_decode_str(key).decode_utf8().ok()?.into_owned();
        let operation = match *request.method() {
            Method::HEAD if key.is_empty() => "HeadBucket",
            Method::HEAD => "HeadObject",
            Method::GET => "GetObject",
            Method::PUT => "PutObject",
            _ => return None,
        };
        Some(Self { operation, bucket: bucket.to_owned(), key })
    }
}

/// An error ends the connection without an answer.
pub(super) async fn answer(
    faults: &Faults,
    s3: &S3Endpoint,
    request: Request<Incoming>,
) -> Result<Response<Body>, NoAnswer> {
    let Some(Call { operation, bucket, key }) = Call::of(&request) else {
        return Ok(s3.call(request).await.map(BodyExt::boxed_unsync));
    };
    let item = item_of_key(&key).unwrap_or_default();
    let (before, after) = moments(operation);
    if let Some(fault) = inject(faults, &item, before) {
        whole(request.into_body(), MAX_REFUSED_BYTES).await;
        return Ok(with_fault(error(503, "SlowDown"), fault));
    }
    let fault = faults.of_s3(operation, &bucket, &key);
    let refused = match fault {
        Some(S3Fault::Reset) => return Err(NoAnswer),
        Some(S3Fault::SlowDown) => Some(error(503, "SlowDown")),
        Some(S3Fault::InternalError) => Some(error(500, "InternalError")),
        Some(S3Fault::LostAnswer) | None => None,
    };
    if let Some(refused) = refused {
        whole(request.into_body(), MAX_REFUSED_BYTES).await;
        return Ok(refused);
    }
    let response = s3.call(request).await.map(BodyExt::boxed_unsync);
    if operation == "PutObject" && response.status().is_success() {
        faults.note(|| Entry::Stored { bucket, key });
    }
    if fault == Some(S3Fault::LostAnswer) {
        return Err(NoAnswer);
    }
    Ok(match inject(faults, &item, after) {
        Some(fault) => with_fault(response, fault),
        None => response,
    })
}

/// The moments of an invocation at which this call stands: before it is answered, and with the answer.
fn moments(operation: &str) -> (Option<Moment>, Option<Moment>) {
    match operation {
        "HeadObject" => (None, Some(Moment::Begun)),
        "PutObject" => (Some(Moment::Storing), Some(Moment::Stored)),
        _ => (None, None),
    }
}

fn inject(faults: &Faults, item: &ItemName, moment: Option<Moment>) -> Option<FunctionFault> {
    faults.inject(item, moment?)
}

fn with_fault(mut response: Response<Body>, fault: FunctionFault) -> Response<Body> {
    response.headers_mut().insert(client::FAULT, HeaderValue::from_static(fault.name()));
    response
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
fn error(status: u16, code: &str) -> Response<Body> {
    let message = "The fault plan of local says so.";
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    answer_of(status, "application/xml", body)
}
