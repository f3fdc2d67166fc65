//! The second step: pictures cut out, enlarged or restyled, as a list whose sources are these pictures.

use super::ListedItem;
use crate::Error;
use idlist::make::{Step, Template};
use idlist::models::{self, Model, PictureRole};
use idlist::{FIELDS, Item, JsonArrayWriter, Message, seed_of};
use serde_json::{Map, Value};

/// What is done to pictures that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SecondStep {
    /// The background becomes transparent.
    CutOut,
    /// Four times the resolution.
    Enlarge,
    /// The style of another picture.
    Restyle,
}

impl SecondStep {
    /// Every second step, in the order of the page.
    pub(crate) const ALL: [Self; 3] = [Self::CutOut, Self::Enlarge, Self::Restyle];

    /// Its name in addresses, keys of lists and file names.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CutOut => "cutout",
            Self::Enlarge => "large",
            Self::Restyle => "restyled",
        }
    }

    /// The second step with this name.
    #[must_use]
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    /// The model that does it.
    #[must_use]
    pub(crate) fn model(self) -> &'static Model {
        match self {
            Self::CutOut => &models::REMOVE_BACKGROUND,
            Self::Enlarge => &models::FAST_UPSCALE,
            Self::Restyle => &models::STYLE_TRANSFER,
        }
    }

    /// Fewest pictures that have to be selected: the picture that has the style is one of them.
    #[must_use]
    pub(crate) fn least(self) -> usize {
        if self == Self::Restyle { 2 } else { 1 }
    }

    /// The key of the list, which follows from the title of the run with the pictures.
    #[must_use]
    pub(crate) fn key(self, title: &str) -> String {
        format!("{}-{}.json", self.name(), title.strip_suffix(".json").unwrap_or(title))
    }

    /// The list, with an item for each picture of the first step. `style` is the item whose picture has the style.
    ///
    /// # Errors
    /// [`Error::Unusable`] if one of `first` is not an item. The list itself is not checked.
    pub(crate) fn list<'a>(
        self,
        first: impl Iterator<Item = &'a ListedItem>,
        style: Option<&Item>,
    ) -> Result<Vec<u8>, Error> {
        let mut array = JsonArrayWriter::new(Vec::new());
        let unwritten = |error: std::io::Error| Error::Unusable(error.to_string().into());
        for listed in first {
            array.write(&self.item(listed, style).map_err(Error::Unusable)?).map_err(unwritten)?;
        }
        array.finish().map_err(unwritten)
    }

    fn item(self, listed: &ListedItem, style: Option<&Item>) -> Result<Map<String, Value>, Message> {
        let first = listed.item.as_ref().map_err(Clone::clone)?;
        let extension = first.input_key_name.rsplit_once('.').map_or("png", |(_, extension)| extension);
        let key = match (self, style) {
            // JPEG cannot be transparent.
            (Self::CutOut, _) => "{stem}-cutout.png".to_owned(),
            (Self::Restyle, Some(style)) => {
                format!("{{stem}}-restyled{}.{extension}", seed_of(&style.destination(), "style", 0xFFFF))
            }
            _ => format!("{{stem}}-{}.{extension}", self.name()),
        };
        let [bucket_field, key_field] = *PictureRole::Style.fields();
        let set = match style {
            Some(style) => {
                vec![(bucket_field, literal(&style.input_bucket_name)?), (key_field, literal(&style.object_key())?)]
            }
            None => Vec::new(),
        };
        let step =
            Step { model: self.model(), key: Template::parse(&key, &Step::NAMES)?, prompt: None, bucket: None, set };
        let fields: Map<String, Value> =
            serde_json::from_str(listed.raw.get()).map_err(|error| Message::from(error.to_string()))?;
        step.item(first, fields.into_iter().filter(|(name, _)| !FIELDS.contains(&name.as_str())))
    }
}

/// A template without placeholders.
fn literal(text: &str) -> Result<Template, Message> {
    Template::parse(&text.replace('{', "{{").replace('}', "}}"), &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::List;
    use idlist::{CheckOptions, check_slice};

    fn list() -> List {
        let item = |id: &str, file: &str| {
            format!(
                r#"{{"id":"{id}","rank":"r","inputBucketName":"images","inputKeyName":"{file}","model":"stability.stable-image-core-v1:1","prompt":"a cat","mine":1.50}}"#
            )
        };
        List::read(format!("[{}, {}, 1]", item("1", "a.jpeg"), item("{2}", "b.webp")).as_bytes()).unwrap()
    }

    fn items(step: SecondStep, style: Option<&Item>) -> Vec<Value> {
        let json = step.list(list().items.iter().take(2), style).unwrap();
        let report = check_slice(&json, CheckOptions::default());
        assert!(report.is_good(), "{report}");
        serde_json::from_slice(&json).unwrap()
    }

    #[test]
    fn the_pictures_of_the_first_step_are_the_sources() {
        for step in SecondStep::ALL {
            let style = list();
            let made = items(step, style.item(1).filter(|_| step == SecondStep::Restyle));
            assert_eq!(SecondStep::of_name(step.name()), Some(step));
            assert_eq!((&made[0]["model"], &made[0]["mine"]), (&step.model().id.into(), &1.5.into()));
            assert_eq!(
                (&made[0]["sourceBucketName"], &made[0]["sourceKeyName"]),
                (&"images".into(), &"r/1/a.jpeg".into())
            );
        }
    }

    #[test]
    fn the_file_name_tells_the_result_apart() {
        let files =
            |step, style| items(step, style).into_iter().map(|item| item["inputKeyName"].clone()).collect::<Vec<_>>();
        assert_eq!(files(SecondStep::CutOut, None), ["a-cutout.png", "b-cutout.png"]);
        assert_eq!(files(SecondStep::Enlarge, None), ["a-large.jpeg", "b-large.webp"]);
        let styles = list();
        let [one, other] = [0, 1].map(|style| files(SecondStep::Restyle, styles.item(style)));
        assert!(one[1].as_str().unwrap().starts_with("b-restyled"));
        assert_ne!(one, other);
        assert_eq!(SecondStep::CutOut.key("cards.json"), "cutout-cards.json");
    }

    #[test]
    fn a_style_picture_may_have_any_name() {
        let styles = list();
        let made = items(SecondStep::Restyle, styles.item(1));
        assert_eq!((&made[0]["styleBucketName"], &made[0]["styleKeyName"]), (&"images".into(), &"r/{2}/b.webp".into()));
    }

    #[test]
    fn what_is_not_an_item_is_told() {
        assert!(matches!(SecondStep::CutOut.list(list().items.iter(), None), Err(Error::Unusable(_))));
    }
}
