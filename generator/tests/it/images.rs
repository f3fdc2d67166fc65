//! What is stored and what is answered.

use crate::aws::{Aws, item, sample};
use generator::{App, Config, Outcome};
use image::ImageFormat::{Jpeg, Png, WebP};
use serde_json::json;

#[tokio::test]
async fn the_image_lies_where_the_item_says_with_its_metadata() {
    let aws = Aws::new();
    aws.model_answers(&sample(Png));
    let output = aws.make(item(json!({"id": "カード 1%", "rank": "vip", "inputKeyName": "a b.png"}))).await.unwrap();
    let object = aws.object("/images/vip/カード 1%/a b.png");
    assert_eq!(object.bytes, sample(Png));
    assert_eq!(object.headers["content-type"], "image/png");
    assert_eq!(object.headers["x-amz-meta-id"], "%E3%82%AB%E3%83%BC%E3%83%89%201%25");
    assert_eq!(object.headers["x-amz-meta-rank"], "vip");
    assert_eq!(object.headers["x-amz-meta-model"], "stability.stable-image-core-v1:1");
    assert_eq!(object.headers["x-amz-meta-seed"], "7", "the seed that the model says it used");
    assert_eq!(object.headers["x-amz-meta-request-sha256"].len(), 64);

    let answered = serde_json::to_value(&output).unwrap();
    let expected = json!({
        "id": "カード 1%", "rank": "vip", "bucketName": "images", "keyName": "vip/カード 1%/a b.png",
        "model": "stability.stable-image-core-v1:1", "seed": 7, "bytes": sample(Png).len(),
        "contentType": "image/png", "outcome": "generated"});
    assert_eq!(answered, expected);
}

#[tokio::test]
async fn the_extension_decides_the_format_whatever_the_model_sends() {
    for (key, format, content_type) in [
        ("a.jpeg", Jpeg, "image/jpeg"),
        ("a.JPG", Jpeg, "image/jpeg"),
        ("a.png", Png, "image/png"),
        ("a.webp", WebP, "image/webp"),
    ] {
        for sent in [Jpeg, Png, WebP] {
            let aws = Aws::new();
            aws.model_answers(&sample(sent));
            let output = aws.make(item(json!({"inputKeyName": key}))).await.unwrap();
            let object = aws.object(&format!("/images/nomal/A1/{key}"));
            assert_eq!(image::guess_format(&object.bytes).unwrap(), format, "{key} from {sent:?}");
            assert_eq!(image::load_from_memory(&object.bytes).unwrap().width(), 16);
            assert_eq!(
                (object.headers["content-type"].as_str(), output.content_type.as_str()),
                (content_type, content_type)
            );
            assert_eq!(output.bytes, object.bytes.len() as u64);
        }
    }
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>: at most 2 KB, keys and values together.
#[tokio::test]
async fn metadata_never_exceeds_what_s3_takes() {
    let aws = Aws::new();
    let long = "限定カード".repeat(25);
    aws.make(item(json!({"id": long, "rank": long}))).await.unwrap();
    let object = aws.object(&format!("/images/{long}/{long}/image.jpeg"));
    let metadata =
        || object.headers.iter().filter_map(|(name, value)| Some((name.strip_prefix("x-amz-meta-")?, value)));
    assert!(metadata().map(|(name, value)| name.len() + value.len()).sum::<usize>() <= 2048);
    let names: std::collections::BTreeSet<_> = metadata().map(|(name, _)| name).collect();
    assert_eq!(names, ["model", "rank", "request-sha256", "seed"].into());
    assert_eq!(aws.make(item(json!({"id": long, "rank": long}))).await.unwrap().outcome, Outcome::Existing);
}

#[tokio::test]
async fn a_retired_model_is_redirected_and_the_result_says_so() {
    let aws = Aws::new();
    let output = aws.make(item(json!({"model": "stability.stable-diffusion-xl-v0"}))).await.unwrap();
    assert_eq!(output.model, "stability.stable-image-core-v1:1");
    assert_eq!(output.requested_model.as_deref(), Some("stability.stable-diffusion-xl-v0"));
    assert_eq!(aws.object("/images/nomal/A1/image.jpeg").headers["x-amz-meta-model"], output.model);
}

#[tokio::test]
async fn the_envelope_of_the_state_machine_is_an_item_too() {
    let aws = Aws::new();
    let output = aws.make(json!({"item": item(json!({})), "executionName": "run", "throttled": {}})).await.unwrap();
    assert_eq!((output.id.as_str(), output.outcome), ("A1", Outcome::Generated));
}

#[tokio::test]
async fn items_that_share_a_file_name_do_not_overwrite_each_other() {
    let aws = Aws::new();
    let app: App = aws.app(Config::default());
    for (id, rank) in [("A1", "nomal"), ("A1", "vip"), ("A2", "vip")] {
        generator::handle(&app, crate::aws::event(item(json!({"id": id, "rank": rank})))).await.unwrap();
    }
    assert_eq!(aws.objects.lock().unwrap().len(), 3);
}
