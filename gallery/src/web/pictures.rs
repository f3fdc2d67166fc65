//! Thumbnails and originals. An original is sent as it is stored.

use super::App;
use super::live::Seen;
use super::sheet::variants_of;
use crate::Error;
use crate::service::Thumbnail;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use idlist::ImageFormat;
use serde::Deserialize;

/// For ever: the address changes with the picture.
const KEPT: &str = "private, max-age=31536000, immutable";
/// Shown for an object that is not a picture.
const NOT_A_PICTURE: &str = include_str!("not-a-picture.svg");

#[derive(Debug, Deserialize)]
pub(super) struct Version {
    #[serde(default)]
    v: String,
    file: Option<String>,
}

/// Bucket, key and tag of the picture that is asked for.
fn place(seen: &Seen, index: usize, version: &Version) -> Result<(String, String, String), Error> {
    let missing = || Error::NotFound(format!("the picture of item {index}").into());
    let item = seen.list.item(index).ok_or_else(missing)?;
    let (file, tag) = match &version.file {
        None => (item.input_key_name.as_str(), seen.snapshot.items.get(index).map(|(_, tag)| tag.as_str())),
        Some(file) => {
            let variant = variants_of(seen, item).iter().find(|(known, _)| known == file);
            (file.as_str(), variant.map(|(_, tag)| tag.as_str()))
        }
    };
    let tag = tag.filter(|tag| !tag.is_empty()).ok_or_else(missing)?;
    Ok((item.input_bucket_name.clone(), format!("{}/{}/{file}", item.rank, item.id), tag.to_owned()))
}

async fn find(app: &App, name: &str, index: usize, version: &Version) -> Result<(String, String, String), Error> {
    // What a page has just shown needs no new look.
    if let Some(seen) = app.hub.peek(name)
        && let Ok(place) = place(&seen, index, version)
        && place.2 == version.v
    {
        return Ok(place);
    }
    place(&app.hub.seen(name).await?, index, version)
}

fn failed(error: &Error) -> Response {
    let status = if matches!(error, Error::NotFound(_)) { StatusCode::NOT_FOUND } else { StatusCode::BAD_GATEWAY };
    (status, error.to_string()).into_response()
}

pub(super) async fn thumbnail(
    State(app): State<App>,
    Path((name, index)): Path<(String, usize)>,
    Query(version): Query<Version>,
) -> Response {
    let thumbnail = async {
        let (bucket, key, tag) = find(&app, &name, index, &version).await?;
        let original = app.gallery.aws.object(&bucket, &key, None);
        app.thumbnails.get(&format!("{bucket}/{key}"), &tag, original).await
    };
    match thumbnail.await {
        Ok(Thumbnail::Jpeg(jpeg)) => {
            ([(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, KEPT)], jpeg).into_response()
        }
        Ok(Thumbnail::NotAPicture) => {
            ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, KEPT)], NOT_A_PICTURE).into_response()
        }
        Err(error) => failed(&error),
    }
}

pub(super) async fn original(
    State(app): State<App>,
    Path((name, index)): Path<(String, usize)>,
    Query(version): Query<Version>,
) -> Response {
    let opened = async {
        let (bucket, key, _) = find(&app, &name, index, &version).await?;
        Ok((app.gallery.aws.object_stream(&bucket, &key).await?, key))
    };
    let ((stream, length), key) = match opened.await {
        Ok(opened) => opened,
        Err(error) => return failed(&error),
    };
    // Whatever else the object claims to be, the browser gets a picture.
    let content_type = ImageFormat::from_file_name(&key).map_or("application/octet-stream", ImageFormat::content_type);
    let mut response = Body::from_stream(stream::unfold(stream, async |mut stream| {
        let bytes = stream.next().await?;
        Some((bytes, stream))
    }))
    .into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static(KEPT));
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, header::HeaderValue::from(length));
    }
    response
}
