//! `idlist redo`: items of a list again, with other seeds.

use std::path::PathBuf;

use idlist::{FieldProblem, Item, Message, RetiredModels, message, seed_of};

use super::CommandError;
use super::fields::Fields;
use super::input::{List, bad};
use super::output::OutputArgs;

/// Write items of a list again with other seeds, for other pictures.
///
/// The file names get the seeds (image.png becomes image-seed7.png), so that the old pictures stay.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  idlist redo list.json A17 A42 -o redo.json
  idlist redo list.json vip/A17 --seed 7 -o redo.json
  idlist redo list.json vip/A17/image-2.png --replace -o redo.json")]
pub(crate) struct Args {
    /// File with the list
    file: PathBuf,

    /// Ids of the items; RANK/ID or RANK/ID/FILE where an id is not enough
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,

    /// The new seed [default: one that follows from the old]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// Keep the file names, so that the new pictures replace the old
    #[arg(long)]
    replace: bool,

    #[command(flatten)]
    output: OutputArgs,
}

pub(crate) fn run(args: &Args) -> Result<bool, CommandError> {
    let list = List::read(&args.file)?;
    let mut items = Vec::new();
    let mut found: Vec<Option<(String, u64)>> = vec![None; args.ids.len()];
    for (nth, mut fields) in Fields::of_list(&list)?.into_iter().enumerate() {
        let [rank, id, key] = ["rank", "id", "inputKeyName"].map(|field| fields.text(field).unwrap_or_default());
        let names = [id.clone(), format!("{rank}/{id}"), format!("{rank}/{id}/{key}")];
        let Some(wanted) = args.ids.iter().position(|wanted| names.contains(wanted)) else { continue };
        match found.get_mut(wanted) {
            Some(Some((other, _))) if *other != rank => {
                let [id, one, other] = [&id, other, &rank].map(|name| format!("{name:?}"));
                let what = message!(
                    "id-in-two-ranks",
                    "{id} is an id in the ranks {one} and {other}; write RANK/ID",
                    id,
                    one,
                    other,
                );
                return Err(bad(&list.path, what));
            }
            Some(Some((_, more))) => *more += 1,
            Some(found) => *found = Some((rank, 0)),
            None => {}
        }
        // Variations of an item must not become the same picture.
        let more = found.get(wanted).and_then(Option::as_ref).map_or(0, |(_, more)| *more);
        redo(&mut fields, args.seed.map(|seed| seed.saturating_add(more)), args.replace).map_err(|what| {
            let index = nth;
            bad(&list.path, message!("at-item-with-id", "item {index} (id {id}): {what}", index, id = &id, what))
        })?;
        items.push(fields);
    }
    if let Some((missing, _)) = args.ids.iter().zip(&found).find(|(_, found)| found.is_none()) {
        let id = format!("{missing:?}");
        return Err(bad(&list.path, message!("no-such-id", "there is no item with the id {id}", id)));
    }
    args.output.write_list(&items)?;
    Ok(true)
}

/// Gives an item another seed, and a file name with the seed in it.
fn redo(fields: &mut Fields, seed: Option<u64>, replace: bool) -> Result<(), Message> {
    let read = |fields: &Fields| {
        let json = serde_json::to_vec(fields).map_err(|error| error.to_string())?;
        let problem = |problems: Vec<FieldProblem>| problems.first().map(FieldProblem::sentence).unwrap_or_default();
        Item::from_slice(&json, RetiredModels::Redirect).map_err(problem)
    };
    let item = read(fields)?;
    let model = item.resolved_model(RetiredModels::Redirect).map_err(idlist::models::ModelError::message)?;
    let old = item.model_seed(model);
    let next = || seed_of(&format!("{}/{old}", item.object_key()), "redo", model.max_seed);
    let seed = seed.unwrap_or_else(next);
    if seed == old {
        return Err(message!("same-seed", "the seed is {seed} already; give another", seed));
    }
    fields.set("seed", &seed).map_err(|error| error.to_string())?;
    if !replace && let Some((stem, extension)) = item.input_key_name.rsplit_once('.') {
        let stem = match stem.rsplit_once("-seed") {
            Some((stem, digits)) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => stem,
            _ => stem,
        };
        fields.set("inputKeyName", &format!("{stem}-seed{seed}.{extension}")).map_err(|error| error.to_string())?;
    }
    read(fields).map(drop)
}
