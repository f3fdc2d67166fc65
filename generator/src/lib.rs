//! Lambda function: one item in, one image in S3 out.
//!
//! In: an item of the list (`idlist::Item`), alone or in the state machine's envelope. Out: [`Output`], or an [`Error`] whose kind
//! is the Lambda `errorType`; or, for a caller that can wait, [`Later`]. The same item again costs nothing while its image is still there: the object's metadata carries a digest
//! of everything that decides the picture.
//!
//! | environment variable | meaning |
//! | --- | --- |
//! | `RETIRED_MODELS` | `Redirect` (default): a retired model id means its successor; `Reject`: it is an error |
//! | `PACE_BUCKET_NAME` | bucket of the clocks that pace the calls of a model, see [`pace`], and of the claims that keep two executions from making one image; default: neither |
//! | `BEDROCK_REGION` | region whose Bedrock is asked; default: the function's own |
//! | `AWS_LAMBDA_LOG_LEVEL` | `INFO` by default |
//!
//! AWS's own variables (`AWS_REGION`, `AWS_ENDPOINT_URL_S3`, …) mean what they mean to every SDK.

mod answer;
mod app;
mod bedrock;
mod claim;
mod classify;
pub mod config;
mod encoded;
mod error;
mod format;
mod input;
mod log;
mod output;
pub mod pace;
mod request;
mod run;
mod shared;
mod source;
mod store;

pub use app::{App, handle};
pub use claim::PREFIX as CLAIM_PREFIX;
pub use error::{Error, ErrorKind, Retries};
pub use output::{Answer, Later, Outcome, Output};
pub use run::run;
pub use store::REQUEST_SHA256;
