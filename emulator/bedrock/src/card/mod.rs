//! Draws the placeholder card that stands for a model's picture: the colours that the prompt names, and in text what was asked for.
//!
//! The same card always has the same bytes.

mod canvas;
mod color;
#[cfg(test)]
mod tests;
mod text;

use super::hash::hash;
use super::size::{AspectRatio, Size};
use canvas::{Area, disc, fill};
use color::{Color, hex, hsl, mix};
use image::imageops::{FilterType, replace};
use image::{DynamicImage, Pixel, RgbImage};
use text::{Block, LINE};

/// What a card shows. Parts that are missing are left out.
#[derive(Clone, Copy, Default)]
pub(super) struct Card<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) rank: Option<&'a str>,
    pub(super) model: &'a str,
    pub(super) prompt: &'a str,
    pub(super) seed: Option<u64>,
    /// Without it, the card is shaped like the source, or else square.
    pub(super) aspect_ratio: Option<AspectRatio>,
    pub(super) size: Size,
    /// The image that an image-to-image request starts from, and its strength.
    pub(super) source: Option<(&'a DynamicImage, f64)>,
}

/// Glyphs have their own size in pictures of this length, and are larger by whole factors in larger pictures.
const UNIT_SIDE: u32 = 512;
/// Pictures with a shorter side than this have no text.
const LEAST_TEXT_SIDE: u32 = 128;
/// From the edge of an area to its text, in pixels at the glyphs' own size.
const MARGIN: u32 = 14;
const GAP: u32 = 10;

const PAPER: Color = hex(0xF6F7F9);
/// How much of what is below the panel it covers.
const COVER: f32 = 0.88;
const DARK: Color = hex(0x1C1F26);
const QUIET: Color = hex(0x525866);

/// Draws `card`.
pub(super) fn draw(card: &Card<'_>) -> RgbImage {
    let (width, height) = match (card.aspect_ratio, card.source) {
        (None, Some((image, _))) => card.size.pixels_like(image.width(), image.height()),
        (ratio, _) => card.size.pixels(ratio.unwrap_or(AspectRatio::SQUARE)),
    };
    let named = color::named_in(card.prompt);
    let calm = || hsl(hash(&[b"calm", &card.seed.unwrap_or_default().to_be_bytes()]) % 360, 0.35, 0.72);
    let background = named.first().copied().unwrap_or_else(calm);
    let (rank_color, border) = rank_style(card.rank);
    let border = (border * width.max(height) / UNIT_SIDE).max(1);

    let mut picture = RgbImage::from_pixel(width, height, mix(rank_color, DARK, 0.6));
    let whole = Area { x: 0, y: 0, width, height };
    fill(&mut picture, whole.inside(border / 4), rank_color, 1.0);
    let mut field = whole.inside(border);
    match card.source {
        Some((image, _)) => {
            let fitted = image.resize_to_fill(field.width, field.height, FilterType::Triangle).into_rgb8();
            replace(&mut picture, &fitted, field.x.into(), field.y.into());
        }
        None => fill(&mut picture, field, background, 1.0),
    }
    if width.min(height) >= LEAST_TEXT_SIDE {
        let unit = (width.max(height) / UNIT_SIDE).max(1);
        let (colors, panel) = split(field);
        draw_panel(&mut picture, panel, card, unit);
        field = colors.inside(MARGIN * unit);
        let scales = (unit, if field.width >= 300 * unit { 2 } else { 1 });
        let taken = draw_badge(&mut picture, field, false, ("STAND-IN", DARK), scales);
        if let Some(rank) = card.rank {
            let (x, width) = (field.x + taken.width + GAP * unit, field.width.saturating_sub(taken.width + GAP * unit));
            draw_badge(&mut picture, Area { x, width, ..field }, true, (rank, rank_color), scales);
        }
        field = field.below(taken.height, GAP * unit);
    }
    if card.source.is_none() {
        draw_discs(&mut picture, field, background, named.get(1..).unwrap_or_default());
    }
    picture
}

/// The field of colours and the panel of text: side by side in wide pictures, else below each other.
fn split(area: Area) -> (Area, Area) {
    if area.width * 5 >= area.height * 7 {
        let width = area.width * 38 / 100;
        (Area { width, ..area }, Area { x: area.x + width, width: area.width - width, ..area })
    } else {
        let height = area.height * 44 / 100;
        (Area { height, ..area }, Area { y: area.y + height, height: area.height - height, ..area })
    }
}

/// The id at the top of the panel, the model's details at its bottom, the prompt between them.
fn draw_panel(picture: &mut RgbImage, panel: Area, card: &Card<'_>, unit: u32) {
    let gap = GAP * unit;
    fill(picture, panel, PAPER, COVER);
    let inside = panel.inside(MARGIN * unit);
    let id = Block::fit(card.id.unwrap_or_default(), inside.width, 3 * LINE * unit, unit, 3);
    id.draw(picture, inside.x, inside.y, DARK);
    let details = Block::fit(&details(card), inside.width, inside.height, unit, 1);
    details.draw(picture, inside.x, inside.y + inside.height - details.height(), QUIET);
    let free = inside.below(id.height(), gap);
    let prompt = Block::fit(card.prompt, free.width, free.height.saturating_sub(details.height() + gap), unit, 2);
    prompt.draw(picture, free.x, free.y, DARK);
}

fn details(card: &Card<'_>) -> String {
    let ratio = card.aspect_ratio.map(|ratio| ratio.to_string());
    let strength = card.source.map(|(_, strength)| format!("strength {strength:.2}"));
    let shape = ratio.or(strength).unwrap_or_else(|| AspectRatio::SQUARE.to_string());
    let seed = card.seed.map(|seed| format!(" · seed {seed}")).unwrap_or_default();
    format!("{}\n{shape}{seed}", card.model)
}

/// A disc for each colour besides that of the background, at most four.
fn draw_discs(picture: &mut RgbImage, field: Area, background: Color, colors: &[Color]) {
    let count = (colors.len() as u32).clamp(1, 4);
    // The gap between two discs is a quarter of their diameter.
    let width = (field.height * 9 / 10).min(field.width * 4 / (5 * count - 1).max(4));
    let (left, step) = (field.x + (field.width - width * (5 * count - 1) / 4) / 2, width * 5 / 4);
    let ring = mix(background, ink_on(background), 0.3);
    for (index, color) in (0..count).zip(colors) {
        let area = Area { x: left + index * step, y: field.y + (field.height - width) / 2, width, height: width };
        disc(picture, area, ring);
        disc(picture, area.inside((width / 40).max(1)), *color);
    }
}

/// Draws text on a ground of its own, in a corner at the top of `area`, and returns where.
fn draw_badge(
    picture: &mut RgbImage,
    area: Area,
    at_right: bool,
    (text, ground): (&str, Color),
    (unit, largest): (u32, u32),
) -> Area {
    let padding = 6 * unit;
    let text = Block::fit(text, area.width.saturating_sub(2 * padding), 2 * LINE * unit, unit, largest);
    let (width, height) = (text.width() + 2 * padding, text.height() + padding);
    let x = if at_right { (area.x + area.width).saturating_sub(width) } else { area.x };
    let badge = Area { x, width, height, ..area };
    fill(picture, badge, ground, 1.0);
    text.draw(picture, x + padding, area.y + padding / 2, ink_on(ground));
    badge
}

/// Draws text across the top of a picture, and returns the width and height that it takes; none in a small picture.
pub(super) fn draw_caption(picture: &mut RgbImage, text: &str) -> (u32, u32) {
    let (width, height) = picture.dimensions();
    if width.min(height) < LEAST_TEXT_SIDE {
        return (0, 0);
    }
    let unit = (width.max(height) / UNIT_SIDE).max(1);
    let taken = draw_badge(picture, Area { x: 0, y: 0, width, height }, false, (text, DARK), (unit, 1));
    (taken.width, taken.height)
}

/// The colour that a prompt names first, else a calm one.
pub(super) fn color_of(prompt: &str) -> Color {
    color::named_in(prompt).first().copied().unwrap_or_else(|| hsl(hash(&[b"calm", prompt.as_bytes()]) % 360, 0.5, 0.6))
}

/// Black or white, whichever can be read on `ground`.
fn ink_on(ground: Color) -> Color {
    if ground.to_luma().0[0] > 111 { hex(0) } else { hex(0xFFFFFF) }
}

/// The colour of a rank, and the width of its border in pixels of a picture of [`UNIT_SIDE`].
fn rank_style(rank: Option<&str>) -> (Color, u32) {
    match rank.unwrap_or("normal").trim().to_lowercase().as_str() {
        "nomal" | "normal" => (hex(0x8D9299), 4),
        "vip" | "rare" => (hex(0xE2AB2F), 8),
        other => (hsl(hash(&[b"rank", other.as_bytes()]) % 360, 0.5, 0.45), 6),
    }
}
