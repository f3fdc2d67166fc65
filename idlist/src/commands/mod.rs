//! The commands, one file each: its arguments, its help, what it does.

mod cells;
pub(crate) mod check;
pub(crate) mod convert;
pub(crate) mod diff;
mod excerpt;
mod fields;
mod input;
pub(crate) mod manual;
pub(crate) mod merge;
pub(crate) mod new;
mod output;
pub(crate) mod plan;
mod progress;
pub(crate) mod redo;
pub(crate) mod retry;
mod settings;
pub(crate) mod split;

use std::io;
use std::path::PathBuf;

/// Why a command could not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// What is to be read cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Input { path: PathBuf, source: io::Error },
    /// A file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    /// Stdout does not take the output.
    #[error("cannot write: {0}")]
    Output(#[source] io::Error),
    /// The arguments ask for something that cannot be.
    #[error("{0}")]
    Usage(String),
}
