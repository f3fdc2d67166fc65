//! What the model answered: the image in it, or why there is none.

use crate::error::{Error, ErrorKind};
use bytes::Bytes;
use serde::Deserialize;
use std::borrow::Cow;
use std::ops::Range;

/// An image as the model made it.
#[derive(Debug)]
pub(crate) struct Picture {
    pub(crate) bytes: Bytes,
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
    finish_reasons: Option<Vec<Option<Text<'a>>>>,
    #[serde(default, borrow)]
    images: Option<Vec<Text<'a>>>,
}

/// A string that is borrowed where it has no escapes. A bare `Cow` in a `Vec` would always be copied.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Where the base64 of an image is.
enum Encoded {
    /// In the body, as it came.
    There(Range<usize>),
    /// Without the escapes that it had there.
    Unescaped(String),
}

/// Takes the image out of the body of an InvokeModel answer; it is decoded in the body's own buffer.
///
/// # Errors
/// `ContentFiltered` when the model refused, `ModelFailed` when it failed or the body holds no image.
pub(crate) fn picture_of(mut body: Vec<u8>) -> Result<Picture, Error> {
    let (encoded, seed) = read(&body)?;
    let no_base64 = |_| failed("the image in the model's answer is not base64");
    let bytes = match encoded {
        Encoded::There(range) => {
            let start = range.start;
            let length = base64_simd::STANDARD.decode_inplace(&mut body[range]).map_err(no_base64)?.len();
            Bytes::from(body).slice(start..start + length)
        }
        Encoded::Unescaped(text) => base64_simd::STANDARD.decode_to_vec(text).map_err(no_base64)?.into(),
    };
    Ok(Picture { bytes, seed })
}

/// Reads an answer. The image, nearly all of it, is looked over by `memchr` alone: it is cut out before the rest is parsed, which
/// saves a sixth of an invocation's instructions. What can not be cut so is parsed whole.
fn read(body: &[u8]) -> Result<(Encoded, Option<u64>), Error> {
    let Some(image) = first_image(body) else { return parsed(body) };
    let rest = [&body[..image.start], &body[image.end..]].concat();
    match parsed(&rest) {
        Ok((Encoded::There(empty), seed)) if empty == (image.start..image.start) => Ok((Encoded::There(image), seed)),
        _ => parsed(body),
    }
}

/// Where the first image of an answer in the usual form seems to be.
fn first_image(body: &[u8]) -> Option<Range<usize>> {
    const BEFORE: &[u8] = br#""images":[""#;
    let start = memchr::memmem::find(body, BEFORE)? + BEFORE.len();
    let end = start + memchr::memchr2(b'"', b'\\', &body[start..])?;
    (body[end] == b'"').then_some(start..end)
}

fn parsed(body: &[u8]) -> Result<(Encoded, Option<u64>), Error> {
    let answer: Answer<'_> = serde_json::from_slice(body).map_err(|err| {
        failed(format!("the model's answer of {} bytes is not the JSON that it should be ({err})", body.len()))
    })?;
    if let Some(reason) = answer.finish_reasons.iter().flatten().flatten().next() {
        return Err(finished_early(&reason.0));
    }
    let Some(image) = answer.images.into_iter().flatten().next() else {
        return Err(failed("the model's answer holds no image"));
    };
    let encoded = match image.0 {
        Cow::Borrowed(text) => {
            let start = text.as_ptr().addr() - body.as_ptr().addr();
            Encoded::There(start..start + text.len())
        }
        Cow::Owned(text) => Encoded::Unescaped(text),
    };
    Ok((encoded, answer.seeds.iter().flatten().next().and_then(lenient_u64)))
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
            let picture = picture_of(body.into_bytes()).unwrap();
            assert_eq!((&picture.bytes[..], picture.seed), (b"hi".as_slice(), Some(7)));
        }
    }

    #[test]
    fn an_image_is_decoded_where_it_lies_without_a_copy() {
        let body = br#"{"images":["aGkh"]}"#.to_vec();
        let place = body.as_ptr().addr();
        let picture = picture_of(body).unwrap();
        assert_eq!(picture.bytes.as_ptr().addr(), place + br#"{"images":[""#.len());
    }

    #[test]
    fn an_image_with_escaped_slashes_is_the_same_image() {
        let picture = picture_of(br#"{"images":["\/\/\/\/"]}"#.to_vec()).unwrap();
        assert_eq!(picture.bytes[..], [255, 255, 255]);
    }

    #[test]
    fn an_answer_in_an_unusual_form_gives_the_same_image() {
        for body in [
            r#"{ "images" : [ "aGk=" ] }"#,
            r#"{"images":["aGk=","aGkh"]}"#,
            r#"{"other":{"images":["aGkh"]},"images":["aGk="]}"#,
            r#"{"other":"\"images\":[\"aGkh\"]","images":["aGk="]}"#,
            r#"{"images":["aGk="],"other":{"images":["aGkh"]}}"#,
            r#"{"other":{"images":[""]},"images":["aGk="]}"#,
            r#"{"images":["\u0061Gk="]}"#,
        ] {
            assert_eq!(picture_of(body.into()).unwrap().bytes, "hi", "{body}");
        }
    }

    #[test]
    fn a_filter_reason_without_images_is_content_filtered() {
        for reason in ["Filter reason: prompt", "Filter reason: output image", "Filter reason: input image"] {
            let error = picture_of(format!(r#"{{"finish_reasons":["{reason}"]}}"#).into_bytes()).unwrap_err();
            assert_eq!(error.kind, ErrorKind::ContentFiltered);
            assert!(error.message.contains(reason), "{error}");
        }
    }

    #[test]
    fn a_filter_reason_counts_although_an_image_came() {
        let body = br#"{"finish_reasons":["Filter reason: output image"],"images":["aGk="]}"#;
        assert_eq!(picture_of(body.to_vec()).unwrap_err().kind, ErrorKind::ContentFiltered);
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
            r#"{"images":["aGk=
"]}"#,
            r#"{"images":[7]}"#,
            r#"{"images":["aGk="]"#,
        ] {
            assert_eq!(picture_of(body.into()).unwrap_err().kind, ErrorKind::ModelFailed, "{body}");
        }
    }
}
