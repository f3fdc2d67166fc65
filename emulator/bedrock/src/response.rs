//! What goes back over the wire: the shapes of Bedrock's answers.

use super::error::BedrockError;
use serde_json::json;

/// An HTTP response of InvokeModel.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Value of the header `x-amzn-errortype`; `None` for a success. It is among the headers too.
    pub error_type: Option<&'static str>,
    /// Names in lower case, `content-type` and `x-amzn-requestid` among them.
    pub headers: Vec<(&'static str, String)>,
    /// JSON, unless a fault says otherwise.
    pub body: Vec<u8>,
}

impl Response {
    fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            error_type: None,
            headers: vec![("content-type", "application/json".to_owned())],
            body: body.to_string().into_bytes(),
        }
    }

    /// An error in Bedrock's words, or in `message`.
    pub(super) fn error(error: BedrockError, message: Option<&str>) -> Self {
        let message = message.unwrap_or(error.message());
        let mut response = Self::json(error.status(), &json!({ "message": message }));
        response.error_type = Some(error.name());
        response.headers.push(("x-amzn-errortype", error.name().to_owned()));
        if error == BedrockError::Overloaded {
            response.headers.push(("retry-after", "1".to_owned()));
        }
        response
    }

    /// One image, in base64, and the seed that it was made from.
    pub(super) fn image(seed: u64, image: &str) -> Self {
        // Base64 has nothing in it that JSON would escape, and is long.
        let body = format!(r#"{{"seeds":[{seed}],"finish_reasons":[null],"images":["{image}"]}}"#);
        Self { body: body.into_bytes(), ..Self::json(200, &json!(null)) }
    }

    /// A page of a proxy that took the answer's place.
    pub(super) fn html() -> Self {
        let mut response = Self::json(200, &json!(null));
        response.headers[0].1 = "text/html".to_owned();
        response.body = b"<!doctype html><title>Welcome</title><p>Please sign in to the network.".to_vec();
        response
    }

    /// JSON of another shape.
    pub(super) fn other_json() -> Self {
        Self::json(200, &json!({ "output": { "message": { "content": [{ "text": "a picture" }] } } }))
    }

    /// No image, for this reason: a filter's refusal, or a failed inference.
    pub(super) fn no_image(reason: &str) -> Self {
        Self::json(200, &json!({ "finish_reasons": [reason] }))
    }
}
