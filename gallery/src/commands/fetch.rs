//! `gallery fetch`: the pictures of a run in a folder, with a table and a contact sheet.

use super::{Exit, print_json, print_text};
use crate::Error;
use crate::cli::FetchArgs;
use crate::model::ItemState;
use crate::service::{FileName, Gallery, Memory, album_page, album_picture, items_csv, jpeg_of};
use indicatif::ProgressBar;
use std::collections::HashMap;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::Path;

pub(super) async fn run(gallery: &Gallery, args: &FetchArgs, json: bool) -> Result<Exit, Error> {
    let names: FileName = args.name.parse()?;
    let name = gallery.run_name(&args.run).await?;
    let (snapshot, list) = gallery.look(&name, &mut Memory::default()).await?;
    let there = |index: usize| snapshot.items.get(index).is_some_and(|(_, tag)| !tag.is_empty());
    let file_of = |index: usize| {
        let item = list.item(index).filter(|_| there(index))?;
        Some(names.of(item, &item.input_key_name))
    };
    let mut taken: HashMap<String, usize> = HashMap::new();
    for index in 0..list.items.len() {
        let Some(file) = file_of(index) else { continue };
        if taken.insert(file.to_lowercase(), index).is_some() {
            let what = format!("two pictures would be called {file}; give a --name with {{rank}}, {{id}} and {{file}}");
            return Err(Error::Usage(what));
        }
    }
    let is_shown = !json && std::io::stderr().is_terminal();
    let bar = if is_shown { ProgressBar::new(list.items.len() as u64) } else { ProgressBar::hidden() };
    make_folder(&args.to)?;
    let page_path = args.to.join("index.html");
    let page = std::fs::File::create(&page_path).map_err(|error| Error::of_file(&page_path, &error))?;
    let mut page = BufWriter::new(page);
    let (head, foot) = album_page(snapshot.run.title());
    let unwritten = |error: std::io::Error| Error::of_file(&page_path, &error);
    page.write_all(head.as_bytes()).map_err(unwritten)?;
    let (mut fetched, mut present) = (0_u64, 0_u64);
    for index in 0..list.items.len() {
        bar.inc(1);
        let (Some(item), Some(file)) = (list.item(index), file_of(index)) else { continue };
        let path = args.to.join(&file);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => {
                present += 1;
                bytes
            }
            Err(_) => {
                let bytes = gallery.aws.object(&item.input_bucket_name, &item.object_key(), None).await?;
                write(&path, &bytes)?;
                fetched += 1;
                bytes
            }
        };
        let jpeg = tokio::task::spawn_blocking(move || jpeg_of(&bytes)).await.ok().flatten();
        let picture = album_picture(item, Some(&file), jpeg.as_deref());
        page.write_all(picture.as_bytes()).map_err(unwritten)?;
    }
    page.write_all(foot.as_bytes()).and_then(|()| page.flush()).map_err(unwritten)?;
    write(&args.to.join("items.csv"), items_csv(&list, file_of).as_bytes())?;
    bar.finish_and_clear();
    let missing =
        snapshot.items.iter().filter(|(state, _)| *state != ItemState::Made && *state != ItemState::Existing).count();
    let folder = args.to.display().to_string();
    if json {
        print_json(
            &serde_json::json!({"run": name, "folder": folder, "fetched": fetched, "present": present, "missing": missing}),
        );
    } else {
        print_text(&format!("{fetched} fetched, {present} already there, {missing} not made: {folder}\n"));
    }
    Ok(if missing == 0 { Exit::Good } else { Exit::Problems })
}

fn make_folder(path: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(path).map_err(|error| Error::of_file(path, &error))
}

/// Writes a file under another name first, so that an interrupted fetch leaves no half picture.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    make_folder(folder)?;
    let failed = |error: std::io::Error| Error::of_file(path, &error);
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.persist(path).map(drop).map_err(|error| failed(error.error))
}
