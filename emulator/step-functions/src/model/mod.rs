//! What Step Functions calls things: its errors, service integrations and times. No part of it does anything.

pub(crate) mod counts;
pub(crate) mod error;
pub(crate) mod event;
pub(crate) mod execution_outcome;
pub(crate) mod redrive;
pub(crate) mod resource;
pub(crate) mod timestamp;
