//! The commands: what they do, show and exit with.

mod console;
mod interrupt;
mod lines;
mod page;
mod run;
mod status;
mod summary;
mod tally;
mod up;

pub(crate) use run::run;
pub(crate) use up::up;
