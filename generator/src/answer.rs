//! What the model answered: the image in it, or why there is none.

use crate::error::{Error, ErrorKind};
use bytes::Bytes;
use serde::Deserialize;
use std::borrow::Cow;

/// Most bytes that are reserved because of what an answer says of its length. A longer one is read all the same.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>
const MAX_RESERVED: u64 = 25_000_000;

/// What is before the base64 of an image in an answer in the usual form.
const BEFORE_IMAGE: &[u8] = br#""images":[""#;

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

/// The body of an InvokeModel answer while it arrives.
///
/// The first image, nearly all of it, is decoded piece by piece as it comes, while the piece is in the processor's cache, and never lies in
/// memory as base64; the rest is parsed at the end. An answer in another form than the usual one is put together again and parsed whole.
#[derive(Debug)]
pub(crate) struct Reading {
    at: At,
    /// Everything but the base64 of the first image.
    rest: Vec<u8>,
    /// Where in the rest the image was.
    cut: usize,
    image: Vec<u8>,
    /// Base64 of the image that is not decoded: less than four characters, as long as all is well.
    undecoded: Vec<u8>,
    /// How long the answer says that it is.
    length: u64,
}

/// Which part of the answer comes next.
#[derive(Debug, PartialEq)]
enum At {
    BeforeImage,
    Image,
    AfterImage,
    /// Everything is in the rest.
    Unusual,
}

impl Reading {
    /// Of an answer that says that it has so many bytes.
    pub(crate) fn new(length: u64) -> Self {
        Self { at: At::BeforeImage, rest: Vec::new(), cut: 0, image: Vec::new(), undecoded: Vec::new(), length }
    }

    /// The next piece.
    pub(crate) fn push(&mut self, piece: &[u8]) {
        match self.at {
            At::BeforeImage => {
                let from = self.rest.len().saturating_sub(BEFORE_IMAGE.len() - 1);
                self.rest.extend_from_slice(piece);
                if let Some(found) = memchr::memmem::find(&self.rest[from..], BEFORE_IMAGE) {
                    self.cut = from + found + BEFORE_IMAGE.len();
                    self.at = At::Image;
                    let image = self.rest.split_off(self.cut);
                    let bytes = usize::try_from(self.length.min(MAX_RESERVED)).unwrap_or_default() / 4 * 3;
                    self.image.reserve(bytes);
                    self.push_image(&image);
                }
            }
            At::Image => self.push_image(piece),
            At::AfterImage | At::Unusual => self.rest.extend_from_slice(piece),
        }
    }

    fn push_image(&mut self, piece: &[u8]) {
        let end = memchr::memchr2(b'"', b'\\', piece);
        let (base64, after) = piece.split_at(end.unwrap_or(piece.len()));
        let is_usual = self.decode(base64)
            && match after.first() {
                None => true,
                Some(b'"') => self.undecoded.is_empty(),
                Some(_) => false,
            };
        if !is_usual {
            self.put_together();
        } else if !after.is_empty() {
            self.at = At::AfterImage;
        }
        self.rest.extend_from_slice(after);
    }

    /// Decodes all whole groups of four. False: this is no base64, and is kept undecoded.
    fn decode(&mut self, base64: &[u8]) -> bool {
        let missing = if self.undecoded.is_empty() { 0 } else { 4 - self.undecoded.len() };
        let (first, base64) = base64.split_at(missing.min(base64.len()));
        self.undecoded.extend_from_slice(first);
        if self.undecoded.len() == 4 {
            let group = std::mem::take(&mut self.undecoded);
            if !append(&group, &mut self.image) {
                self.undecoded = [&group, base64].concat();
                return false;
            }
        }
        let (groups, begun) = base64.split_at(base64.len() / 4 * 4);
        if append(groups, &mut self.image) {
            self.undecoded.extend_from_slice(begun);
            true
        } else {
            self.undecoded.extend_from_slice(base64);
            false
        }
    }

    /// Puts the image back to where it was in the answer.
    fn put_together(&mut self) {
        let after = self.rest.split_off(self.cut);
        self.rest.extend_from_slice(base64_simd::STANDARD.encode_to_string(&self.image).as_bytes());
        self.rest.append(&mut self.undecoded);
        self.rest.extend_from_slice(&after);
        self.at = At::Unusual;
    }

    /// The picture in the whole answer.
    ///
    /// # Errors
    /// `ContentFiltered` when the model refused, `ModelFailed` when it failed or the body holds no image.
    pub(crate) fn picture(mut self) -> Result<Picture, Error> {
        if self.at == At::AfterImage {
            // The image that was cut out has to be the one that is meant.
            let seed = match parsed(&self.rest) {
                Ok((Cow::Borrowed(""), place, seed)) if place == self.cut => Some(seed),
                _ => None,
            };
            if let Some(seed) = seed {
                return Ok(Picture { bytes: self.image.into(), seed });
            }
            self.put_together();
        } else if self.at == At::Image {
            self.put_together();
        }
        let (image, _, seed) = parsed(&self.rest)?;
        let bytes = base64_simd::STANDARD.decode_to_vec(&*image);
        let bytes = bytes.map_err(|_| failed("the image in the model's answer is not base64"))?;
        Ok(Picture { bytes: bytes.into(), seed })
    }
}

/// Appends what the groups of four mean. False, and nothing is appended: they are no base64, or come after the padding.
fn append(groups: &[u8], bytes: &mut Vec<u8>) -> bool {
    let length = bytes.len();
    bytes.reserve(groups.len() / 4 * 3);
    let is_base64 =
        groups.is_empty() || length.is_multiple_of(3) && base64_simd::STANDARD.decode_append(groups, bytes).is_ok();
    if !is_base64 {
        bytes.truncate(length);
    }
    is_base64
}

/// The base64 of the first image, where it is in the body if it was borrowed from there, and the seed.
fn parsed(body: &[u8]) -> Result<(Cow<'_, str>, usize, Option<u64>), Error> {
    let answer: Answer<'_> = serde_json::from_slice(body).map_err(|err| {
        failed(format!("the model's answer of {} bytes is not the JSON that it should be ({err})", body.len()))
    })?;
    if let Some(reason) = answer.finish_reasons.iter().flatten().flatten().next() {
        return Err(finished_early(&reason.0));
    }
    let Some(image) = answer.images.into_iter().flatten().next() else {
        return Err(failed("the model's answer holds no image"));
    };
    let place = image.0.as_ptr().addr().wrapping_sub(body.as_ptr().addr());
    Ok((image.0, place, answer.seeds.iter().flatten().next().and_then(lenient_u64)))
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

    fn in_pieces(body: impl AsRef<[u8]>, bytes: usize) -> Result<Picture, Error> {
        let mut reading = Reading::new(body.as_ref().len() as u64);
        body.as_ref().chunks(bytes).for_each(|piece| reading.push(piece));
        reading.picture()
    }

    /// However the answer comes in pieces, the picture is the same.
    fn picture_of(body: impl AsRef<[u8]>) -> Result<Picture, Error> {
        let body = body.as_ref();
        let whole = in_pieces(body, body.len().max(1));
        for bytes in 1..body.len() {
            match (&whole, in_pieces(body, bytes)) {
                (Ok(whole), Ok(picture)) => assert_eq!((&whole.bytes, whole.seed), (&picture.bytes, picture.seed)),
                (Err(whole), Err(error)) => assert_eq!((whole.kind, &whole.message), (error.kind, &error.message)),
                (_, other) => panic!("{whole:?} as a whole, {other:?} in pieces of {bytes}"),
            }
        }
        whole
    }

    #[test]
    fn the_first_image_and_its_seed_are_taken() {
        for seed in ["7", "\"7\""] {
            let body = format!(r#"{{"seeds":[{seed}],"finish_reasons":[null],"images":["aGk="]}}"#);
            let picture = picture_of(body).unwrap();
            assert_eq!((&picture.bytes[..], picture.seed), (b"hi".as_slice(), Some(7)));
        }
    }

    #[test]
    fn a_long_image_comes_out_as_it_was() {
        let image: Vec<u8> = (0..40_000_u32).flat_map(u32::to_le_bytes).collect();
        let base64 = base64_simd::STANDARD.encode_to_string(&image);
        let body = format!(r#"{{"seeds":[7],"finish_reasons":[null],"images":["{base64}"]}}"#);
        for bytes in [1, 7, 4096, 16_384, 65_536, body.len()] {
            let picture = in_pieces(&body, bytes).unwrap();
            assert!(picture.bytes == image && picture.seed == Some(7), "in pieces of {bytes}");
        }
    }

    #[test]
    fn an_image_with_escaped_slashes_is_the_same_image() {
        let picture = picture_of(br#"{"images":["\/\/\/\/"]}"#).unwrap();
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
            r#"{"images":["aG\u006b="]}"#,
            r#"{"images":["aGk="],"images_of_others":["aGkh","aGkh"]}"#,
        ] {
            assert_eq!(picture_of(body).unwrap().bytes, "hi", "{body}");
        }
    }

    #[test]
    fn a_filter_reason_without_images_is_content_filtered() {
        for reason in ["Filter reason: prompt", "Filter reason: output image", "Filter reason: input image"] {
            let error = picture_of(format!(r#"{{"finish_reasons":["{reason}"]}}"#)).unwrap_err();
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
            r#"{"images":["aGk"]}"#,
            r#"{"images":["aGk=aGkh"]}"#,
            r#"{"images":["aGkh=Gkh"]}"#,
            r#"{"images":["aGk=
"]}"#,
            r#"{"images":[7]}"#,
            r#"{"images":["aGk="]"#,
        ] {
            assert_eq!(picture_of(body).unwrap_err().kind, ErrorKind::ModelFailed, "{body}");
        }
    }
}
