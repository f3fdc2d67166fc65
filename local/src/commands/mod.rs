//! The commands: what they do, show and exit with.

mod console;
mod interrupt;
mod lines;
mod page;
mod progress;
mod rejection;
mod run;
mod status;
mod summary;
mod tally;
mod up;

pub use run::run;
pub use up::up;
