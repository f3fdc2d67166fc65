//! The second step: services that start from an image that is there.

use crate::aws::{Aws, item, sample, sized};
use generator::{ErrorKind, Outcome};
use idlist::models::{self, Kind, MODELS, Model, PictureRole, Start};
use image::ImageFormat::{Jpeg, Png, WebP};
use serde_json::{Value, json};

/// An item with what its model needs.
fn item_for(model: &Model) -> Value {
    let mut item = item(json!({"model": model.id, "inputKeyName": "a.png", "prompt": null}));
    for parameter in model.parameters {
        match parameter.kind {
            Kind::Text { field, required: true, .. } => item[field] = json!("a hat"),
            Kind::Picture { picture, .. } => {
                let [bucket, key] = picture.fields();
                (item[*bucket], item[*key]) = (json!("images"), json!(key_of(picture)));
            }
            _ => {}
        }
    }
    if let Some(field) = model.one_above_zero.first() {
        item[*field] = json!(1);
    }
    item
}

fn key_of(picture: PictureRole) -> String {
    format!("{picture:?}.png")
}

fn services() -> impl Iterator<Item = &'static Model> {
    MODELS.into_iter().filter(|model| model.start == Start::Image)
}

/// S3 with a good picture of each kind.
fn aws_with_pictures() -> std::sync::Arc<Aws> {
    let aws = Aws::new();
    for picture in PictureRole::ALL {
        aws.store(&format!("/images/{}", key_of(picture)), sized(80, 64, Png));
    }
    aws
}

#[tokio::test]
async fn every_service_makes_its_image_once() {
    for model in services() {
        let aws = aws_with_pictures();
        let output = aws.make(item_for(model)).await.unwrap();
        assert_eq!((output.outcome, output.model.as_str()), (Outcome::Generated, model.id));
        let body = aws.model_bodies().remove(0);
        let names: Vec<_> = body.as_object().unwrap().keys().collect();
        for parameter in model.parameters.iter().filter(|parameter| matches!(parameter.kind, Kind::Picture { .. })) {
            assert!(names.iter().any(|name| *name == parameter.name), "{}: {names:?}", model.id);
        }
        let stored = aws.object("/images/nomal/A1/a.png");
        assert_eq!(stored.headers["x-amz-meta-model"], model.id);
        assert_eq!(aws.make(item_for(model)).await.unwrap().outcome, Outcome::Existing, "{}", model.id);
        assert_eq!(aws.model_calls(), 1, "{}", model.id);
    }
}

#[tokio::test]
async fn another_version_of_the_source_is_another_image() {
    let aws = aws_with_pictures();
    let item = item_for(&models::REMOVE_BACKGROUND);
    aws.make(item.clone()).await.unwrap();
    let mut other = aws.object("/images/Source.png");
    other.headers.insert("etag".into(), "\"f\"".into());
    aws.objects.lock().unwrap().insert("/images/Source.png".into(), other);
    assert_eq!(aws.make(item).await.unwrap().outcome, Outcome::Generated);
}

#[tokio::test]
async fn a_missing_picture_costs_no_call_and_is_mended_by_the_picture() {
    for model in services() {
        let kinds = model.parameters.iter().filter_map(|parameter| match parameter.kind {
            Kind::Picture { picture, .. } => Some(picture),
            _ => None,
        });
        for picture in kinds {
            let aws = aws_with_pictures();
            let path = format!("/images/{}", key_of(picture));
            let there = aws.objects.lock().unwrap().remove(&path).unwrap();
            let error = aws.make(item_for(model)).await.unwrap_err();
            assert_eq!((error.kind, aws.model_calls()), (ErrorKind::SourceMissing, 0), "{}: {error}", model.id);
            assert!(error.message.contains(picture.name()) && error.message.contains(picture.fields()[1]), "{error}");
            aws.objects.lock().unwrap().insert(path, there);
            assert_eq!(aws.make(item_for(model)).await.unwrap().outcome, Outcome::Generated);
        }
    }
}

#[tokio::test]
async fn pictures_that_the_model_does_not_take_cost_no_call() {
    for (model, bytes, problem) in [
        (&models::FAST_UPSCALE, sized(1_600, 40, Png), "has 1600 × 40 pixels; at most 1536 on each side are taken"),
        (&models::CREATIVE_UPSCALE, sized(1_100, 1_000, Jpeg), "at most 1048576 in all are taken"),
        (&models::REMOVE_BACKGROUND, sized(63, 100, WebP), "at least 64 on each side are taken"),
        (&models::OUTPAINT, b"GIF89a".to_vec(), "is not a JPEG, PNG or WebP image"),
    ] {
        let aws = aws_with_pictures();
        aws.store("/images/Source.png", bytes);
        let error = aws.make(item_for(model)).await.unwrap_err();
        assert_eq!((error.kind, aws.model_calls()), (ErrorKind::InvalidItem, 0), "{error}");
        assert!(
            error.message.contains("the source image s3://images/Source.png") && error.message.contains(problem),
            "{error}"
        );
    }
}

#[tokio::test]
async fn pictures_that_are_too_large_together_cost_no_call() {
    let aws = aws_with_pictures();
    for picture in [PictureRole::Source, PictureRole::Mask] {
        aws.store(&format!("/images/{}", key_of(picture)), vec![0; 9_500_000]);
    }
    let error = aws.make(item_for(&models::INPAINT)).await.unwrap_err();
    assert_eq!((error.kind, aws.model_calls()), (ErrorKind::InvalidItem, 0));
    assert!(error.message.contains("the mask s3://images/Mask.png has 9500000 bytes"), "{error}");
}

#[tokio::test]
async fn an_enlargement_is_asked_for_as_webp_and_stored_as_png() {
    let aws = aws_with_pictures();
    aws.model_answers(&sample(WebP));
    let output = aws.make(item_for(&models::CREATIVE_UPSCALE)).await.unwrap();
    assert_eq!(aws.model_bodies()[0]["output_format"], "webp");
    assert_eq!(output.content_type, "image/png");
    assert_eq!(image::guess_format(&aws.object("/images/nomal/A1/a.png").bytes).unwrap(), Png);
}

#[tokio::test]
async fn a_model_without_a_seed_gets_none() {
    let aws = aws_with_pictures();
    let picture = base64_simd::STANDARD.encode_to_string(sample(Png));
    aws.model_says(200, &[], &json!({"finish_reasons": [null], "images": [picture]}).to_string());
    let output = aws.make(item_for(&models::REMOVE_BACKGROUND)).await.unwrap();
    assert_eq!((output.seed, aws.model_bodies()[0].get("seed")), (None, None));
    assert!(!aws.object("/images/nomal/A1/a.png").headers.contains_key("x-amz-meta-seed"));
}
