//! Step "InvokeModel": one call of the model, and the picture in its answer.
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>

use crate::{Error, ErrorKind, classify, handler::Job, log};
use aws_sdk_bedrockruntime::{
    Client,
    config::{Builder, Region, timeout::TimeoutConfig},
    primitives::Blob,
};
use bytes::Bytes;
use idlist::{Item, models::PictureRole};
use serde::Deserialize;
use std::borrow::Cow;
use std::time::{Duration, Instant, SystemTime};

/// Time that is kept for storing the image: this, or a quarter of what is left where that is less.
const STORE_RESERVE: Duration = Duration::from_secs(10);
/// The model is not called, and so not paid, when it would have less time than this.
const MIN_MODEL_TIME: Duration = Duration::from_secs(1);
/// Longest value in the request metadata, in characters.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/cost-mgmt-request-metadata.html>
const MAX_METADATA_VALUE: usize = 256;

/// A picture as the model made it.
#[derive(Debug)]
pub(crate) struct Picture {
    pub(crate) bytes: Bytes,
    /// The seed that the model says it used.
    pub(crate) seed: Option<u64>,
}

/// Response body of the Stability models. A rejected prompt is HTTP 200 with `finish_reasons`; `images` and `seeds` may be absent then.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-stable-image-core-text-image-request-response.html>
#[derive(Deserialize)]
struct ResponseBody<'a> {
    #[serde(default)]
    seeds: Option<Vec<serde_json::Value>>,
    #[serde(default)]
    finish_reasons: Option<Vec<Option<String>>>,
    #[serde(default, borrow)]
    images: Option<Vec<Base64<'a>>>,
}

/// Text that is borrowed where it has no escapes; a bare `Cow` in a `Vec` is always copied.
#[derive(Deserialize)]
struct Base64<'a>(#[serde(borrow)] Cow<'a, str>);

/// Has the model make the picture of an item, from the pictures that its request needs, in base64.
///
/// # Errors
/// Those of [`classify::bedrock_error`] and [`picture_in`]; `ModelFailed` when too little time is left.
pub(crate) async fn invoke_model(
    bedrock: &Client,
    job: &Job<'_>,
    region: Option<Region>,
    pictures: Vec<(PictureRole, String)>,
) -> Result<Picture, Error> {
    let timeout = time_for_model(job.deadline);
    if timeout < MIN_MODEL_TIME {
        let message = "no time is left for the model before the function's time-out; raise GeneratorTimeout";
        return Err(Error::new(ErrorKind::ModelFailed, message));
    }
    let model_id = job.request.model_id();
    let body = job.request.body(&pictures);
    // They may be as large as the body.
    drop(pictures);
    let mut config = Builder::new().timeout_config(TimeoutConfig::builder().operation_timeout(timeout).build());
    if region.is_some() {
        config.set_region(region);
    }
    let started = Instant::now();
    let response = bedrock
        .invoke_model()
        .model_id(model_id)
        .content_type("application/json")
        .accept("application/json")
        .request_metadata(request_metadata(job.item))
        .body(Blob::new(body))
        .customize()
        .config_override(config)
        .send()
        .await;
    log::model_latency(model_id, started.elapsed());
    let response = response.map_err(|err| classify::bedrock_error(&err, model_id))?;
    picture_in(response.body.as_ref())
}

/// The last moment, in seconds since 1970, at which an invocation with this deadline may call the model.
pub(crate) fn latest_start(deadline: SystemTime) -> f64 {
    let latest = deadline - STORE_RESERVE - MIN_MODEL_TIME;
    latest.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

fn time_for_model(deadline: SystemTime) -> Duration {
    let left = deadline.duration_since(SystemTime::now()).unwrap_or_default();
    left - STORE_RESERVE.min(left / 4)
}

/// The first picture of an answer.
///
/// # Errors
/// `ContentFiltered` when the model rejected the prompt or the image, `ModelFailed` when it failed or the answer holds no image.
pub(crate) fn picture_in(body: &[u8]) -> Result<Picture, Error> {
    let response: ResponseBody<'_> = serde_json::from_slice(body).map_err(|err| {
        failed(format!("the model's answer of {} bytes is not the JSON that it should be ({err})", body.len()))
    })?;
    if let Some(reason) = response.finish_reasons.iter().flatten().flatten().next() {
        return Err(finished_early(reason));
    }
    let Some(image) = response.images.iter().flatten().next() else {
        return Err(failed("the model's answer holds no image"));
    };
    let bytes = base64_simd::STANDARD.decode_to_vec(image.0.as_bytes());
    let bytes = bytes.map_err(|_| failed("the image in the model's answer is not base64"))?;
    Ok(Picture { bytes: bytes.into(), seed: response.seeds.iter().flatten().next().and_then(seed_of) })
}

fn finished_early(reason: &str) -> Error {
    if !reason.starts_with("Filter reason") {
        return failed(format!("the model did not finish the image ({reason})"));
    }
    let changed = if reason.contains("output") { "the seed or the prompt" } else { "the prompt" };
    let message = format!(
        "the model's content filter rejected it ({reason}); the same request is rejected again, so change {changed}"
    );
    Error::new(ErrorKind::ContentFiltered, message)
}

fn failed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::ModelFailed, message)
}

/// Seeds are documented as strings and shown as numbers.
fn seed_of(value: &serde_json::Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// A JSON object that Bedrock's invocation log keeps with the call, so that every charge can be traced to its item.
fn request_metadata(item: &Item) -> String {
    serde_json::json!({ "id": metadata_value(&item.id), "rank": metadata_value(&item.rank) }).to_string()
}

/// Values hold letters, digits and ` :_@$#=/+,-.` only; other bytes are written `=XX`, and what is then too long is cut.
fn metadata_value(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b" :_@$#/+,-.".contains(&byte) {
            value.push(char::from(byte));
        } else {
            value.push_str(&format!("={byte:02X}"));
        }
    }
    value.truncate(MAX_METADATA_VALUE);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(body: &str) -> ErrorKind {
        picture_in(body.as_bytes()).unwrap_err().kind
    }

    #[test]
    fn takes_the_first_image_and_its_seed() {
        for seed in ["7", "\"7\""] {
            let body = format!(r#"{{"seeds":[{seed}],"finish_reasons":[null],"images":["aGk=","aGkh"]}}"#);
            let picture = picture_in(body.as_bytes()).unwrap();
            assert_eq!((&picture.bytes[..], picture.seed), (b"hi".as_slice(), Some(7)));
        }
        for body in [r#"{"images":["aG\u006b="]}"#, r#"{"other":{"images":["aGkh"]},"images":["aGk="]}"#] {
            assert_eq!(picture_in(body.as_bytes()).unwrap().bytes, "hi", "{body}");
        }
    }

    #[test]
    fn a_filter_reason_is_content_filtered_even_with_an_image() {
        for reason in ["Filter reason: prompt", "Filter reason: output image", "Filter reason: input image"] {
            let error = picture_in(format!(r#"{{"finish_reasons":["{reason}"]}}"#).as_bytes()).unwrap_err();
            assert_eq!(error.kind, ErrorKind::ContentFiltered);
            assert!(error.message.contains(reason), "{error}");
        }
        assert_eq!(
            kind(r#"{"finish_reasons":["Filter reason: output image"],"images":["aGk="]}"#),
            ErrorKind::ContentFiltered
        );
    }

    #[test]
    fn any_other_answer_is_model_failed() {
        for body in [
            "",
            "{",
            "[]",
            "{}",
            "null",
            r#"{"finish_reasons":["Inference error"],"images":["aGk="]}"#,
            r#"{"images":[]}"#,
            r#"{"images":null}"#,
            r#"{"images":["not base64!"]}"#,
            r#"{"images":["aGk"]}"#,
            r#"{"images":[7]}"#,
            r#"{"images":["aGk="]"#,
        ] {
            assert_eq!(kind(body), ErrorKind::ModelFailed, "{body}");
        }
    }

    #[test]
    fn request_metadata_holds_only_what_bedrock_takes() {
        assert_eq!(metadata_value("A1 card:50%"), "A1 card:50=25");
        assert_eq!(metadata_value("猫").len(), 9);
        assert_eq!(metadata_value(&"猫".repeat(128)).len(), 256);
    }
}
