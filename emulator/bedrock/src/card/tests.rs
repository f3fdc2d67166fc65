//! What a person would see on a card.

use super::*;
use image::Rgb;

const BLUE: Color = hex(0x2F6FD8);
const BROWN: Color = hex(0x7A4A2A);
const RED: Color = hex(0xD62F2B);
const GOLD: Color = hex(0xE2AB2F);

fn card(prompt: &str) -> Card<'_> {
    Card { id: Some("A1"), rank: Some("nomal"), model: "Stable Image Core", prompt, seed: Some(7), ..Card::default() }
}

/// A place in the field that has neither text nor disc.
fn background(picture: &RgbImage) -> Color {
    *picture.get_pixel(12, 12)
}

/// How many pixels of the lower half, where a square card has its text, are as dark as letters.
fn dark_pixels(card: &Card<'_>) -> usize {
    let picture = draw(card);
    let rows = picture.height() * 230 / 512..picture.height() * 500 / 512;
    picture.enumerate_pixels().filter(|(_, y, pixel)| rows.contains(y) && pixel.to_luma().0[0] < 60).count()
}

/// <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>
fn contrast(a: Color, b: Color) -> f32 {
    let luminance = |color: Color| {
        let part = |i: usize| match f32::from(color.0[i]) / 255.0 {
            dark if dark <= 0.04045 => dark / 12.92,
            light => ((light + 0.055) / 1.055).powf(2.4),
        };
        0.2126 * part(0) + 0.7152 * part(1) + 0.0722 * part(2) + 0.05
    };
    luminance(a).max(luminance(b)) / luminance(a).min(luminance(b))
}

#[test]
fn background_and_disc_have_the_colours_of_the_prompt() {
    for (prompt, ground, other) in [
        ("hair color is brown, backglound color is white", hex(0xFFFFFF), BROWN),
        ("髪は茶色、背景は赤", RED, BROWN),
        ("a gold crown on a #203050 background", hex(0x203050), GOLD),
        ("blue mountains under a red sky", BLUE, RED),
    ] {
        let picture = draw(&card(prompt));
        assert_eq!((background(&picture), *picture.get_pixel(256, 130)), (ground, other), "{prompt}");
    }
}

#[test]
fn without_colours_the_background_follows_from_the_seed() {
    let of_seed = |seed| background(&draw(&Card { seed: Some(seed), ..card("a cat") }));
    assert_eq!(of_seed(1), of_seed(1));
    assert_ne!(of_seed(1), of_seed(2));
}

#[test]
fn every_part_of_the_request_shows() {
    let card = card("a cat, white background");
    let picture = draw(&card);
    assert_eq!(picture, draw(&card));
    for other in [
        Card { id: Some("A2"), ..card },
        Card { id: None, ..card },
        Card { rank: Some("normal"), ..card },
        Card { rank: None, ..card },
        Card { model: "Stable Image Ultra", ..card },
        Card { prompt: "a dog, white background", ..card },
        Card { seed: Some(8), ..card },
        Card { seed: None, ..card },
    ] {
        assert_ne!(picture, draw(&other));
    }
}

#[test]
fn japanese_prompts_are_drawn_with_glyphs_of_their_own() {
    let empty = dark_pixels(&card(""));
    assert!(dark_pixels(&card("長い髪の少女")) > empty + 1_000);
    assert_ne!(draw(&card("髪")), draw(&card("骨")));
    assert_eq!(draw(&card("😀")), draw(&card("□")), "what has no glyph is a box");
}

#[test]
fn nothing_is_drawn_over_the_border() {
    let long = "x".repeat(10_000);
    let texts = [
        long.as_str(),
        &"長".repeat(128),
        "😀👨\u{200D}👩\u{200D}👧🏽🇯🇵",
        "\0\u{7}\t\r\n\u{85}\u{200B}\u{202E}\u{2066}\u{FEFF}\u{FFFE}\u{10FFFF}",
        "שלום עולם مرحبا بالعالم",
        "Z\u{301}\u{302}\u{303}\u{304}\u{305} \u{3099}カ\u{3099}",
        "",
    ];
    let edge = |picture: &RgbImage| -> Vec<Color> {
        let (width, height) = picture.dimensions();
        let is_edge = |x: u32, y: u32| x.min(y).min(width - 1 - x).min(height - 1 - y) < 4;
        picture.enumerate_pixels().filter(|(x, y, _)| is_edge(*x, *y)).map(|(_, _, pixel)| *pixel).collect()
    };
    for text in texts {
        let card = Card { id: Some(text), rank: Some(text), model: text, prompt: text, ..Card::default() };
        draw(&Card { size: Size::Model, ..card });
    }
    for ratio in AspectRatio::all() {
        let blank = Card { aspect_ratio: Some(ratio), rank: Some("nomal"), ..Card::default() };
        let border = edge(&draw(&blank));
        for text in texts {
            let card = Card { id: Some(text), model: text, prompt: text, seed: Some(u64::MAX), ..blank };
            assert_eq!(edge(&draw(&card)), border, "{ratio} {text:?}");
            draw(&Card { rank: Some(text), size: Size::Tiny, ..card });
        }
    }
}

#[test]
fn text_can_be_read_on_its_ground() {
    for hue in 0..360 {
        let ground = hsl(hue, 0.5, 0.45);
        assert!(contrast(ground, ink_on(ground)) > 4.5, "{hue}");
    }
    for rank in ["nomal", "vip"] {
        let (ground, _) = rank_style(Some(rank));
        assert!(contrast(ground, ink_on(ground)) > 4.5, "{rank}");
    }
    let darkest_panel = mix(hex(0x000000), PAPER, COVER);
    assert!(contrast(darkest_panel, DARK) > 7.0 && contrast(darkest_panel, QUIET) > 4.5);
}

#[test]
fn the_rank_decides_the_border() {
    let border = |rank| *draw(&Card { rank, ..card("a cat") }).get_pixel(2, 256);
    assert_eq!(border(Some("nomal")), border(Some("Normal")));
    assert_eq!(border(Some("nomal")), border(None));
    assert_eq!((border(Some("vip")), border(Some("rare"))), (GOLD, GOLD));
    let others = ["nomal", "vip", "legend", "SSR", "レア"].map(|rank| border(Some(rank)));
    for (index, color) in others.iter().enumerate() {
        assert!(!others[index + 1..].contains(color), "{index}");
    }
}

#[test]
fn the_source_lies_under_the_card() {
    let green = Rgb([30, 160, 60]);
    let source = DynamicImage::ImageRgb8(RgbImage::from_pixel(300, 200, green));
    let card = Card { source: Some((&source, 0.35)), ..card("red hair, blue background") };
    let picture = draw(&card);
    assert_eq!(picture.dimensions(), (512, 341));
    assert_eq!((background(&picture), *picture.get_pixel(100, 200)), (green, green));
    assert_eq!(*picture.get_pixel(500, 200), mix(green, PAPER, COVER), "the panel covers it");
    assert_ne!(picture, draw(&Card { source: Some((&source, 0.9)), ..card }), "the strength is printed");
    let square = draw(&Card { aspect_ratio: Some(AspectRatio::SQUARE), ..card });
    assert_eq!((square.dimensions(), background(&square)), ((512, 512), green));
}

#[test]
fn a_tiny_picture_has_colours_and_border_alone() {
    let tiny = |id, rank| draw(&Card { id, rank, size: Size::Tiny, ..card("brown hair, blue background") });
    let picture = tiny(Some("A1"), Some("vip"));
    assert_eq!(picture.dimensions(), (16, 16));
    let pixels = [(0, 8), (1, 1), (8, 8)].map(|(x, y)| *picture.get_pixel(x, y));
    assert_eq!(pixels, [GOLD, BLUE, BROWN]);
    assert_eq!(picture, tiny(Some("B2"), Some("vip")));
    assert_ne!(picture, tiny(Some("A1"), Some("nomal")));
}

#[test]
fn larger_pictures_have_larger_letters() {
    let card = card("a cat, white background");
    assert_eq!(dark_pixels(&Card { size: Size::Model, ..card }), 4 * dark_pixels(&card));
}
