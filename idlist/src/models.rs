//! The models: what each live one takes, and which successor each retired one has.

use std::fmt;
use std::str::FromStr;

use crate::format::ImageFormat;

/// A model that Amazon Bedrock serves today, and what it takes.
#[derive(Debug, PartialEq, Eq)]
pub struct Model {
    /// Model id, as `InvokeModel` takes it.
    pub id: &'static str,
    /// Most characters in `prompt` and in `negative_prompt`.
    pub max_prompt_chars: usize,
    /// Values of `aspect_ratio`.
    pub aspect_ratios: &'static [&'static str],
    /// Values of `output_format`.
    pub output_formats: &'static [ImageFormat],
    /// Largest `seed`. The smallest is 0, which asks for a random one.
    pub max_seed: u64,
    /// What the model wants for image-to-image; `None` if it cannot.
    pub image_to_image: Option<ImageToImage>,
}

/// What a model wants for image-to-image.
#[derive(Debug, PartialEq, Eq)]
pub struct ImageToImage {
    /// `strength` has to be given: the model has no default.
    pub strength_required: bool,
    /// `aspect_ratio` may be given too; otherwise the source image decides the shape.
    pub takes_aspect_ratio: bool,
}

const ASPECT_RATIOS: &[&str] = &["16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"];

/// Stable Image Core. Text to image only.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-stable-image-core-text-image-request-response.html>
pub const CORE: Model = Model {
    id: "stability.stable-image-core-v1:1",
    max_prompt_chars: 10_000,
    aspect_ratios: ASPECT_RATIOS,
    output_formats: &[ImageFormat::Jpeg, ImageFormat::Png],
    max_seed: 4_294_967_295,
    image_to_image: None,
};

/// Stable Image Ultra. `strength` is 0.35 if not given.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-stable-ultra-text-image-request-response.html>
pub const ULTRA: Model = Model {
    id: "stability.stable-image-ultra-v1:1",
    max_prompt_chars: 10_000,
    aspect_ratios: ASPECT_RATIOS,
    output_formats: &[ImageFormat::Jpeg, ImageFormat::Png],
    max_seed: 4_294_967_295,
    image_to_image: Some(ImageToImage { strength_required: false, takes_aspect_ratio: true }),
};

/// Stable Diffusion 3.5 Large. `aspect_ratio` is for text-to-image only, and its largest seed is one less than the others'.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-3-5-large.html>
pub const SD3_5_LARGE: Model = Model {
    id: "stability.sd3-5-large-v1:0",
    max_prompt_chars: 10_000,
    aspect_ratios: ASPECT_RATIOS,
    output_formats: &[ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Webp],
    max_seed: 4_294_967_294,
    image_to_image: Some(ImageToImage { strength_required: true, takes_aspect_ratio: false }),
};

/// The models that can be used, all in us-west-2.
pub static MODELS: [&Model; 3] = [&CORE, &ULTRA, &SD3_5_LARGE];

/// The live model ids in words, for messages.
const LIVE_IDS: &str = "stability.stable-image-core-v1:1, stability.stable-image-ultra-v1:1 \
                        or stability.sd3-5-large-v1:0";

/// Ids that Bedrock does not serve any more, each with the model that is nearest to it today.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle.html>
pub static RETIRED: [(&str, &Model); 10] = [
    ("stability.stable-diffusion-xl-v0", &CORE),
    ("stability.stable-diffusion-xl-v1", &CORE),
    ("stability.stable-diffusion-xl-v1:0", &CORE),
    ("stability.stable-image-core-v1:0", &CORE),
    ("stability.stable-image-ultra-v1:0", &ULTRA),
    ("stability.sd3-large-v1:0", &SD3_5_LARGE),
    ("amazon.titan-image-generator-v1", &CORE),
    ("amazon.titan-image-generator-v1:0", &CORE),
    ("amazon.titan-image-generator-v2:0", &CORE),
    ("amazon.nova-canvas-v1:0", &CORE),
];

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// No model of ours has this id. Inference profiles (`us.…`) are not accepted: the live models have none.
    #[error("not a model that makes images from text here; use {LIVE_IDS}")]
    Unknown,
    /// Bedrock does not serve it any more, and redirecting is off.
    #[error("retired by Amazon Bedrock; use its successor {successor}, or another of {LIVE_IDS}")]
    Retired {
        /// Id of the model that takes its place.
        successor: &'static str,
    },
}

/// Finds the model that is used for an id: the model itself, or the successor of a retired one.
///
/// # Errors
///
/// [`ModelError::Unknown`], or [`ModelError::Retired`] for a retired id under [`RetiredModels::Reject`].
pub fn resolve(id: &str, retired: RetiredModels) -> Result<&'static Model, ModelError> {
    if let Some(model) = MODELS.into_iter().find(|model| model.id == id) {
        return Ok(model);
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

    #[test]
    fn a_live_model_is_itself_and_a_retired_one_its_successor() {
        for model in MODELS {
            assert_eq!(resolve(model.id, RetiredModels::Reject), Ok(model));
        }
        for (retired, successor) in RETIRED {
            assert_eq!(resolve(retired, RetiredModels::Redirect), Ok(successor));
            let error = resolve(retired, RetiredModels::Reject).unwrap_err().to_string();
            let start = format!("retired by Amazon Bedrock; use its successor {}, or another of ", successor.id);
            assert_eq!(error, format!("{start}{LIVE_IDS}"));
        }
    }

    #[test]
    fn profiles_and_unknown_ids_are_unknown_and_the_live_ids_are_named() {
        for id in ["us.stability.stable-image-core-v1:1", "dall-e-3", ""] {
            let error = resolve(id, RetiredModels::Redirect).unwrap_err();
            assert_eq!(error, ModelError::Unknown);
            for model in MODELS {
                assert!(error.to_string().contains(model.id));
            }
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
