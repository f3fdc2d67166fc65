//! The rules that an item keeps, and the words for each that it breaks.

use super::fields::{FIELDS, Fields, Text, whole};
use crate::models::{self, Model, ModelError, RetiredModels};
use crate::names::{self, MAX_KEY_BYTES};
use crate::near;
use crate::problem::{FieldProblem, ProblemKind, quoted};

/// The rules, and what was found to keep them last: most items of a list name the same bucket and the same model.
#[derive(Debug)]
pub(crate) struct Rules {
    retired: RetiredModels,
    bucket: String,
    model: Option<(String, &'static Model)>,
}

impl Rules {
    /// The rules with this way to treat retired models.
    pub(crate) fn new(retired: RetiredModels) -> Self {
        Self { retired, bucket: String::new(), model: None }
    }

    /// Judges an item by every rule and collects every problem. Without any, returns the model that makes the picture.
    pub(crate) fn check(&mut self, item: &Fields<'_>) -> Result<&'static Model, Vec<FieldProblem>> {
        let mut judge = Judge { item, problems: item.problems.clone() };
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
        let model = judge.required("model", &item.model).and_then(|id| judge.resolved(self.resolve(id), id));
        let prompt = judge.required("prompt", &item.prompt);
        if prompt.is_some_and(|prompt| prompt.trim().is_empty()) {
            judge.add("prompt", ProblemKind::BlankPrompt, "is blank; say what the picture shows".to_owned());
        }
        if let Some(model) = model {
            judge.for_model(model);
        }
        judge.seed(model);
        judge.strength();
        judge.source(model);
        let mut problems = judge.problems;
        problems.sort_by_key(|problem| FIELDS.iter().position(|field| problem.field == Some(field)));
        // Without a problem there is a model.
        model.filter(|_| problems.is_empty()).ok_or(problems)
    }

    fn resolve(&mut self, id: &str) -> Result<&'static Model, ModelError> {
        match &self.model {
            Some((last, model)) if last == id => Ok(model),
            _ => {
                let model = models::resolve(id, self.retired)?;
                self.model = Some((id.to_owned(), model));
                Ok(model)
            }
        }
    }
}

/// An item on its way through the rules.
struct Judge<'i, 'a> {
    item: &'i Fields<'a>,
    problems: Vec<FieldProblem>,
}

impl<'i> Judge<'i, '_> {
    fn add(&mut self, field: &'static str, kind: ProblemKind, message: String) {
        self.problems.push(FieldProblem { field: Some(field), kind, message });
    }

    fn keeps(&mut self, field: &'static str, kind: ProblemKind, outcome: Result<(), String>) -> bool {
        outcome.map_err(|message| self.add(field, kind, message)).is_ok()
    }

    /// The field is there, but has a wrong type.
    fn is_wrong(&self, field: &str) -> bool {
        self.item.problems.iter().any(|problem| problem.field == Some(field))
    }

    fn required(&mut self, field: &'static str, text: &'i Option<Text<'_>>) -> Option<&'i str> {
        if text.is_none() && !self.is_wrong(field) {
            let near =
                self.item.unknown.iter().find(|name| near::nearest_field(name).is_some_and(|(near, _)| near == field));
            let meant =
                near.map_or(String::new(), |name| format!("; rename {} if it is meant", near::in_backticks(name)));
            self.add(field, ProblemKind::MissingField, format!("is missing; every item needs it{meant}"));
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
            let message = format!(
                "makes the object key <rank>/<id>/<inputKeyName> {bytes} bytes long; S3 takes at most {MAX_KEY_BYTES}"
            );
            self.add("inputKeyName", ProblemKind::KeyTooLong, message);
        }
    }

    fn resolved(&mut self, model: Result<&'static Model, ModelError>, id: &str) -> Option<&'static Model> {
        let kind = match model {
            Ok(model) => return Some(model),
            Err(ModelError::Unknown) => ProblemKind::UnknownModel,
            Err(ModelError::Retired { .. }) => ProblemKind::RetiredModel,
        };
        let why = model.err().map_or(String::new(), |error| error.to_string());
        self.add("model", kind, format!("is {}, {why}", quoted(id)));
        None
    }

    /// What the model takes of prompts and shapes.
    fn for_model(&mut self, model: &Model) {
        let max = model.max_prompt_chars;
        for (field, text) in [("prompt", &self.item.prompt), ("negativePrompt", &self.item.negative_prompt)] {
            // No text has more characters than bytes, so most prompts need not be counted.
            if let Some(text) = text
                && text.len() > max
                && text.chars().nth(max).is_some()
            {
                let message = format!("has {} characters; {} takes at most {max}", text.chars().count(), model.id);
                self.add(field, ProblemKind::PromptTooLong, message);
            }
        }
        if let Some(ratio) = &self.item.aspect_ratio
            && !model.aspect_ratios.contains(&&**ratio)
        {
            let message = format!("is {}; use one of {}", quoted(ratio), model.aspect_ratios.join(", "));
            self.add("aspectRatio", ProblemKind::UnsupportedAspectRatio, message);
        }
    }

    fn seed(&mut self, model: Option<&Model>) {
        let Some(number) = &self.item.seed else { return };
        let max = model.map_or(u64::MAX, |model| model.max_seed);
        if whole(number).is_some_and(|seed| seed <= max) {
            return;
        }
        if number.as_f64().is_some_and(|float| float.fract() != 0.0) {
            let message = format!("is the number {number}, not an integer; use a whole number");
            self.add("seed", ProblemKind::WrongType, message);
        } else {
            let range = model.map_or("0 or more".to_owned(), |model| format!("0 to {max} for {}", model.id));
            self.add("seed", ProblemKind::SeedOutOfRange, format!("is {number}; use {range}"));
        }
    }

    fn strength(&mut self) {
        if let Some(number) = &self.item.strength
            && !number.as_f64().is_some_and(|strength| (0.0..=1.0).contains(&strength))
        {
            self.add("strength", ProblemKind::StrengthOutOfRange, format!("is {number}; use 0 to 1"));
        }
    }

    /// The rules between the fields of image-to-image. A field of a wrong type counts as given.
    fn source(&mut self, model: Option<&Model>) {
        let Fields { source_bucket_name: bucket, source_key_name: key, aspect_ratio, strength, .. } = self.item;
        if let Some(name) = bucket {
            self.keeps("sourceBucketName", ProblemKind::InvalidBucketName, names::check_bucket_name(name));
        }
        if let Some(key) = key {
            self.keeps("sourceKeyName", ProblemKind::InvalidSourceKey, names::check_source_key(key));
        }
        let has_strength = strength.is_some() || self.is_wrong("strength");
        let has_bucket = bucket.is_some() || self.is_wrong("sourceBucketName");
        let has_key = key.is_some() || self.is_wrong("sourceKeyName");
        match (has_bucket, has_key) {
            (false, false) => {
                if has_strength {
                    let message = "is for a source image; give sourceBucketName and sourceKeyName too, or leave it out";
                    self.add("strength", ProblemKind::StrengthWithoutSource, message.to_owned());
                }
                return;
            }
            (true, true) => {}
            (true, false) => self.incomplete("sourceKeyName", "sourceBucketName"),
            (false, true) => self.incomplete("sourceBucketName", "sourceKeyName"),
        }
        let Some(model) = model else { return };
        let Some(image_to_image) = &model.image_to_image else {
            let message = format!(
                "is not taken by {}, which makes images from text only; leave the source out or use {}",
                model.id,
                able()
            );
            self.add("sourceBucketName", ProblemKind::SourceNotSupported, message);
            return;
        };
        if image_to_image.strength_required && !has_strength {
            let message = format!("is missing; {} needs it with a source image, 0 to 1", model.id);
            self.add("strength", ProblemKind::MissingStrength, message);
        }
        if !image_to_image.takes_aspect_ratio && (aspect_ratio.is_some() || self.is_wrong("aspectRatio")) {
            let message = format!("is not taken by {} with a source image; leave it out", model.id);
            self.add("aspectRatio", ProblemKind::AspectRatioWithSource, message);
        }
    }

    fn incomplete(&mut self, missing: &'static str, given: &str) {
        let message = format!("is missing; {given} is given, and a source image needs both");
        self.add(missing, ProblemKind::IncompleteSource, message);
    }
}

/// The models that can start from an image.
fn able() -> String {
    let able = models::MODELS.iter().filter(|model| model.image_to_image.is_some());
    able.map(|model| model.id).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
