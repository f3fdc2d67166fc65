//! What the services that start from an image do to it: something cheap that one sees, and a caption that says what.

use super::card::{color_of, draw_caption};
use image::imageops::{FilterType, overlay};
use image::{DynamicImage, GrayImage, Luma, Rgb, RgbImage};

/// A picture to make from another.
pub(super) struct Job<'a> {
    /// Short name of the model.
    pub(super) service: &'static str,
    /// Its name for people.
    pub(super) title: &'a str,
    pub(super) prompt: &'a str,
    /// Pixels to add on the left, on the right, at the top and at the bottom.
    pub(super) margins: [u32; 4],
    pub(super) source: &'a DynamicImage,
    pub(super) mask: Option<&'a DynamicImage>,
    pub(super) style: Option<&'a DynamicImage>,
}

/// How much longer each side becomes: four times the pixels.
const ENLARGED: u32 = 2;
/// How much of a color or a style covers the source.
const COVER: f32 = 0.45;
/// A mask is white from this on.
const WHITE: u8 = 128;
/// What erased things leave.
const GAP: Rgb<u8> = Rgb([0xC5, 0xCC, 0xD6]);

/// Draws the picture. A service without a case of its own only adds its caption.
pub(super) fn draw(job: &Job<'_>) -> DynamicImage {
    let source = job.source.to_rgb8();
    let (width, height) = source.dimensions();
    let color = color_of(job.prompt);
    let mut opaque = None;
    let mut caption = format!("STAND-IN: {}", job.title);
    let mut picture = match job.service {
        "remove-background" => {
            opaque = Some(ellipse(width, height, 1.0));
            source
        }
        "erase-object" => masked(source, job.mask, GAP),
        "inpaint" => masked(source, job.mask, color),
        "outpaint" => {
            let [left, right, up, down] = job.margins;
            let mut larger = RgbImage::from_pixel(width + left + right, height + up + down, color);
            overlay(&mut larger, &source, left.into(), up.into());
            larger
        }
        "search-replace" => {
            let found = ellipse(width, height, 0.4).into();
            masked(source, Some(&found), color)
        }
        "search-recolor" | "control-sketch" | "control-structure" | "style-guide" => covered(source, |_, _| color),
        "style-transfer" => match job.style {
            Some(style) => {
                let style = style.resize_to_fill(width, height, FilterType::Triangle).into_rgb8();
                covered(source, |x, y| *style.get_pixel(x, y))
            }
            None => source,
        },
        "fast-upscale" | "conservative-upscale" | "creative-upscale" => {
            let (width, height) = (width * ENLARGED, height * ENLARGED);
            caption = format!("{caption}, 4 × the pixels: {width} × {height}");
            job.source.resize_exact(width, height, FilterType::Triangle).into_rgb8()
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
fn masked(mut picture: RgbImage, mask: Option<&DynamicImage>, color: Rgb<u8>) -> RgbImage {
    let (width, height) = picture.dimensions();
    if let Some(mask) = mask {
        let mask = mask.resize_exact(width, height, FilterType::Nearest).into_luma8();
        for (pixel, mask) in picture.pixels_mut().zip(mask.pixels()) {
            if mask.0[0] >= WHITE {
                *pixel = color;
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(width: u32, height: u32, color: [u8; 3]) -> DynamicImage {
        RgbImage::from_pixel(width, height, Rgb(color)).into()
    }

    fn drawn(service: &'static str, change: impl FnOnce(&mut Job<'_>)) -> DynamicImage {
        let source = plain(200, 160, [20, 200, 40]);
        let mask = DynamicImage::ImageLuma8(GrayImage::from_fn(200, 160, |x, _| Luma([if x < 100 { 0 } else { 255 }])));
        let style = plain(50, 50, [250, 0, 0]);
        let mut job = Job {
            service,
            title: "It",
            prompt: "a #2f6fd8 hat",
            margins: [0; 4],
            source: &source,
            mask: Some(&mask),
            style: Some(&style),
        };
        change(&mut job);
        draw(&job)
    }

    const BLUE: [u8; 3] = [0x2F, 0x6F, 0xD8];
    const GREEN: [u8; 3] = [20, 200, 40];

    #[test]
    fn a_removed_background_is_transparent_and_the_middle_is_not() {
        let picture = drawn("remove-background", |_| {}).into_rgba8();
        assert_eq!((picture.get_pixel(0, 159).0[3], picture.get_pixel(100, 100).0), (0, [20, 200, 40, 255]));
    }

    #[test]
    fn an_enlargement_has_four_times_the_pixels() {
        for service in ["fast-upscale", "conservative-upscale", "creative-upscale"] {
            let picture = drawn(service, |_| {});
            assert_eq!((picture.width(), picture.height()), (400, 320), "{service}");
        }
    }

    #[test]
    fn a_mask_says_where_the_picture_changes() {
        for (service, color) in [("erase-object", GAP.0), ("inpaint", BLUE)] {
            let picture = drawn(service, |_| {}).into_rgb8();
            assert_eq!((picture.get_pixel(50, 120).0, picture.get_pixel(150, 120).0), (GREEN, color), "{service}");
        }
    }

    #[test]
    fn outpainting_adds_pixels_on_each_side() {
        let picture = drawn("outpaint", |job| job.margins = [10, 20, 30, 40]).into_rgb8();
        assert_eq!(picture.dimensions(), (230, 230));
        assert_eq!([picture.get_pixel(5, 150).0, picture.get_pixel(100, 100).0], [BLUE, GREEN]);
    }

    #[test]
    fn the_other_services_show_the_prompt_or_the_style_over_the_source() {
        for service in ["search-recolor", "control-sketch", "control-structure", "style-guide", "style-transfer"] {
            let picture = drawn(service, |_| {}).into_rgb8();
            let [_, g, _] = picture.get_pixel(150, 150).0;
            assert!(g < 180, "{service}");
        }
        let replaced = drawn("search-replace", |_| {}).into_rgb8();
        assert_eq!([replaced.get_pixel(100, 80).0, replaced.get_pixel(10, 150).0], [BLUE, GREEN]);
    }

    #[test]
    fn every_service_has_a_caption() {
        for model in idlist::models::MODELS.into_iter().filter(|model| model.start == idlist::models::Start::Image) {
            let picture = drawn(model.name, |_| {}).into_rgb8();
            let dark =
                picture.enumerate_pixels().filter(|(_, y, pixel)| *y < 20 && pixel.0 == [0x1C, 0x1F, 0x26]).count();
            assert!(dark > 500, "{}", model.name);
        }
    }
}
