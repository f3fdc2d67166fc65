//! The commands and their arguments. The help text is the manual.

use clap::{Parser, Subcommand};

use crate::commands::{check, convert, diff, manual, merge, models, new, plan, redo, retry, split, then};

/// Makes, checks and prices lists of pictures to make.
///
/// A list is a JSON array of items. Dropped into the bucket for lists, every item becomes an image.
#[derive(Debug, Parser)]
#[command(name = "idlist", version = env!("VERSION_WITH_COMMIT"), max_term_width = 100, after_help = EXIT_STATUS)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_STATUS: &str = "\
Exit status: 0 if all is well, 1 if the list has problems, 2 if the command could not run.

Examples:
  idlist new --rank nomal --number 100 > nomal.json
  idlist check nomal.json
  idlist plan nomal.json";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    New(Box<new::Args>),
    Check(check::Args),
    Plan(plan::Args),
    Convert(Box<convert::Args>),
    Diff(diff::Args),
    Split(split::Args),
    Merge(merge::Args),
    Retry(retry::Args),
    Redo(redo::Args),
    Then(then::Args),
    Models(models::Args),
    Completions(manual::CompletionsArgs),
    Man(manual::ManArgs),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_of_the_arguments_is_sound() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
