//! The pipeline: buckets, functions, state machine and model, wired together as the SAM template wires them on AWS.

mod delivery;
mod functions;
mod names;
mod outbox;
mod services;
mod start;

pub(crate) use delivery::Delivery;
pub use names::{ACCOUNT, IMAGE_BUCKET, LEDGER, LIST_BUCKET, REGION, RESULT_BUCKET, STATE_MACHINE, state_machine_arn};
pub(crate) use names::{execution_arn_of, name_of};
pub(crate) use services::PipelineServices;
pub(crate) use start::{Pipeline, StartError};

/// Does blocking work in a thread for it.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}
