//! Lambda function: starts an execution for every good list that an S3 event names.
//!
//! A list is checked with `idlist`. A good one starts an execution of the version that was checked; its name follows from bucket, key and
//! version, so that a second delivery of the same event starts nothing. A bad one starts nothing; its report is stored as
//! `rejected/<bucketKey>.<hash>.json` in the result bucket. A transient failure fails the invocation, after every record was tried.
//! The path of an event is in [`handle`].
//!
//! | environment variable | meaning |
//! | --- | --- |
//! | `STATE_MACHINE_ARN` | the state machine; required |
//! | `RESULT_BUCKET_NAME` | bucket for the reports of rejected lists; required |
//! | `MAX_ITEMS_PER_LIST` | a longer list is rejected; default 10,000 |
//! | `MAX_USD_PER_LIST` | a list whose images are estimated to cost more is rejected; default 0: no limit |
//! | `RETIRED_MODELS` | `Redirect` (default): items with a retired model id are good; `Reject`: they are a problem |
//! | `AWS_LAMBDA_LOG_LEVEL` | `INFO` by default |
//!
//! AWS's own variables (`AWS_REGION`, `AWS_ENDPOINT_URL_S3`, …) have the same meaning as for every SDK.

mod config;
mod error;
mod event;
mod execution;
mod handler;
mod list;
mod log;
mod output;
mod rejection;

pub use config::{Config, ConfigError};
pub use error::{Error, ErrorKind};
pub use event::STORED_INPUT;
pub use handler::{App, handle, serve};
pub use output::{Ignored, ListOutcome, Outcome, Output};
