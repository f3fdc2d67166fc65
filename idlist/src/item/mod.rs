//! The item: one picture to make. Reading it checks it, and there is no other way to read it.

mod fields;
mod rules;

use serde::Serialize;
use serde_json::Value;

pub use fields::{FIELDS, is_number_field};

pub(crate) use fields::{Fields, bit_of};
use fields::{Pairs, described};
pub(crate) use rules::Rules;

use crate::format::ImageFormat;
use crate::json::{self, Fault, FaultKind, MAX_DEPTH};
use crate::message;
use crate::message::Message;
use crate::models::{self, Model, ModelError, PictureRole, RetiredModels};
use crate::problem::{FieldProblem, ProblemKind};
use crate::seed::seed_of;

/// One picture to make. The fields are described in the crate's documentation.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// Name of the picture among those of its rank.
    pub id: String,
    /// Rarity; any word.
    pub rank: String,
    /// Bucket that receives the image.
    pub input_bucket_name: String,
    /// File name of the image; its extension decides the stored format.
    pub input_key_name: String,
    /// Model id as the list has it; see [`Item::resolved_model`].
    pub model: String,
    /// What the picture shows; empty where the model needs no prompt and there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prompt: String,
    /// What the picture should not show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub negative_prompt: Option<String>,
    /// Shape of the picture, such as `16:9`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<String>,
    /// Seed of the model's randomness; see [`Item::model_seed`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Bucket of the image to start from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_bucket_name: Option<String>,
    /// Key of the image to start from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_key_name: Option<String>,
    /// How far the picture may go from the source: 0 keeps it, 1 ignores it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strength: Option<f64>,
    /// Bucket of the mask, which is white where the model may paint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask_bucket_name: Option<String>,
    /// Key of the mask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask_key_name: Option<String>,
    /// Bucket of the picture whose style is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style_bucket_name: Option<String>,
    /// Key of the picture whose style is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style_key_name: Option<String>,
    /// What is replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_prompt: Option<String>,
    /// What gets another colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub select_prompt: Option<String>,
    /// A style by its name, such as `pixel-art`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style_preset: Option<String>,
    /// Pixels by which the mask grows on each side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grow_mask: Option<u64>,
    /// Pixels to add on the left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<u64>,
    /// Pixels to add on the right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right: Option<u64>,
    /// Pixels to add at the top.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub up: Option<u64>,
    /// Pixels to add at the bottom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub down: Option<u64>,
    /// How freely the model invents details.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creativity: Option<f64>,
    /// How closely the picture keeps to the lines or the structure of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control_strength: Option<f64>,
    /// How closely the picture keeps to the style of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fidelity: Option<f64>,
    /// How closely the picture keeps to the composition of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub composition_fidelity: Option<f64>,
    /// How strongly the style is applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style_strength: Option<f64>,
    /// How much of the source may change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_strength: Option<f64>,
}

impl Item {
    /// Reads an item from JSON text and checks it.
    ///
    /// # Errors
    ///
    /// Every problem of the item, not only the first. If the text is not JSON or not an object, that alone.
    pub fn from_slice(bytes: &[u8], retired: RetiredModels) -> Result<Self, Vec<FieldProblem>> {
        let mut fields = Fields::default();
        if let Ok(text) = str::from_utf8(bytes).map(str::trim_ascii_start)
            && let Some(length) = fields.read(text)
            && text.get(length..).is_some_and(|rest| rest.trim_ascii().is_empty())
        {
            return Rules::new(retired).check(&fields).map(|_| fields.to_item());
        }
        let invalid = |fault: Fault| {
            let message = message!("invalid-json", "is not valid JSON: {reason}", reason = fault.message);
            problem(ProblemKind::InvalidJson, message)
        };
        let pairs = element(bytes).map_err(|fault| vec![invalid(fault)])?.map_err(|problem| vec![problem])?;
        let fields = Fields::diagnose(pairs.iter());
        Rules::new(retired).check(&fields).map(|_| fields.to_item())
    }

    /// Checks an item that is already parsed, by the same rules and with the same words as [`Item::from_slice`].
    ///
    /// # Errors
    ///
    /// Every problem of the item, not only the first.
    pub fn from_value(value: &Value, retired: RetiredModels) -> Result<Self, Vec<FieldProblem>> {
        let Value::Object(object) = value else { return Err(vec![not_an_object(value)]) };
        let fields = Fields::diagnose(object.iter().map(|(name, value)| (name.as_str(), value)));
        Rules::new(retired).check(&fields).map(|_| fields.to_item())
    }

    /// Key of the image: `<rank>/<id>/<inputKeyName>`.
    pub fn object_key(&self) -> String {
        format!("{}/{}/{}", self.rank, self.id, self.input_key_name)
    }

    /// Where the image goes: `s3://<inputBucketName>/<rank>/<id>/<inputKeyName>`.
    pub fn destination(&self) -> String {
        format!("s3://{}/{}", self.input_bucket_name, self.object_key())
    }

    /// Format in which the image is stored; `None` only if the item was never checked.
    pub fn format(&self) -> Option<ImageFormat> {
        ImageFormat::from_file_name(&self.input_key_name)
    }

    /// The model that makes the picture: the one named, or its successor.
    ///
    /// # Errors
    ///
    /// As [`models::resolve`]; never for an item that was checked with the same `retired`.
    pub fn resolved_model(&self, retired: RetiredModels) -> Result<&'static Model, ModelError> {
        models::resolve(&self.model, retired)
    }

    /// The text of a field that a model may take, by its name in the list.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        match field {
            "prompt" => Some(self.prompt.as_str()).filter(|prompt| !prompt.is_empty()),
            "negativePrompt" => self.negative_prompt.as_deref(),
            "aspectRatio" => self.aspect_ratio.as_deref(),
            "searchPrompt" => self.search_prompt.as_deref(),
            "selectPrompt" => self.select_prompt.as_deref(),
            "stylePreset" => self.style_preset.as_deref(),
            _ => None,
        }
    }

    /// The whole number of a field that a model may take.
    pub(crate) fn integer(&self, field: &str) -> Option<u64> {
        match field {
            "growMask" => self.grow_mask,
            "left" => self.left,
            "right" => self.right,
            "up" => self.up,
            "down" => self.down,
            _ => None,
        }
    }

    /// The number of a field that a model may take.
    pub(crate) fn number(&self, field: &str) -> Option<f64> {
        match field {
            "strength" => self.strength,
            "creativity" => self.creativity,
            "controlStrength" => self.control_strength,
            "fidelity" => self.fidelity,
            "compositionFidelity" => self.composition_fidelity,
            "styleStrength" => self.style_strength,
            "changeStrength" => self.change_strength,
            _ => None,
        }
    }

    /// Bucket and key of a picture that goes to the model.
    pub fn picture(&self, picture: PictureRole) -> Option<(&str, &str)> {
        let (bucket, key) = match picture {
            PictureRole::Source => (&self.source_bucket_name, &self.source_key_name),
            PictureRole::Mask => (&self.mask_bucket_name, &self.mask_key_name),
            PictureRole::Style => (&self.style_bucket_name, &self.style_key_name),
        };
        bucket.as_deref().zip(key.as_deref())
    }

    /// Seed to give to `model`: the item's own, else one that is always the same for this id and rank.
    pub fn model_seed(&self, model: &Model) -> u64 {
        self.seed.unwrap_or_else(|| seed_of(&self.id, &self.rank, model.max_seed))
    }
}

/// One element of a list as names and values, or the problem that it is not an object or goes too deep.
pub(crate) fn element(bytes: &[u8]) -> Result<Result<Pairs, FieldProblem>, Fault> {
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return json::parse(bytes).map(|value| Err(not_an_object(&value)));
    }
    match json::parse::<Pairs>(bytes) {
        // The item itself is one more.
        Ok(pairs) if pairs.iter().all(|(_, value)| json::depth(value) < MAX_DEPTH) => return Ok(Ok(pairs)),
        Err(fault) if fault.kind != FaultKind::Limit => return Err(fault),
        _ => {}
    }
    let message = message!("too-deep", "has arrays and objects more than {max} deep", max = u32::from(MAX_DEPTH));
    Ok(Err(problem(ProblemKind::TooDeep, message)))
}

/// A problem of an item as a whole.
pub(crate) fn problem(kind: ProblemKind, message: Message) -> FieldProblem {
    FieldProblem { field: None, kind, message }
}

/// A string is not quoted: it is most likely a prompt, and the message is logged.
fn not_an_object(value: &Value) -> FieldProblem {
    let found = if value.is_string() { message!("a-string", "a string") } else { described(value) };
    problem(ProblemKind::NotAnObject, message!("not-an-object", "is {found}, not an object; an item is {{ … }}", found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{CORE, SD3_5_LARGE};
    use crate::{CheckOptions, check_slice};
    use proptest::prelude::*;
    use serde_json::json;

    /// The first item of the sample list.
    pub(crate) fn sample() -> Value {
        json!({
            "id": "A1",
            "rank": "nomal",
            "inputBucketName": "111122223333-aa-example-1-input-image-bucket",
            "inputKeyName": "image.jpeg",
            "model": "stability.stable-diffusion-xl-v0",
            "prompt": "hair color is brown, backglound color is white"
        })
    }

    #[test]
    fn the_sample_item_is_read() {
        let item = Item::from_value(&sample(), RetiredModels::Redirect).unwrap();
        assert_eq!(item.object_key(), "nomal/A1/image.jpeg");
        assert_eq!(item.destination(), "s3://111122223333-aa-example-1-input-image-bucket/nomal/A1/image.jpeg");
        assert_eq!(item.format(), Some(ImageFormat::Jpeg));
        assert_eq!(item.resolved_model(RetiredModels::Redirect), Ok(&CORE));
        assert_eq!(serde_json::to_value(&item).unwrap(), sample());
        let mut value = sample();
        value["seed"] = Value::Null;
        value["customer"] = json!({"name": ["Ann", 1, null]});
        assert_eq!(Item::from_value(&value, RetiredModels::Redirect), Ok(item), "null is absent, others are ignored");
    }

    #[test]
    fn every_optional_field_is_read_and_written() {
        let mut value = sample();
        let optional = json!({
            "model": "stability.sd3-5-large-v1:0", "negativePrompt": "", "seed": 0,
            "sourceBucketName": "sources", "sourceKeyName": "a/b.png", "strength": 1
        });
        value.as_object_mut().unwrap().extend(optional.as_object().unwrap().clone());
        let item = Item::from_value(&value, RetiredModels::Reject).unwrap();
        assert_eq!(item.negative_prompt.as_deref(), Some(""));
        assert_eq!(item.strength, Some(1.0));
        value["strength"] = json!(1.0);
        assert_eq!(serde_json::to_value(&item).unwrap(), value);
    }

    #[test]
    fn the_items_seed_goes_before_the_computed_one() {
        let mut item = Item::from_value(&sample(), RetiredModels::Redirect).unwrap();
        assert_eq!(item.model_seed(&CORE), seed_of("A1", "nomal", 4_294_967_295));
        assert_eq!(item.model_seed(&SD3_5_LARGE), seed_of("A1", "nomal", 4_294_967_294));
        item.seed = Some(0);
        assert_eq!(item.model_seed(&CORE), 0);
    }

    #[test]
    fn what_is_not_an_object_is_one_problem() {
        let deep = format!("{{\"x\":{}{}}}", "[".repeat(100), "]".repeat(100));
        for (text, message) in [
            ("[{}]", "is an array, not an object; an item is { … }"),
            ("\"a hat\"", "is a string, not an object; an item is { … }"),
            ("null", "is null, not an object; an item is { … }"),
            ("{\"id\":}", "is not valid JSON: expected value"),
            (&deep, "has arrays and objects more than 100 deep"),
        ] {
            let problems = Item::from_slice(text.as_bytes(), RetiredModels::Redirect).unwrap_err();
            assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [message]);
        }
    }

    #[test]
    fn escapes_in_names_and_values_are_understood() {
        let text = sample().to_string().replace("\"id\"", "\"\\u0069d\"").replace("nomal", "\\u30ec\\u30a2");
        let item = Item::from_slice(text.as_bytes(), RetiredModels::Redirect).unwrap();
        assert_eq!((item.id.as_str(), item.rank.as_str()), ("A1", "レア"));
    }

    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[a-z0-9:/.é髪\n-]{0,12}".prop_map(Value::from),
            Just(json!("16:9")),
            Just(json!("image.png")),
            Just(json!("stability.sd3-5-large-v1:0")),
            Just(json!("us.stability.stable-image-inpaint-v1:0")),
            Just(json!("us.stability.stable-outpaint-v1:0")),
            Just(json!([1, {"a": "b"}])),
            Just(json!({"a": []})),
        ]
    }

    proptest! {
        /// What checking a list passes, the function that is given the parsed item passes too.
        #[test]
        fn text_and_value_are_judged_alike(
            fields in proptest::collection::btree_map(
                prop_oneof![
                    Just("id"), Just("rank"), Just("inputBucketName"), Just("inputKeyName"), Just("model"),
                    Just("prompt"), Just("negativePrompt"), Just("aspectRatio"), Just("seed"), Just("strength"),
                    Just("sourceBucketName"), Just("sourceKeyName"), Just("maskKeyName"), Just("growMask"), Just("left"),
                    Just("creativity"), Just("stylePreset"), Just("other"),
                ],
                any_value(), 0..6)
        ) {
            let mut value = sample();
            for (field, given) in fields {
                value[field] = given;
            }
            let text = value.to_string();
            let value = serde_json::from_str(&text).unwrap();
            let from_slice = Item::from_slice(text.as_bytes(), RetiredModels::Redirect);
            prop_assert_eq!(&from_slice, &Item::from_value(&value, RetiredModels::Redirect));
            let report = check_slice(format!("[{text}]").as_bytes(), CheckOptions::default());
            prop_assert_eq!(report.is_good(), from_slice.is_ok(), "{}", report);
            if let Ok(item) = from_slice {
                let written = serde_json::to_vec(&item).unwrap();
                prop_assert_eq!(Item::from_slice(&written, RetiredModels::Redirect), Ok(item));
            }
        }
    }
}
