//! Items once more: with another seed or another prompt, beside the old picture.

use super::ListedItem;
use crate::Error;
use idlist::{Item, RetiredModels, message, seed_of};
use serde_json::{Map, Value};

/// What becomes different.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Change {
    /// The new seed; else one that follows from the old.
    pub(crate) seed: Option<u64>,
    /// The new prompt; else the old one.
    pub(crate) prompt: Option<String>,
    /// The old picture is replaced: the file name stays.
    pub(crate) replace: bool,
}

/// The item with the change, as JSON. Unknown fields stay as they are. The file name gets the seed (`image.png` becomes
/// `image-seed7.png`), so that the old picture stays.
///
/// # Errors
/// [`Error::Unusable`] with what idlist says of the changed item.
pub(crate) fn redo(listed: &ListedItem, change: &Change) -> Result<Value, Error> {
    let unusable = |what: &dyn std::fmt::Display| Error::Unusable(what.to_string().into());
    let item = listed.item.as_ref().map_err(|problem| unusable(problem))?;
    let name = message!("item-of-rank", "item {id} of rank {rank}", id = &item.id, rank = &item.rank);
    let model = item.resolved_model(RetiredModels::Redirect).map_err(|error| unusable(&error))?;
    if model.max_seed == 0 {
        return Err(Error::Unusable(message!(
            "no-seed-of-item",
            "{name}: {model} takes no seed, so it would make the same picture again",
            name,
            model = model.id,
        )));
    }
    let mut fields: Map<String, Value> = serde_json::from_str(listed.raw.get()).map_err(|error| unusable(&error))?;
    let old = item.model_seed(model);
    let seed = change.seed.unwrap_or_else(|| seed_of(&format!("{}/{old}", item.object_key()), "redo", model.max_seed));
    let prompt = change.prompt.as_deref().filter(|prompt| *prompt != item.prompt);
    if seed == old && prompt.is_none() {
        return Err(Error::Unusable(message!(
            "same-seed-of-item",
            "{name}: the seed is {old} already; give another, or another prompt",
            name,
            old,
        )));
    }
    fields.insert("seed".to_owned(), Value::from(seed));
    if let Some(prompt) = prompt {
        fields.insert("prompt".to_owned(), Value::from(prompt));
    }
    if !change.replace {
        fields.insert("inputKeyName".to_owned(), Value::from(variant_name(&item.input_key_name, seed, prompt)));
    }
    let changed = Value::Object(fields);
    Item::from_value(&changed, RetiredModels::Redirect).map_err(|problems| {
        let problem = problems.first().map(idlist::FieldProblem::sentence).unwrap_or_default();
        Error::Unusable(message!("problem-of-item", "{name}: {problem}", name, problem))
    })?;
    Ok(changed)
}

/// The file name of a variant: it tells seed and prompt apart from those of the other variants.
fn variant_name(file: &str, seed: u64, prompt: Option<&str>) -> String {
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file, "png"));
    let stem = match stem.rsplit_once("-seed") {
        Some((stem, rest)) if rest.starts_with(|char: char| char.is_ascii_digit()) => stem,
        _ => stem,
    };
    let prompt = prompt.map_or(String::new(), |prompt| format!("-p{}", seed_of(prompt, "prompt", 0xFFFF)));
    format!("{stem}-seed{seed}{prompt}.{extension}")
}

/// The key of a list of items that are made again.
pub(crate) fn redo_key(title: &str) -> String {
    let stem = title.strip_suffix(".json").unwrap_or(title);
    let stem = stem.strip_prefix("redo-").unwrap_or(stem);
    format!("redo-{stem}.json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::List;

    fn list() -> List {
        List::read(br#"[{"id":"1","rank":"r","inputBucketName":"images","inputKeyName":"a.png","model":"stability.stable-image-core-v1:1","prompt":"a cat","mine":1.50}, 1]"#).unwrap()
    }

    #[test]
    fn a_variant_has_another_seed_and_file_name() {
        let list = list();
        let once = redo(&list.items[0], &Change::default()).unwrap();
        assert_eq!((&once["prompt"], &once["mine"]), (&Value::from("a cat"), &Value::from(1.5)));
        let file = format!("a-seed{}.png", once["seed"]);
        assert_eq!(once["inputKeyName"], file.as_str());
        let again = List::read(format!("[{once}]").as_bytes()).unwrap();
        let twice = redo(&again.items[0], &Change::default()).unwrap();
        assert_ne!(twice["seed"], once["seed"]);
        assert_eq!(twice["inputKeyName"], format!("a-seed{}.png", twice["seed"]).as_str());
        let prompt = Change { prompt: Some("a dog".into()), seed: Some(3), ..Change::default() };
        let edited = redo(&list.items[0], &prompt).unwrap();
        assert_eq!(edited["prompt"], "a dog");
        assert!(edited["inputKeyName"].as_str().unwrap().starts_with("a-seed3-p"));
    }

    #[test]
    fn a_picture_without_a_prompt_gets_another_seed() {
        let item = |model: &str, style: &str| {
            let item = format!(
                r#"[{{"id":"1","rank":"r","inputBucketName":"images","inputKeyName":"a.png","model":"{model}","sourceBucketName":"images","sourceKeyName":"b.png"{style}}}]"#
            );
            List::read(item.as_bytes()).unwrap()
        };
        let style = r#","styleBucketName":"images","styleKeyName":"c.png""#;
        let unchanged = Change { prompt: Some(String::new()), ..Change::default() };
        let restyled = redo(&item("us.stability.stable-style-transfer-v1:0", style).items[0], &unchanged).unwrap();
        assert!(restyled["seed"].is_u64() && restyled["prompt"].is_null(), "{restyled}");
        let cutout = item("us.stability.stable-image-remove-background-v1:0", "");
        assert!(redo(&cutout.items[0], &unchanged).unwrap_err().to_string().contains("takes no seed"));
    }

    #[test]
    fn what_cannot_be_made_is_told() {
        let list = list();
        let blank = Change { prompt: Some(" ".into()), ..Change::default() };
        assert!(redo(&list.items[0], &blank).unwrap_err().to_string().contains("prompt"));
        assert!(redo(&list.items[1], &Change::default()).is_err());
        let same =
            Change { seed: list.item(0).map(|item| item.model_seed(&idlist::models::CORE)), ..Change::default() };
        assert!(redo(&list.items[0], &same).unwrap_err().to_string().contains("already"));
    }
}
