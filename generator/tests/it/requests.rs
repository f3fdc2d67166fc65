//! What the models are asked: exactly what the item says, in each model's own words.

use crate::aws::{Aws, item, sized};
use generator::{App, Config};
use serde_json::{Value, json};

async fn asked(changes: Value) -> Value {
    let aws = Aws::new();
    aws.make(item(changes)).await.unwrap();
    aws.model_bodies().remove(0)
}

#[tokio::test]
async fn a_plain_item_asks_for_its_prompt_in_its_format_with_a_seed_of_its_own() {
    let body = asked(json!({"prompt": "a castle"})).await;
    let seed = body["seed"].as_u64().unwrap();
    assert!(seed > 0, "0 would be another picture every time");
    assert_eq!(body, json!({"prompt": "a castle", "output_format": "jpeg", "seed": seed}));
    assert_eq!(asked(json!({"prompt": "another"})).await["seed"], seed);
    assert_ne!(asked(json!({"rank": "vip"})).await["seed"], seed);
}

#[tokio::test]
async fn everything_that_an_item_can_say_is_passed_on() {
    for model in ["stability.stable-image-core-v1:1", "stability.stable-image-ultra-v1:1"] {
        let body = asked(json!({
            "model": model, "inputKeyName": "a.png", "prompt": "p", "negativePrompt": "n", "aspectRatio": "9:21", "seed": 42}));
        let expected = json!({
            "prompt": "p", "negative_prompt": "n", "aspect_ratio": "9:21", "seed": 42, "output_format": "png"});
        assert_eq!(body.await, expected, "{model}");
    }
}

#[tokio::test]
async fn sd3_5_large_is_told_its_mode_and_makes_webp_itself() {
    let body =
        asked(json!({"model": "stability.sd3-5-large-v1:0", "inputKeyName": "a.webp", "prompt": "p", "seed": 1}));
    let expected = json!({"prompt": "p", "seed": 1, "output_format": "webp", "mode": "text-to-image"});
    assert_eq!(body.await, expected);
}

#[tokio::test]
async fn webp_is_asked_for_as_png_where_the_model_makes_none() {
    assert_eq!(asked(json!({"inputKeyName": "a.webp"})).await["output_format"], "png");
}

#[tokio::test]
async fn image_to_image_sends_the_source_and_the_strength() {
    let source = sized(64, 64, image::ImageFormat::Jpeg);
    let encoded = base64_simd::STANDARD.encode_to_string(&source);
    let models = [("stability.stable-image-ultra-v1:1", None), ("stability.sd3-5-large-v1:0", Some("image-to-image"))];
    for (model, mode) in models {
        let aws = Aws::new();
        aws.store("/sources/the cat.jpg", source.clone());
        let changes = json!({"model": model, "prompt": "p", "seed": 1, "strength": 0.5,
            "sourceBucketName": "sources", "sourceKeyName": "the cat.jpg"});
        aws.make(item(changes)).await.unwrap();
        let mut expected = json!({
            "prompt": "p", "seed": 1, "output_format": "jpeg", "strength": 0.5, "image": encoded});
        if let Some(mode) = mode {
            expected["mode"] = json!(mode);
        }
        assert_eq!(aws.model_bodies(), [expected]);
    }
}

#[tokio::test]
async fn the_call_names_model_and_item_and_no_item_gets_a_second_attempt() {
    let aws = Aws::new();
    aws.model_says(429, &[("x-amzn-errortype", "ThrottlingException")], "{}");
    let error = aws.make(item(json!({"id": "カ 1", "rank": "vip"}))).await.unwrap_err();
    assert_eq!(error.kind.name(), "ModelThrottled");
    let asked = aws.asked.lock().unwrap();
    let calls: Vec<_> = asked.iter().filter(|asked| asked.path.starts_with("/model/")).collect();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].path, "/model/stability.stable-image-core-v1:1/invoke");
    assert_eq!(calls[0].headers["content-type"], "application/json");
    let metadata: Value = serde_json::from_str(&calls[0].headers["x-amzn-bedrock-request-metadata"]).unwrap();
    assert_eq!(metadata, json!({"id": "=E3=82=AB 1", "rank": "vip"}));
}

#[tokio::test]
async fn services_may_be_called_in_a_region_of_their_own() {
    let aws = Aws::new();
    aws.store("/images/s.png", sized(64, 64, image::ImageFormat::Png));
    let config = Config {
        bedrock_region: Some("us-west-2".into()),
        bedrock_service_region: Some("us-east-1".into()),
        ..Config::default()
    };
    let app: App = aws.app(config);
    let service = json!({"model": "us.stability.stable-fast-upscale-v1:0", "prompt": null,
        "sourceBucketName": "images", "sourceKeyName": "s.png"});
    for changes in [service, json!({"id": "A2"})] {
        generator::handle(&app, crate::aws::event(item(changes))).await.unwrap();
    }
    let asked = aws.asked.lock().unwrap();
    for asked in asked.iter().filter(|asked| asked.path.starts_with("/model/")) {
        let region = if asked.path.contains("/us.") { "us-east-1" } else { "us-west-2" };
        assert!(asked.headers["authorization"].contains(region), "{}", asked.path);
    }
}

#[tokio::test]
async fn bedrock_may_be_in_another_region_than_the_bucket() {
    let aws = Aws::new();
    let app: App = aws.app(Config { bedrock_region: Some("us-east-2".into()), ..Config::default() });
    generator::handle(&app, crate::aws::event(item(json!({})))).await.unwrap();
    let asked = aws.asked.lock().unwrap();
    let signed_for = |asked: &crate::aws::Asked, region: &str| asked.headers["authorization"].contains(region);
    for asked in asked.iter() {
        let region = if asked.path.starts_with("/model/") { "us-east-2" } else { "us-west-2" };
        assert!(signed_for(asked, region), "{} {}", asked.path, asked.headers["authorization"]);
    }
}
