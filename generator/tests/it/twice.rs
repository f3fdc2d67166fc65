//! Nothing is paid for twice: the same item again finds its image.

use crate::aws::{Aws, event, item, sized};
use generator::{Config, Outcome, handle};
use serde_json::json;

#[tokio::test]
async fn the_same_item_again_makes_no_model_call() {
    let aws = Aws::new();
    let first = aws.make(item(json!({}))).await.unwrap();
    let second = aws.make(item(json!({}))).await.unwrap();
    assert_eq!((first.outcome, second.outcome), (Outcome::Generated, Outcome::Existing));
    assert_eq!(aws.model_calls(), 1);
    assert_eq!(generator::Output { outcome: Outcome::Generated, ..second }, first);
}

#[tokio::test]
async fn whatever_changes_the_picture_makes_it_anew() {
    let changes = [
        json!({"prompt": "hair color is blue"}),
        json!({"negativePrompt": "hat"}),
        json!({"aspectRatio": "16:9"}),
        json!({"seed": 12}),
        json!({"model": "stability.stable-image-ultra-v1:1"}),
    ];
    let aws = Aws::new();
    aws.make(item(json!({}))).await.unwrap();
    for (made, change) in changes.into_iter().enumerate() {
        aws.make(item(change.clone())).await.unwrap();
        assert_eq!(aws.model_calls(), made + 2, "{change}");
    }
}

#[tokio::test]
async fn what_does_not_change_the_picture_does_not() {
    let aws = Aws::new();
    aws.make(item(json!({}))).await.unwrap();
    let same = [
        json!({"campaign": "autumn"}),
        json!({"negativePrompt": null, "seed": null}),
        json!({"model": "stability.stable-diffusion-xl-v0"}),
        json!({"aspectRatio": "1:1"}),
    ];
    for change in same {
        assert_eq!(aws.make(item(change.clone())).await.unwrap().outcome, Outcome::Existing, "{change}");
    }
    assert_eq!(aws.model_calls(), 1);
}

#[tokio::test]
async fn an_image_of_somebody_else_at_the_destination_is_replaced() {
    let aws = Aws::new();
    aws.make(item(json!({}))).await.unwrap();
    aws.objects
        .lock()
        .unwrap()
        .values_mut()
        .for_each(|object| drop(object.headers.remove("x-amz-meta-request-sha256")));
    assert_eq!(aws.make(item(json!({}))).await.unwrap().outcome, Outcome::Generated);
}

#[tokio::test]
async fn another_source_image_under_the_same_key_makes_the_picture_anew() {
    let aws = Aws::new();
    let upload = |bytes: Vec<u8>, e_tag: &str| {
        let headers = [("etag".to_owned(), format!("\"{e_tag}\""))].into();
        aws.objects.lock().unwrap().insert("/images/source.png".into(), crate::aws::Object { headers, bytes });
    };
    let with_source = || {
        item(
            json!({"model": "stability.stable-image-ultra-v1:1", "sourceBucketName": "images", "sourceKeyName": "source.png"}),
        )
    };
    upload(sized(64, 64, image::ImageFormat::Png), "one");
    aws.make(with_source()).await.unwrap();
    assert_eq!(aws.make(with_source()).await.unwrap().outcome, Outcome::Existing);
    upload(sized(64, 64, image::ImageFormat::Jpeg), "two");
    assert_eq!(aws.make(with_source()).await.unwrap().outcome, Outcome::Generated);
}

#[tokio::test]
async fn a_missing_bucket_is_found_before_the_model_is_paid() {
    let aws = Aws::new();
    let error = aws.make(item(json!({"inputBucketName": "nobodys-bucket"}))).await.unwrap_err();
    assert_eq!(error.kind.name(), "AccessDenied");
    assert!(error.message.contains("s3://nobodys-bucket") && error.message.contains("does not exist"), "{error}");
    assert_eq!(aws.model_calls(), 0);
}

#[tokio::test]
async fn a_bucket_is_asked_for_once_in_a_process() {
    let aws = Aws::new();
    let app = aws.app(Config::default());
    for id in ["A1", "A2", "A3"] {
        handle(&app, event(item(json!({"id": id})))).await.unwrap();
    }
    let asked = aws.asked.lock().unwrap();
    assert_eq!(asked.iter().filter(|asked| asked.path.trim_matches('/') == "images").count(), 1);
}
