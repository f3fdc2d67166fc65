//! The commands, one file each: its arguments, its help, what it does.

mod cells;
pub(crate) mod check;
pub(crate) mod convert;
pub(crate) mod diff;
mod fields;
mod input;
pub(crate) mod manual;
pub(crate) mod merge;
pub(crate) mod models;
pub(crate) mod new;
mod output;
pub(crate) mod plan;
mod progress;
pub(crate) mod redo;
pub(crate) mod retry;
mod settings;
pub(crate) mod split;
pub(crate) mod then;

use std::io;
use std::path::PathBuf;

use idlist::{CheckOptions, RetiredModels};

/// What a list may have and cost: the limits that the trigger has if the stack does not say otherwise.
#[derive(Debug, clap::Args)]
pub(crate) struct Limits {
    /// Most items, as MaxItemsPerList of the stack; 0 for any number
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000)]
    max_items: u64,

    /// Most US dollars for the models, as MaxUsdPerList of the stack; 0 for any amount
    #[arg(long, value_name = "USD", default_value_t = 0.0, value_parser = amount)]
    pub(crate) max_usd: f64,
}

impl Limits {
    pub(crate) fn options(&self, retired: RetiredModels) -> CheckOptions {
        CheckOptions {
            max_items: (self.max_items > 0).then_some(self.max_items),
            max_usd: (self.max_usd > 0.0).then_some(self.max_usd),
            retired,
        }
    }
}

/// An amount of money: not below 0, and not infinite.
pub(crate) fn amount(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(usd) if usd >= 0.0 && usd.is_finite() => Ok(usd),
        _ => Err(format!("{text} is not an amount in US dollars")),
    }
}

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
