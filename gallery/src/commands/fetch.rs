//! `gallery fetch`: the pictures of a run in a folder, with a table and a contact sheet.

use super::{Exit, print_json, print_text, run_name, say_line};
use crate::Error;
use crate::cli::FetchArgs;
use crate::model::ItemState;
use crate::service::{FileName, Gallery, Memory, album_page, album_picture, items_csv, jpeg_of};
use futures_util::stream::{self, StreamExt};
use idlist::{Item, message};
use indicatif::ProgressBar;
use std::collections::HashMap;
use std::io::{IsTerminal, Read, Seek, Write};
use std::path::Path;

/// Pictures that are brought at the same time.
const AT_ONCE: usize = 8;
/// Bytes of the contact sheet that are kept in memory until it is complete.
const MAX_PAGE_IN_MEMORY: usize = 16 * 1024 * 1024;

pub(super) async fn run(gallery: &Gallery, args: &FetchArgs, json: bool) -> Result<Exit, Error> {
    let names: FileName = args.name.parse()?;
    let name = run_name(gallery, &args.run).await?;
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
            let what = message!(
                "two-pictures-with-one-name",
                "two pictures would be called {file}; give a --name with {{rank}}, {{id}} and {{file}}",
                file,
            );
            return Err(Error::Usage(what));
        }
    }
    let is_shown = !json && std::io::stderr().is_terminal();
    let bar = if is_shown { ProgressBar::new(list.items.len() as u64) } else { ProgressBar::hidden() };
    make_folder(&args.to)?;
    let page_path = args.to.join("index.html");
    let mut page = tempfile::spooled_tempfile(MAX_PAGE_IN_MEMORY);
    let (head, foot) = album_page(snapshot.run.title());
    let unwritten = |error: std::io::Error| Error::of_file(&page_path, &error);
    page.write_all(head.as_bytes()).map_err(unwritten)?;
    let (mut fetched, mut present) = (0_u64, 0_u64);
    let there = (0..list.items.len()).filter_map(|index| Some((list.item(index)?, file_of(index)?)));
    let mut pictures = stream::iter(there).map(|(item, file)| one(gallery, &args.to, item, file)).buffered(AT_ONCE);
    while let Some(picture) = pictures.next().await {
        let (html, is_fetched) = picture?;
        page.write_all(html.as_bytes()).map_err(unwritten)?;
        *(if is_fetched { &mut fetched } else { &mut present }) += 1;
        bar.inc(1);
    }
    page.write_all(foot.as_bytes()).and_then(|()| page.rewind()).map_err(unwritten)?;
    write(&page_path, &mut page)?;
    write(&args.to.join("items.csv"), &mut items_csv(&list, file_of).as_bytes())?;
    bar.finish_and_clear();
    let missing =
        snapshot.items.iter().filter(|(state, _)| *state != ItemState::Made && *state != ItemState::Existing).count();
    let folder = args.to.display().to_string();
    if json {
        print_json(
            &serde_json::json!({"run": name, "folder": folder, "fetched": fetched, "present": present, "missing": missing}),
        );
    } else {
        print_text(&say_line(&message!(
            "fetched",
            "{fetched} fetched, {present} already there, {missing} not made: {folder}",
            fetched,
            present,
            missing,
            folder,
        )));
    }
    Ok(if missing == 0 { Exit::Good } else { Exit::Problems })
}

fn make_folder(path: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(path).map_err(|error| Error::of_file(path, &error))
}

/// Brings one picture, if it is not there; what the contact sheet shows of it, and whether it was brought.
async fn one(gallery: &Gallery, folder: &Path, item: &Item, file: String) -> Result<(String, bool), Error> {
    let path = folder.join(&file);
    let (bytes, is_fetched) = match std::fs::read(&path) {
        Ok(bytes) => (bytes, false),
        Err(_) => (gallery.aws.object(&item.input_bucket_name, &item.object_key(), None).await?, true),
    };
    if is_fetched {
        write(&path, &mut bytes.as_slice())?;
    }
    let jpeg = tokio::task::spawn_blocking(move || jpeg_of(&bytes)).await.ok().flatten();
    Ok((album_picture(item, Some(&file), jpeg.as_deref()), is_fetched))
}

/// Writes a file under another name first, so that an interrupted fetch leaves no half picture.
fn write(path: &Path, content: &mut impl Read) -> Result<(), Error> {
    make_folder(path.parent().unwrap_or(path))?;
    let failed = |error: std::io::Error| Error::of_file(path, &error);
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let mut file = std::fs::File::create(&part).map_err(failed)?;
    std::io::copy(content, &mut file).map_err(failed)?;
    std::fs::rename(&part, path).map_err(failed)
}
