//! What the model answered: the image in it, or why there is none.

use crate::error::{Error, ErrorKind};
use serde::Deserialize;
use std::borrow::Cow;

/// An image as the model made it.
#[derive(Debug)]
pub(crate) struct Picture {
    pub(crate) bytes: Vec<u8>,
    /// The seed that the model says it used.
    pub(crate) seed: Option<u64>,
}

/// Response body of the Stability models. A refused prompt is HTTP 200 with `finish_reasons`, and `images` and `seeds` may be absent.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-stable-image-core-text-image-request-response.html>
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(default)]
    seeds: Option<Vec<serde_json::Value>>,
    #[serde(default, borrow)]
    finish_reasons: Option<Vec<Option<Cow<'a, str>>>>,
    #[serde(default, borrow)]
    images: Option<Vec<Cow<'a, str>>>,
}

/// Takes the image out of the body of an InvokeModel answer.
///
/// # Errors
/// `ContentFiltered` when the model refused, `ModelFailed` when it failed or the body holds no image.
pub(crate) fn picture_of(body: &[u8]) -> Result<Picture, Error> {
    let answer: Answer<'_> = serde_json::from_slice(body).map_err(|err| {
        failed(format!("the model's answer of {} bytes is not the JSON that it should be ({err})", body.len()))
    })?;
    if let Some(reason) = answer.finish_reasons.iter().flatten().flatten().next() {
        return Err(finished_early(reason));
    }
    let Some(image) = answer.images.iter().flatten().next() else {
        return Err(failed("the model's answer holds no image"));
    };
    let bytes = base64_simd::STANDARD
        .decode_to_vec(image.as_bytes())
        .map_err(|_| failed("the image in the model's answer is not base64"))?;
    Ok(Picture { bytes, seed: answer.seeds.iter().flatten().next().and_then(lenient_u64) })
}

fn finished_early(reason: &str) -> Error {
    if reason.starts_with("Filter reason") {
        let changed = if reason.contains("output") { "the seed or the prompt" } else { "the prompt" };
        Error::new(
            ErrorKind::ContentFiltered,
            format!(
                "the model's content filter refused it ({reason}); the same request is refused again, so change {changed}"
            ),
        )
    } else {
        failed(format!("the model did not finish the image ({reason})"))
    }
}

fn failed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::ModelFailed, message)
}

/// Seeds are documented as strings and shown as numbers.
fn lenient_u64(value: &serde_json::Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_image_and_its_seed_are_taken() {
        for seed in ["7", "\"7\""] {
            let body = format!(r#"{{"seeds":[{seed}],"finish_reasons":[null],"images":["aGk="]}}"#);
            let picture = picture_of(body.as_bytes()).unwrap();
            assert_eq!((picture.bytes.as_slice(), picture.seed), (b"hi".as_slice(), Some(7)));
        }
    }

    #[test]
    fn an_image_with_escaped_slashes_is_the_same_image() {
        let picture = picture_of(br#"{"images":["\/\/\/\/"]}"#).unwrap();
        assert_eq!(picture.bytes, [255, 255, 255]);
    }

    #[test]
    fn a_filter_reason_without_images_is_content_filtered() {
        for reason in ["Filter reason: prompt", "Filter reason: output image", "Filter reason: input image"] {
            let error = picture_of(format!(r#"{{"finish_reasons":["{reason}"]}}"#).as_bytes()).unwrap_err();
            assert_eq!(error.kind, ErrorKind::ContentFiltered);
            assert!(error.message.contains(reason), "{error}");
        }
    }

    #[test]
    fn a_filter_reason_counts_although_an_image_came() {
        let body = br#"{"finish_reasons":["Filter reason: output image"],"images":["aGk="]}"#;
        assert_eq!(picture_of(body).unwrap_err().kind, ErrorKind::ContentFiltered);
    }

    #[test]
    fn everything_else_is_model_failed() {
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
            r#"{"images":[7]}"#,
            r#"{"images":["aGk="]"#,
        ] {
            assert_eq!(picture_of(body.as_bytes()).unwrap_err().kind, ErrorKind::ModelFailed, "{body}");
        }
    }
}
