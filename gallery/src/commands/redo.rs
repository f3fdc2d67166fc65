//! `gallery redo`: items of a run once more.

use super::{Exit, follow, print_json, print_text, run_name, say_line};
use crate::Error;
use crate::cli::RedoArgs;
use crate::model::{Change, List, redo, redo_key};
use crate::service::Gallery;
use idlist::{JsonArrayWriter, message};

pub(super) async fn run(gallery: &Gallery, args: &RedoArgs, json: bool) -> Result<Exit, Error> {
    let name = run_name(gallery, &args.run).await?;
    let run = gallery.aws.describe_run(&name).await?;
    let list = gallery.list(&run).await?;
    let change = Change { seed: args.seed, prompt: args.prompt.clone(), replace: args.replace };
    let mut array = JsonArrayWriter::new(Vec::new());
    let unwritten = |error: std::io::Error| Error::Unusable(error.to_string().into());
    for id in &args.ids {
        let missing = || Error::NotFound(message!("the-item", "the item {id}", id));
        let listed = list.items.get(find(&list, id)?).ok_or_else(missing)?;
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
        let (number, key) = (args.ids.len(), dropped.key);
        print_text(&say_line(&message!("redone", "{number} dropped as {key}: {run}", number, key, run)));
    }
    Ok(Exit::Good)
}

/// The item with this id, or rank and id.
fn find(list: &List, id: &str) -> Result<usize, Error> {
    let is_meant = |index: &usize| {
        list.item(*index).is_some_and(|item| item.id == id || format!("{}/{}", item.rank, item.id) == id)
    };
    let found: Vec<usize> = (0..list.items.len()).filter(is_meant).collect();
    let id = format!("{id:?}");
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Error::Usage(message!("no-such-item", "the list has no item {id}", id))),
        _ => Err(Error::Usage(message!("id-in-ranks", "{id} is an id in several ranks; write RANK/ID", id))),
    }
}
