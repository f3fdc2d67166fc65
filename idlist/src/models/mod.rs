//! The models: what each live one takes, and which successor each retired one has.
//!
//! The rows are in `table.rs`; here is what a row says.

mod table;

use std::fmt;
use std::str::FromStr;

use crate::format::ImageFormat;
use crate::message;
use crate::message::Message;

pub use table::*;

/// A model that Amazon Bedrock serves today, and what it takes: one that makes images from text, or a service that starts from an image.
#[derive(Debug, PartialEq)]
pub struct Model {
    /// Short name, such as `remove-background`, for commands and pages.
    pub name: &'static str,
    /// What `InvokeModel` takes as model id: the id of the model, or of its inference profile (`us.…`).
    pub id: &'static str,
    /// Regions in which it can be called. With an inference profile, also those that may answer.
    pub regions: &'static [&'static str],
    /// What an image costs.
    pub price: Price,
    /// The request body, in its order.
    pub parameters: &'static [Parameter],
    /// Values of `output_format`.
    pub output_formats: &'static [ImageFormat],
    /// Largest `seed`; 0 for a model that takes none. The smallest is 0, which asks for a random one.
    pub max_seed: u64,
    /// What it starts from.
    pub start: Start,
    /// Its images are so large that PNG may exceed what an answer of `InvokeModel` may have, which is 16,777,216 bytes.
    pub is_large: bool,
    /// Its images are transparent in part, which JPEG cannot be.
    pub makes_transparent: bool,
    /// Integer fields of which one has to be above 0.
    pub one_above_zero: &'static [&'static str],
}

/// What one image of a model costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// US dollars, an estimate.
    pub usd_per_image: f64,
    /// Where the price is from.
    pub source: &'static str,
    /// What another source says.
    pub conflict: Option<&'static str>,
}

/// What a model starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// A prompt alone.
    Text,
    /// A prompt, or a prompt and an image.
    TextOrImage(ImageToImage),
    /// An image.
    Image,
}

/// What a model that also makes images from text wants for image-to-image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageToImage {
    /// `strength` has to be given: the model has no default.
    pub strength_required: bool,
    /// `aspect_ratio` may be given too; otherwise the source image decides the shape.
    pub takes_aspect_ratio: bool,
}

/// A name in the request body and where its value comes from.
#[derive(Debug, PartialEq)]
pub struct Parameter {
    /// The name in the request body.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// What a parameter holds. `field` is the item's field with the value.
#[derive(Debug, PartialEq)]
#[expect(missing_docs, reason = "fields that the lines above describe")]
pub enum Kind {
    /// A text that is not blank.
    Text { field: &'static str, required: bool, max_chars: usize },
    /// One of some words.
    Choice { field: &'static str, values: &'static [&'static str] },
    /// A whole number from 0.
    Integer { field: &'static str, max: u64 },
    /// A number within limits, which are allowed themselves.
    Number { field: &'static str, min: f64, max: f64 },
    /// A picture in base64. It is required where the model starts from an image.
    Picture { picture: PictureRole, limits: &'static Limits },
    /// The item's seed or the computed one.
    Seed,
    /// The format of the answer, which follows from the item's file name.
    OutputFormat,
    /// `text-to-image` or `image-to-image`.
    Mode,
}

/// What a picture that is sent to a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PictureRole {
    /// The model starts from it.
    Source,
    /// White where the model may paint, black where it may not.
    Mask,
    /// Its style is taken.
    Style,
}

/// Pixels that a picture may have.
#[derive(Debug, PartialEq, Eq)]
pub struct Limits {
    /// Fewest on each side.
    pub min_side: u32,
    /// Most on each side.
    pub max_side: Option<u32>,
    /// Fewest in all.
    pub min_pixels: u64,
    /// Most in all.
    pub max_pixels: Option<u64>,
}

impl Model {
    /// The parameter that a field of the item fills, if the model takes the field.
    pub fn parameter_of(&self, field: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.fields().contains(&field))
    }

    /// Whether its name in Bedrock is that of an inference profile.
    pub fn has_profile(&self) -> bool {
        self.id.starts_with(PROFILE)
    }

    /// The format that is asked for where an image is wanted in `stored`: the same where the model has it and its answer has room for it,
    /// else one that loses least before the conversion.
    pub fn format_for(&self, stored: ImageFormat) -> ImageFormat {
        let fits = |format: &ImageFormat| !(self.is_large && *format == ImageFormat::Png);
        let has = |format: ImageFormat| self.output_formats.contains(&format) && fits(&format);
        match stored {
            wanted if has(wanted) => wanted,
            _ if has(ImageFormat::Png) => ImageFormat::Png,
            _ => ImageFormat::Webp,
        }
    }
}

impl Parameter {
    /// The fields of the item that fill it.
    pub fn fields(&self) -> &[&'static str] {
        match &self.kind {
            Kind::Text { field, .. }
            | Kind::Choice { field, .. }
            | Kind::Integer { field, .. }
            | Kind::Number { field, .. } => std::slice::from_ref(field),
            Kind::Picture { picture, .. } => picture.fields(),
            Kind::Seed => &["seed"],
            Kind::OutputFormat | Kind::Mode => &[],
        }
    }
}

impl PictureRole {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Source, Self::Mask, Self::Style];

    /// The item's fields with bucket and key.
    pub const fn fields(self) -> &'static [&'static str; 2] {
        match self {
            Self::Source => &["sourceBucketName", "sourceKeyName"],
            Self::Mask => &["maskBucketName", "maskKeyName"],
            Self::Style => &["styleBucketName", "styleKeyName"],
        }
    }

    /// In words: `source image`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Source => "source image",
            Self::Mask => "mask",
            Self::Style => "style image",
        }
    }
}

impl Limits {
    /// Checks the pixels of a picture.
    ///
    /// # Errors
    ///
    /// What is wrong, in words that follow the name of the picture.
    pub fn check(&self, width: u32, height: u32) -> Result<(), String> {
        let pixels = u64::from(width) * u64::from(height);
        let wanted = if width.min(height) < self.min_side {
            format!("at least {} on each side", self.min_side)
        } else if let Some(max) = self.max_side.filter(|max| width.max(height) > *max) {
            format!("at most {max} on each side")
        } else if pixels < self.min_pixels {
            format!("at least {} in all", self.min_pixels)
        } else if let Some(max) = self.max_pixels.filter(|max| pixels > *max) {
            format!("at most {max} in all")
        } else {
            return Ok(());
        };
        Err(format!("has {width} × {height} pixels; {wanted} are taken"))
    }
}

/// What the id of an inference profile for the United States begins with.
const PROFILE: &str = "us.";

/// The models that make images from text in words, for messages.
fn from_text() -> Message {
    message!(
        "models-from-text",
        "stability.stable-image-core-v1:1, stability.stable-image-ultra-v1:1 or stability.sd3-5-large-v1:0"
    )
}

/// The models that can be used in words, for messages.
pub const LIVE: &str = "stability.stable-image-core-v1:1, stability.stable-image-ultra-v1:1, stability.sd3-5-large-v1:0 \
                        or a service for an image that is there (`idlist models` lists all)";

/// What to do with an item that names a retired model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RetiredModels {
    /// Use the successor; the item is judged against it.
    #[default]
    Redirect,
    /// The item has a problem.
    Reject,
}

/// A word that is neither `Redirect` nor `Reject`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a way to treat retired models: use Redirect or Reject")]
pub struct UnknownRetiredModels(pub String);

impl fmt::Display for RetiredModels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Redirect => "Redirect",
            Self::Reject => "Reject",
        })
    }
}

impl FromStr for RetiredModels {
    type Err = UnknownRetiredModels;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "Redirect" => Ok(Self::Redirect),
            "Reject" => Ok(Self::Reject),
            other => Err(UnknownRetiredModels(other.to_owned())),
        }
    }
}

/// Why a model id cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelError {
    /// No model of ours has this id.
    Unknown,
    /// The id of a model that is called through its inference profile only.
    WithoutProfile {
        /// Id of the inference profile.
        profile: &'static str,
    },
    /// Bedrock does not serve it any more, and redirecting is off.
    Retired {
        /// Id of the model that takes its place.
        successor: &'static str,
    },
}

impl ModelError {
    /// What is wrong with the model and what would be right, in words that follow its id.
    pub fn message(self) -> Message {
        match self {
            Self::Unknown => message!(
                "unknown-model",
                "not a model that makes images here; use stability.stable-image-core-v1:1, stability.stable-image-ultra-v1:1, \
                 stability.sd3-5-large-v1:0 or a service for an image that is there (`idlist models` lists all)"
            ),
            Self::WithoutProfile { profile } => message!(
                "model-without-profile",
                "a model that Amazon Bedrock serves through its inference profile only; use {profile}",
                profile,
            ),
            Self::Retired { successor } => message!(
                "retired-model",
                "retired by Amazon Bedrock; use its successor {successor}, or another of {others}",
                successor,
                others = from_text(),
            ),
        }
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(f)
    }
}

impl std::error::Error for ModelError {}

/// Finds the model with a short name, such as `remove-background`, or with an id.
pub fn find(name: &str) -> Option<&'static Model> {
    MODELS.into_iter().find(|model| model.name == name || model.id == name)
}

/// Finds the model that is used for an id: the model itself, or the successor of a retired one.
///
/// # Errors
///
/// [`ModelError::Unknown`], [`ModelError::WithoutProfile`], or [`ModelError::Retired`] for a retired id under
/// [`RetiredModels::Reject`].
pub fn resolve(id: &str, retired: RetiredModels) -> Result<&'static Model, ModelError> {
    if let Some(model) = MODELS.into_iter().find(|model| model.id == id) {
        return Ok(model);
    }
    let profile = MODELS.into_iter().map(|model| model.id).find(|profile| profile.strip_prefix(PROFILE) == Some(id));
    if let Some(profile) = profile {
        return Err(ModelError::WithoutProfile { profile });
    }
    let (_, successor) = RETIRED.into_iter().find(|(retired_id, _)| *retired_id == id).ok_or(ModelError::Unknown)?;
    match retired {
        RetiredModels::Redirect => Ok(successor),
        RetiredModels::Reject => Err(ModelError::Retired { successor: successor.id }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FIELDS;

    #[test]
    fn a_live_model_is_itself_and_a_retired_one_its_successor() {
        for model in MODELS {
            assert_eq!(resolve(model.id, RetiredModels::Reject), Ok(model));
        }
        for (retired, successor) in RETIRED {
            assert_eq!(resolve(retired, RetiredModels::Redirect), Ok(successor));
            let error = resolve(retired, RetiredModels::Reject).unwrap_err().to_string();
            let start = format!("retired by Amazon Bedrock; use its successor {}, or another of ", successor.id);
            assert_eq!(error, format!("{start}{}", from_text()));
        }
    }

    #[test]
    fn unknown_ids_are_told_the_models_that_make_images_from_text() {
        for id in ["us.stability.stable-image-core-v1:1", "dall-e-3", ""] {
            let error = resolve(id, RetiredModels::Redirect).unwrap_err();
            assert_eq!(error, ModelError::Unknown);
            assert!(error.to_string().ends_with(&format!("; use {LIVE}")), "{error}");
            for model in MODELS.into_iter().filter(|model| model.start != Start::Image) {
                assert!(error.to_string().contains(model.id) && from_text().contains(model.id));
            }
        }
    }

    #[test]
    fn a_service_without_its_profile_is_told_the_profile() {
        let error = resolve("stability.stable-outpaint-v1:0", RetiredModels::Redirect).unwrap_err();
        assert_eq!(error, ModelError::WithoutProfile { profile: OUTPAINT.id });
        assert!(error.to_string().ends_with("; use us.stability.stable-outpaint-v1:0"));
    }

    #[test]
    fn every_row_is_sound() {
        for (nth, model) in MODELS.into_iter().enumerate() {
            let earlier = &MODELS[..nth];
            assert!(earlier.iter().all(|other| other.name != model.name && other.id != model.id), "{}", model.id);
            assert_eq!((find(model.name), find(model.id)), (Some(model), Some(model)));
            assert_eq!(model.has_profile(), model.regions.len() > 1, "{}", model.id);
            assert_eq!(model.max_seed > 0, model.parameter_of("seed").is_some(), "{}", model.id);
            assert_eq!(model.start == Start::Text, model.parameter_of("sourceKeyName").is_none(), "{}", model.id);
            let fields: Vec<_> = model.parameters.iter().flat_map(Parameter::fields).collect();
            assert!(fields.iter().all(|field| FIELDS.contains(field)), "{}", model.id);
            assert!(model.one_above_zero.iter().all(|field| fields.contains(&field)), "{}", model.id);
            let formats = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Webp];
            assert!(formats.iter().all(|format| model.output_formats.contains(&model.format_for(*format))));
        }
    }

    #[test]
    fn a_large_image_is_never_asked_for_as_png() {
        for model in [&FAST_UPSCALE, &CONSERVATIVE_UPSCALE, &CREATIVE_UPSCALE] {
            assert_eq!(model.format_for(ImageFormat::Png), ImageFormat::Webp);
            assert_eq!(model.format_for(ImageFormat::Jpeg), ImageFormat::Jpeg);
        }
        assert_eq!(CORE.format_for(ImageFormat::Webp), ImageFormat::Png);
    }

    #[test]
    fn pixels_are_within_the_limits_of_the_model() {
        let limits = |model: &Model| match model.parameter_of("sourceKeyName").map(|parameter| &parameter.kind) {
            Some(Kind::Picture { limits, .. }) => *limits,
            _ => panic!("{} takes no source image", model.id),
        };
        for (model, size, wrong) in [
            (&FAST_UPSCALE, (32, 1_536), None),
            (&FAST_UPSCALE, (1_024, 1_024), None),
            (&FAST_UPSCALE, (31, 100), Some("has 31 × 100 pixels; at least 32 on each side are taken")),
            (&FAST_UPSCALE, (1_537, 100), Some("has 1537 × 100 pixels; at most 1536 on each side are taken")),
            (&FAST_UPSCALE, (1_024, 1_025), Some("has 1024 × 1025 pixels; at most 1048576 in all are taken")),
            (&CREATIVE_UPSCALE, (64, 64), None),
            (&CREATIVE_UPSCALE, (1_025, 1_024), Some("has 1025 × 1024 pixels; at most 1048576 in all are taken")),
            (&CONSERVATIVE_UPSCALE, (3_072, 3_072), None),
            (&CONSERVATIVE_UPSCALE, (3_073, 3_072), Some("has 3073 × 3072 pixels; at most 9437184 in all are taken")),
        ] {
            assert_eq!(limits(model).check(size.0, size.1).err().as_deref(), wrong, "{}", model.id);
        }
    }

    #[test]
    fn retired_models_is_read_from_its_exact_name() {
        assert_eq!("Redirect".parse(), Ok(RetiredModels::Redirect));
        assert_eq!("Reject".parse(), Ok(RetiredModels::Reject));
        let error = "redirect".parse::<RetiredModels>().unwrap_err();
        assert_eq!(error.to_string(), "\"redirect\" is not a way to treat retired models: use Redirect or Reject");
    }
}
