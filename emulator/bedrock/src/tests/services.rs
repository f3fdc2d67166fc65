//! The thirteen services over the stand-in: pictures, refusals and limits.

use super::*;
use idlist::models::{Model, find};
use image::{DynamicImage, GrayImage, Luma, Rgb, RgbImage};

const BLUE: [u8; 4] = [0x2F, 0x6F, 0xD8, 255];
const GREEN: [u8; 4] = [20, 200, 40, 255];
/// What erased things leave.
const GAP: [u8; 4] = [0xC5, 0xCC, 0xD6, 255];
/// Blue, seen through, over green.
const OVER: [u8; 4] = [32, 159, 119, 255];

/// A name, a good request, the size of the picture, and the colours of two of its pixels: at the lower left, and near the middle.
type Service = (&'static str, Value, (u32, u32), [[u8; 4]; 2]);

fn services() -> [Service; 13] {
    let image = source_of(200, 160);
    let mask = GrayImage::from_fn(200, 160, |x, _| Luma([if x < 100 { 0 } else { 255 }]));
    let mask = base64_of(&DynamicImage::ImageLuma8(mask));
    let style = base64_of(&RgbImage::from_pixel(64, 64, Rgb([250, 0, 0])).into());
    let (prompt, size, large) = ("a #2f6fd8 hat", (200, 160), (400, 320));
    [
        ("remove-background", json!({"image": image}), size, [[20, 200, 40, 0], GREEN]),
        ("erase-object", json!({"image": image, "mask": mask, "grow_mask": 5}), size, [GREEN, GAP]),
        ("inpaint", json!({"image": image, "mask": mask, "prompt": prompt}), size, [GREEN, BLUE]),
        ("outpaint", json!({"image": image, "left": 16, "down": 70, "prompt": prompt}), (216, 230), [BLUE, GREEN]),
        ("search-replace", json!({"image": image, "search_prompt": "hat", "prompt": prompt}), size, [GREEN, BLUE]),
        ("search-recolor", json!({"image": image, "select_prompt": "hat", "prompt": prompt}), size, [OVER, OVER]),
        ("control-sketch", json!({"image": image, "prompt": prompt, "control_strength": 0.7}), size, [OVER, OVER]),
        ("control-structure", json!({"image": image, "prompt": prompt}), size, [OVER, OVER]),
        ("style-guide", json!({"image": image, "prompt": prompt, "fidelity": 0.5}), size, [OVER, OVER]),
        ("style-transfer", json!({"init_image": image, "style_image": style}), size, [[123, 110, 22, 255]; 2]),
        ("fast-upscale", json!({"image": image}), large, [GREEN, GREEN]),
        ("conservative-upscale", json!({"image": image, "prompt": prompt}), large, [GREEN, GREEN]),
        ("creative-upscale", json!({"image": image, "prompt": prompt, "creativity": 0.3}), large, [GREEN, GREEN]),
    ]
}

fn model(name: &str) -> &'static Model {
    find(name).unwrap()
}

/// A good request of this service.
fn request(name: &str) -> Value {
    services().into_iter().find(|(known, ..)| *known == name).unwrap().1
}

#[tokio::test]
async fn every_service_answers_with_a_picture_and_its_caption() {
    let stand_in = stand_in();
    for (name, request, size, colors) in services() {
        let model = model(name);
        let picture = image::load_from_memory(&image(&call(&stand_in, model.id, &request).await)).unwrap();
        assert_eq!(picture.color().has_alpha(), model.makes_transparent, "{name}");
        let picture = picture.into_rgba8();
        let pixels = [(10, 150), (110, 90)].map(|(x, y)| picture.get_pixel(x, y).0);
        assert_eq!((picture.dimensions(), pixels), (size, colors), "{name}");
        let caption = picture.rows().take(20).flatten().filter(|pixel| pixel.0 == [0x1C, 0x1F, 0x26, 255]);
        assert!(caption.count() > 500, "{name}");
    }
    assert_eq!(stand_in.counts().paid, 13);
}

#[tokio::test]
async fn a_service_refuses_what_its_row_does_not_take() {
    let stand_in = stand_in();
    for (name, mut request, ..) in services() {
        request["steps"] = json!(30);
        for field in ["image", "init_image", "style_image", "mask", "search_prompt", "select_prompt"] {
            let Some(value) = request.as_object_mut().unwrap().remove(field) else { continue };
            let (_, _, message) = error(&call(&stand_in, model(name).id, &request).await);
            assert!(message.contains("#: extraneous key [steps] is not permitted"), "{name}: {message}");
            assert!(message.contains(&format!("#: required key [{field}] not found")), "{name}: {message}");
            request[field] = value;
        }
    }
    let mut outpaint = request("outpaint");
    (outpaint["left"], outpaint["down"]) = (json!(0), json!(0));
    let (_, _, message) = error(&call(&stand_in, model("outpaint").id, &outpaint).await);
    assert!(message.contains("at least one of [left, right, up, down] must be greater than 0"), "{message}");
}

#[tokio::test]
async fn a_picture_with_too_many_pixels_is_refused() {
    let stand_in = stand_in();
    for (name, field, (width, height), wrong) in [
        ("fast-upscale", "image", (1600, 40), "at most 1536 on each side"),
        ("creative-upscale", "image", (1100, 1000), "at most 1048576 in all"),
        ("remove-background", "image", (60, 100), "at least 64 on each side"),
        ("style-transfer", "style_image", (60, 100), "at least 64 on each side"),
    ] {
        let mut request = request(name);
        request[field] = json!(source_of(width, height));
        let response = call(&stand_in, model(name).id, &request).await;
        let (_, error, message) = error(&response);
        assert_eq!(error, "ValidationException", "{name}");
        assert!(message.starts_with(&format!("Malformed input request: #/{field}: ")), "{message}");
        assert!(message.contains(wrong), "{message}");
    }
}

#[tokio::test]
async fn an_answer_beyond_16_mib_is_refused() {
    // Noise, which PNG cannot compress.
    let mut noise = vec![0; 1_448 * 1_448 * 3];
    fastrand::Rng::with_seed(1).fill(&mut noise);
    let noise = RgbImage::from_raw(1_448, 1_448, noise).unwrap();
    let request = json!({"image": base64_of(&noise.into()), "prompt": "noise", "output_format": "png"});
    let (status, _, message) = error(&call(&stand_in(), model("conservative-upscale").id, &request).await);
    assert!(status == 400 && message.ends_with("bytes exceeds the maximum allowed size"), "{message}");
}
