//! The Amazon States Language: reads a definition, and evaluates what is written in it. Pure: nothing is called and no time passes.

pub(crate) mod bounded;
pub(crate) mod data_flow;
pub(crate) mod definition;
pub(crate) mod intrinsic;
pub(crate) mod path;
pub(crate) mod payload;
pub(crate) mod retry;
pub(crate) mod substitute;
