//! `idlist completions` and `idlist man`: what shells and `man` want to know, from the same definitions as the help.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;

use super::CommandError;
use crate::cli::Cli;

/// Print the completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  idlist completions bash > ~/.local/share/bash-completion/completions/idlist
  idlist completions zsh > ~/.zfunc/_idlist")]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

pub(crate) fn completions(args: &CompletionsArgs) -> Result<bool, CommandError> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "idlist", &mut text);
    print(&text)
}

/// Print the manual page.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  idlist man > ~/.local/share/man/man1/idlist.1
  idlist man new | man -l -")]
pub(crate) struct ManArgs {
    /// The command that the page is about [default: all of idlist]
    command: Option<String>,
}

pub(crate) fn man(args: &ManArgs) -> Result<bool, CommandError> {
    let mut all = Cli::command().disable_help_subcommand(true);
    all.build();
    let page = match &args.command {
        None => all,
        Some(name) => match all.find_subcommand(name) {
            Some(command) => command.clone(),
            None => return Err(CommandError::Usage(format!("there is no command {name:?}"))),
        },
    };
    let mut text = Vec::new();
    let title = page.get_display_name().unwrap_or("idlist").to_uppercase();
    let version = concat!("idlist ", env!("CARGO_PKG_VERSION"));
    let page = clap_mangen::Man::new(page).title(title).source(version).manual("User Commands");
    page.render(&mut text).map_err(CommandError::Output)?;
    print(&text)
}

fn print(text: &[u8]) -> Result<bool, CommandError> {
    let mut output = io::stdout().lock();
    output.write_all(text).and_then(|()| output.flush()).map_err(CommandError::Output)?;
    Ok(true)
}
