//! `gallery redo`: items of a run once more.

use super::{Exit, follow, print_json, print_text, run_name};
use crate::Error;
use crate::cli::RedoArgs;
use crate::model::{Change, List, redo, redo_key};
use crate::service::Gallery;
use idlist::JsonArrayWriter;

pub(super) async fn run(gallery: &Gallery, args: &RedoArgs, json: bool) -> Result<Exit, Error> {
    let name = run_name(gallery, &args.run).await?;
    let run = gallery.aws.describe_run(&name).await?;
    let list = gallery.list(&run).await?;
    let change = Change { seed: args.seed, prompt: args.prompt.clone(), replace: args.replace };
    let mut array = JsonArrayWriter::new(Vec::new());
    let unwritten = |error: std::io::Error| Error::Unusable(error.to_string());
    for id in &args.ids {
        let listed = list.items.get(find(&list, id)?).ok_or_else(|| Error::NotFound(format!("the item {id}")))?;
        array.write(&redo(listed, &change)?).map_err(unwritten)?;
    }
    let dropped = gallery.drop_list(&redo_key(run.title()), array.finish().map_err(unwritten)?).await?;
    if args.wait {
        return follow::dropped(gallery, &dropped, json).await;
    }
    if json {
        print_json(&dropped);
    } else {
        let run = dropped.run.unwrap_or_default();
        print_text(&format!("{} dropped as {}: {run}\n", args.ids.len(), dropped.key));
    }
    Ok(Exit::Good)
}

/// The item with this id, or rank and id.
fn find(list: &List, id: &str) -> Result<usize, Error> {
    let is_meant = |index: &usize| {
        list.item(*index).is_some_and(|item| item.id == id || format!("{}/{}", item.rank, item.id) == id)
    };
    let found: Vec<usize> = (0..list.items.len()).filter(is_meant).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Error::Usage(format!("the list has no item {id:?}"))),
        _ => Err(Error::Usage(format!("{id:?} is an id in several ranks; write RANK/ID"))),
    }
}
