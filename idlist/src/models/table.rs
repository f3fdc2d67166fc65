//! The table of models: one row for each model, and the ids that Amazon Bedrock no longer serves.
//!
//! A new model is a row here and a place in [`MODELS`]. Everything else reads the row: the check of a list, the request, the price, the
//! stand-in. Only `sam/template.yaml` names the ids once more, for IAM; a test compares them.

use super::{ImageToImage, Kind, Limits, Model, Parameter, PictureRole, Price, Start};
use crate::format::ImageFormat::{self, Jpeg, Png, Webp};

/// The models that can be used: those that make images from text, then the services that start from an image.
pub static MODELS: [&Model; 16] = [
    &CORE,
    &ULTRA,
    &SD3_5_LARGE,
    &REMOVE_BACKGROUND,
    &ERASE_OBJECT,
    &INPAINT,
    &OUTPAINT,
    &SEARCH_REPLACE,
    &SEARCH_RECOLOR,
    &CONTROL_SKETCH,
    &CONTROL_STRUCTURE,
    &STYLE_GUIDE,
    &STYLE_TRANSFER,
    &FAST_UPSCALE,
    &CONSERVATIVE_UPSCALE,
    &CREATIVE_UPSCALE,
];

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

const OREGON: &[&str] = &["us-west-2"];
/// Where the `us.` inference profiles can be called, and where they send requests.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html>
const US: &[&str] = &["us-east-1", "us-east-2", "us-west-2"];

const JPEG_PNG: &[ImageFormat] = &[Jpeg, Png];
const ALL_FORMATS: &[ImageFormat] = &[Jpeg, Png, Webp];

const ASPECT_RATIOS: &[&str] = &["16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"];
const STYLE_PRESETS: &[&str] = &[
    "3d-model",
    "analog-film",
    "anime",
    "cinematic",
    "comic-book",
    "digital-art",
    "enhance",
    "fantasy-art",
    "isometric",
    "line-art",
    "low-poly",
    "modeling-compound",
    "neon-punk",
    "origami",
    "photographic",
    "pixel-art",
    "tile-texture",
];

/// Most characters of a prompt.
const MAX_CHARS: usize = 10_000;
const MAX_SEED: u64 = 4_294_967_295;
const MAX_SEED_OF_SERVICES: u64 = 4_294_967_294;

/// What the services take of a picture where their rows say nothing else.
const ANY: &Limits = &Limits { min_side: 64, max_side: None, min_pixels: 4_096, max_pixels: Some(9_437_184) };
const FROM_64: &Limits = &Limits { min_side: 64, max_side: None, min_pixels: 4_096, max_pixels: None };
const ONE_MEGAPIXEL: &Limits = &Limits { min_side: 64, max_side: None, min_pixels: 4_096, max_pixels: Some(1_048_576) };
const SMALL: &Limits = &Limits { min_side: 32, max_side: Some(1_536), min_pixels: 1_024, max_pixels: Some(1_048_576) };

const PROMPT: Parameter = text("prompt", "prompt", true);
const OPTIONAL_PROMPT: Parameter = text("prompt", "prompt", false);
const NEGATIVE_PROMPT: Parameter = text("negative_prompt", "negativePrompt", false);
const ASPECT_RATIO: Parameter =
    Parameter { name: "aspect_ratio", kind: Kind::Choice { field: "aspectRatio", values: ASPECT_RATIOS } };
const STYLE_PRESET: Parameter =
    Parameter { name: "style_preset", kind: Kind::Choice { field: "stylePreset", values: STYLE_PRESETS } };
const SEED: Parameter = Parameter { name: "seed", kind: Kind::Seed };
const OUTPUT_FORMAT: Parameter = Parameter { name: "output_format", kind: Kind::OutputFormat };
const MODE: Parameter = Parameter { name: "mode", kind: Kind::Mode };
const STRENGTH: Parameter = number("strength", "strength", 0.0, 1.0);
const CONTROL_STRENGTH: Parameter = number("control_strength", "controlStrength", 0.0, 1.0);
const GROW_MASK: Parameter = integer("grow_mask", "growMask", 20);
const MASK: Parameter = picture("mask", PictureRole::Mask, FROM_64);
const IMAGE: Parameter = picture("image", PictureRole::Source, ANY);

const fn text(name: &'static str, field: &'static str, required: bool) -> Parameter {
    Parameter { name, kind: Kind::Text { field, required, max_chars: MAX_CHARS } }
}

const fn integer(name: &'static str, field: &'static str, max: u64) -> Parameter {
    Parameter { name, kind: Kind::Integer { field, max } }
}

const fn number(name: &'static str, field: &'static str, min: f64, max: f64) -> Parameter {
    Parameter { name, kind: Kind::Number { field, min, max } }
}

const fn picture(name: &'static str, picture: PictureRole, limits: &'static Limits) -> Parameter {
    Parameter { name, kind: Kind::Picture { picture, limits } }
}

/// A service: what the rows of all thirteen have in common.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/stable-image-services.html>
const fn service(
    name: &'static str,
    id: &'static str,
    usd: f64,
    parameters: &'static [Parameter],
    output_formats: &'static [ImageFormat],
) -> Model {
    Model {
        name,
        id,
        regions: US,
        price: Price {
            usd_per_image: usd,
            source: "bedrock-image-mcp-server 0.5.0, its table of July 2026",
            conflict: None,
        },
        parameters,
        output_formats,
        max_seed: MAX_SEED_OF_SERVICES,
        start: Start::Image,
        is_large: false,
        makes_transparent: false,
        one_above_zero: &[],
    }
}

/// Stable Image Core. Text to image only.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-stable-image-core-text-image-request-response.html>
pub const CORE: Model = Model {
    name: "core",
    id: "stability.stable-image-core-v1:1",
    regions: OREGON,
    price: Price {
        usd_per_image: 0.04,
        source: "https://aws.amazon.com/bedrock/pricing/ as repeated by every public price list that was looked at",
        conflict: None,
    },
    parameters: &[PROMPT, NEGATIVE_PROMPT, ASPECT_RATIO, SEED, OUTPUT_FORMAT],
    output_formats: JPEG_PNG,
    max_seed: MAX_SEED,
    start: Start::Text,
    is_large: false,
    makes_transparent: false,
    one_above_zero: &[],
};

/// Stable Image Ultra. `strength` is 0.35 if not given.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-stable-ultra-text-image-request-response.html>
pub const ULTRA: Model = Model {
    name: "ultra",
    id: "stability.stable-image-ultra-v1:1",
    price: Price {
        usd_per_image: 0.14,
        source: "LiteLLM's public price list",
        conflict: Some("awslabs/startups says about 0.08"),
    },
    parameters: &[
        PROMPT,
        NEGATIVE_PROMPT,
        ASPECT_RATIO,
        SEED,
        OUTPUT_FORMAT,
        STRENGTH,
        picture("image", PictureRole::Source, FROM_64),
    ],
    start: Start::TextOrImage(ImageToImage { strength_required: false, takes_aspect_ratio: true }),
    ..CORE
};

/// Stable Diffusion 3.5 Large. `aspect_ratio` is for text-to-image only, and its largest seed is one less than the others'.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-diffusion-3-5-large.html>
pub const SD3_5_LARGE: Model = Model {
    name: "sd3.5-large",
    id: "stability.sd3-5-large-v1:0",
    price: Price {
        usd_per_image: 0.08,
        source: "LiteLLM's public price list",
        conflict: Some("awslabs/startups says about 0.065"),
    },
    parameters: &[
        PROMPT,
        NEGATIVE_PROMPT,
        ASPECT_RATIO,
        SEED,
        OUTPUT_FORMAT,
        MODE,
        STRENGTH,
        picture("image", PictureRole::Source, FROM_64),
    ],
    output_formats: ALL_FORMATS,
    max_seed: 4_294_967_294,
    start: Start::TextOrImage(ImageToImage { strength_required: true, takes_aspect_ratio: false }),
    ..CORE
};

/// Makes the background transparent.
pub const REMOVE_BACKGROUND: Model = Model {
    max_seed: 0,
    makes_transparent: true,
    ..service(
        "remove-background",
        "us.stability.stable-image-remove-background-v1:0",
        0.07,
        &[IMAGE, OUTPUT_FORMAT],
        &[Png, Webp],
    )
};

/// Removes what the mask shows in white, and fills the gap.
pub const ERASE_OBJECT: Model = service(
    "erase-object",
    "us.stability.stable-image-erase-object-v1:0",
    0.07,
    &[IMAGE, MASK, GROW_MASK, SEED, OUTPUT_FORMAT],
    ALL_FORMATS,
);

/// Paints what the prompt says where the mask is white.
pub const INPAINT: Model = service(
    "inpaint",
    "us.stability.stable-image-inpaint-v1:0",
    0.07,
    &[IMAGE, MASK, PROMPT, GROW_MASK, SEED, NEGATIVE_PROMPT, STYLE_PRESET, OUTPUT_FORMAT],
    ALL_FORMATS,
);

/// Continues the picture beyond its edges, by so many pixels a side.
pub const OUTPAINT: Model = Model {
    one_above_zero: &["left", "right", "up", "down"],
    ..service(
        "outpaint",
        "us.stability.stable-outpaint-v1:0",
        0.06,
        &[
            IMAGE,
            integer("left", "left", 2_000),
            integer("right", "right", 2_000),
            integer("up", "up", 2_000),
            integer("down", "down", 2_000),
            OPTIONAL_PROMPT,
            number("creativity", "creativity", 0.0, 1.0),
            SEED,
            STYLE_PRESET,
            OUTPUT_FORMAT,
        ],
        ALL_FORMATS,
    )
};

/// Finds what `searchPrompt` says, and paints what the prompt says in its place.
pub const SEARCH_REPLACE: Model = service(
    "search-replace",
    "us.stability.stable-image-search-replace-v1:0",
    0.07,
    &[
        IMAGE,
        text("search_prompt", "searchPrompt", true),
        PROMPT,
        GROW_MASK,
        SEED,
        NEGATIVE_PROMPT,
        STYLE_PRESET,
        OUTPUT_FORMAT,
    ],
    ALL_FORMATS,
);

/// Finds what `selectPrompt` says, and gives it the colour that the prompt says.
pub const SEARCH_RECOLOR: Model = service(
    "search-recolor",
    "us.stability.stable-image-search-recolor-v1:0",
    0.07,
    &[
        IMAGE,
        text("select_prompt", "selectPrompt", true),
        PROMPT,
        GROW_MASK,
        SEED,
        NEGATIVE_PROMPT,
        STYLE_PRESET,
        OUTPUT_FORMAT,
    ],
    ALL_FORMATS,
);

/// Paints a picture over the lines of a sketch.
pub const CONTROL_SKETCH: Model = service(
    "control-sketch",
    "us.stability.stable-image-control-sketch-v1:0",
    0.07,
    &[IMAGE, PROMPT, CONTROL_STRENGTH, SEED, NEGATIVE_PROMPT, STYLE_PRESET, OUTPUT_FORMAT],
    ALL_FORMATS,
);

/// Paints another picture with the structure of the source.
pub const CONTROL_STRUCTURE: Model = service(
    "control-structure",
    "us.stability.stable-image-control-structure-v1:0",
    0.07,
    &[IMAGE, PROMPT, CONTROL_STRENGTH, SEED, NEGATIVE_PROMPT, STYLE_PRESET, OUTPUT_FORMAT],
    ALL_FORMATS,
);

/// Paints what the prompt says in the style of the source.
pub const STYLE_GUIDE: Model = service(
    "style-guide",
    "us.stability.stable-image-style-guide-v1:0",
    0.07,
    &[
        IMAGE,
        PROMPT,
        number("fidelity", "fidelity", 0.0, 1.0),
        SEED,
        NEGATIVE_PROMPT,
        ASPECT_RATIO,
        STYLE_PRESET,
        OUTPUT_FORMAT,
    ],
    ALL_FORMATS,
);

/// Gives the source the style of a second picture.
pub const STYLE_TRANSFER: Model = service(
    "style-transfer",
    "us.stability.stable-style-transfer-v1:0",
    0.08,
    &[
        picture("init_image", PictureRole::Source, ANY),
        picture("style_image", PictureRole::Style, ANY),
        OPTIONAL_PROMPT,
        number("composition_fidelity", "compositionFidelity", 0.0, 1.0),
        number("style_strength", "styleStrength", 0.0, 1.0),
        number("change_strength", "changeStrength", 0.1, 1.0),
        SEED,
        NEGATIVE_PROMPT,
        OUTPUT_FORMAT,
    ],
    ALL_FORMATS,
);

/// Four times the pixels, within seconds.
pub const FAST_UPSCALE: Model = Model {
    max_seed: 0,
    is_large: true,
    ..service(
        "fast-upscale",
        "us.stability.stable-fast-upscale-v1:0",
        0.03,
        &[picture("image", PictureRole::Source, SMALL), OUTPUT_FORMAT],
        ALL_FORMATS,
    )
};

/// Enlarges, and changes as little as possible.
pub const CONSERVATIVE_UPSCALE: Model = Model {
    is_large: true,
    ..service(
        "conservative-upscale",
        "us.stability.stable-conservative-upscale-v1:0",
        0.40,
        &[IMAGE, PROMPT, SEED, NEGATIVE_PROMPT, OUTPUT_FORMAT],
        ALL_FORMATS,
    )
};

/// Enlarges to about 3,150 pixels, and invents details.
pub const CREATIVE_UPSCALE: Model = Model {
    is_large: true,
    ..service(
        "creative-upscale",
        "us.stability.stable-creative-upscale-v1:0",
        0.60,
        &[
            picture("image", PictureRole::Source, ONE_MEGAPIXEL),
            PROMPT,
            number("creativity", "creativity", 0.1, 0.5),
            SEED,
            NEGATIVE_PROMPT,
            STYLE_PRESET,
            OUTPUT_FORMAT,
        ],
        ALL_FORMATS,
    )
};
