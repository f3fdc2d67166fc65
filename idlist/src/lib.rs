//! The list of pictures to make: what an item is, reading and checking lists, making them.
//!
//! A list is a JSON array of items. This crate is the only place that knows the rules, so what checking a list passes
//! is what the function that makes the picture accepts. It knows nothing of AWS beyond names and limits, reads
//! nothing from the environment. A list that is checked is in memory, with 24 bytes more for each item; what else reads or
//! writes lists keeps one element.
//!
//! | field | required | meaning |
//! | --- | --- | --- |
//! | `id` | yes | 1–128 characters, no `/`, no control characters, not `.` or `..` |
//! | `rank` | yes | rarity, same rules as `id` |
//! | `inputBucketName` | yes | bucket that receives the image |
//! | `inputKeyName` | yes | file name of the image, ends in `.jpeg`, `.jpg`, `.png` or `.webp` |
//! | `model` | yes | Bedrock model id, see [`models`] |
//! | `prompt` | by model | what the picture shows; not blank |
//! | `negativePrompt`, `aspectRatio`, `seed` | by model | passed on to the model |
//! | `sourceBucketName`, `sourceKeyName` | by model | the image to start from |
//! | `strength` | by model | how far the picture may go from the source image |
//! | `maskBucketName`, `maskKeyName` | by model | white where the model may paint |
//! | `styleBucketName`, `styleKeyName` | by model | the image whose style is taken |
//! | `searchPrompt`, `selectPrompt`, `stylePreset`, `growMask`, `left`, `right`, `up`, `down`, `creativity`, `controlStrength`, `fidelity`, `compositionFidelity`, `styleStrength`, `changeStrength` | by model | passed on to the model |
//!
//! A field of this table that the model of an item does not take is a problem, so that nobody pays for a picture without it.
//!
//! `null` is an absent field; unknown fields are ignored. Items are counted from 0, as Step Functions counts them;
//! lines and columns from 1, columns in characters.

mod alike;
mod array;
mod broken;
mod check;
mod counts;
#[cfg(feature = "tables")]
pub mod excerpt;
mod execution;
mod format;
#[cfg(feature = "help")]
pub mod help;
mod hints;
mod item;
mod json;
mod list_name;
mod listed;
#[cfg(feature = "translations")]
mod locale;
#[cfg(feature = "tables")]
pub mod make;
mod message;
pub mod models;
mod names;
mod near;
pub mod plan;
mod position;
mod prices;
mod problem;
mod report;
pub mod request;
mod seed;
#[cfg(feature = "tables")]
pub mod table;
mod write;

pub use broken::{Broken, BrokenKind};
pub use check::{CheckOptions, check_reader, check_slice};
pub use execution::{clean_stem, execution_name, rejection_key};
pub use format::ImageFormat;
pub use hints::HintKind;
pub use item::{FIELDS, Item, is_number_field};
pub use json::MAX_DEPTH;
pub use list_name::ListName;
#[cfg(feature = "translations")]
pub use locale::{Catalogue, JAPANESE, Locale};
pub use message::{Argument, Message, counted};
pub use models::RetiredModels;
pub use names::{MAX_KEY_BYTES, MAX_NAME_CHARS, check_account_id, check_bucket_name, check_region};
pub use prices::usd_per_image;
pub use problem::{FieldProblem, ProblemKind};
pub use report::{Count, Finding, Hint, MAX_LISTED_PROBLEMS, Problem, Report};
pub use seed::seed_of;
pub use write::JsonArrayWriter;

/// Largest item in bytes, as it stands in the list.
///
/// Step Functions gives a child workflow execution at most 256 KiB, and the state machine puts some of its own around
/// the item. <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
pub const MAX_ITEM_BYTES: usize = 262_144 - 1_024;
