//! Taking pictures home from the page: a zip and a contact sheet, both streamed.

use super::App;
use super::layout::View;
use super::live::{Seen, Shown};
use super::redo::selected;
use crate::Error;
use crate::service::{FileName, Thumbnail, album_page, album_picture, items_csv};
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use std::io::{self, BufWriter, Write};
use tokio::sync::mpsc;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Pictures that are read ahead, and pieces of the zip that wait for the browser.
const READ_AHEAD: usize = 4;
const PIECES: usize = 8;
const PIECE_BYTES: usize = 64 * 1024;

/// The selected items whose pictures are there, all if none is selected.
fn wanted(seen: &Seen, query: &str) -> Vec<usize> {
    let chosen = selected(query);
    let is_wanted = |index: &usize| chosen.is_empty() || chosen.contains(index);
    let is_there = |index: &usize| seen.snapshot.items.get(*index).is_some_and(|(_, tag)| !tag.is_empty());
    (0..seen.list.items.len()).filter(is_wanted).filter(is_there).collect()
}

pub(super) async fn zip(
    State(app): State<App>,
    view: View,
    RawQuery(query): RawQuery,
    Shown { seen, .. }: Shown,
) -> Response {
    let names = match "{rank}/{id}/{file}".parse::<FileName>() {
        Ok(names) => names,
        Err(error) => return view.error(&error),
    };
    let indexes = wanted(&seen, &query.unwrap_or_default());
    let (pieces, receiver) = mpsc::channel(PIECES);
    let (files, to_pack) = mpsc::channel::<(String, Vec<u8>)>(1);
    let broken = pieces.clone();
    let stem = seen.snapshot.run.title().trim_end_matches(".json").to_owned();
    tokio::spawn(async move {
        let file_of = |index: usize| {
            let item = seen.list.item(index).filter(|_| indexes.binary_search(&index).is_ok())?;
            Some(names.of(item, &item.input_key_name))
        };
        let csv = items_csv(&seen.list, file_of);
        let mut there = Vec::with_capacity(indexes.len());
        for index in indexes.iter().copied() {
            if let (Some(item), Some(file)) = (seen.list.item(index), file_of(index)) {
                there.push((item.input_bucket_name.clone(), item.object_key(), file));
            }
        }
        let read = |(bucket, key, file): (String, String, String)| {
            let aws = app.gallery.aws.clone();
            async move { (file, aws.object(&bucket, &key, None).await) }
        };
        let mut pictures = stream::iter(there).map(read).buffered(READ_AHEAD);
        while let Some((file, picture)) = pictures.next().await {
            match picture {
                Ok(bytes) => {
                    if files.send((file, bytes)).await.is_err() {
                        return;
                    }
                }
                // Deleted meanwhile.
                Err(Error::NotFound(_)) => {}
                Err(error) => {
                    // The browser sees that the download is not complete. If it has left, nobody has to.
                    let _ = broken.send(Err(io::Error::other(error))).await;
                    return;
                }
            }
        }
        let _ = files.send(("items.csv".to_owned(), csv.into_bytes())).await;
    });
    tokio::task::spawn_blocking(move || pack(to_pack, Pieces(pieces)));
    download("application/zip", &format!("{stem}.zip"), receiver)
}

/// Packs pictures as they come. They are compressed already. An error means that the browser has left.
fn pack(mut files: mpsc::Receiver<(String, Vec<u8>)>, pieces: Pieces) -> Option<()> {
    let mut zip = ZipWriter::new_stream(BufWriter::with_capacity(PIECE_BYTES, pieces));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut is_complete = false;
    while let Some((name, bytes)) = files.blocking_recv() {
        is_complete = name == "items.csv";
        zip.start_file(name, options).ok()?;
        zip.write_all(&bytes).ok()?;
    }
    if is_complete {
        zip.finish().ok()?.into_inner().into_inner().ok()?;
    }
    Some(())
}

/// Sends what is written to the browser.
struct Pieces(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes))).map_err(gone)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) async fn contact_sheet(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    Shown { seen, .. }: Shown,
) -> Response {
    let (pieces, receiver) = mpsc::channel(PIECES);
    let title = seen.snapshot.run.title().trim_end_matches(".json").to_owned();
    let file = format!("{title}.html");
    tokio::spawn(async move {
        let (head, foot) = album_page(&title);
        let mut is_open = pieces.send(Ok(Bytes::from(head))).await.is_ok();
        for index in wanted(&seen, &query.unwrap_or_default()) {
            let (Some(item), Some((_, tag))) = (seen.list.item(index), seen.snapshot.items.get(index)) else {
                continue;
            };
            let (bucket, key) = (&item.input_bucket_name, item.object_key());
            let original = app.gallery.aws.object(bucket, &key, None);
            let jpeg = match app.thumbnails.get(&format!("{bucket}/{key}"), tag, original).await {
                Ok(Thumbnail::Jpeg(jpeg)) => Some(jpeg),
                _ => None,
            };
            let picture = album_picture(item, None, jpeg.as_deref());
            is_open = is_open && pieces.send(Ok(Bytes::from(picture))).await.is_ok();
            if !is_open {
                return;
            }
        }
        // A browser that has left misses nothing.
        let _ = pieces.send(Ok(Bytes::from(foot))).await;
    });
    download("text/html; charset=utf-8", &file, receiver)
}

fn download(content_type: &'static str, file: &str, receiver: mpsc::Receiver<io::Result<Bytes>>) -> Response {
    let body =
        Body::from_stream(stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver))));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    // https://www.rfc-editor.org/rfc/rfc6266#section-4.3
    let name = percent_encoding::utf8_percent_encode(file, percent_encoding::NON_ALPHANUMERIC);
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
