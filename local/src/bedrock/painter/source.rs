//! Image-to-image: the picture that was sent in, kept under the painting as far as the strength says.

use image::imageops::FilterType;
use image::{DynamicImage, ImageReader, Limits, RgbImage};
use std::io::Cursor;
use thiserror::Error;
use tiny_skia::Pixmap;

/// A picture to start from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// A JPEG, PNG or WebP file.
    pub bytes: &'a [u8],
    /// How much of the painting covers it: 0 keeps the source, 1 ignores it.
    pub strength: f32,
}

/// Why a source cannot be painted over.
#[derive(Debug, Error)]
pub enum SourceError {
    /// Neither JPEG nor PNG nor WebP, or a broken file.
    #[error("the input image is not a readable JPEG, PNG or WebP file: {0}")]
    Unreadable(#[from] image::ImageError),
    /// The models take images of at least 64 pixels a side.
    #[error("the input image has {width} x {height} pixels; each side needs at least 64")]
    TooSmall {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
}

const LEAST_SIDE: u32 = 64;
/// Larger pictures are refused, so that a small file cannot ask for all memory.
const LONGEST_SIDE: u32 = 16_384;
const MOST_MEMORY: u64 = 256 << 20;

/// The picture in `bytes`.
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

/// `source` in the size of a picture; what does not fit its shape is cut off evenly.
pub(super) fn cover(source: &DynamicImage, width: u32, height: u32) -> RgbImage {
    source.resize_to_fill(width, height, FilterType::Triangle).to_rgb8()
}

/// Lets `source` show through `painting`; both have the same size.
pub(super) fn blend(painting: &mut Pixmap, source: &RgbImage, strength: f32) {
    let keep = (strength.clamp(0.0, 1.0) * 256.0).round() as u32;
    let pixels = painting.data_mut().chunks_exact_mut(4);
    for (painted, sent) in pixels.zip(source.as_raw().chunks_exact(3)) {
        for (painted, sent) in painted.iter_mut().zip(sent) {
            let mixed = u32::from(*painted) * keep + u32::from(*sent) * (256 - keep) + 128;
            *painted = (mixed >> 8).min(255) as u8;
        }
    }
}
