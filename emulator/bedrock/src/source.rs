//! Reads the image that an image-to-image request starts from.

use image::{DynamicImage, ImageReader, Limits};
use std::io::Cursor;
use thiserror::Error;

/// Why an image cannot be started from.
#[derive(Debug, Error)]
pub(super) enum SourceError {
    /// Neither JPEG nor PNG nor WebP, or a broken file.
    #[error("the input image is not a readable JPEG, PNG or WebP file: {0}")]
    Unreadable(#[from] image::ImageError),
    /// The models take images of at least 64 pixels a side.
    #[error("the input image has {width} x {height} pixels; each side needs at least 64")]
    TooSmall { width: u32, height: u32 },
}

const LEAST_SIDE: u32 = 64;
/// Larger images are refused, so that a small file cannot ask for all memory.
const LONGEST_SIDE: u32 = 16_384;
const MOST_MEMORY: u64 = 256 << 20;

/// The image in `bytes`.
pub(super) fn decode(bytes: &[u8]) -> Result<DynamicImage, SourceError> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(image::ImageError::from)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let image = reader.decode()?;
    let (width, height) = (image.width(), image.height());
    if width.min(height) < LEAST_SIDE {
        return Err(SourceError::TooSmall { width, height });
    }
    Ok(image)
}
