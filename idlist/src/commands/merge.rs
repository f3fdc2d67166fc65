//! `idlist merge`: several lists as one.

use std::collections::HashMap;
use std::path::PathBuf;

use idlist::message;

use super::CommandError;
use super::fields::Fields;
use super::input::{List, bad};
use super::output::OutputArgs;
use super::say::tell;

/// Merge lists into one, in the order in which they are given.
///
/// An item that appears again with all its fields equal is left out. Two different items with one destination are an error.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  idlist merge monday.json tuesday.json -o week.json")]
pub(crate) struct Args {
    /// Files with the lists
    #[arg(required = true, num_args = 2.., value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(args: &Args) -> Result<bool, CommandError> {
    let lists = args.files.iter().map(|path| List::read(path)).collect::<Result<Vec<_>, _>>()?;
    let mut merged: Vec<Fields> = Vec::new();
    let mut places = HashMap::new();
    let mut again = 0;
    for list in &lists {
        for (nth, item) in Fields::of_list(list)?.into_iter().enumerate() {
            let Some(destination) = item.destination() else {
                merged.push(item);
                continue;
            };
            let (earlier, path, number) = *places.entry(destination.clone()).or_insert((merged.len(), &list.path, nth));
            match merged.get(earlier) {
                None => merged.push(item),
                Some(there) if there.value() == item.value() => again += 1,
                Some(_) => {
                    let what = message!(
                        "two-items-with-one-destination",
                        "item {index} has the destination of item {number} of {file}, {destination}, and is another; remove one",
                        index = nth,
                        number,
                        file = path.display().to_string(),
                        destination,
                    );
                    return Err(bad(&list.path, what));
                }
            }
        }
    }
    if again > 0 {
        tell(&message!("left-out", "items that appear again, left out: {number}", number = again));
    }
    args.output.write_list(&merged)?;
    Ok(true)
}
