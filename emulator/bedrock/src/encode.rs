//! Writes a picture as a file, with a description in its EXIF metadata.

use idlist::ImageFormat;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ImageEncoder, ImageResult};

const JPEG_QUALITY: u8 = 88;

/// `picture` as a file whose EXIF image description is `description` (ASCII).
///
/// # Errors
///
/// When the encoder fails; it writes to memory and has no reason to.
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

/// The least EXIF block with an image description: a TIFF header and one directory of one entry.
/// <https://www.cipa.jp/std/documents/e/DC-X008-Translation-2019-E.pdf>, 4.6
fn exif(description: &str) -> Vec<u8> {
    const IMAGE_DESCRIPTION: u16 = 0x010E;
    const ASCII: u16 = 2;
    let mut text: Vec<u8> = description.chars().map(|c| if c.is_ascii() { c as u8 } else { b'?' }).collect();
    // A value of four bytes or fewer would have to stand in the entry itself.
    text.resize(text.len().max(4), b' ');
    text.push(0);
    let directory: u32 = 8;
    let value = directory + 2 + 12 + 4;
    let mut exif = b"II*\0".to_vec();
    exif.extend(directory.to_le_bytes());
    exif.extend(1u16.to_le_bytes());
    exif.extend(IMAGE_DESCRIPTION.to_le_bytes());
    exif.extend(ASCII.to_le_bytes());
    exif.extend((text.len() as u32).to_le_bytes());
    exif.extend(value.to_le_bytes());
    exif.extend(0u32.to_le_bytes());
    exif.extend(text);
    exif
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageDecoder, RgbImage};
    use std::io::Cursor;

    #[test]
    fn every_format_decodes_to_its_size_and_carries_the_description() {
        let picture = DynamicImage::ImageRgb8(RgbImage::from_pixel(48, 32, image::Rgb([200, 30, 60])));
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Webp] {
            let file = encode(&picture, format, "STAND-IN of it").unwrap();
            let reader = image::ImageReader::new(Cursor::new(&file)).with_guessed_format().unwrap();
            let mut decoder = reader.into_decoder().unwrap();
            assert_eq!(decoder.dimensions(), (48, 32), "{format:?}");
            let exif = decoder.exif_metadata().unwrap().unwrap();
            assert!(exif.ends_with(b"STAND-IN of it\0"), "{format:?}");
            let pixels = image::load_from_memory(&file).unwrap().to_rgb8();
            let [r, g, b] = pixels.get_pixel(20, 20).0;
            assert!(r.abs_diff(200) < 6 && g.abs_diff(30) < 6 && b.abs_diff(60) < 6, "{format:?}");
        }
    }

    #[test]
    fn a_short_or_foreign_description_is_still_a_valid_block() {
        assert_eq!(exif("ab").len(), 26 + 5);
        assert!(exif("é").ends_with(b"?   \0"));
    }
}
