//! Lambda function: one item in, one image in S3 out.
//!
//! In: an item of the list (`idlist::Item`), alone or in the state machine's envelope. Out: [`Output`]; or [`Wait`] for a caller that can
//! wait; or an [`Error`] whose kind is the Lambda `errorType`. The path of an item is in [`handle`], each of its steps in the file that
//! bears its name.
//!
//! | environment variable | meaning |
//! | --- | --- |
//! | `RETIRED_MODELS` | `Redirect` (default): a retired model id means its successor; `Reject`: it is an error |
//! | `STATE_BUCKET_NAME` | bucket of the leases and rate limits, under `state/`; default: neither |
//! | `IMAGES_PER_MINUTE` | quota of a model where it is known; default 0: it is learned |
//! | `BEDROCK_REGION` | region in which models that make images from text are called; default: the function's own |
//! | `BEDROCK_SERVICE_REGION` | region in which services that start from an image are called; default: `BEDROCK_REGION` |
//! | `AWS_LAMBDA_LOG_LEVEL` | `INFO` by default |
//!
//! AWS's own variables (`AWS_REGION`, `AWS_ENDPOINT_URL_S3`, …) mean what they mean to every SDK.

mod classify;
mod config;
mod convert;
mod error;
mod existing_image;
mod handler;
mod input;
mod invoke_model;
mod lease;
mod log;
mod output;
mod pictures;
mod put_image;
pub mod rate_limit;
mod state_store;

pub use config::{Config, ConfigError};
pub use error::{Error, ErrorKind, Retries};
pub use handler::{App, handle, serve};
pub use lease::LEASES;
pub use output::{Answer, Outcome, Output, Wait};
pub use put_image::REQUEST_SHA256;
pub use rate_limit::RATE_LIMITS;
