//! `idlist diff`: says what a changed list would newly make.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use idlist::models::PictureRole;
use idlist::request::{PictureVersion, Request};
use idlist::{FieldProblem, Item, RetiredModels, message};
use rapidhash::quality::RandomState;
use serde::Serialize;

use super::CommandError;
use super::input::{List, about};
use super::say::{say, tell};

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
    // Of destination and picture only hashes are kept. That two different pictures among 5,000,000 have the same hash has a
    // chance of 1 in 1,000,000.
    let hash = RandomState::default();
    let mut old = HashMap::new();
    let mut found = Differences::default();
    let is_good = read(&args.old, |item| {
        old.insert(hash.hash_one(item.destination()), hash.hash_one(digest(item)));
    })? && read(&args.new, |item| {
        let (count, sign) = match old.remove(&hash.hash_one(item.destination())) {
            None => (&mut found.added, '+'),
            Some(picture) if picture != hash.hash_one(digest(item)) => (&mut found.changed, '~'),
            Some(_) => return found.same += 1,
        };
        *count += 1;
        if found.destinations.len() < MAX_LISTED {
            found.destinations.push(format!("{sign} {}", item.destination()));
        }
    })?;
    if is_good {
        found.only_in_old = old.len();
        print(&found, args.json).map_err(CommandError::Output)?;
    }
    Ok(is_good)
}

/// The digest by which the generator recognizes a picture, with the pictures that go to the model as they are.
fn digest(item: &Item) -> Option<String> {
    let request = Request::new(item, RetiredModels::Redirect).ok()?;
    let version = |(picture, bucket, key, _): (PictureRole, &str, &str, _)| PictureVersion {
        picture,
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        e_tag: String::new(),
    };
    Some(request.digest(&request.pictures().map(version).collect::<Vec<_>>()))
}

/// Reads the items of a list, up to the first that is bad, which is explained.
fn read(path: &Path, mut take: impl FnMut(&Item)) -> Result<bool, CommandError> {
    let list = List::read(path)?;
    for (nth, element) in list.items()?.into_iter().enumerate() {
        match Item::from_slice(element.get().as_bytes(), RetiredModels::Redirect) {
            Ok(item) => take(&item),
            Err(problems) => {
                let what = message!(
                    "bad-item-on-line",
                    "item {index}, line {line}: {problem}; see idlist check",
                    index = nth,
                    line = list.line(element),
                    problem = problems.first().map(FieldProblem::sentence).unwrap_or_default(),
                );
                tell(&about(path, what));
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
        let more = found.added + found.changed - listed;
        writeln!(output, "{}", say(&message!("and-number-more", "and {more} more", more)))?;
    }
    let Differences { added, changed, same, only_in_old, .. } = *found;
    let total = added + changed;
    let to_make = message!("to-make", "{total} to make: {added} added, {changed} changed", total, added, changed);
    let others = message!("others", "{same} the same, {only_in_old} only in the old list", same, only_in_old);
    writeln!(output, "{}\n{}", say(&to_make), say(&others))?;
    output.flush()
}
