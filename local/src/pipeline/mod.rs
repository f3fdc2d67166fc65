//! The pipeline: buckets, functions, state machine and model, wired together as the SAM template wires them on AWS.

mod delivery;
mod functions;
mod names;
mod outbox;
mod services;
mod start;

pub use delivery::Delivery;
pub(crate) use names::execution_arn_of;
pub use names::{ACCOUNT, IMAGE_BUCKET, LIST_BUCKET, REGION, RESULT_BUCKET, STATE_MACHINE, state_machine_arn};
pub use services::PipelineServices;
pub use start::{LEDGER, Pipeline, StartError};
