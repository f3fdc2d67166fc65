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
pub(crate) mod say;
mod settings;
pub(crate) mod split;
pub(crate) mod then;

use std::io;
use std::path::PathBuf;

use idlist::{CheckOptions, Message, RetiredModels, message};

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
#[derive(Debug)]
pub(crate) enum CommandError {
    /// What is to be read cannot be read.
    Input { path: PathBuf, source: io::Error },
    /// A file cannot be written.
    File { path: PathBuf, source: io::Error },
    /// Stdout does not take the output.
    Output(io::Error),
    /// The arguments ask for something that cannot be.
    Usage(Message),
}

impl CommandError {
    /// Why, as a sentence.
    pub(crate) fn message(&self) -> Message {
        let shown = |path: &PathBuf| path.display().to_string();
        match self {
            Self::Input { path, source } => {
                message!("cannot-read", "cannot read {file}: {error}", file = shown(path), error = source.to_string())
            }
            Self::File { path, source } => {
                message!("cannot-write", "cannot write {file}: {error}", file = shown(path), error = source.to_string())
            }
            Self::Output(source) => {
                message!("cannot-write-output", "cannot write: {error}", error = source.to_string())
            }
            Self::Usage(what) => what.clone(),
        }
    }
}
