//! What goes back over the wire: the shapes of Bedrock's answers.

use super::error::Refusal;
use bytes::Bytes;
use hyper::{Response, header::HeaderValue};
use serde_json::{Value, json};

fn response(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Response<Bytes> {
    let head = Response::builder().status(status).header("content-type", content_type);
    // Every status and every content type is one of ours.
    head.body(body.into()).unwrap_or_default()
}

pub(super) fn json(status: u16, body: &Value) -> Response<Bytes> {
    response(status, "application/json", body.to_string())
}

/// An error in Bedrock's words.
pub(super) fn error(Refusal(error, message): Refusal) -> Response<Bytes> {
    let mut response = json(error.status, &json!({ "message": message }));
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(error.name));
    if error.name == "overloaded_error" {
        response.headers_mut().insert("retry-after", HeaderValue::from_static("1"));
    }
    response
}

/// One image, in base64, and the seed that it was made from.
pub(super) fn image(seed: u64, image: &str) -> Response<Bytes> {
    // Base64 has nothing in it that JSON would escape, and is long.
    let body = format!(r#"{{"seeds":[{seed}],"finish_reasons":[null],"images":["{image}"]}}"#);
    response(200, "application/json", body)
}

/// A page of a proxy that took the answer's place.
pub(super) fn html() -> Response<Bytes> {
    response(200, "text/html", "<!doctype html><title>Welcome</title><p>Please sign in to the network.")
}

/// JSON of another shape.
pub(super) fn other_json() -> Response<Bytes> {
    json(200, &json!({ "output": { "message": { "content": [{ "text": "a picture" }] } } }))
}

/// No image, for this reason: a filter's refusal, or a failed inference.
pub(super) fn no_image(reason: &str) -> Response<Bytes> {
    json(200, &json!({ "finish_reasons": [reason] }))
}
