//! `gallery completions` and `gallery man`, from the same definitions as the help.

use super::{Exit, print_text};
use crate::Error;
use crate::cli::Cli;
use clap::CommandFactory;

pub(super) fn completions(shell: clap_complete::Shell) -> Exit {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "gallery", &mut text);
    print_text(&String::from_utf8_lossy(&text));
    Exit::Good
}

pub(super) fn man() -> Result<Exit, Error> {
    let mut roff = Vec::new();
    let page = clap_mangen::Man::new(Cli::command()).manual("User Commands");
    page.render(&mut roff).map_err(|error| Error::Usage(error.to_string().into()))?;
    print_text(&String::from_utf8_lossy(&roff));
    Ok(Exit::Good)
}
