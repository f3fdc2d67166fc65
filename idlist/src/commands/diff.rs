//! `idlist diff`: says what a changed list would newly make.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use idlist::diff::{Change, Pictures};
use idlist::{Item, RetiredModels};
use serde::Serialize;

use super::CommandError;
use super::input::List;

/// Say what a changed list would newly make.
///
/// An item is added if the old list has nothing with its destination, and changed if anything that decides the picture is
/// different there: model, prompt, seed, options. What is only in the old list stays where it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 if the lists could be compared, different or not; 1 if one has problems; 2 if one could not be read.

Examples:
  idlist diff nomal-monday.json nomal.json
  idlist diff --json nomal-monday.json nomal.json | jq .added")]
pub(crate) struct Args {
    /// The list before
    old: PathBuf,

    /// The list now
    new: PathBuf,

    /// Report as JSON
    #[arg(long)]
    json: bool,
}

/// Most differences that are listed; the rest is counted.
const MAX_LISTED: usize = 100;

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Differences {
    added: u64,
    changed: u64,
    same: u64,
    only_in_old: usize,
    /// The first that would be made.
    destinations: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<bool, CommandError> {
    let mut pictures = Pictures::default();
    let mut found = Differences::default();
    let read = read(&args.old, |item| pictures.insert(item)).and_then(|old_is_good| {
        Ok(old_is_good
            && read(&args.new, |item| {
                let (count, sign) = match pictures.compare(item) {
                    Change::Added => (&mut found.added, Some('+')),
                    Change::Changed => (&mut found.changed, Some('~')),
                    Change::Same => (&mut found.same, None),
                };
                *count += 1;
                if let Some(sign) = sign
                    && found.destinations.len() < MAX_LISTED
                {
                    found.destinations.push(format!("{sign} {}", item.destination()));
                }
            })?)
    });
    if !read? {
        return Ok(false);
    }
    found.only_in_old = pictures.left();
    print(&found, args.json).map_err(CommandError::Output)?;
    Ok(true)
}

/// Reads the items of a list, up to the first that is bad, which is explained.
fn read(path: &Path, mut take: impl FnMut(&Item)) -> Result<bool, CommandError> {
    let list = List::read(path)?;
    for (nth, element) in list.items()?.into_iter().enumerate() {
        match Item::from_slice(element.get().as_bytes(), RetiredModels::Redirect) {
            Ok(item) => take(&item),
            Err(problems) => {
                let first = problems.first().map(ToString::to_string).unwrap_or_default();
                let line = list.line(element);
                eprintln!("idlist: {}: item {nth}, line {line}: {first}; see idlist check", path.display());
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn print(found: &Differences, json: bool) -> io::Result<()> {
    let mut output = BufWriter::new(io::stdout().lock());
    if json {
        serde_json::to_writer_pretty(&mut output, found)?;
        writeln!(output)?;
        return output.flush();
    }
    for destination in &found.destinations {
        writeln!(output, "{destination}")?;
    }
    let listed = found.destinations.len() as u64;
    if found.added + found.changed > listed {
        writeln!(output, "and {} more", found.added + found.changed - listed)?;
    }
    let Differences { added, changed, same, only_in_old, .. } = found;
    writeln!(output, "{} to make: {added} added, {changed} changed", added + changed)?;
    writeln!(output, "{same} the same, {only_in_old} only in the old list")?;
    output.flush()
}
