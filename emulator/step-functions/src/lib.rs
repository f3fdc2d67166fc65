#![doc = include_str!("../README.md")]
//! [`Definition`] parses and checks; [`Executions`] starts, shows and stops; [`StepFunctionsEndpoint`] serves
//! them over HTTP. Where the documentation of AWS is silent, the module that decides says so. Items are read one by one, at
//! most `MaxConcurrency` children are in flight, results go to files as they come, and a child is forgotten when it ends.

mod api;
mod engine;
mod journal;
mod language;
mod model;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use api::endpoint::StepFunctionsEndpoint;
pub use engine::executions::Executions;
pub use engine::overview::ExecutionOverview;
pub use engine::services::{Services, TaskError};
pub use engine::shared::EngineSettings;
pub use engine::state_machine::StateMachine;
pub use engine::store::StartExecutionError;
pub use language::definition::{Definition, DefinitionError};
pub use language::payload::MAX_PAYLOAD_BYTES;
pub use language::substitute::{SubstitutionError, substitute};
pub use model::counts::{ChildEnd, Counts, Progress};
pub use model::execution_outcome::{ExecutionOutcome, ExecutionStatus};
pub use model::redrive::RedriveError;
