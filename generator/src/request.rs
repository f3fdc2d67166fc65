//! What the model is asked: the InvokeModel request of an item, and the digest of everything that decides the picture.

use crate::error::{Error, ErrorKind};
use idlist::{ImageFormat, Item, RetiredModels, models::Model};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// A picture to be asked for.
pub(crate) struct Request<'a> {
    item: &'a Item,
    model: &'static Model,
    seed: u64,
    format: ImageFormat,
}

/// The image of image-to-image, as far as it is known before it is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) e_tag: String,
}

/// Request body of Stable Image Core, Ultra and SD3.5 Large.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-stable-image-core-text-image-request-response.html>
#[derive(Serialize)]
struct Body<'a> {
    prompt: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    negative_prompt: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aspect_ratio: Option<&'a str>,
    seed: u64,
    output_format: &'static str,
    /// SD3.5 Large alone: its parameter table requires it for image-to-image.
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strength: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
}

/// Everything that decides the picture. A struct and no JSON value: the digest must not change with the order in which a map
/// happens to be written.
#[derive(Serialize)]
struct Decides<'a> {
    model: &'static str,
    body: Body<'a>,
    format: &'static str,
    source: Option<(&'a str, &'a str, &'a str)>,
}

impl<'a> Request<'a> {
    /// The request of an item.
    ///
    /// # Errors
    /// None for an item that was checked with the same `retired`.
    pub(crate) fn new(item: &'a Item, retired: RetiredModels) -> Result<Self, Error> {
        let model = item
            .resolved_model(retired)
            .map_err(|err| Error::new(ErrorKind::ModelNotAvailable, format!("model {}: {err}", item.model)))?;
        let format = item
            .format()
            .ok_or_else(|| Error::new(ErrorKind::InvalidItem, "inputKeyName is not the file name of an image"))?;
        Ok(Self { item, model, seed: item.model_seed(model), format })
    }

    /// The seed that the model is told.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// The format that the stored image has.
    pub(crate) fn format(&self) -> ImageFormat {
        self.format
    }

    /// The id of the model that is asked.
    pub(crate) fn model_id(&self) -> &'static str {
        self.model.id
    }

    /// The JSON body for InvokeModel, with the bytes of the source image where there is one.
    pub(crate) fn body(&self, source_image: Option<&[u8]>) -> Vec<u8> {
        let is_image_to_image = source_image.is_some();
        let image = source_image.map(|bytes| base64_simd::STANDARD.encode_to_string(bytes));
        to_json(&self.fields(is_image_to_image, image))
    }

    /// Hex SHA-256 of everything that decides the picture: model, prompt, seed, options, format, and the source image's ETag.
    pub(crate) fn digest(&self, source: Option<&Source>) -> String {
        let decides = Decides {
            model: self.model.id,
            body: self.fields(source.is_some(), None),
            format: self.format.content_type(),
            source: source.map(|source| (&*source.bucket, &*source.key, &*source.e_tag)),
        };
        hex(&Sha256::digest(to_json(&decides)))
    }

    fn fields(&self, is_image_to_image: bool, image: Option<String>) -> Body<'_> {
        let takes_mode = self.model.id.starts_with("stability.sd3-5");
        Body {
            prompt: &self.item.prompt,
            negative_prompt: self.item.negative_prompt.as_deref().filter(|text| !text.is_empty()),
            aspect_ratio: self.item.aspect_ratio.as_deref(),
            seed: self.seed,
            output_format: self.asked_format().name(),
            mode: takes_mode.then_some(if is_image_to_image { "image-to-image" } else { "text-to-image" }),
            strength: self.item.strength.filter(|_| is_image_to_image),
            image,
        }
    }

    /// The format of the extension where the model makes it, else PNG, which loses nothing before the conversion.
    fn asked_format(&self) -> ImageFormat {
        if self.model.output_formats.contains(&self.format) { self.format } else { ImageFormat::Png }
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        // Into a String: it can not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn to_json(value: &impl Serialize) -> Vec<u8> {
    // Strings, numbers and JSON values only: there is no map with other keys and no fallible Serialize in them.
    serde_json::to_vec(value).unwrap_or_default()
}

/// Value of the header `X-Amzn-Bedrock-Request-Metadata`: a JSON object that Bedrock's invocation logs keep with the call, so
/// that every charge can be traced to its item. Values hold letters, digits and `\s:_@$#=/+,-.` only, at most 256 of them; other
/// bytes are written `=XX`, and what is then too long is cut.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/cost-mgmt-request-metadata.html>
pub(crate) fn request_metadata(item: &Item) -> String {
    serde_json::json!({ "id": metadata_value(&item.id), "rank": metadata_value(&item.rank) }).to_string()
}

fn metadata_value(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b" :_@$#/+,-.".contains(&byte) {
            value.push(char::from(byte));
        } else {
            let _ = write!(value, "={byte:02X}");
        }
    }
    value.truncate(256);
    value
}
