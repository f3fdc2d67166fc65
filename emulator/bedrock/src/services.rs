//! What the services that start from an image do to it: something cheap that one sees, and a caption that says what.

use super::card::{color_of, draw_caption};
use idlist::models::PictureRole;
use image::imageops::{FilterType, overlay};
use image::{DynamicImage, GrayImage, Luma, Rgb, RgbImage};
use std::collections::HashMap;

/// How much longer each side becomes: four times the pixels.
const ENLARGED: u32 = 2;
/// How much of a color or a style covers the source.
const COVER: f32 = 0.45;
/// A mask is white from this on.
const WHITE: u8 = 128;
/// What erased things leave.
const GAP: Rgb<u8> = Rgb([0xC5, 0xCC, 0xD6]);

/// Draws what `service` makes of its pictures, under the `title` of the model. A service without a case of its own only adds its caption.
///
/// `margins` are the pixels to add on the left, on the right, at the top and at the bottom.
pub(super) fn draw(
    service: &str,
    title: &str,
    prompt: &str,
    margins: [u32; 4],
    pictures: &HashMap<PictureRole, DynamicImage>,
) -> DynamicImage {
    // Every service has a source, and the check of the request has required the mask and the style where they are read.
    let given = &pictures[&PictureRole::Source];
    let source = given.to_rgb8();
    let (width, height) = source.dimensions();
    let color = color_of(prompt);
    let mut opaque = None;
    let mut caption = format!("STAND-IN: {title}");
    let mut picture = match service {
        "remove-background" => {
            opaque = Some(ellipse(width, height, 1.0));
            source
        }
        "erase-object" => masked(source, &pictures[&PictureRole::Mask], GAP),
        "inpaint" => masked(source, &pictures[&PictureRole::Mask], color),
        "outpaint" => {
            let [left, right, up, down] = margins;
            let mut larger = RgbImage::from_pixel(width + left + right, height + up + down, color);
            overlay(&mut larger, &source, left.into(), up.into());
            larger
        }
        "search-replace" => masked(source, &ellipse(width, height, 0.4).into(), color),
        "search-recolor" | "control-sketch" | "control-structure" | "style-guide" => covered(source, |_, _| color),
        "style-transfer" => {
            let style = &pictures[&PictureRole::Style];
            let style = style.resize_to_fill(width, height, FilterType::Triangle).into_rgb8();
            covered(source, |x, y| *style.get_pixel(x, y))
        }
        "fast-upscale" | "conservative-upscale" | "creative-upscale" => {
            let (width, height) = (width * ENLARGED, height * ENLARGED);
            caption = format!("{caption}, 4 × the pixels: {width} × {height}");
            given.resize_exact(width, height, FilterType::Triangle).into_rgb8()
        }
        _ => source,
    };
    let (caption_width, caption_height) = draw_caption(&mut picture, &caption);
    match opaque {
        None => picture.into(),
        Some(opaque) => {
            let mut transparent = DynamicImage::ImageRgb8(picture).into_rgba8();
            for (pixel, (x, y, alpha)) in transparent.pixels_mut().zip(opaque.enumerate_pixels()) {
                pixel.0[3] = if x < caption_width && y < caption_height { u8::MAX } else { alpha.0[0] };
            }
            transparent.into()
        }
    }
}

/// A white ellipse that takes a share of the width and height, on black.
fn ellipse(width: u32, height: u32, share: f32) -> GrayImage {
    let from_middle = |at: u32, side: u32| (2.0 * at as f32 + 1.0) / side as f32 - 1.0;
    GrayImage::from_fn(width, height, |x, y| {
        let is_inside = from_middle(x, width).hypot(from_middle(y, height)) <= share;
        Luma([u8::from(is_inside) * u8::MAX])
    })
}

/// The picture in one color where the mask is white.
fn masked(mut picture: RgbImage, mask: &DynamicImage, color: Rgb<u8>) -> RgbImage {
    let (width, height) = picture.dimensions();
    let mask = mask.resize_exact(width, height, FilterType::Nearest).into_luma8();
    for (pixel, mask) in picture.pixels_mut().zip(mask.pixels()) {
        if mask.0[0] >= WHITE {
            *pixel = color;
        }
    }
    picture
}

/// The picture with something over it that one sees through.
fn covered(mut picture: RgbImage, over: impl Fn(u32, u32) -> Rgb<u8>) -> RgbImage {
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let over = over(x, y);
        for (below, above) in pixel.0.iter_mut().zip(over.0) {
            *below = (f32::from(*below) * (1.0 - COVER) + f32::from(above) * COVER) as u8;
        }
    }
    picture
}
