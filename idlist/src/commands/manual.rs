//! `idlist completions` and `idlist man`: what shells and `man` want to know, from the same definitions as the help.

use std::io::{self, IsTerminal, Write};
use std::process::{Command, Stdio};

use clap::CommandFactory;
use clap_complete::Shell;
use idlist::message;

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

/// Show the manual page.
///
/// Where there is no program man that can, the page is text.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  idlist man new
  idlist man --roff > ~/.local/share/man/man1/idlist.1")]
pub(crate) struct ManArgs {
    /// The command that the page is about [default: all of idlist]
    command: Option<String>,

    /// Print the source of the page, for installing
    #[arg(long)]
    roff: bool,
}

pub(crate) fn man(args: &ManArgs) -> Result<bool, CommandError> {
    let mut all = Cli::command().disable_help_subcommand(true);
    all.build();
    let mut page = match &args.command {
        None => all,
        Some(name) => match all.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                let name = format!("{name:?}");
                return Err(CommandError::Usage(message!("no-such-command", "there is no command {name}", name)));
            }
        },
    };
    let text = page.render_long_help().to_string();
    let mut roff = Vec::new();
    let title = page.get_display_name().unwrap_or("idlist").to_uppercase();
    let version = concat!("idlist ", env!("CARGO_PKG_VERSION"));
    let page = clap_mangen::Man::new(page).title(title).source(version).manual("User Commands");
    page.render(&mut roff).map_err(CommandError::Output)?;
    match args.roff {
        true => print(&roff),
        false => print(&shown(&roff).ok().flatten().unwrap_or_else(|| text.into_bytes())),
    }
}

/// The page as `man` formats it, nothing more if it has shown it on the terminal; `None` if it cannot.
fn shown(roff: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(roff)?;
    let mut man = Command::new("man");
    man.arg("-l").arg(file.path()).stderr(Stdio::null());
    if io::stdout().is_terminal() {
        return Ok(man.status()?.success().then(Vec::new));
    }
    let page = man.output()?;
    // Some systems have a program man that says only that there are no pages.
    let is_page = page.status.success() && page.stdout.windows(6).any(|word| word == b"IDLIST");
    Ok(is_page.then_some(page.stdout))
}

fn print(text: &[u8]) -> Result<bool, CommandError> {
    let mut output = io::stdout().lock();
    output.write_all(text).and_then(|()| output.flush()).map_err(CommandError::Output)?;
    Ok(true)
}
