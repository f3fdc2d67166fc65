//! The command line tool `gallery`.

use clap::Parser;
use gallery::cli::Cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => gallery::commands::run(cli),
        Err(error) => gallery::commands::usage(&error),
    }
}
