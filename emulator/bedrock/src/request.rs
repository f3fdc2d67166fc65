//! Checks the body of InvokeModel as Bedrock does, and takes from it what the card shows.
//!
//! Bedrock checks against a JSON schema and answers in the words of its validator; those words are kept here.

use super::error::{BedrockError, Refusal};
use super::size::AspectRatio;
use idlist::ImageFormat;
use idlist::models::{Kind, Limits, Model, PictureRole, Start};
use serde_json::{Map, Number, Value};
use std::fmt::Display;

/// InvokeModel takes at most so many bytes.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>
const MAX_BODY_BYTES: usize = 25_000_000;

const ULTRA_STRENGTH: f64 = 0.35;

/// A checked request.
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
pub(super) struct Given {
    pub(super) name: &'static str,
    pub(super) role: PictureRole,
    pub(super) limits: &'static Limits,
    pub(super) file: Vec<u8>,
}

/// Reads `body` as `model` takes it, or says what is wrong with it in Bedrock's words.
pub(super) fn parse(model: &Model, body: &[u8]) -> Result<Order, Refusal> {
    if body.len() > MAX_BODY_BYTES {
        return Err(Refusal::invalid(format!(
            "1 validation error detected: Value at 'body' failed to satisfy constraint: \
             Member must have length less than or equal to {MAX_BODY_BYTES}"
        )));
    }
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else { return Err(BedrockError::VALIDATION.into()) };
    let mut check = Check { model, fields: &fields, pictures: Vec::new(), violations: Vec::new() };
    check.all();
    match check.violations.as_slice() {
        [] => {}
        [violation] => return Err(malformed(violation)),
        violations => {
            let (count, list) = (violations.len(), violations.join("; "));
            return Err(malformed(&format!("{count} schema violations found ({list})")));
        }
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let format = model.output_formats.iter().find(|format| text("output_format") == Some(format.name()));
    Ok(Order {
        prompt: text("prompt").unwrap_or_default().to_owned(),
        aspect_ratio: text("aspect_ratio").and_then(AspectRatio::named),
        format: format.copied().unwrap_or_else(|| default_format(model)),
        seed: whole_number(&fields, "seed"),
        strength: fields.get("strength").and_then(Value::as_f64).unwrap_or(ULTRA_STRENGTH),
        pictures: check.pictures,
        margins: ["left", "right", "up", "down"].map(|side| whole_number(&fields, side) as u32),
    })
}

fn whole_number(fields: &Map<String, Value>, name: &str) -> u64 {
    fields.get(name).and_then(Value::as_u64).unwrap_or_default()
}

/// What a request that breaks the schema is answered with.
pub(super) fn malformed(violation: &str) -> Refusal {
    Refusal::invalid(format!("Malformed input request: {violation}, please reformat your input and try again."))
}

/// The format where none is asked for. SD3.5 and the services make PNG; the pages of Core and Ultra name no default, JPEG is what
/// callers report.
fn default_format(model: &Model) -> ImageFormat {
    if model.output_formats.contains(&ImageFormat::Webp) { ImageFormat::Png } else { ImageFormat::Jpeg }
}

struct Check<'a> {
    model: &'a Model,
    fields: &'a Map<String, Value>,
    pictures: Vec<Given>,
    violations: Vec<String>,
}

impl<'a> Check<'a> {
    fn all(&mut self) {
        let model = self.model;
        // AWS's page of Ultra has a mode, too, which can be `text-to-image` only.
        let has_mode = matches!(model.start, Start::TextOrImage(_));
        for key in self.fields.keys() {
            let is_parameter = model.parameters.iter().any(|parameter| parameter.name == key);
            if !is_parameter && (key != "mode" || !has_mode) {
                self.extraneous(key);
            }
        }
        for parameter in model.parameters {
            let name = parameter.name;
            match parameter.kind {
                Kind::Text { required, max_chars, .. } => self.text(name, required, max_chars),
                Kind::Choice { values, .. } => drop(self.one_of(name, values)),
                Kind::Integer { max, .. } => self.integer(name, max),
                Kind::Number { min, max, .. } => self.number(name, min, max),
                Kind::Seed => self.integer(name, model.max_seed),
                Kind::OutputFormat => {
                    let formats: Vec<&str> = model.output_formats.iter().map(|format| format.name()).collect();
                    self.one_of(name, &formats);
                }
                Kind::Picture { picture, limits } => self.picture(name, picture, limits),
                Kind::Mode => {}
            }
        }
        self.image_to_image();
        let sides = model.one_above_zero;
        if !sides.is_empty() && sides.iter().all(|side| whole_number(self.fields, side) == 0) {
            self.violations.push(format!("#: at least one of [{}] must be greater than 0", sides.join(", ")));
        }
    }

    fn violation(&mut self, field: &str, what: impl Display) {
        self.violations.push(format!("#/{field}: {what}"));
    }

    fn required(&mut self, field: &str) {
        if !self.fields.contains_key(field) {
            self.violations.push(format!("#: required key [{field}] not found"));
        }
    }

    fn extraneous(&mut self, field: &str) {
        self.violations.push(format!("#: extraneous key [{field}] is not permitted"));
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
        self.violation(field, format!("expected type: {expected}, found: {found}"));
    }

    fn string(&mut self, field: &str) -> Option<&'a str> {
        let value = self.fields.get(field)?;
        if !value.is_string() {
            self.wrong_type(field, "String", value);
        }
        value.as_str()
    }

    fn text(&mut self, field: &str, required: bool, most: usize) {
        if required {
            self.required(field);
        }
        let Some(text) = self.string(field) else { return };
        let length = text.chars().count();
        if length > most {
            self.violation(field, format!("expected maxLength: {most}, actual: {length}"));
        }
        if length == 0 && field != "negative_prompt" {
            self.violation(field, "expected minLength: 1, actual: 0");
        }
    }

    fn one_of(&mut self, field: &str, values: &[&str]) -> Option<&'a str> {
        let value = self.string(field)?;
        if !values.contains(&value) {
            self.violation(field, format!("{value} is not a valid enum value"));
        }
        Some(value)
    }

    /// A whole number from 0.
    fn integer(&mut self, field: &str, most: u64) {
        let Some(value) = self.fields.get(field) else { return };
        match value.as_number().and_then(Number::as_i128) {
            Some(number) => self.within(field, number, 0, most.into()),
            None => self.wrong_type(field, "Integer", value),
        }
    }

    fn number(&mut self, field: &str, least: f64, most: f64) {
        let Some(value) = self.fields.get(field) else { return };
        match value.as_f64() {
            Some(number) => self.within(field, number, least, most),
            None => self.wrong_type(field, "Number", value),
        }
    }

    fn within<T: Copy + PartialOrd + Display>(&mut self, field: &str, number: T, least: T, most: T) {
        if number < least {
            self.violation(field, format!("{number} is not greater or equal to {least}"));
        } else if number > most {
            self.violation(field, format!("{number} is not less or equal to {most}"));
        }
    }

    fn picture(&mut self, name: &'static str, role: PictureRole, limits: &'static Limits) {
        if self.model.start == Start::Image {
            self.required(name);
        }
        let Some(text) = self.string(name) else { return };
        match base64_simd::STANDARD.decode_to_vec(text) {
            Ok(file) => self.pictures.push(Given { name, role, limits, file }),
            Err(_) => self.violation(name, "expected contentEncoding: base64"),
        }
    }

    /// The rules between the fields of models that also make images from text.
    fn image_to_image(&mut self) {
        let Start::TextOrImage(wants) = self.model.start else { return };
        let modes = ["text-to-image", "image-to-image"];
        let mode = self.one_of("mode", if wants.strength_required { &modes } else { &modes[..1] });
        let has_image = self.fields.contains_key("image");
        if wants.strength_required {
            if mode == Some("text-to-image") {
                if has_image {
                    self.extraneous("image");
                }
            } else if mode == Some("image-to-image") || has_image {
                // The documentation's own example of image-to-image leaves out the mode, so that passes too.
                self.required("image");
                self.required("strength");
            }
        }
        if has_image && !wants.takes_aspect_ratio && self.fields.contains_key("aspect_ratio") {
            self.extraneous("aspect_ratio");
        }
    }
}
