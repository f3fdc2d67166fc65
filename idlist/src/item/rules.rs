//! The rules that an item keeps, and the words for each that it breaks.

use serde_json::Number;

use super::fields::{FIELDS, Fields, Text, bit_of, bits_of, whole};
use crate::format::ImageFormat;
use crate::message;
use crate::message::{Argument, Message};
use crate::models::{self, Kind, Model, ModelError, Parameter, PictureRole, RetiredModels, Start};
use crate::names::{self, MAX_KEY_BYTES};
use crate::near;
use crate::problem::{FieldProblem, ProblemKind, quoted};

/// The fields that every item needs.
const NEEDED: &[&str] = &["id", "rank", "inputBucketName", "inputKeyName", "model"];

/// The rules, and what was found to keep them last: most items of a list name the same bucket and the same model.
#[derive(Debug)]
pub(crate) struct Rules {
    retired: RetiredModels,
    bucket: String,
    model: Option<(String, Taken)>,
}

/// A model and what it takes.
#[derive(Debug, Clone, Copy)]
struct Taken {
    model: &'static Model,
    /// The fields that it takes, and those that every item needs, as bits.
    fields: u32,
}

impl Rules {
    /// The rules with this way to treat retired models.
    pub(crate) fn new(retired: RetiredModels) -> Self {
        Self { retired, bucket: String::new(), model: None }
    }

    /// Judges an item by every rule and collects every problem. Without any, returns the model that makes the picture.
    pub(crate) fn check(&mut self, item: &Fields<'_>) -> Result<&'static Model, Vec<FieldProblem>> {
        let wrong = bits_of(item.problems.iter().filter_map(|problem| problem.field.as_ref()));
        let mut judge = Judge { item, given: item.given_bits() | wrong, problems: item.problems.clone() };
        let (id, rank) = (judge.key_part("id", &item.id), judge.key_part("rank", &item.rank));
        if let Some(name) = judge.required("inputBucketName", &item.input_bucket_name)
            && self.bucket != name
            && judge.keeps("inputBucketName", ProblemKind::InvalidBucketName, names::check_bucket_name(name))
        {
            name.clone_into(&mut self.bucket);
        }
        let file_name = judge
            .required("inputKeyName", &item.input_key_name)
            .filter(|name| judge.keeps("inputKeyName", ProblemKind::InvalidFileName, names::check_file_name(name)));
        judge.whole_key(id, rank, file_name);
        let taken = judge.required("model", &item.model).and_then(|id| judge.resolved(self.resolve(id), id));
        let model = taken.map(|taken| taken.model);
        match taken {
            Some(taken) => judge.for_model(taken),
            None => judge.for_no_model(),
        }
        judge.pictures(model);
        let mut problems = judge.problems;
        problems.sort_by_key(|problem| FIELDS.iter().position(|field| problem.field == Some(field)));
        // Without a problem there is a model.
        model.filter(|_| problems.is_empty()).ok_or(problems)
    }

    fn resolve(&mut self, id: &str) -> Result<Taken, ModelError> {
        match &self.model {
            Some((last, taken)) if last == id => Ok(*taken),
            _ => {
                let model = models::resolve(id, self.retired)?;
                let fields = model.parameters.iter().flat_map(Parameter::fields).chain(NEEDED);
                let taken = Taken { model, fields: bits_of(fields) };
                self.model = Some((id.to_owned(), taken));
                Ok(taken)
            }
        }
    }
}

/// An item on its way through the rules.
struct Judge<'i, 'a> {
    item: &'i Fields<'a>,
    /// The fields that are there, also those of a wrong type, as bits.
    given: u32,
    problems: Vec<FieldProblem>,
}

impl<'i> Judge<'i, '_> {
    fn add(&mut self, field: &'static str, kind: ProblemKind, message: Message) {
        self.problems.push(FieldProblem { field: Some(field), kind, message });
    }

    fn keeps(&mut self, field: &'static str, kind: ProblemKind, outcome: Result<(), Message>) -> bool {
        outcome.map_err(|message| self.add(field, kind, message)).is_ok()
    }

    /// The field is there, but has a wrong type.
    fn is_wrong(&self, field: &str) -> bool {
        self.item.problems.iter().any(|problem| problem.field == Some(field))
    }

    fn required(&mut self, field: &'static str, text: &'i Option<Text<'_>>) -> Option<&'i str> {
        if text.is_none() {
            self.needed(field, message!("every-item", "every item"));
        }
        text.as_deref()
    }

    fn key_part(&mut self, field: &'static str, text: &'i Option<Text<'_>>) -> Option<&'i str> {
        let name = self.required(field, text)?;
        self.keeps(field, ProblemKind::InvalidName, names::check_key_part(name)).then_some(name)
    }

    fn whole_key(&mut self, id: Option<&str>, rank: Option<&str>, key_name: Option<&str>) {
        let (Some(id), Some(rank), Some(key_name)) = (id, rank, key_name) else { return };
        let bytes = rank.len() + id.len() + key_name.len() + "//".len();
        if bytes > MAX_KEY_BYTES {
            let message = message!(
                "key-too-long",
                "makes the object key <rank>/<id>/<inputKeyName> {bytes} bytes long; S3 takes at most {max}",
                bytes,
                max = MAX_KEY_BYTES,
            );
            self.add("inputKeyName", ProblemKind::KeyTooLong, message);
        }
    }

    fn resolved(&mut self, taken: Result<Taken, ModelError>, id: &str) -> Option<Taken> {
        let kind = match taken {
            Ok(taken) => return Some(taken),
            Err(ModelError::Unknown | ModelError::WithoutProfile { .. }) => ProblemKind::UnknownModel,
            Err(ModelError::Retired { .. }) => ProblemKind::RetiredModel,
        };
        let Err(why) = taken else { return None };
        self.add("model", kind, message!("model-not-usable", "is {id}, {why}", id = quoted(id), why = why.message()));
        None
    }

    /// The field is there, also if it has a wrong type.
    fn has(&self, field: &'static str) -> bool {
        self.given & bit_of(field) != 0
    }

    fn needed(&mut self, field: &'static str, by: impl Into<Argument>) {
        if !self.has(field) {
            let near =
                self.item.unknown.iter().find(|name| near::nearest_field(name).is_some_and(|(near, _)| near == field));
            let message = match near.map(|name| near::in_backticks(name)) {
                None => message!("missing-field", "is missing; {by} needs it", by = by.into()),
                Some(name) => message!(
                    "missing-field-with-another-name",
                    "is missing; {by} needs it; rename {name} if it is meant",
                    by = by.into(),
                    name,
                ),
            };
            self.add(field, ProblemKind::MissingField, message);
        }
    }

    /// What can be said of the fields whatever the model is.
    fn for_no_model(&mut self) {
        self.needed("prompt", message!("every-model-from-text", "every model that makes images from text"));
        self.not_blank("prompt");
        self.seed(None);
        self.within("strength", 0.0, 1.0);
    }

    /// What the model takes, field by field. What it starts from is judged apart.
    fn for_model(&mut self, taken: Taken) {
        let model = taken.model;
        let surplus = self.given & !taken.fields;
        if surplus != 0 {
            for field in FIELDS.into_iter().filter(|field| surplus & bit_of(field) != 0) {
                // A source image has a rule of its own, which says more.
                if !PictureRole::Source.fields().contains(&field) {
                    let message =
                        message!("field-not-taken", "is not taken by {model}; leave it out", model = model.id);
                    self.add(field, ProblemKind::FieldNotTaken, message);
                }
            }
        }
        for parameter in model.parameters {
            match parameter.kind {
                Kind::Text { field, required, max_chars } => {
                    if required {
                        self.needed(field, model.id);
                    }
                    if field != "negativePrompt" {
                        self.not_blank(field);
                    }
                    self.not_too_long(field, max_chars, model);
                }
                Kind::Choice { field, values } => self.one_of(field, values),
                Kind::Integer { field, max } => self.integer(field, max),
                Kind::Number { field, min, max } => self.within(field, min, max),
                Kind::Seed => self.seed(Some(model)),
                Kind::Picture { .. } | Kind::OutputFormat | Kind::Mode => {}
            }
        }
        self.start(model);
        self.above_zero(model);
        let format = || self.item.text("inputKeyName").and_then(ImageFormat::from_file_name);
        if model.makes_transparent && format() == Some(ImageFormat::Jpeg) {
            let message = message!(
                "format-without-transparency",
                "is for a JPEG image, which cannot be transparent as those of {model} are; use a file name that ends in .png or .webp",
                model = model.id,
            );
            self.add("inputKeyName", ProblemKind::FormatWithoutTransparency, message);
        }
    }

    fn not_blank(&mut self, field: &'static str) {
        if self.item.text(field).is_some_and(|text| text.trim().is_empty()) {
            let message = match field {
                "searchPrompt" => message!("blank-search-prompt", "is blank; say what is replaced"),
                "selectPrompt" => message!("blank-select-prompt", "is blank; say what gets another colour"),
                _ => message!("blank-prompt", "is blank; say what the picture shows"),
            };
            self.add(field, ProblemKind::BlankPrompt, message);
        }
    }

    fn not_too_long(&mut self, field: &'static str, max: usize, model: &Model) {
        // No text has more characters than bytes, so most prompts need not be counted.
        if let Some(text) = self.item.text(field)
            && text.len() > max
            && text.chars().nth(max).is_some()
        {
            let message = message!(
                "prompt-too-long",
                "has {characters} characters; {model} takes at most {max}",
                characters = text.chars().count(),
                model = model.id,
                max,
            );
            self.add(field, ProblemKind::PromptTooLong, message);
        }
    }

    fn one_of(&mut self, field: &'static str, values: &[&str]) {
        if let Some(text) = self.item.text(field)
            && !values.contains(&text)
        {
            let kind = if field == "aspectRatio" {
                ProblemKind::UnsupportedAspectRatio
            } else {
                ProblemKind::UnsupportedValue
            };
            let (value, values) = (quoted(text), values.join(", "));
            self.add(field, kind, message!("unsupported-value", "is {value}; use one of {values}", value, values));
        }
    }

    /// Adds a problem of a number that is not whole; otherwise returns whether it is within 0 and `max`.
    fn is_whole(&mut self, field: &'static str, number: &Number, max: u64) -> bool {
        if whole(number).is_some_and(|number| number <= max) {
            return true;
        }
        let is_fraction = number.as_f64().is_some_and(|float| float.fract() != 0.0);
        if is_fraction {
            let message = message!("not-whole", "is the number {number}, not an integer; use a whole number", number);
            self.add(field, ProblemKind::WrongType, message);
        }
        is_fraction
    }

    fn integer(&mut self, field: &'static str, max: u64) {
        if let Some(number) = self.item.number(field)
            && !self.is_whole(field, number, max)
        {
            let message = message!("number-out-of-range", "is {number}; use {min} to {max}", number, min = 0, max);
            self.add(field, ProblemKind::NumberOutOfRange, message);
        }
    }

    fn within(&mut self, field: &'static str, min: f64, max: f64) {
        if let Some(number) = self.item.number(field)
            && !number.as_f64().is_some_and(|number| (min..=max).contains(&number))
        {
            let kind =
                if field == "strength" { ProblemKind::StrengthOutOfRange } else { ProblemKind::NumberOutOfRange };
            self.add(field, kind, message!("number-out-of-range", "is {number}; use {min} to {max}", number, min, max));
        }
    }

    fn seed(&mut self, model: Option<&Model>) {
        let Some(number) = self.item.number("seed") else { return };
        let max = model.map_or(u64::MAX, |model| model.max_seed);
        if !self.is_whole("seed", number, max) {
            let message = match model {
                None => message!("seed-below-zero", "is {number}; use 0 or more", number),
                Some(model) => message!(
                    "seed-out-of-range",
                    "is {number}; use 0 to {max} for {model}",
                    number,
                    max,
                    model = model.id,
                ),
            };
            self.add("seed", ProblemKind::SeedOutOfRange, message);
        }
    }

    fn above_zero(&mut self, model: &Model) {
        let Some((first, others)) = model.one_above_zero.split_first() else { return };
        let is_above = |field: &&str| {
            self.is_wrong(field) || self.item.number(field).and_then(Number::as_f64).is_some_and(|number| number != 0.0)
        };
        if !model.one_above_zero.iter().any(is_above) {
            let others = others.join(", ");
            let message = message!(
                "nothing-to-add",
                "is missing or 0, and so are {others}; {model} needs one of them above 0",
                others,
                model = model.id,
            );
            self.add(first, ProblemKind::NothingToAdd, message);
        }
    }

    /// The rules for bucket and key of each picture that goes to the model. A field of a wrong type counts as given.
    fn pictures(&mut self, model: Option<&Model>) {
        let is_required = model.is_some_and(|model| model.start == Start::Image);
        for picture in PictureRole::ALL {
            let [bucket, key] = *picture.fields();
            if !is_required && !self.has(bucket) && !self.has(key) {
                continue;
            }
            // One that the model does not take is refused as it is.
            if model.is_some_and(|model| model.parameter_of(bucket).is_none()) {
                continue;
            }
            let (bucket_name, key_name) = (self.item.text(bucket), self.item.text(key));
            if let Some(name) = bucket_name {
                self.keeps(bucket, ProblemKind::InvalidBucketName, names::check_bucket_name(name));
            }
            if let Some(name) = key_name {
                self.keeps(key, ProblemKind::InvalidSourceKey, names::check_source_key(name));
            }
            match (self.has(bucket), self.has(key)) {
                (false, false) => {
                    let by = model.map_or("", |model| model.id);
                    self.needed(bucket, by);
                    self.needed(key, by);
                }
                (true, false) => self.incomplete(picture, key, bucket),
                (false, true) => self.incomplete(picture, bucket, key),
                _ => {}
            }
            let destination = [
                self.item.text("inputBucketName"),
                self.item.text("rank"),
                self.item.text("id"),
                self.item.text("inputKeyName"),
            ];
            if let (Some(bucket_name), Some(key_name), [Some(to), Some(rank), Some(id), Some(file)]) =
                (bucket_name, key_name, destination)
                && bucket_name == to
                && key_name
                    .strip_prefix(rank)
                    .and_then(|rest| rest.strip_prefix('/'))
                    .and_then(|rest| rest.strip_prefix(id))
                    == Some(&*format!("/{file}"))
            {
                let message = message!(
                    "source-is-destination",
                    "names the {picture} at the place where the image goes, which would replace it; give the item another inputKeyName",
                    picture = name_of(picture),
                );
                self.add(key, ProblemKind::SourceIsDestination, message);
            }
        }
    }

    /// The rules between a source image and the other fields of models that also make images from text.
    fn start(&mut self, model: &Model) {
        let has_source = PictureRole::Source.fields().iter().any(|field| self.has(field));
        match (model.start, has_source) {
            (Start::Text, true) => {
                let message = message!(
                    "source-not-supported",
                    "is not taken by {model}, which makes images from text only; leave the source out or use {others}",
                    model = model.id,
                    others = able(),
                );
                self.add("sourceBucketName", ProblemKind::SourceNotSupported, message);
            }
            (Start::TextOrImage(_), false) if self.has("strength") => {
                let message = message!(
                    "strength-without-source",
                    "is for a source image; give sourceBucketName and sourceKeyName too, or leave it out"
                );
                self.add("strength", ProblemKind::StrengthWithoutSource, message);
            }
            (Start::TextOrImage(wants), true) => {
                if wants.strength_required && !self.has("strength") {
                    let message = message!(
                        "missing-strength",
                        "is missing; {model} needs it with a source image, 0 to 1",
                        model = model.id,
                    );
                    self.add("strength", ProblemKind::MissingStrength, message);
                }
                if !wants.takes_aspect_ratio && self.has("aspectRatio") {
                    let message = message!(
                        "aspect-ratio-with-source",
                        "is not taken by {model} with a source image; leave it out",
                        model = model.id,
                    );
                    self.add("aspectRatio", ProblemKind::AspectRatioWithSource, message);
                }
            }
            _ => {}
        }
    }

    fn incomplete(&mut self, picture: PictureRole, missing: &'static str, given: &str) {
        let message = message!(
            "incomplete-source",
            "is missing; {given} is given, and a {picture} needs both",
            given,
            picture = name_of(picture),
        );
        self.add(missing, ProblemKind::IncompleteSource, message);
    }
}

/// The models that make images from text and can start from an image.
fn able() -> Message {
    let able = models::MODELS.iter().filter(|model| matches!(model.start, Start::TextOrImage(_)));
    let able = able.map(|model| Message::from(model.id.to_owned()));
    able.reduce(|first, second| message!("either", "{first} or {second}", first, second)).unwrap_or_default()
}

/// A picture that goes to the model, in words.
fn name_of(picture: PictureRole) -> Message {
    match picture {
        PictureRole::Source => message!("source-image", "source image"),
        PictureRole::Mask => message!("mask", "mask"),
        PictureRole::Style => message!("style-image", "style image"),
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
