//! Checks the body of InvokeModel as Bedrock does, and takes from it what the card shows.
//!
//! Bedrock checks against a JSON schema and answers in the words of its validator; those words are kept here.

use super::size::AspectRatio;
use super::source::SourceError;
use idlist::{ImageFormat, models::Model};
use serde_json::{Map, Value};

/// InvokeModel takes at most so many bytes.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>
pub(super) const MAX_BODY_BYTES: usize = 25_000_000;

const ULTRA_STRENGTH: f64 = 0.35;

/// A checked request.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Order {
    pub(super) prompt: String,
    pub(super) aspect_ratio: Option<AspectRatio>,
    pub(super) format: ImageFormat,
    /// 0 asks for a random one.
    pub(super) seed: u64,
    /// The file to start from, and the strength.
    pub(super) source: Option<(Vec<u8>, f64)>,
}

/// Reads `body` as `model` takes it, or says what is wrong with it in Bedrock's words.
pub(super) fn parse(model: &Model, body: &[u8]) -> Result<Order, String> {
    if body.len() > MAX_BODY_BYTES {
        return Err(format!(
            "1 validation error detected: Value at 'body' failed to satisfy constraint: \
             Member must have length less than or equal to {MAX_BODY_BYTES}"
        ));
    }
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
        return Err("Malformed input request, please reformat your input and try again.".to_owned());
    };
    let mut check = Check { model, fields: &fields, violations: Vec::new() };
    let order = check.order();
    match (check.violations.as_slice(), order) {
        ([], Some(order)) => Ok(order),
        ([violation], _) => {
            Err(format!("Malformed input request: {violation}, please reformat your input and try again."))
        }
        (violations, _) => Err(format!(
            "Malformed input request: {} schema violations found ({}), please reformat your input and try again.",
            violations.len(),
            violations.join("; ")
        )),
    }
}

/// What a source that cannot be read is answered with.
pub(super) fn source_violation(error: &SourceError) -> String {
    format!("Malformed input request: #/image: {error}, please reformat your input and try again.")
}

struct Check<'a> {
    model: &'a Model,
    fields: &'a Map<String, Value>,
    violations: Vec<String>,
}

impl Check<'_> {
    fn order(&mut self) -> Option<Order> {
        self.known_fields();
        let prompt = self.text("prompt");
        if !self.fields.contains_key("prompt") {
            self.violations.insert(0, "#: required key [prompt] not found".to_owned());
        }
        self.text("negative_prompt");
        let aspect_ratio = self.one_of("aspect_ratio", self.model.aspect_ratios);
        let formats: Vec<&str> = self.model.output_formats.iter().map(|format| format.name()).collect();
        let format = self.one_of("output_format", &formats);
        let seed = self.seed();
        let source = self.source();
        Some(Order {
            prompt: prompt?,
            aspect_ratio: aspect_ratio.and_then(|name| name.parse().ok()),
            format: self.format(format),
            seed,
            source,
        })
    }

    fn known_fields(&mut self) {
        let known: &[&str] = match &self.model.image_to_image {
            None => &["prompt", "negative_prompt", "aspect_ratio", "output_format", "seed"],
            Some(_) => {
                &["prompt", "negative_prompt", "aspect_ratio", "output_format", "seed", "mode", "image", "strength"]
            }
        };
        let strange = self.fields.keys().filter(|key| !known.contains(&key.as_str()));
        self.violations.extend(strange.map(|key| format!("#: extraneous key [{key}] is not permitted")));
    }

    fn wrong_type(&mut self, field: &str, expected: &str, value: &Value) {
        let found = match value {
            Value::Null => "Null",
            Value::Bool(_) => "Boolean",
            Value::Number(number) if number.is_f64() => "Double",
            Value::Number(_) => "Integer",
            Value::String(_) => "String",
            Value::Array(_) => "JSONArray",
            Value::Object(_) => "JSONObject",
        };
        self.violations.push(format!("#/{field}: expected type: {expected}, found: {found}"));
    }

    fn string(&mut self, field: &str) -> Option<String> {
        match self.fields.get(field)? {
            Value::String(text) => Some(text.clone()),
            other => {
                self.wrong_type(field, "String", other);
                None
            }
        }
    }

    fn text(&mut self, field: &str) -> Option<String> {
        let text = self.string(field)?;
        let (length, most) = (text.chars().count(), self.model.max_prompt_chars);
        if length > most {
            self.violations.push(format!("#/{field}: expected maxLength: {most}, actual: {length}"));
        }
        if length == 0 && field == "prompt" {
            self.violations.push(format!("#/{field}: expected minLength: 1, actual: 0"));
        }
        Some(text)
    }

    fn one_of(&mut self, field: &str, values: &[&str]) -> Option<String> {
        let value = self.string(field)?;
        if !values.contains(&value.as_str()) {
            self.violations.push(format!("#/{field}: {value} is not a valid enum value"));
        }
        Some(value)
    }

    fn seed(&mut self) -> u64 {
        let most = self.model.max_seed;
        let Some(value) = self.fields.get("seed") else { return 0 };
        match (value.as_u64(), value.as_i64()) {
            (Some(seed), _) if seed <= most => return seed,
            (Some(seed), _) => self.violations.push(format!("#/seed: {seed} is not less or equal to {most}")),
            (None, Some(seed)) => self.violations.push(format!("#/seed: {seed} is not greater or equal to 0")),
            (None, None) => self.wrong_type("seed", "Integer", value),
        }
        0
    }

    fn source(&mut self) -> Option<(Vec<u8>, f64)> {
        let wants = self.model.image_to_image.as_ref()?;
        let modes: &[&str] =
            if wants.strength_required { &["text-to-image", "image-to-image"] } else { &["text-to-image"] };
        let mode = self.one_of("mode", modes);
        let strength = self.strength();
        let image = self.string("image");
        if wants.strength_required {
            self.mode_fits_image(mode.as_deref(), image.is_some());
        }
        if image.is_some() && !wants.takes_aspect_ratio && self.fields.contains_key("aspect_ratio") {
            self.violations.push("#: extraneous key [aspect_ratio] is not permitted".to_owned());
        }
        match base64_simd::STANDARD.decode_to_vec(image?) {
            Ok(bytes) => Some((bytes, strength.unwrap_or(ULTRA_STRENGTH))),
            Err(_) => {
                self.violations.push("#/image: expected contentEncoding: base64".to_owned());
                None
            }
        }
    }

    /// Image-to-image needs image and strength. The documentation's own example of it leaves out the mode, so that passes too.
    fn mode_fits_image(&mut self, mode: Option<&str>, has_image: bool) {
        if mode == Some("text-to-image") {
            if has_image {
                self.violations.push("#: extraneous key [image] is not permitted".to_owned());
            }
        } else if mode == Some("image-to-image") || has_image {
            for (field, missing) in [("image", !has_image), ("strength", !self.fields.contains_key("strength"))] {
                if missing {
                    self.violations.push(format!("#: required key [{field}] not found"));
                }
            }
        }
    }

    fn strength(&mut self) -> Option<f64> {
        let value = self.fields.get("strength")?;
        match value.as_f64() {
            None => self.wrong_type("strength", "Number", value),
            Some(strength) if strength < 0.0 => {
                self.violations.push(format!("#/strength: {strength} is not greater or equal to 0"));
            }
            Some(strength) if strength > 1.0 => {
                self.violations.push(format!("#/strength: {strength} is not less or equal to 1"));
            }
            Some(strength) => return Some(strength),
        }
        None
    }

    /// The format asked for. SD3.5 makes PNG when none is; the pages of Core and Ultra name no default, JPEG is what callers report.
    fn format(&self, asked: Option<String>) -> ImageFormat {
        let formats = self.model.output_formats;
        let default = if formats.contains(&ImageFormat::Webp) { ImageFormat::Png } else { ImageFormat::Jpeg };
        asked.and_then(|name| formats.iter().copied().find(|format| format.name() == name)).unwrap_or(default)
    }
}
