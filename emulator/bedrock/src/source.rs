//! Reads the pictures of a request: the image that it starts from, its mask, the image whose style is taken.

use idlist::models::Limits;
use image::{DynamicImage, ImageReader};
use std::io::Cursor;
use thiserror::Error;

/// Why a picture cannot be used.
#[derive(Debug, Error)]
pub(super) enum SourceError {
    /// Neither JPEG nor PNG nor WebP, or a broken file.
    #[error("the input image is not a readable JPEG, PNG or WebP file: {0}")]
    Unreadable(#[from] image::ImageError),
    /// More or fewer pixels than the model takes.
    #[error("the input image {0}")]
    Pixels(String),
}

/// Larger images are refused, so that a small file cannot ask for all memory.
const LONGEST_SIDE: u32 = 16_384;
const MOST_MEMORY: u64 = 256 << 20;

/// The image in `bytes`.
pub(super) fn decode(bytes: &[u8], taken: &Limits) -> Result<DynamicImage, SourceError> {
    let open = || ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(image::ImageError::from);
    let (width, height) = open()?.into_dimensions()?;
    taken.check(width, height).map_err(SourceError::Pixels)?;
    let mut reader = open()?;
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    Ok(reader.decode()?)
}
