//! The thirteen services over the stand-in: pictures, refusals and limits.

use super::*;

/// A good request of every service.
fn services() -> [(&'static str, Value); 13] {
    let image = source();
    [
        ("us.stability.stable-image-remove-background-v1:0", json!({"image": image})),
        ("us.stability.stable-image-erase-object-v1:0", json!({"image": image, "mask": image, "grow_mask": 5})),
        ("us.stability.stable-image-inpaint-v1:0", json!({"image": image, "mask": image, "prompt": "a hat"})),
        ("us.stability.stable-outpaint-v1:0", json!({"image": image, "left": 16, "down": 0})),
        (
            "us.stability.stable-image-search-replace-v1:0",
            json!({"image": image, "search_prompt": "hat", "prompt": "cap"}),
        ),
        (
            "us.stability.stable-image-search-recolor-v1:0",
            json!({"image": image, "select_prompt": "hat", "prompt": "blue"}),
        ),
        (
            "us.stability.stable-image-control-sketch-v1:0",
            json!({"image": image, "prompt": "a hat", "control_strength": 0.7}),
        ),
        ("us.stability.stable-image-control-structure-v1:0", json!({"image": image, "prompt": "a hat"})),
        ("us.stability.stable-image-style-guide-v1:0", json!({"image": image, "prompt": "a hat", "fidelity": 0.5})),
        ("us.stability.stable-style-transfer-v1:0", json!({"init_image": image, "style_image": image})),
        ("us.stability.stable-fast-upscale-v1:0", json!({"image": image})),
        ("us.stability.stable-conservative-upscale-v1:0", json!({"image": image, "prompt": "a hat"})),
        ("us.stability.stable-creative-upscale-v1:0", json!({"image": image, "prompt": "a hat", "creativity": 0.3})),
    ]
}

#[tokio::test]
async fn every_service_answers_with_a_picture() {
    let stand_in = stand_in();
    for (model, request) in services() {
        let file = image(&call(&stand_in, model, &request).await);
        let picture = image::load_from_memory(&file).unwrap();
        let size = match model {
            _ if model.contains("upscale") => (256, 128),
            _ if model.contains("outpaint") => (144, 64),
            _ => (128, 64),
        };
        assert_eq!((picture.width(), picture.height()), size, "{model}");
        assert_eq!(picture.color().has_alpha(), model.contains("remove-background"), "{model}");
    }
    assert_eq!(stand_in.counts().paid, 13);
}

#[tokio::test]
async fn a_service_refuses_what_its_row_does_not_take() {
    let stand_in = stand_in();
    for (model, request) in services() {
        let mut surplus = request.clone();
        surplus["steps"] = json!(30);
        let response = call(&stand_in, model, &surplus).await;
        assert!(message(&response).contains("#: extraneous key [steps] is not permitted"), "{model}");
        let required = idlist::models::resolve(model, idlist::RetiredModels::Reject).unwrap().parameters.iter();
        for name in required
            .map(|parameter| parameter.name)
            .filter(|name| name.contains("image") || ["mask", "search_prompt", "select_prompt"].contains(name))
        {
            let mut missing = request.clone();
            missing.as_object_mut().unwrap().remove(name);
            let response = call(&stand_in, model, &missing).await;
            let violation = format!("#: required key [{name}] not found");
            assert!(message(&response).contains(&violation), "{model}: {}", message(&response));
        }
    }
    let (outpaint, mut request) = services()[3].clone();
    request["left"] = json!(0);
    let response = call(&stand_in, outpaint, &request).await;
    assert!(message(&response).contains("at least one of [left, right, up, down] must be greater than 0"));
}

#[tokio::test]
async fn a_picture_with_too_many_pixels_is_refused() {
    let stand_in = stand_in();
    for (model, name, size, wrong) in [
        ("us.stability.stable-fast-upscale-v1:0", "image", (1600, 40), "at most 1536 on each side"),
        ("us.stability.stable-creative-upscale-v1:0", "image", (1100, 1000), "at most 1048576 in all"),
        ("us.stability.stable-image-remove-background-v1:0", "image", (60, 100), "at least 64 on each side"),
        ("us.stability.stable-style-transfer-v1:0", "style_image", (60, 100), "at least 64 on each side"),
    ] {
        let (_, mut request) = services().into_iter().find(|(known, _)| *known == model).unwrap();
        request[name] = json!(source_of(size.0, size.1));
        let response = call(&stand_in, model, &request).await;
        assert_eq!(response.error_type, Some("ValidationException"), "{model}");
        let message = message(&response);
        assert!(message.starts_with(&format!("Malformed input request: #/{name}: ")), "{message}");
        assert!(message.contains(wrong), "{message}");
    }
}

#[tokio::test]
async fn a_service_is_called_by_its_profile_only() {
    let (model, request) = services()[0].clone();
    let response = call(&stand_in(), model.strip_prefix("us.").unwrap(), &request).await;
    assert_eq!(response.error_type, Some("ValidationException"));
    assert!(message(&response).contains("inference profile"));
}

#[tokio::test]
async fn an_answer_beyond_16_mib_is_refused() {
    // Noise, which PNG cannot compress.
    let mut state = 1_u32;
    let noise = image::RgbImage::from_fn(1_448, 1_448, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [a, b, c, _] = state.to_be_bytes();
        image::Rgb([a, b, c])
    });
    let mut file = Vec::new();
    noise.write_to(&mut std::io::Cursor::new(&mut file), FileFormat::Png).unwrap();
    let image = base64_simd::STANDARD.encode_to_string(file);
    let request = json!({"image": image, "prompt": "noise", "output_format": "png"});
    let response = call(&stand_in(), "us.stability.stable-conservative-upscale-v1:0", &request).await;
    assert_eq!(response.status, 400);
    assert!(message(&response).ends_with("bytes exceeds the maximum allowed size"), "{}", message(&response));
}
