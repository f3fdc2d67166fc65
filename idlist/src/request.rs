//! The InvokeModel request of an item, and the digest of everything that decides the picture.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::models::{Model, ModelError};
use crate::{ImageFormat, Item, RetiredModels};

/// `aspect_ratio` of every text-to-image model when the request has none.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-stable-image-core-text-image-request-response.html>
const DEFAULT_ASPECT_RATIO: &str = "1:1";

/// What a model is asked for one item.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    item: &'a Item,
    model: &'static Model,
    seed: u64,
    format: ImageFormat,
}

/// The version of the source image that an image-to-image request starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceVersion {
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub key: String,
    /// Its entity tag, in quotation marks as S3 writes it; empty where it is not known.
    pub e_tag: String,
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
    /// SD3.5 Large only: its parameter table requires it for image-to-image.
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strength: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
}

/// The text that is hashed: a struct, not a JSON map, so that the order of its fields never changes.
#[derive(Serialize)]
struct Decisive<'a> {
    model: &'static str,
    body: Body<'a>,
    format: &'static str,
    source: Option<(&'a str, &'a str, &'a str)>,
}

impl<'a> Request<'a> {
    /// The request of a checked item.
    ///
    /// # Errors
    /// [`ModelError`] when the model cannot be used; never for an item that was checked with the same `retired`.
    pub fn new(item: &'a Item, retired: RetiredModels) -> Result<Self, ModelError> {
        let model = item.resolved_model(retired)?;
        // A checked item names an image file, so the default is never used.
        let format = item.format().unwrap_or(ImageFormat::Png);
        Ok(Self { item, model, seed: item.model_seed(model), format })
    }

    /// Id of the model that is called.
    pub fn model_id(&self) -> &'static str {
        self.model.id
    }

    /// The seed that the model receives.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Format of the stored image.
    pub fn format(&self) -> ImageFormat {
        self.format
    }

    /// The JSON body for InvokeModel, with the source image in base64 for image-to-image.
    pub fn body(&self, source_image: Option<String>) -> Vec<u8> {
        to_json(&self.fields(self.item.aspect_ratio.as_deref(), source_image.is_some(), source_image))
    }

    /// SHA-256 of everything that decides the picture, in hexadecimal: model, prompts, seed, shape, format and source image.
    ///
    /// An item without `aspectRatio` and one with the model's default have the same digest.
    pub fn digest(&self, source: Option<&SourceVersion>) -> String {
        let default = source.is_none() && self.item.aspect_ratio.as_deref() == Some(DEFAULT_ASPECT_RATIO);
        self.digest_with(self.item.aspect_ratio.as_deref().filter(|_| !default), source)
    }

    /// Whether `stored` is the digest of this picture. Versions before 0.2 counted a written default `aspectRatio` as a different picture;
    /// what they stored is still recognised, so that an upgrade pays for nothing again.
    pub fn matches(&self, stored: &str, source: Option<&SourceVersion>) -> bool {
        let has_default_shape = self.item.aspect_ratio.as_deref().is_none_or(|ratio| ratio == DEFAULT_ASPECT_RATIO);
        stored == self.digest(source)
            || source.is_none() && has_default_shape && stored == self.digest_with(Some(DEFAULT_ASPECT_RATIO), source)
    }

    fn digest_with(&self, aspect_ratio: Option<&str>, source: Option<&SourceVersion>) -> String {
        let decisive = Decisive {
            model: self.model.id,
            body: self.fields(aspect_ratio, source.is_some(), None),
            format: self.format.content_type(),
            source: source.map(|source| (&*source.bucket, &*source.key, &*source.e_tag)),
        };
        hex::encode(Sha256::digest(to_json(&decisive)))
    }

    fn fields<'b>(&'b self, aspect_ratio: Option<&'b str>, from_image: bool, image: Option<String>) -> Body<'b> {
        let takes_mode = self.model.id.starts_with("stability.sd3-5");
        Body {
            prompt: &self.item.prompt,
            negative_prompt: self.item.negative_prompt.as_deref().filter(|text| !text.is_empty()),
            aspect_ratio,
            seed: self.seed,
            output_format: self.requested_format().name(),
            mode: takes_mode.then_some(if from_image { "image-to-image" } else { "text-to-image" }),
            strength: self.item.strength.filter(|_| from_image),
            image,
        }
    }

    /// The format of the extension where the model has it, else PNG, which loses nothing before the conversion.
    fn requested_format(&self) -> ImageFormat {
        if self.model.output_formats.contains(&self.format) { self.format } else { ImageFormat::Png }
    }
}

fn to_json(value: &impl Serialize) -> Vec<u8> {
    // Structs of strings and numbers: there is no map with other keys and no fallible Serialize in them.
    serde_json::to_vec(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn item(value: &Value) -> Item {
        Item::from_value(value, RetiredModels::Redirect).unwrap()
    }

    fn source_of(item: &Item) -> Option<SourceVersion> {
        let (bucket, key) = (item.source_bucket_name.clone()?, item.source_key_name.clone()?);
        Some(SourceVersion { bucket, key, e_tag: "\"9b2cf535f27731c974343645a3985328\"".into() })
    }

    /// Digests as version 0.1 stored them beside images: a digest that changes means that images are paid for again.
    #[test]
    fn recognises_every_digest_that_version_0_1_stored() {
        let golden: Vec<Value> = serde_json::from_str(include_str!("../tests/digests-of-0.1.json")).unwrap();
        assert!(golden.len() > 12);
        for case in &golden {
            let item = item(&case["item"]);
            let request = Request::new(&item, RetiredModels::Redirect).unwrap();
            let (stored, source) = (case["requestSha256"].as_str().unwrap(), source_of(&item));
            assert!(request.matches(stored, source.as_ref()), "{case}");
            let others = golden.iter().filter(|other| other["requestSha256"] != case["requestSha256"]);
            let matching =
                others.filter(|other| request.matches(other["requestSha256"].as_str().unwrap(), source.as_ref()));
            let has_default_shape = item.aspect_ratio.as_deref().is_none_or(|ratio| ratio == "1:1") && source.is_none();
            for other in matching {
                assert!(has_default_shape && other["item"]["aspectRatio"].as_str().is_none_or(|ratio| ratio == "1:1"));
            }
            if case["item"]["aspectRatio"].is_null() {
                assert_eq!(request.digest(source.as_ref()), stored, "{case}");
            }
        }
    }

    #[test]
    fn the_default_aspect_ratio_changes_no_digest() {
        let mut value = json!({"id": "A1", "rank": "vip", "inputBucketName": "images", "inputKeyName": "a.png",
            "model": "stability.stable-image-core-v1:1", "prompt": "a cat"});
        let digest = |value: &Value| Request::new(&item(value), RetiredModels::Redirect).unwrap().digest(None);
        let without = digest(&value);
        value["aspectRatio"] = json!("1:1");
        assert_eq!(digest(&value), without);
        value["aspectRatio"] = json!("2:3");
        assert_ne!(digest(&value), without);
    }
}
