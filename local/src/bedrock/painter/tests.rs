//! Whole pictures: what a person would see in them.

use super::*;
use image::ImageDecoder;
use std::io::Cursor;

const WHITE: Rgb = Rgb::hex(0xFFFFFF);
const BROWN: Rgb = Rgb::hex(0x7A4A2A);
const GOLD: Rgb = Rgb::hex(0xE2AB2F);
const RED: Rgb = Rgb::hex(0xD62F2B);
const OTHERS: [Rgb; 4] = [Rgb::hex(0x2F6FD8), Rgb::hex(0x3C9D4E), Rgb::hex(0x1D1D24), Rgb::hex(0xF48FB1)];

fn painted(request: &Request<'_>) -> Picture {
    paint(request).unwrap()
}

fn of_prompt(prompt: &str, seed: u64) -> Picture {
    painted(&Request { prompt, seed, model: "STABLE IMAGE CORE", ..Request::default() })
}

/// The share of the pixels in a box that are nearer to `color` than to all the others; the box in hundredths of the sides.
fn share(picture: &Picture, color: Rgb, x: std::ops::Range<u32>, y: std::ops::Range<u32>) -> f64 {
    let (width, height) = (picture.width(), picture.height());
    let all = OTHERS.into_iter().chain([WHITE, BROWN, GOLD, RED]);
    let rivals: Vec<Rgb> = all.filter(|rival| *rival != color).collect();
    let (mut hits, mut count) = (0, 0);
    for y in y.start * height / 100..y.end * height / 100 {
        for x in x.start * width / 100..x.end * width / 100 {
            let pixel = picture.pixel(x, y).unwrap();
            count += 1;
            hits += u32::from(rivals.iter().all(|rival| pixel.distance(color) < pixel.distance(*rival)));
        }
    }
    f64::from(hits) / f64::from(count)
}

/// The mean difference of two pictures of one size, a channel and pixel, 0 to 255.
fn difference(a: &Picture, b: &Picture) -> f64 {
    let (a, b) = (a.pixmap.data(), b.pixmap.data());
    assert_eq!(a.len(), b.len());
    let sum: u64 = a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.len() as f64
}

#[test]
fn the_hair_and_the_background_have_the_colors_of_the_prompt() {
    let prompts = [
        ("hair color is brown, backglound color is white", BROWN, WHITE),
        ("hair color is gold, backglound color is red", GOLD, RED),
        ("金髪、赤い背景", GOLD, RED),
        ("brown hair, white background", BROWN, WHITE),
    ];
    for (prompt, hair, background) in prompts {
        for seed in 1..=12 {
            let picture = of_prompt(prompt, seed);
            let crown = share(&picture, hair, 43..57, 17..24);
            assert!(crown > 0.6, "hair of seed {seed}, {prompt}: {crown}");
            let corner = share(&picture, background, 3..14, 6..30);
            assert!(corner > 0.7, "background of seed {seed}, {prompt}: {corner}");
        }
    }
}

#[test]
fn the_same_request_gives_the_same_bytes_and_another_seed_another_face() {
    let prompt = "hair color is brown, backglound color is white";
    let png = |seed| of_prompt(prompt, seed).encode(ImageFormat::Png, "STAND-IN").unwrap();
    assert_eq!(png(7), png(7));
    for seed in 0..8 {
        let difference = difference(&of_prompt(prompt, seed), &of_prompt(prompt, seed + 1));
        assert!(difference > 4.0, "seeds {seed} and the next: {difference}");
    }
}

#[test]
fn colors_leave_the_person_and_other_words_change_it() {
    let face = |prompt| of_prompt(prompt, 3);
    let red = difference(&face("brown hair, white background"), &face("brown hair, white background, poet"));
    assert!(red > 4.0, "{red}");
}

#[test]
fn ranks_can_be_told_apart_at_the_edge() {
    let edge = |rank: Option<&str>| {
        let picture = painted(&Request { prompt: "a man, white background", rank, ..Request::default() });
        let sum = (0..512).map(|at| picture.pixel(at, 3).unwrap()).fold((0, 0, 0), |sum, pixel| {
            (sum.0 + u32::from(pixel.0), sum.1 + u32::from(pixel.1), sum.2 + u32::from(pixel.2))
        });
        Rgb((sum.0 / 512) as u8, (sum.1 / 512) as u8, (sum.2 / 512) as u8)
    };
    let ranks = [None, Some("nomal"), Some("rare"), Some("epic"), Some("vip"), Some("ur")];
    for (index, a) in ranks.iter().enumerate() {
        for b in &ranks[index + 1..] {
            let distance = edge(*a).distance(edge(*b));
            assert!(distance > 18.0, "{a:?} and {b:?}: {distance}");
        }
    }
    assert_eq!(edge(Some("vip")), edge(Some("VIP")));
}

#[test]
fn the_band_at_the_bottom_is_dark_with_light_letters_in_every_shape() {
    for ratio in AspectRatio::ALL {
        let picture = painted(&Request {
            prompt: "white background",
            aspect_ratio: Some(ratio),
            model: "STABLE IMAGE ULTRA",
            ..Request::default()
        });
        assert_eq!((picture.width(), picture.height()), Size::Preview.pixels(ratio));
        let caption = Caption::new("STABLE IMAGE ULTRA", &Canvas::new(picture.width(), picture.height()), 4.0);
        let band: Vec<f32> = (caption.top() as u32 + 4..picture.height() - 8)
            .flat_map(|y| (12..picture.width() - 12).map(move |x| (x, y)))
            .map(|(x, y)| picture.pixel(x, y).unwrap().brightness())
            .collect();
        let count = |wanted: fn(f32) -> bool| {
            band.iter().filter(|brightness| wanted(**brightness)).count() as f64 / band.len() as f64
        };
        assert!(count(|brightness| brightness < 0.35) > 0.5, "{ratio}");
        assert!(count(|brightness| brightness > 0.7) > 0.02, "{ratio}");
    }
}

#[test]
fn every_format_decodes_to_the_picture_and_carries_its_mark() {
    let picture = of_prompt("a red apple on a table", 1);
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Webp] {
        let file = picture.encode(format, "STAND-IN, not a model's picture").unwrap();
        let reader = image::ImageReader::new(Cursor::new(&file)).with_guessed_format().unwrap();
        let exif = reader.into_decoder().unwrap().exif_metadata().unwrap().unwrap();
        assert!(exif.windows(8).any(|bytes| bytes == b"STAND-IN"), "{format:?}");
        let decoded = image::load_from_memory(&file).unwrap().to_rgb8();
        assert_eq!(decoded.dimensions(), (512, 512));
        let [r, g, b] = decoded.get_pixel(256, 300).0;
        assert!(picture.pixel(256, 300).unwrap().distance(Rgb(r, g, b)) < 30.0, "{format:?}");
    }
}

/// A PNG of 300 x 200 pixels, green on the left and blue on the right.
fn sent() -> Vec<u8> {
    let image =
        image::RgbImage::from_fn(300, 200, |x, _| image::Rgb(if x < 150 { [30, 160, 60] } else { [30, 60, 200] }));
    let mut file = Vec::new();
    image.write_to(&mut Cursor::new(&mut file), image::ImageFormat::Png).unwrap();
    file
}

fn over_sent(bytes: &[u8], strength: f32) -> Picture {
    let source = Some(Source { bytes, strength });
    painted(&Request { prompt: "brown hair, white background", source, ..Request::default() })
}

#[test]
fn strength_0_keeps_the_source_above_the_band() {
    let picture = over_sent(&sent(), 0.0);
    assert_eq!((picture.width(), picture.height()), (512, 341));
    for (x, y) in [(0, 0), (5, 100), (200, 200), (250, 300)] {
        assert!(picture.pixel(x, y).unwrap().distance(Rgb(30, 160, 60)) < 6.0, "{x} {y}");
    }
    for (x, y) in [(511, 0), (300, 100), (400, 290)] {
        assert!(picture.pixel(x, y).unwrap().distance(Rgb(30, 60, 200)) < 6.0, "{x} {y}");
    }
    assert!(picture.pixel(20, 335).unwrap().brightness() < 0.3, "the band is still there");
}

#[test]
fn strength_1_ignores_the_source_and_between_both_show() {
    let full = over_sent(&sent(), 1.0);
    let mut black = Vec::new();
    let image = image::RgbImage::new(300, 200);
    image.write_to(&mut Cursor::new(&mut black), image::ImageFormat::Jpeg).unwrap();
    assert_eq!(full, over_sent(&black, 1.0));
    let none = over_sent(&sent(), 0.0);
    let half = over_sent(&sent(), 0.5);
    let (to_source, to_painting) = (difference(&half, &none), difference(&half, &full));
    assert!((to_source - to_painting).abs() < 0.2 * to_source, "{to_source} {to_painting}");
    assert!(difference(&over_sent(&sent(), 0.35), &none) < to_source);
}

#[test]
fn a_source_that_is_no_picture_or_too_small_is_refused() {
    let error = |bytes: &[u8]| {
        let source = Some(Source { bytes, strength: 0.5 });
        paint(&Request { source, ..Request::default() }).unwrap_err().to_string()
    };
    assert!(error(b"hello").starts_with("the input image is not a readable JPEG, PNG or WebP file: "));
    let mut small = Vec::new();
    let image = image::RgbImage::new(63, 200);
    image.write_to(&mut Cursor::new(&mut small), image::ImageFormat::Png).unwrap();
    assert_eq!(error(&small), "the input image has 63 x 200 pixels; each side needs at least 64");
}

#[test]
fn a_color_in_the_negative_prompt_is_not_used() {
    for seed in 0..10 {
        let picture = painted(&Request {
            prompt: "brown hair, red background",
            negative_prompt: Some("red"),
            seed,
            ..Request::default()
        });
        assert!(share(&picture, RED, 3..14, 6..30) < 0.1, "{seed}");
    }
}

#[test]
fn different_subjects_are_different_pictures() {
    let prompts = [
        "a person",
        "a cat",
        "a dog",
        "a fox",
        "a panda",
        "a lion",
        "a dragon",
        "a bird",
        "an owl",
        "a penguin",
        "a fish",
        "an apple",
        "a pear",
        "cherries",
        "grapes",
        "a strawberry",
        "a banana",
        "a flower",
        "a mountain",
        "the sea",
        "a forest",
        "a desert",
        "a city",
        "a castle",
        "a house",
        "a tower",
        "a sword",
        "a shield",
        "a potion",
        "a bottle",
        "a cup",
        "a box",
        "a gem",
        "a book",
        "a robot",
        "a car",
        "a ship",
        "a rocket",
        "justice",
    ];
    let pictures: Vec<_> = prompts.iter().map(|prompt| of_prompt(&format!("{prompt}, white background"), 1)).collect();
    for (index, a) in pictures.iter().enumerate() {
        for (b, other) in pictures.iter().zip(&prompts).skip(index + 1) {
            assert!(difference(a, b) > 3.0, "{} and {other}", prompts[index]);
        }
    }
}

#[test]
fn anything_can_be_painted_in_any_shape() {
    let prompts = [
        "bald man with a beard, glasses",
        "queen with braids",
        "witch, twin tails",
        "knight",
        "girl with a scarf, a hat and headphones",
    ];
    for (seed, ratio) in (0..).zip(AspectRatio::ALL) {
        for prompt in prompts {
            painted(&Request { prompt, seed, aspect_ratio: Some(ratio), rank: Some("何か"), ..Request::default() });
        }
    }
    let large = painted(&Request { prompt: "a city at night", size: Size::Model, ..Request::default() });
    assert_eq!((large.width(), large.height()), (1024, 1024));
}
