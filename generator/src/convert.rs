//! Step "check and convert": the format of an image by its magic bytes, and conversion where it is not the wanted one.

use crate::error::{Error, ErrorKind};
use bytes::Bytes;
use idlist::ImageFormat;
use image::codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder};
use std::io::Cursor;

/// Quality of a converted JPEG, out of 100.
const JPEG_QUALITY: u8 = 90;

/// The format by the magic bytes; `None` for anything but JPEG, PNG and WebP.
pub(crate) fn format_of(bytes: &[u8]) -> Option<ImageFormat> {
    match image::guess_format(bytes).ok()? {
        image::ImageFormat::Jpeg => Some(ImageFormat::Jpeg),
        image::ImageFormat::Png => Some(ImageFormat::Png),
        image::ImageFormat::WebP => Some(ImageFormat::Webp),
        _ => None,
    }
}

/// The image in the wanted format: bytes that have it stay untouched, others are converted. WebP is written without loss.
///
/// # Errors
/// `ModelFailed` when the bytes are not an image that can be decoded.
pub(crate) fn to_format(bytes: Bytes, wanted: ImageFormat) -> Result<Bytes, Error> {
    let Some(found) = format_of(&bytes) else {
        let what = format!("the model answered with {} bytes that are not a JPEG, PNG or WebP image", bytes.len());
        return Err(Error::new(ErrorKind::ModelFailed, what));
    };
    if found == wanted { Ok(bytes) } else { convert(&bytes, wanted) }
}

fn convert(bytes: &[u8], wanted: ImageFormat) -> Result<Bytes, Error> {
    let failed = |err: image::ImageError| {
        Error::new(ErrorKind::ModelFailed, format!("the model's image cannot be converted to {}: {err}", wanted.name()))
    };
    let image = image::load_from_memory(bytes).map_err(failed)?;
    let mut converted = Vec::new();
    match wanted {
        ImageFormat::Jpeg => {
            image.into_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut converted, JPEG_QUALITY))
        }
        ImageFormat::Png => image.write_with_encoder(PngEncoder::new(Cursor::new(&mut converted))),
        ImageFormat::Webp => image.into_rgba8().write_with_encoder(WebPEncoder::new_lossless(&mut converted)),
    }
    .map_err(failed)?;
    Ok(converted.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(format: image::ImageFormat) -> Bytes {
        let mut bytes = Cursor::new(Vec::new());
        image::RgbImage::from_pixel(8, 4, image::Rgb([200, 40, 40])).write_to(&mut bytes, format).unwrap();
        bytes.into_inner().into()
    }

    #[test]
    fn converts_every_format_to_every_other() {
        use image::ImageFormat::{Jpeg, Png, WebP};
        for from in [Jpeg, Png, WebP] {
            for to in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Webp] {
                let converted = to_format(sample(from), to).unwrap();
                assert_eq!(format_of(&converted), Some(to), "{from:?} to {to:?}");
                let image = image::load_from_memory(&converted).unwrap().into_rgb8();
                assert_eq!(image.dimensions(), (8, 4));
                assert!(image.get_pixel(3, 2).0[0] > 180, "{from:?} to {to:?}");
            }
        }
    }

    #[test]
    fn leaves_an_image_in_the_wanted_format_untouched() {
        let bytes = sample(image::ImageFormat::Jpeg);
        assert_eq!(to_format(bytes.clone(), ImageFormat::Jpeg).unwrap(), bytes);
    }

    #[test]
    fn bytes_that_are_not_an_image_are_model_failed() {
        for bytes in ["", "<html>", "GIF89a-and-more"] {
            assert_eq!(to_format(bytes.into(), ImageFormat::Png).unwrap_err().kind, ErrorKind::ModelFailed);
        }
        let mut cut = sample(image::ImageFormat::Png);
        cut.truncate(30);
        assert_eq!(to_format(cut, ImageFormat::Jpeg).unwrap_err().kind, ErrorKind::ModelFailed);
    }
}
