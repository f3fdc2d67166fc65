//! Checks the body of InvokeModel as Bedrock does, and takes from it what the card shows.
//!
//! Bedrock checks against a JSON schema and answers in the words of its validator; those words are kept here.

use super::size::AspectRatio;
use idlist::ImageFormat;
use idlist::models::{Kind, Limits, Model, PictureRole, Start};
use serde_json::{Map, Value};

/// InvokeModel takes at most so many bytes.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>
pub(super) const MAX_BODY_BYTES: usize = 25_000_000;

const ULTRA_STRENGTH: f64 = 0.35;

/// A checked request.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Order {
    /// Empty where the request has none.
    pub(super) prompt: String,
    pub(super) aspect_ratio: Option<AspectRatio>,
    pub(super) format: ImageFormat,
    /// 0 asks for a random one.
    pub(super) seed: u64,
    pub(super) strength: f64,
    pub(super) pictures: Vec<Given>,
    /// Pixels to add on the left, on the right, at the top and at the bottom.
    pub(super) margins: [u32; 4],
}

/// A picture in a request: its name there, what it is for, and its file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Given {
    pub(super) name: &'static str,
    pub(super) picture: PictureRole,
    pub(super) limits: &'static Limits,
    pub(super) file: Vec<u8>,
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
        (_, Some(order)) => Ok(order),
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

/// What a picture that cannot be used is answered with. `name` is its name in the request.
pub(super) fn picture_violation(name: &str, error: &dyn std::fmt::Display) -> String {
    format!("Malformed input request: #/{name}: {error}, please reformat your input and try again.")
}

struct Check<'a> {
    model: &'a Model,
    fields: &'a Map<String, Value>,
    violations: Vec<String>,
}

impl Check<'_> {
    fn order(&mut self) -> Option<Order> {
        self.known_fields();
        let mut order = Order {
            prompt: String::new(),
            aspect_ratio: None,
            format: self.default_format(),
            seed: 0,
            strength: ULTRA_STRENGTH,
            pictures: Vec::new(),
            margins: [0; 4],
        };
        for parameter in self.model.parameters {
            let name = parameter.name;
            match parameter.kind {
                Kind::Text { required, max_chars, .. } => {
                    if required {
                        self.required(name);
                    }
                    let text = self.text(name, max_chars);
                    if name == "prompt" {
                        order.prompt = text.unwrap_or_default();
                    }
                }
                Kind::Choice { values, .. } => {
                    let value = self.one_of(name, values);
                    if name == "aspect_ratio" {
                        order.aspect_ratio = value.and_then(|value| value.parse().ok());
                    }
                }
                Kind::Integer { max, .. } => {
                    let number = self.integer(name, max);
                    if let Some(side) = ["left", "right", "up", "down"].iter().position(|side| *side == name) {
                        order.margins[side] = number as u32;
                    }
                }
                Kind::Number { min, max, .. } => {
                    let number = self.number(name, min, max);
                    if name == "strength" {
                        order.strength = number.unwrap_or(order.strength);
                    }
                }
                Kind::Seed => order.seed = self.integer(name, self.model.max_seed),
                Kind::OutputFormat => {
                    let formats: Vec<&str> = self.model.output_formats.iter().map(|format| format.name()).collect();
                    let asked = self.one_of(name, &formats);
                    let of_name = |format: &ImageFormat| asked.as_deref() == Some(format.name());
                    order.format = self.model.output_formats.iter().copied().find(of_name).unwrap_or(order.format);
                }
                Kind::Picture { picture, limits } => {
                    if self.model.start == Start::Image {
                        self.required(name);
                    }
                    order.pictures.extend(self.file(name).map(|file| Given { name, picture, limits, file }));
                }
                Kind::Mode => {}
            }
        }
        self.image_to_image();
        let is_zero = |name: &&str| self.fields.get(*name).and_then(Value::as_u64).unwrap_or_default() == 0;
        let sides = self.model.one_above_zero;
        if !sides.is_empty() && sides.iter().all(is_zero) {
            self.violations.push(format!("#: at least one of [{}] must be greater than 0", sides.join(", ")));
        }
        Some(order).filter(|_| self.violations.is_empty())
    }

    fn required(&mut self, field: &str) {
        if !self.fields.contains_key(field) {
            self.violations.push(format!("#: required key [{field}] not found"));
        }
    }

    fn known_fields(&mut self) {
        let names = self.model.parameters.iter().map(|parameter| parameter.name);
        // AWS's page of Ultra has a mode, too, which can be `text-to-image` only.
        let mode = matches!(self.model.start, Start::TextOrImage(_)).then_some("mode");
        let known: Vec<&str> = names.chain(mode).collect();
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

    fn text(&mut self, field: &str, most: usize) -> Option<String> {
        let text = self.string(field)?;
        let length = text.chars().count();
        if length > most {
            self.violations.push(format!("#/{field}: expected maxLength: {most}, actual: {length}"));
        }
        if length == 0 && field != "negative_prompt" {
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

    /// A whole number from 0; 0 where there is none.
    fn integer(&mut self, field: &str, most: u64) -> u64 {
        let Some(value) = self.fields.get(field) else { return 0 };
        match (value.as_u64(), value.as_i64()) {
            (Some(number), _) if number <= most => return number,
            (Some(number), _) => self.violations.push(format!("#/{field}: {number} is not less or equal to {most}")),
            (None, Some(number)) => self.violations.push(format!("#/{field}: {number} is not greater or equal to 0")),
            (None, None) => self.wrong_type(field, "Integer", value),
        }
        0
    }

    fn number(&mut self, field: &str, least: f64, most: f64) -> Option<f64> {
        let value = self.fields.get(field)?;
        match value.as_f64() {
            None => self.wrong_type(field, "Number", value),
            Some(number) if number < least => {
                self.violations.push(format!("#/{field}: {number} is not greater or equal to {least}"));
            }
            Some(number) if number > most => {
                self.violations.push(format!("#/{field}: {number} is not less or equal to {most}"));
            }
            Some(number) => return Some(number),
        }
        None
    }

    fn file(&mut self, field: &str) -> Option<Vec<u8>> {
        let text = self.string(field)?;
        let file = base64_simd::STANDARD.decode_to_vec(text).ok();
        if file.is_none() {
            self.violations.push(format!("#/{field}: expected contentEncoding: base64"));
        }
        file
    }

    /// The rules between the fields of models that also make images from text.
    fn image_to_image(&mut self) {
        let Start::TextOrImage(wants) = self.model.start else { return };
        let modes: &[&str] =
            if wants.strength_required { &["text-to-image", "image-to-image"] } else { &["text-to-image"] };
        let mode = self.one_of("mode", modes);
        let has_image = self.fields.contains_key("image");
        if wants.strength_required {
            self.mode_fits_image(mode.as_deref(), has_image);
        }
        if has_image && !wants.takes_aspect_ratio && self.fields.contains_key("aspect_ratio") {
            self.violations.push("#: extraneous key [aspect_ratio] is not permitted".to_owned());
        }
    }

    /// Image-to-image needs image and strength. The documentation's own example of it leaves out the mode, so that passes too.
    fn mode_fits_image(&mut self, mode: Option<&str>, has_image: bool) {
        if mode == Some("text-to-image") {
            if has_image {
                self.violations.push("#: extraneous key [image] is not permitted".to_owned());
            }
        } else if mode == Some("image-to-image") || has_image {
            self.required("image");
            self.required("strength");
        }
    }

    /// The format where none is asked for. SD3.5 and the services make PNG; the pages of Core and Ultra name no default, JPEG is what
    /// callers report.
    fn default_format(&self) -> ImageFormat {
        if self.model.output_formats.contains(&ImageFormat::Webp) { ImageFormat::Png } else { ImageFormat::Jpeg }
    }
}
