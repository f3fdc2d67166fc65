//! The rules that an item keeps, and the words for each that it breaks.

use super::Item;
use super::field::Field;
use super::given::{Given, GivenItem};
use crate::models::{self, Model, ModelError, RetiredModels};
use crate::names::{self, MAX_KEY_BYTES};
use crate::problem::{FieldProblem, ProblemKind, quoted};

/// An item that keeps every rule, borrowed from the text that it was read from.
#[derive(Debug)]
pub(crate) struct ItemRef<'a> {
    pub(crate) id: &'a str,
    pub(crate) rank: &'a str,
    pub(crate) input_bucket_name: &'a str,
    pub(crate) input_key_name: &'a str,
    pub(crate) model: &'a str,
    /// The model that makes the picture: `model` or its successor.
    pub(crate) used_model: &'static Model,
    prompt: &'a str,
    negative_prompt: Option<&'a str>,
    aspect_ratio: Option<&'a str>,
    seed: Option<u64>,
    source_bucket_name: Option<&'a str>,
    source_key_name: Option<&'a str>,
    strength: Option<f64>,
}

impl ItemRef<'_> {
    pub(super) fn to_item(&self) -> Item {
        Item {
            id: self.id.to_owned(),
            rank: self.rank.to_owned(),
            input_bucket_name: self.input_bucket_name.to_owned(),
            input_key_name: self.input_key_name.to_owned(),
            model: self.model.to_owned(),
            prompt: self.prompt.to_owned(),
            negative_prompt: self.negative_prompt.map(str::to_owned),
            aspect_ratio: self.aspect_ratio.map(str::to_owned),
            seed: self.seed,
            source_bucket_name: self.source_bucket_name.map(str::to_owned),
            source_key_name: self.source_key_name.map(str::to_owned),
            strength: self.strength,
        }
    }
}

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

    /// Judges an item by every rule and collects every problem.
    pub(crate) fn check<'a>(&mut self, item: &'a GivenItem<'_>) -> Result<ItemRef<'a>, Vec<FieldProblem>> {
        check(item, self)
    }

    fn check_bucket_name(&mut self, name: &str) -> Result<(), String> {
        if self.bucket != name {
            names::check_bucket_name(name)?;
            name.clone_into(&mut self.bucket);
        }
        Ok(())
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

fn check<'a>(item: &'a GivenItem<'_>, rules: &mut Rules) -> Result<ItemRef<'a>, Vec<FieldProblem>> {
    let mut judge = Judge { item, problems: Vec::new() };
    for &field in &item.duplicates {
        judge.add(field, ProblemKind::DuplicateField, "is there twice; leave one".to_owned());
    }

    let id = judge.named(Field::Id, ProblemKind::InvalidName, names::check_key_part);
    let rank = judge.named(Field::Rank, ProblemKind::InvalidName, names::check_key_part);
    let bucket =
        judge.named(Field::InputBucketName, ProblemKind::InvalidBucketName, |name| rules.check_bucket_name(name));
    let key_name = judge.named(Field::InputKeyName, ProblemKind::InvalidFileName, names::check_file_name);
    judge.whole_key(id, rank, key_name);

    let model_id = judge.required_text(Field::Model);
    let model = model_id.and_then(|id| judge.model(id, rules));
    let prompt = judge.required_text(Field::Prompt).filter(|prompt| judge.prompt(prompt, model));
    let negative_prompt = judge.optional_text(Field::NegativePrompt);
    judge.prompt_length(Field::NegativePrompt, negative_prompt, model);
    let aspect_ratio = judge.optional_text(Field::AspectRatio);
    judge.aspect_ratio(aspect_ratio, model);
    let seed = judge.seed(model);

    let source_bucket = judge.optional_text(Field::SourceBucketName);
    let source_key = judge.optional_text(Field::SourceKeyName);
    let strength = judge.strength();
    judge.source(source_bucket, source_key, model);

    match (judge.problems.is_empty(), id, rank, bucket, key_name, model_id, model, prompt) {
        (true, Some(id), Some(rank), Some(bucket), Some(key_name), Some(model_id), Some(used_model), Some(prompt)) => {
            Ok(ItemRef {
                id,
                rank,
                input_bucket_name: bucket,
                input_key_name: key_name,
                model: model_id,
                used_model,
                prompt,
                negative_prompt,
                aspect_ratio,
                seed,
                source_bucket_name: source_bucket,
                source_key_name: source_key,
                strength,
            })
        }
        _ => Err(judge.problems),
    }
}

/// An item on its way through the rules.
struct Judge<'a> {
    item: &'a GivenItem<'a>,
    problems: Vec<FieldProblem>,
}

impl<'a> Judge<'a> {
    fn add(&mut self, field: Field, kind: ProblemKind, message: String) {
        self.problems.push(FieldProblem { field: Some(field.name()), kind, message });
    }

    fn wrong_type(&mut self, field: Field, expected: &str) {
        let given = self.item.get(field);
        let hint = match (given, expected) {
            (Given::Bool(_) | Given::Unsigned(_) | Given::Negative(_) | Given::Float(_), "a string") => {
                "; put it between quotes"
            }
            (Given::Text(text), _) if text.trim().parse::<f64>().is_ok() => "; leave the quotes out",
            _ => "",
        };
        let message = format!("expected {expected}, found {}{hint}", given.describe());
        self.add(field, ProblemKind::WrongType, message);
    }

    fn required_text(&mut self, field: Field) -> Option<&'a str> {
        if matches!(self.item.get(field), Given::Absent) {
            self.add(field, ProblemKind::MissingField, "is missing; every item needs it".to_owned());
        }
        self.optional_text(field)
    }

    fn optional_text(&mut self, field: Field) -> Option<&'a str> {
        match self.item.get(field) {
            Given::Absent => None,
            Given::Text(text) => Some(text),
            _ => {
                self.wrong_type(field, "a string");
                None
            }
        }
    }

    /// A required text that keeps the rule of its field.
    fn named(
        &mut self,
        field: Field,
        kind: ProblemKind,
        rule: impl FnOnce(&str) -> Result<(), String>,
    ) -> Option<&'a str> {
        let text = self.required_text(field)?;
        self.rule(field, kind, rule(text)).then_some(text)
    }

    fn rule(&mut self, field: Field, kind: ProblemKind, outcome: Result<(), String>) -> bool {
        outcome.map_err(|message| self.add(field, kind, message)).is_ok()
    }

    fn whole_key(&mut self, id: Option<&str>, rank: Option<&str>, key_name: Option<&str>) {
        let (Some(id), Some(rank), Some(key_name)) = (id, rank, key_name) else { return };
        let bytes = rank.len() + id.len() + key_name.len() + "//".len();
        if bytes > MAX_KEY_BYTES {
            let message = format!(
                "makes the object key <rank>/<id>/<inputKeyName> {bytes} bytes long; S3 takes at most {MAX_KEY_BYTES}"
            );
            self.add(Field::InputKeyName, ProblemKind::KeyTooLong, message);
        }
    }

    fn model(&mut self, id: &str, rules: &mut Rules) -> Option<&'static Model> {
        rules
            .resolve(id)
            .map_err(|error| {
                let kind = match error {
                    ModelError::Unknown => ProblemKind::UnknownModel,
                    ModelError::Retired { .. } => ProblemKind::RetiredModel,
                };
                self.add(Field::Model, kind, format!("{} is {error}", quoted(id)));
            })
            .ok()
    }

    fn prompt(&mut self, prompt: &str, model: Option<&Model>) -> bool {
        let blank = prompt.trim().is_empty();
        if blank {
            self.add(Field::Prompt, ProblemKind::BlankPrompt, "is blank; say what the picture shows".to_owned());
        }
        self.prompt_length(Field::Prompt, Some(prompt), model);
        !blank
    }

    fn prompt_length(&mut self, field: Field, prompt: Option<&str>, model: Option<&Model>) {
        let (Some(prompt), Some(model)) = (prompt, model) else { return };
        let max = model.max_prompt_chars;
        // No text has more characters than bytes, so most prompts need not be counted.
        if prompt.len() > max && prompt.chars().nth(max).is_some() {
            let message = format!("has {} characters; {} takes at most {max}", prompt.chars().count(), model.id);
            self.add(field, ProblemKind::PromptTooLong, message);
        }
    }

    fn aspect_ratio(&mut self, aspect_ratio: Option<&str>, model: Option<&Model>) {
        let (Some(aspect_ratio), Some(model)) = (aspect_ratio, model) else { return };
        if !model.aspect_ratios.contains(&aspect_ratio) {
            let known = model.aspect_ratios.join(", ");
            let message =
                format!("{} is not an aspect ratio of {}; use one of {known}", quoted(aspect_ratio), model.id);
            self.add(Field::AspectRatio, ProblemKind::UnsupportedAspectRatio, message);
        }
    }

    fn seed(&mut self, model: Option<&Model>) -> Option<u64> {
        let max = model.map_or(u64::MAX, |model| model.max_seed);
        let given = self.item.get(Field::Seed);
        match given {
            Given::Absent => return None,
            Given::Unsigned(seed) if *seed <= max => return Some(*seed),
            Given::Unsigned(_) | Given::Negative(_) => {
                let range = model.map_or("0 or more".to_owned(), |model| format!("0 to {max} for {}", model.id));
                let message = format!("{} is out of range; use {range}", given.describe());
                self.add(Field::Seed, ProblemKind::SeedOutOfRange, message);
            }
            _ => self.wrong_type(Field::Seed, "an integer"),
        }
        None
    }

    fn strength(&mut self) -> Option<f64> {
        let strength = match self.item.get(Field::Strength) {
            Given::Absent => return None,
            Given::Float(number) => *number,
            // Only 0 and 1 are in range, and those are exact.
            Given::Unsigned(number) => *number as f64,
            Given::Negative(number) => *number as f64,
            _ => {
                self.wrong_type(Field::Strength, "a number");
                return None;
            }
        };
        if (0.0..=1.0).contains(&strength) {
            return Some(strength);
        }
        let message = format!("{} is out of range; use 0 to 1", self.item.get(Field::Strength).describe());
        self.add(Field::Strength, ProblemKind::StrengthOutOfRange, message);
        None
    }

    /// The rules between the fields of image-to-image. A field of a wrong type counts as given.
    fn source(&mut self, bucket: Option<&str>, key: Option<&str>, model: Option<&Model>) {
        if let Some(bucket) = bucket {
            self.rule(Field::SourceBucketName, ProblemKind::InvalidBucketName, names::check_bucket_name(bucket));
        }
        if let Some(key) = key {
            self.rule(Field::SourceKeyName, ProblemKind::InvalidSourceKey, names::check_source_key(key));
        }
        let is_given = |field| !matches!(self.item.get(field), Given::Absent);
        let (has_strength, has_aspect_ratio) = (is_given(Field::Strength), is_given(Field::AspectRatio));
        match (is_given(Field::SourceBucketName), is_given(Field::SourceKeyName)) {
            (false, false) => {
                if has_strength {
                    let message = "is for a source image; give sourceBucketName and sourceKeyName too, or leave it out";
                    self.add(Field::Strength, ProblemKind::StrengthWithoutSource, message.to_owned());
                }
                return;
            }
            (true, true) => {}
            (true, false) => self.incomplete(Field::SourceKeyName, Field::SourceBucketName),
            (false, true) => self.incomplete(Field::SourceBucketName, Field::SourceKeyName),
        }
        let Some(model) = model else { return };
        let Some(image_to_image) = &model.image_to_image else {
            let message = format!("{} makes images from text only; leave the source out or use {}", model.id, able());
            self.add(Field::SourceBucketName, ProblemKind::SourceNotSupported, message);
            return;
        };
        if image_to_image.strength_required && !has_strength {
            let message = format!("is missing; {} needs it with a source image, 0 to 1", model.id);
            self.add(Field::Strength, ProblemKind::MissingStrength, message);
        }
        if !image_to_image.takes_aspect_ratio && has_aspect_ratio {
            let message = format!("is not taken by {} with a source image; leave it out", model.id);
            self.add(Field::AspectRatio, ProblemKind::AspectRatioWithSource, message);
        }
    }

    fn incomplete(&mut self, missing: Field, given: Field) {
        let message = format!("is missing; {} is given, and a source image needs both", given.name());
        self.add(missing, ProblemKind::IncompleteSource, message);
    }
}

/// The models that can start from an image.
fn able() -> String {
    let able: Vec<_> =
        models::MODELS.iter().filter(|model| model.image_to_image.is_some()).map(|model| model.id).collect();
    able.join(" or ")
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
