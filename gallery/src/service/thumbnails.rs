//! Thumbnails: made once, kept in a bounded folder, never more than four at a time.

use crate::Error;
use image::{DynamicImage, ImageReader, Limits, Rgb, RgbImage, Rgba, imageops::FilterType};
use moka::{future::Cache, notification::RemovalCause};
use sha2::{Digest, Sha256};
use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Thumbnails that are made at the same time.
const AT_ONCE: usize = 4;
/// The longer side in pixels.
const SIDE: u32 = 384;
/// Bytes of all thumbnails on disk.
const MAX_DISK_BYTES: u64 = 256 * 1024 * 1024;
/// Largest side of a picture that is decoded, and the memory that decoding may take.
const MAX_SIDE: u32 = 16_384;
const MAX_ALLOC: u64 = 256 * 1024 * 1024;
/// Side of a square of the chequerboard behind transparent pictures.
const SQUARE: u32 = 12;
/// JPEG quality.
const QUALITY: u8 = 82;

/// A picture for the contact sheet.
#[derive(Debug, Clone)]
pub(crate) enum Thumbnail {
    /// JPEG.
    Jpeg(Vec<u8>),
    /// The object is not a picture that can be read.
    NotAPicture,
}

/// The thumbnails of all runs.
#[derive(Debug, Clone)]
pub(crate) struct Thumbnails {
    folder: Arc<PathBuf>,
    known: Cache<String, Option<Arc<PathBuf>>>,
    at_once: Arc<Semaphore>,
}

impl Thumbnails {
    /// Thumbnails in a folder, which is made if it is not there. Those of earlier programs are used, the oldest removed beyond the bound.
    ///
    /// # Errors
    /// If the folder cannot be made or read.
    pub(crate) fn new(folder: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        remove_oldest(&folder, MAX_DISK_BYTES)?;
        let size = |path: &Option<Arc<PathBuf>>| {
            let length = path.as_ref().and_then(|path| std::fs::metadata(&**path).ok()).map_or(1, |data| data.len());
            u32::try_from(length).unwrap_or(u32::MAX)
        };
        let remove = |_, path: Option<Arc<PathBuf>>, cause| {
            if cause == RemovalCause::Size {
                // A file that is not there any more needs no removal.
                let _ = path.map(|path| std::fs::remove_file(&*path));
            }
        };
        Ok(Self {
            folder: Arc::new(folder),
            known: Cache::builder()
                .weigher(move |_, path| size(path))
                .max_capacity(MAX_DISK_BYTES)
                .eviction_listener(remove)
                .build(),
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
        })
    }

    /// The thumbnail of a picture with this name and tag, made from `original` if it is not there yet.
    ///
    /// # Errors
    /// What `original` reports.
    pub(crate) async fn get(
        &self,
        name: &str,
        tag: &str,
        original: impl Future<Output = Result<Vec<u8>, Error>>,
    ) -> Result<Thumbnail, Error> {
        let key = hex::encode(Sha256::digest(format!("{tag} {name}")));
        let path = self.folder.join(format!("{key}.jpeg"));
        if self.known.get(&key).await.flatten().is_some() && !path.exists() {
            // Another program has removed it.
            self.known.invalidate(&key).await;
        }
        let make = async {
            if path.exists() {
                return Ok(Some(Arc::new(path)));
            }
            let unavailable = |_| Error::Unusable("gallery is ending".to_owned().into());
            let _permit = self.at_once.acquire().await.map_err(unavailable)?;
            let bytes = original.await?;
            let made = tokio::task::spawn_blocking(move || jpeg_of(&bytes)).await.ok().flatten();
            let Some(jpeg) = made else { return Ok(None) };
            write(&self.folder, &path, &jpeg).map_err(|error| Error::of_file(&path, &error))?;
            Ok(Some(Arc::new(path)))
        };
        let path = self.known.try_get_with(key, make).await.map_err(|error: Arc<Error>| (*error).clone())?;
        let Some(path) = path else { return Ok(Thumbnail::NotAPicture) };
        let bytes = tokio::fs::read(&*path).await;
        bytes.map(Thumbnail::Jpeg).map_err(|error| Error::of_file(&path, &error))
    }
}

/// Writes a file under another name first, so that no reader sees half of it.
fn write(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// Removes the oldest files of a folder until the rest has at most `max` bytes.
fn remove_oldest(folder: &Path, max: u64) -> io::Result<()> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let data = entry.metadata()?;
        files.push((data.modified()?, data.len(), entry.path()));
    }
    files.sort();
    let mut total: u64 = files.iter().map(|(_, length, _)| length).sum();
    for (_, length, path) in files {
        if total <= max {
            break;
        }
        std::fs::remove_file(path)?;
        total -= length;
    }
    Ok(())
}

/// A small JPEG of a picture; `None` if it is not one, or too large to be decoded.
pub(crate) fn jpeg_of(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(MAX_SIDE), Some(MAX_SIDE));
    limits.max_alloc = Some(MAX_ALLOC);
    reader.limits(limits);
    let picture = reader.decode().ok()?;
    let small = if picture.width() > SIDE || picture.height() > SIDE {
        picture.resize(SIDE, SIDE, FilterType::Triangle)
    } else {
        picture
    };
    let mut jpeg = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    DynamicImage::ImageRgb8(opaque(&small)).write_with_encoder(encoder).ok()?;
    Some(jpeg)
}

/// A picture without transparency, which JPEG does not have: what is transparent shows a chequerboard.
fn opaque(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let Rgba([red, green, blue, alpha]) = *picture.get_pixel(x, y);
        let ground: u16 = if (x / SQUARE + y / SQUARE).is_multiple_of(2) { 255 } else { 224 };
        let mix = |colour: u8| ((u16::from(colour) * u16::from(alpha) + ground * (255 - u16::from(alpha))) / 255) as u8;
        Rgb([mix(red), mix(green), mix(blue)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_thumbnail_keeps_the_shape() {
        let small = image::load_from_memory(&jpeg_of(&png(1600, 800)).unwrap()).unwrap();
        assert_eq!((small.width(), small.height()), (384, 192));
        assert!(jpeg_of(b"<html>").is_none());
        assert!(jpeg_of(&png(10, 10)[..40]).is_none());
    }

    #[test]
    fn what_is_transparent_is_not_black() {
        let half = image::RgbaImage::from_fn(48, 24, |x, _| Rgba([10, 20, 200, if x < 24 { 0 } else { 255 }]));
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::ImageRgba8(half).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        let small = image::load_from_memory(&jpeg_of(&bytes.into_inner()).unwrap()).unwrap().into_rgb8();
        let red = |x: u32| small.get_pixel(x, 4).0[0];
        assert!(red(4) > 240 && (210..240).contains(&red(18)) && red(40) < 40, "{:?}", [4, 18, 40].map(red));
    }

    #[tokio::test]
    async fn a_thumbnail_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let thumbnails = Thumbnails::new(folder.path().to_owned()).unwrap();
        let first = thumbnails.get("a", "1", async { Ok(png(20, 10)) }).await;
        assert!(matches!(first, Ok(Thumbnail::Jpeg(_))));
        let another = Thumbnails::new(folder.path().to_owned()).unwrap();
        for thumbnails in [&thumbnails, &another] {
            let again = thumbnails.get("a", "1", async { Err(Error::NoRegion) }).await;
            assert!(matches!(again, Ok(Thumbnail::Jpeg(_))));
        }
        assert!(matches!(thumbnails.get("a", "2", async { Err(Error::NoRegion) }).await, Err(Error::NoRegion)));
        assert!(matches!(thumbnails.get("a", "3", async { Ok(vec![1]) }).await, Ok(Thumbnail::NotAPicture)));
        remove_oldest(folder.path(), 0).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let remade = thumbnails.get("a", "1", async { Ok(png(20, 10)) }).await;
        assert!(matches!(remade, Ok(Thumbnail::Jpeg(_))));
    }

    #[tokio::test]
    async fn at_most_four_are_made_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let thumbnails = Thumbnails::new(folder.path().to_owned()).unwrap();
        let (current, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let original = async || {
            most.fetch_max(current.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            for _ in 0..50 {
                tokio::task::yield_now().await;
            }
            current.fetch_sub(1, Ordering::SeqCst);
            Ok(png(4, 4))
        };
        let names: Vec<String> = (0..12).map(|number| number.to_string()).collect();
        let made = names.iter().map(|name| thumbnails.get(name, "1", original()));
        let made = futures_util::future::join_all(made).await;
        assert!(made.iter().all(|made| matches!(made, Ok(Thumbnail::Jpeg(_)))));
        assert_eq!(most.load(Ordering::SeqCst), 4);
    }
}
