//! S3 as the functions see it: with the faults of the plan, and every object that they store in the ledger.

use super::{Body, NoAnswer, answer_of, whole};
use crate::faults::{Entry, Faults, FunctionFault, Kind, Moment, S3Fault, client, item_of_key};
use emulator_s3::S3Endpoint;
use http_body_util::BodyExt;
use hyper::{Method, Request, Response, StatusCode, body::Incoming, header::HeaderValue};
use percent_encoding::percent_decode_str;

/// More than any image. What is larger is not read to its end before it is refused.
pub(super) const MAX_REFUSED_BYTES: usize = 64 * 1024 * 1024;

/// Operation, bucket and key of a call that a function makes.
fn call_of(request: &Request<Incoming>) -> Option<(&'static str, String, String)> {
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
    Some((operation, bucket.to_owned(), key))
}

/// An error ends the connection without an answer.
pub(super) async fn answer(
    faults: &Faults,
    s3: &S3Endpoint,
    request: Request<Incoming>,
) -> Result<Response<Body>, NoAnswer> {
    let Some((operation, bucket, key)) = call_of(&request) else {
        return Ok(s3.call(request).await.map(BodyExt::boxed_unsync));
    };
    // The moments of an invocation at which this call stands: before it is answered, and with the answer.
    let (before, after) = match operation {
        "HeadObject" => (None, Some(Moment::Begun)),
        "PutObject" => (Some(Moment::Storing), Some(Moment::Stored)),
        _ => (None, None),
    };
    let item = item_of_key(&key).unwrap_or_default();
    let of_function = |moment: Option<Moment>| faults.inject(&item, moment?);
    if let Some(fault) = of_function(before) {
        return Ok(with_fault(refuse(request, S3Fault::SlowDown).await, fault));
    }
    let fault = faults.of_s3(operation, &bucket, &key);
    match fault {
        Some(S3Fault::Reset) => return Err(NoAnswer),
        Some(fault @ (S3Fault::SlowDown | S3Fault::InternalError)) => return Ok(refuse(request, fault).await),
        Some(S3Fault::LostAnswer) | None => {}
    }
    let response = s3.call(request).await.map(BodyExt::boxed_unsync);
    if operation == "PutObject" && response.status().is_success() {
        faults.note(|| Entry::Stored { bucket, key });
    }
    if fault == Some(S3Fault::LostAnswer) {
        return Err(NoAnswer);
    }
    Ok(match of_function(after) {
        Some(fault) => with_fault(response, fault),
        None => response,
    })
}

fn with_fault(mut response: Response<Body>, fault: FunctionFault) -> Response<Body> {
    if let Ok(name) = HeaderValue::try_from(fault.shown()) {
        response.headers_mut().insert(client::FAULT, name);
    }
    response
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
async fn refuse(request: Request<Incoming>, fault: S3Fault) -> Response<Body> {
    whole(request.into_body(), MAX_REFUSED_BYTES).await;
    let (code, message) = (fault.shown(), "The fault plan of local says so.");
    let status = match fault {
        S3Fault::SlowDown => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    answer_of(status, "application/xml", body)
}
