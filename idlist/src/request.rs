//! The InvokeModel request of an item, and the digest of everything that decides the picture.

use serde::ser::{Serialize, SerializeMap, Serializer};
use sha2::{Digest, Sha256};

use crate::models::{Kind, Limits, Model, ModelError, PictureRole, Start};
use crate::{ImageFormat, Item, RetiredModels};

/// `aspect_ratio` of every text-to-image model when the request has none.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-stable-image-core-text-image-request-response.html>
const DEFAULT_ASPECT_RATIO: &str = "1:1";

/// What a model is asked for one item.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    item: &'a Item,
    model: &'static Model,
    seed: Option<u64>,
    format: ImageFormat,
}

/// The version of a picture that goes to the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureVersion {
    /// What it is for.
    pub picture: PictureRole,
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub key: String,
    /// Its entity tag, in quotation marks as S3 writes it; empty where it is not known.
    pub e_tag: String,
}

/// A value in a request body.
enum Value<'a> {
    Text(&'a str),
    Integer(u64),
    Number(f64),
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(number) => serializer.serialize_u64(*number),
            Self::Number(number) => serializer.serialize_f64(*number),
        }
    }
}

/// Names and values of a request body, in the order of the model's row.
struct Body<'a>(Vec<(&'static str, Value<'a>)>);

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        self.0.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}

/// The text that is hashed: a struct, not a JSON map, so that the order of its fields never changes.
#[derive(serde::Serialize)]
struct Decisive<'a> {
    model: &'static str,
    body: Body<'a>,
    format: &'static str,
    source: Option<(&'a str, &'a str, &'a str)>,
    /// Mask and style image. Left out where there are none: what was stored before there were any is still recognised.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    others: Vec<(&'static str, &'a str, &'a str, &'a str)>,
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
        let seed = (model.max_seed > 0).then(|| item.model_seed(model));
        Ok(Self { item, model, seed, format })
    }

    /// Id of the model that is called.
    pub fn model_id(&self) -> &'static str {
        self.model.id
    }

    /// The model is a service that starts from an image.
    pub fn is_service(&self) -> bool {
        self.model.start == Start::Image
    }

    /// The seed that the model receives; `None` for a model that takes none.
    pub fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// Format of the stored image.
    pub fn format(&self) -> ImageFormat {
        self.format
    }

    /// The pictures that go to the model: what each is for, its bucket, its key, and the pixels that it may have.
    pub fn pictures(&self) -> impl Iterator<Item = (PictureRole, &'a str, &'a str, &'static Limits)> {
        let item = self.item;
        self.model.parameters.iter().filter_map(|parameter| match parameter.kind {
            Kind::Picture { picture, limits } => {
                let (bucket, key) = item.picture(picture)?;
                Some((picture, bucket, key, limits))
            }
            _ => None,
        })
    }

    /// The JSON body for InvokeModel, with the pictures in base64.
    pub fn body(&self, pictures: &[(PictureRole, String)]) -> Vec<u8> {
        to_json(&self.parameters(self.item.aspect_ratio.as_deref(), pictures))
    }

    /// SHA-256 of everything that decides the picture, in hexadecimal: model, prompts, seed, shape, format and the pictures that go to the
    /// model.
    ///
    /// An item without `aspectRatio` and one with the model's default have the same digest.
    pub fn digest(&self, pictures: &[PictureVersion]) -> String {
        let default = pictures.is_empty() && self.item.aspect_ratio.as_deref() == Some(DEFAULT_ASPECT_RATIO);
        self.digest_with(self.item.aspect_ratio.as_deref().filter(|_| !default), pictures)
    }

    /// Whether `stored` is the digest of this picture. Versions before 0.2 counted a written default `aspectRatio` as a different picture;
    /// what they stored is still recognised, so that an upgrade pays for nothing again.
    pub fn matches(&self, stored: &str, pictures: &[PictureVersion]) -> bool {
        let has_default_shape = self.item.aspect_ratio.as_deref().is_none_or(|ratio| ratio == DEFAULT_ASPECT_RATIO);
        stored == self.digest(pictures)
            || pictures.is_empty()
                && has_default_shape
                && stored == self.digest_with(Some(DEFAULT_ASPECT_RATIO), pictures)
    }

    fn digest_with(&self, aspect_ratio: Option<&str>, pictures: &[PictureVersion]) -> String {
        let (sources, others): (Vec<_>, Vec<_>) =
            pictures.iter().partition(|version| version.picture == PictureRole::Source);
        let decisive = Decisive {
            model: self.model.id,
            body: self.parameters(aspect_ratio, &[]),
            format: self.format.content_type(),
            source: sources.first().map(|source| (&*source.bucket, &*source.key, &*source.e_tag)),
            others: others
                .into_iter()
                .map(|other| (other.picture.name(), &*other.bucket, &*other.key, &*other.e_tag))
                .collect(),
        };
        hex::encode(Sha256::digest(to_json(&decisive)))
    }

    fn parameters<'b>(&'b self, aspect_ratio: Option<&'b str>, pictures: &'b [(PictureRole, String)]) -> Body<'b> {
        let item = self.item;
        let from_image = item.picture(PictureRole::Source).is_some();
        let values = self.model.parameters.iter().filter_map(|parameter| {
            let value = match parameter.kind {
                Kind::Choice { field: "aspectRatio", .. } => Value::Text(aspect_ratio?),
                Kind::Text { field, .. } | Kind::Choice { field, .. } => {
                    Value::Text(item.text(field).filter(|text| !text.is_empty())?)
                }
                Kind::Integer { field, .. } => Value::Integer(item.integer(field)?),
                Kind::Number { field, .. } => Value::Number(item.number(field).filter(|_| from_image)?),
                Kind::Seed => Value::Integer(self.seed?),
                Kind::OutputFormat => Value::Text(self.model.format_for(self.format).name()),
                Kind::Mode => Value::Text(if from_image { "image-to-image" } else { "text-to-image" }),
                Kind::Picture { picture, .. } => {
                    Value::Text(pictures.iter().find(|(known, _)| *known == picture).map(|(_, base64)| base64)?)
                }
            };
            Some((parameter.name, value))
        });
        Body(values.collect())
    }
}

fn to_json(value: &impl Serialize) -> Vec<u8> {
    // Strings and finite numbers under strings: no fallible Serialize is in them.
    serde_json::to_vec(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn item(value: &Value) -> Item {
        Item::from_value(value, RetiredModels::Redirect).unwrap()
    }

    fn versions_of(request: &Request<'_>) -> Vec<PictureVersion> {
        let version = |(picture, bucket, key, _): (PictureRole, &str, &str, _)| {
            let e_tag = "\"9b2cf535f27731c974343645a3985328\"".into();
            PictureVersion { picture, bucket: bucket.into(), key: key.into(), e_tag }
        };
        request.pictures().map(version).collect()
    }

    /// Digests as version 0.1 stored them beside images: a digest that changes means that images are paid for again.
    #[test]
    fn recognises_every_digest_that_version_0_1_stored() {
        let golden: Vec<Value> = serde_json::from_str(include_str!("../tests/digests-of-0.1.json")).unwrap();
        assert!(golden.len() > 12);
        for case in &golden {
            let item = item(&case["item"]);
            let request = Request::new(&item, RetiredModels::Redirect).unwrap();
            let (stored, pictures) = (case["requestSha256"].as_str().unwrap(), versions_of(&request));
            assert!(request.matches(stored, &pictures), "{case}");
            let others = golden.iter().filter(|other| other["requestSha256"] != case["requestSha256"]);
            let matching = others.filter(|other| request.matches(other["requestSha256"].as_str().unwrap(), &pictures));
            let has_default_shape =
                item.aspect_ratio.as_deref().is_none_or(|ratio| ratio == "1:1") && pictures.is_empty();
            for other in matching {
                assert!(has_default_shape && other["item"]["aspectRatio"].as_str().is_none_or(|ratio| ratio == "1:1"));
            }
            if case["item"]["aspectRatio"].is_null() {
                assert_eq!(request.digest(&pictures), stored, "{case}");
            }
        }
    }

    /// The request bodies of the services, byte for byte.
    /// <https://docs.aws.amazon.com/bedrock/latest/userguide/stable-image-services.html>
    #[test]
    fn every_service_gets_its_body() {
        let source = json!({"sourceBucketName": "pics", "sourceKeyName": "s.png"});
        let mask = json!({"maskBucketName": "pics", "maskKeyName": "m.png"});
        let style = json!({"styleBucketName": "pics", "styleKeyName": "t.png"});
        let cases = [
            ("remove-background", json!({}), r#"{"image":"S","output_format":"png"}"#),
            (
                "erase-object",
                json!({"growMask": 5, "seed": 7}),
                r#"{"image":"S","mask":"M","grow_mask":5,"seed":7,"output_format":"png"}"#,
            ),
            (
                "inpaint",
                json!({"prompt": "a \"hat\"", "growMask": 0, "seed": 7, "negativePrompt": "cap"}),
                r#"{"image":"S","mask":"M","prompt":"a \"hat\"","grow_mask":0,"seed":7,"negative_prompt":"cap","output_format":"png"}"#,
            ),
            (
                "outpaint",
                json!({"left": 0, "right": 10, "up": 20, "down": 2000, "creativity": 0.5, "seed": 7}),
                r#"{"image":"S","left":0,"right":10,"up":20,"down":2000,"creativity":0.5,"seed":7,"output_format":"png"}"#,
            ),
            (
                "search-replace",
                json!({"searchPrompt": "hat", "prompt": "cap", "seed": 7}),
                r#"{"image":"S","search_prompt":"hat","prompt":"cap","seed":7,"output_format":"png"}"#,
            ),
            (
                "search-recolor",
                json!({"selectPrompt": "hat", "prompt": "blue", "seed": 7}),
                r#"{"image":"S","select_prompt":"hat","prompt":"blue","seed":7,"output_format":"png"}"#,
            ),
            (
                "control-sketch",
                json!({"prompt": "cap", "controlStrength": 0.7, "seed": 7}),
                r#"{"image":"S","prompt":"cap","control_strength":0.7,"seed":7,"output_format":"png"}"#,
            ),
            (
                "control-structure",
                json!({"prompt": "cap", "controlStrength": 1, "seed": 7}),
                r#"{"image":"S","prompt":"cap","control_strength":1.0,"seed":7,"output_format":"png"}"#,
            ),
            (
                "style-guide",
                json!({"prompt": "cap", "fidelity": 0.5, "seed": 7, "aspectRatio": "2:3"}),
                r#"{"image":"S","prompt":"cap","fidelity":0.5,"seed":7,"aspect_ratio":"2:3","output_format":"png"}"#,
            ),
            (
                "style-transfer",
                json!({"prompt": "cap", "compositionFidelity": 0.9, "styleStrength": 1.0, "changeStrength": 0.9, "seed": 7}),
                r#"{"init_image":"S","style_image":"T","prompt":"cap","composition_fidelity":0.9,"style_strength":1.0,"change_strength":0.9,"seed":7,"output_format":"png"}"#,
            ),
            ("fast-upscale", json!({}), r#"{"image":"S","output_format":"webp"}"#),
            (
                "conservative-upscale",
                json!({"prompt": "cap", "seed": 7}),
                r#"{"image":"S","prompt":"cap","seed":7,"output_format":"webp"}"#,
            ),
            (
                "creative-upscale",
                json!({"prompt": "cap", "creativity": 0.3, "seed": 7, "stylePreset": "anime"}),
                r#"{"image":"S","prompt":"cap","creativity":0.3,"seed":7,"style_preset":"anime","output_format":"webp"}"#,
            ),
        ];
        let pictures = [PictureRole::Source, PictureRole::Mask, PictureRole::Style].into_iter().zip(["S", "M", "T"]);
        let pictures: Vec<_> = pictures.map(|(picture, base64)| (picture, base64.to_owned())).collect();
        let mut digests = std::collections::HashSet::new();
        for (name, fields, body) in cases {
            let model = crate::models::find(name).unwrap();
            let mut value = json!({"id": "A1", "rank": "vip", "inputBucketName": "images", "inputKeyName": "a.png", "model": model.id});
            let parts = [&source, &mask, &style, &fields].into_iter().filter_map(Value::as_object).flatten();
            for (field, part) in parts.filter(|(field, _)| model.parameter_of(field).is_some()) {
                value[field] = part.clone();
            }
            let item = item(&value);
            let request = Request::new(&item, RetiredModels::Reject).unwrap();
            assert_eq!(String::from_utf8(request.body(&pictures)).unwrap(), body);
            // Another version of any picture is another image.
            let versions = versions_of(&request);
            for nth in 0..versions.len() {
                let mut changed = versions.clone();
                changed[nth].e_tag.push('x');
                assert!(digests.insert(request.digest(&changed)), "{name}");
            }
            assert!(digests.insert(request.digest(&versions)), "{name}");
        }
    }

    #[test]
    fn the_default_aspect_ratio_changes_no_digest() {
        let mut value = json!({"id": "A1", "rank": "vip", "inputBucketName": "images", "inputKeyName": "a.png",
            "model": "stability.stable-image-core-v1:1", "prompt": "a cat"});
        let digest = |value: &Value| Request::new(&item(value), RetiredModels::Redirect).unwrap().digest(&[]);
        let without = digest(&value);
        value["aspectRatio"] = json!("1:1");
        assert_eq!(digest(&value), without);
        value["aspectRatio"] = json!("2:3");
        assert_ne!(digest(&value), without);
    }
}
