//! The verbs of the command line.

mod doctor;
mod drop;
mod fetch;
mod follow;
mod manual;
mod redo;
mod runs;
mod serve;

use crate::Error;
use crate::aws::Connection;
use crate::cli::{Cli, Command};
use crate::service::Gallery;
use clap::{CommandFactory, FromArgMatches, Parser, error::ErrorKind};
use idlist::{Locale, Message, message};
use serde::Serialize;
use std::io::Write;
use std::process::ExitCode;
use std::sync::LazyLock;
use unicode_width::UnicodeWidthStr;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is made, or well.
    Good = 0,
    /// Items failed, or the list was rejected.
    Problems = 1,
    /// The command could not run.
    CouldNotRun = 2,
    /// Somebody pressed Ctrl-C.
    Interrupted = 130,
}

/// The language that the environment names.
static LOCALE: LazyLock<Locale> = LazyLock::new(Locale::of_environment);

/// The command line tool: reads the arguments, runs the command, says how it ended.
#[must_use]
pub fn main() -> ExitCode {
    match parse() {
        Ok(cli) => run(cli),
        Err(error) => usage(&error),
    }
}

fn parse() -> Result<Cli, clap::Error> {
    if *LOCALE == Locale::English {
        return Cli::try_parse();
    }
    let matches = idlist::help::with_headings(Cli::command(), say).try_get_matches()?;
    Cli::from_arg_matches(&matches)
}

fn run(cli: Cli) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("gallery: {error}");
            return ExitCode::from(Exit::CouldNotRun as u8);
        }
    };
    let json = cli.json;
    let exit = runtime.block_on(async {
        tokio::select! {
            result = Box::pin(command(cli)) => result,
            _ = tokio::signal::ctrl_c() => Ok(Exit::Interrupted),
        }
    });
    // Blocking work that is still going on, such as a thumbnail, is not waited for.
    runtime.shutdown_background();
    let exit = exit.unwrap_or_else(|error| {
        if json {
            print_json(&serde_json::json!({"error": error.name(), "message": error.to_string()}));
        }
        eprintln!("gallery: {}", say(&error.message()));
        Exit::CouldNotRun
    });
    ExitCode::from(exit as u8)
}

async fn command(cli: Cli) -> Result<Exit, Error> {
    let connection = Connection::from(cli.connection);
    let json = cli.json;
    match cli.command {
        Command::Completions { shell } => Ok(manual::completions(shell)),
        Command::Man => manual::man(),
        Command::Doctor(args) => doctor::run(&connection, &args, json).await,
        Command::Drop(args) if args.check => drop::check(&connection, &args, json),
        command => {
            let gallery = Gallery::new(connection.connect().await?);
            match command {
                Command::Serve(args) => serve::run(gallery, &connection, &args, json).await,
                Command::Drop(args) => drop::run(&gallery, &args, json).await,
                Command::Runs(args) => runs::run(&gallery, &args, json).await,
                Command::Watch(args) => follow::watch(&gallery, &args, json).await,
                Command::Fetch(args) => fetch::run(&gallery, &args, json).await,
                Command::Redo(args) => redo::run(&gallery, &args, json).await,
                Command::Stop(args) => runs::stop(&gallery, &args, json).await,
                Command::Completions { .. } | Command::Man | Command::Doctor(_) => Ok(Exit::Good),
            }
        }
    }
}

/// The name of the run that is meant by a name, an ARN, or `latest`.
async fn run_name(gallery: &Gallery, text: &str) -> Result<String, Error> {
    if text != "latest" {
        return Ok(text.rsplit(':').next().unwrap_or(text).to_owned());
    }
    let page = gallery.aws.list_runs(1, None).await?;
    let latest = page.runs.into_iter().next();
    latest.map(|run| run.name).ok_or_else(|| Error::NotFound(message!("a-run", "a run")))
}

/// Shows help and version on stdout, and what is wrong with the arguments on stderr.
fn usage(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        print_text(&error.render().to_string());
        return ExitCode::SUCCESS;
    }
    let text = error.render().to_string();
    eprint!("gallery: {}", text.strip_prefix("error: ").unwrap_or(&text));
    ExitCode::from(Exit::CouldNotRun as u8)
}

/// The text of a message, in the language that the environment names.
fn say(message: &Message) -> String {
    crate::say::say(*LOCALE, message)
}

/// Two parts of a list.
fn listed(first: Message, second: Message) -> Message {
    message!("listed", "{first}, {second}", first, second)
}

/// A message on a line of its own.
fn say_line(message: &Message) -> String {
    say(message) + "\n"
}

/// A text with blanks behind it up to a width. Japanese characters are two columns wide.
fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// Prints to stdout. A reader that has had enough is not a fault.
fn print_text(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

fn print_json(value: &impl Serialize) {
    print_text(&(serde_json::to_string_pretty(value).unwrap_or_default() + "\n"));
}
