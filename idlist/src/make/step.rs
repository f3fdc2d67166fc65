//! The second step: items that start from the pictures of other items.

use serde_json::{Map, Number, Value};

use super::Template;
use crate::message;
use crate::message::Message;
use crate::models::{Kind, Model};
use crate::{Item, is_number_field};

/// What the items of a second step are made with. The templates may hold [`Step::NAMES`].
#[derive(Debug, Clone)]
pub struct Step {
    /// The model, which takes a source image.
    pub model: &'static Model,
    /// File name of the images.
    pub key: Template,
    /// The prompt; without one, a model that needs one gets that of the first step.
    pub prompt: Option<Template>,
    /// Bucket that receives the images; without one, that of the first step.
    pub bucket: Option<String>,
    /// Other fields.
    pub set: Vec<(&'static str, Template)>,
}

impl Step {
    /// The names that a template may hold: prompt, id and rank of the first item, and its file name without the extension.
    pub const NAMES: [&str; 4] = ["prompt", "id", "rank", "stem"];

    /// The item that starts from the picture of `first`, with fields that are not ours.
    ///
    /// # Errors
    ///
    /// What is wrong with a field that is set. The item itself is not checked.
    pub fn item(
        &self,
        first: &Item,
        foreign: impl IntoIterator<Item = (String, Value)>,
    ) -> Result<Map<String, Value>, Message> {
        let stem = first.input_key_name.rsplit_once('.').map_or(&*first.input_key_name, |(stem, _)| stem);
        let fill = |template: &Template| {
            template.render(|name| match name {
                "prompt" => first.prompt.as_str(),
                "id" => &first.id,
                "rank" => &first.rank,
                _ => stem,
            })
        };
        let prompt = match &self.prompt {
            Some(template) => Some(fill(template)),
            None => self.needs_prompt().then(|| first.prompt.clone()),
        };
        let texts = [
            ("id", Some(first.id.clone())),
            ("rank", Some(first.rank.clone())),
            ("inputBucketName", Some(self.bucket.as_ref().unwrap_or(&first.input_bucket_name).clone())),
            ("inputKeyName", Some(fill(&self.key))),
            ("model", Some(self.model.id.to_owned())),
            ("prompt", prompt),
            ("sourceBucketName", Some(first.input_bucket_name.clone())),
            ("sourceKeyName", Some(first.object_key())),
        ];
        let texts = texts.into_iter().filter_map(|(field, text)| Some((field.to_owned(), Value::from(text?))));
        let mut item: Map<_, _> = texts.collect();
        for (field, template) in &self.set {
            let text = fill(template);
            let value = match is_number_field(field) {
                true => match text.trim().parse::<Number>() {
                    Ok(number) => Value::Number(number),
                    Err(_) => {
                        let (field, text) = (*field, format!("{text:?}"));
                        return Err(message!("set-to-no-number", "{field} is {text}, not a number", field, text));
                    }
                },
                false => Value::from(text),
            };
            item.insert((*field).to_owned(), value);
        }
        item.extend(foreign);
        Ok(item)
    }

    fn needs_prompt(&self) -> bool {
        let needs = |kind: &Kind| matches!(kind, Kind::Text { field: "prompt", required: true, .. });
        self.model.parameters.iter().any(|parameter| needs(&parameter.kind))
    }
}
