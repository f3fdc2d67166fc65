//! Writes a picture as a file, with a description in its EXIF metadata.

use idlist::ImageFormat;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ImageEncoder, ImageResult};

const JPEG_QUALITY: u8 = 88;

/// `picture` as a file whose EXIF image description is `description` (ASCII). The encoder writes to memory and has no reason to fail.
pub(super) fn encode(picture: &DynamicImage, format: ImageFormat, description: &str) -> ImageResult<Vec<u8>> {
    let mut file = Vec::with_capacity(picture.as_bytes().len() / 8);
    match format {
        ImageFormat::Jpeg => {
            write(JpegEncoder::new_with_quality(&mut file, JPEG_QUALITY), &picture.to_rgb8().into(), description)
        }
        ImageFormat::Png => {
            let encoder = PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Up);
            write(encoder, picture, description)
        }
        ImageFormat::Webp => write(WebPEncoder::new_lossless(&mut file), picture, description),
    }?;
    Ok(file)
}

fn write(mut encoder: impl ImageEncoder, picture: &DynamicImage, description: &str) -> ImageResult<()> {
    encoder.set_exif_metadata(exif(description)).map_err(image::ImageError::Unsupported)?;
    encoder.write_image(picture.as_bytes(), picture.width(), picture.height(), picture.color().into())
}

/// The least EXIF block with an image description: a TIFF header and one directory of one entry. The description is longer than four bytes;
/// a shorter one would have to stand in the entry itself.
/// <https://www.cipa.jp/std/documents/e/DC-X008-Translation-2019-E.pdf>, 4.6
fn exif(description: &str) -> Vec<u8> {
    const IMAGE_DESCRIPTION: u16 = 0x010E;
    const ASCII: u16 = 2;
    const DIRECTORY: u32 = 8;
    const VALUE: u32 = DIRECTORY + 2 + 12 + 4;
    [
        b"II*\0",
        &DIRECTORY.to_le_bytes()[..],
        &1u16.to_le_bytes(),
        &IMAGE_DESCRIPTION.to_le_bytes(),
        &ASCII.to_le_bytes(),
        &(description.len() as u32 + 1).to_le_bytes(),
        &VALUE.to_le_bytes(),
        &0u32.to_le_bytes(),
        description.as_bytes(),
        b"\0",
    ]
    .concat()
}
