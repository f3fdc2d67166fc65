//! `idlist retry`: the items of a list that failed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use idlist::message;
use serde::Deserialize;

use super::CommandError;
use super::fields::Fields;
use super::input::{self, List, bad};
use super::output::OutputArgs;

/// Write the items of a list that failed, in the order of the list, ready to be corrected.
///
/// The result files of an execution say which: FAILED_0.json and its like, which a Map Run writes beside its manifest.json.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  idlist retry list.json --failed FAILED_0.json -o again.json
  idlist retry list.json --failed FAILED_0.json --also PENDING_0.json -o again.json")]
pub(crate) struct Args {
    /// File with the list
    file: PathBuf,

    /// Result file with the items that failed (can be given several times)
    #[arg(long, value_name = "FILE", required = true)]
    failed: Vec<PathBuf>,

    /// Result file with other items to make, such as PENDING_0.json (can be given several times)
    #[arg(long, value_name = "FILE")]
    also: Vec<PathBuf>,

    #[command(flatten)]
    output: OutputArgs,
}

/// A child execution in a result file.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html>
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Child {
    /// JSON text with the item in it.
    input: String,
    #[serde(default)]
    status: String,
}

#[derive(Deserialize)]
struct Input {
    item: Fields,
}

pub(crate) fn run(args: &Args) -> Result<bool, CommandError> {
    let list = List::read(&args.file)?;
    let items = Fields::of_list(&list)?;
    let mut wanted = HashMap::new();
    for path in args.failed.iter().chain(&args.also) {
        for (nth, destination) in destinations(path)?.into_iter().enumerate() {
            wanted.entry(destination).or_insert((path, nth));
        }
    }
    let again: Vec<_> =
        items.iter().filter(|item| item.destination().is_some_and(|it| wanted.remove(&it).is_some())).collect();
    if let Some((destination, (path, nth))) = wanted.into_iter().min_by_key(|(_, place)| *place) {
        let what = message!(
            "entry-of-another-list",
            "entry {index} is about {destination}, which is not in {file}; give the list of that execution",
            index = nth,
            destination,
            file = list.path.display().to_string(),
        );
        return Err(bad(path, what));
    }
    args.output.write_list(&again)?;
    Ok(true)
}

/// The destinations of the items in a result file.
fn destinations(path: &Path) -> Result<Vec<String>, CommandError> {
    let children: Vec<Child> = serde_json::from_str(&input::text(path, None)?).map_err(|error| {
        let error = error.to_string();
        bad(path, message!("not-a-result-file", "not a result file of a Map Run: {error}", error))
    })?;
    let destination = |(nth, child): (usize, &Child)| {
        if child.status == "SUCCEEDED" {
            let what = message!(
                "entry-that-succeeded",
                "entry {index} succeeded; give the files FAILED_n.json and PENDING_n.json",
                index = nth,
            );
            return Err(bad(path, what));
        }
        let item = serde_json::from_str::<Input>(&child.input).ok().and_then(|input| input.item.destination());
        item.ok_or_else(|| {
            bad(path, message!("entry-without-item", "entry {index} has no item in its Input", index = nth))
        })
    };
    children.iter().enumerate().map(destination).collect()
}
