//! The command line tool `idlist`: makes, checks and prices lists.

mod cli;
mod commands;

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::error::ErrorKind as ClapErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser};

use cli::{Cli, Command};
use commands::CommandError;
use commands::say::{is_english, say, tell};

/// Everything went well, and what was checked is good.
const GOOD: u8 = 0;
/// What was checked has problems.
const PROBLEMS: u8 = 1;
/// The command could not run.
const COULD_NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let outcome = match cli.command {
        Command::New(args) => commands::new::run(&args),
        Command::Check(args) => commands::check::run(&args),
        Command::Plan(args) => commands::plan::run(&args),
        Command::Convert(args) => commands::convert::run(&args),
        Command::Diff(args) => commands::diff::run(&args),
        Command::Split(args) => commands::split::run(&args),
        Command::Merge(args) => commands::merge::run(&args),
        Command::Retry(args) => commands::retry::run(&args),
        Command::Redo(args) => commands::redo::run(&args),
        Command::Then(args) => commands::then::run(&args),
        Command::Models(args) => commands::models::run(&args),
        Command::Completions(args) => commands::manual::completions(&args),
        Command::Man(args) => commands::manual::man(&args),
    };
    exit_code(outcome)
}

fn parse() -> Result<Cli, clap::Error> {
    if is_english() {
        return Cli::try_parse();
    }
    let matches = idlist::help::with_headings(Cli::command(), say).try_get_matches()?;
    Cli::from_arg_matches(&matches)
}

fn exit_code(outcome: Result<bool, CommandError>) -> ExitCode {
    ExitCode::from(match outcome {
        Ok(true) => GOOD,
        Ok(false) => PROBLEMS,
        // Whoever reads our output has had enough: that is not our problem.
        Err(CommandError::Output(error)) if error.kind() == ErrorKind::BrokenPipe => GOOD,
        Err(error) => {
            tell(&error.message());
            COULD_NOT_RUN
        }
    })
}

/// Shows help and version on stdout, and what is wrong with the arguments on stderr.
fn usage(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ClapErrorKind::DisplayHelp | ClapErrorKind::DisplayVersion) {
        return exit_code(error.print().map(|()| true).map_err(CommandError::Output));
    }
    let text = error.render().to_string();
    match text.strip_prefix("error: ") {
        Some(text) => eprint!("idlist: {text}"),
        None => eprint!("{text}"),
    }
    ExitCode::from(COULD_NOT_RUN)
}
