//! The commands: what they do, show and exit with.

mod advice;
mod interrupt;
mod outcome;
mod page;
mod progress;
mod run;
mod summary;
mod tally;
mod up;

pub use run::run;
pub use up::up;
