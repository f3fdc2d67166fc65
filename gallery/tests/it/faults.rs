//! AWS slow, throttling, denying, gone.

use crate::fake::{Fake, Mood, item, png};
use axum::http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn faults_of_aws_are_plain_sentences() {
    let fake = Fake::start().await;
    for (mood, sentence) in [
        (Mood::Throttling, "AWS asks for fewer requests"),
        (Mood::Denying, "AWS denies states:ListExecutions"),
        (Mood::Expired, "AWS does not accept the credentials"),
    ] {
        fake.world().mood = mood;
        let page = fake.page().await;
        let home = page.get("/").await;
        assert_eq!(home.status, StatusCode::OK, "{mood:?}");
        assert!(home.text().contains(sentence) && home.text().contains("Drop a list"), "{mood:?}: {}", home.text());
        assert!(!home.text().contains("<b>as told"), "{mood:?}");
        let run = page.get("/runs/x").await;
        assert!(run.status.is_server_error() && run.text().contains("AWS"), "{mood:?}: {}", run.text());
    }
}

#[tokio::test]
async fn an_open_run_survives_throttling() {
    let fake = Fake::start().await;
    let name = fake.add_run("a.json", &json!([item(&fake.names, "A1", "x")]), "RUNNING", [1, 1, 0, 0]);
    let page = fake.page().await;
    assert_eq!(page.get(&format!("/runs/{name}")).await.status, StatusCode::OK);
    fake.world().mood = Mood::Throttling;
    let run = page.get(&format!("/runs/{name}")).await;
    assert!(run.status == StatusCode::OK && run.text().contains("A1"));
}

#[tokio::test]
async fn twenty_pages_share_one_look() {
    let fake = Fake::start().await;
    let name = fake.add_run("a.json", &json!([item(&fake.names, "A1", "x")]), "RUNNING", [1, 1, 0, 0]);
    let page = fake.page().await;
    page.get(&format!("/runs/{name}")).await;
    let before = fake.world().requests.len();
    for _ in 0..20 {
        page.get(&format!("/runs/{name}")).await;
    }
    // A look is four requests; one or two may fall into this time.
    assert!(fake.world().requests.len() - before <= 12, "{}", fake.world().requests.len() - before);
}

#[tokio::test]
async fn an_object_that_is_not_a_picture_gets_a_sign() {
    let fake = Fake::start().await;
    let items = json!([item(&fake.names, "A1", "x"), item(&fake.names, "A2", "x")]);
    let name = fake.add_run("a.json", &items, "RUNNING", [2, 1, 1, 0]);
    fake.put(&fake.names.image_bucket(), "vip/A1/a.png", b"<script>alert(1)</script>");
    fake.put(&fake.names.image_bucket(), "vip/A2/a.png", &png());
    let page = fake.page().await;
    let sign = page.get(&format!("/runs/{name}/thumbnails/0")).await;
    assert_eq!(sign.headers["content-type"], "image/svg+xml");
    let original = page.get(&format!("/runs/{name}/pictures/0")).await;
    assert_eq!(original.headers["content-type"], "image/png");
    assert_eq!(original.headers["x-content-type-options"], "nosniff");
}

#[tokio::test]
async fn results_that_are_not_there_yet_are_no_fault() {
    let fake = Fake::start().await;
    let name = fake.add_run("a.json", &json!([item(&fake.names, "A1", "x")]), "SUCCEEDED", [1, 0, 1, 0]);
    let run = fake.page().await.get(&format!("/runs/{name}")).await;
    assert!(run.status == StatusCode::OK && run.text().contains("1 of 1"));
}

#[tokio::test]
async fn a_list_that_is_not_json_is_told() {
    let fake = Fake::start().await;
    let name = fake.add_run("a.json", &json!({"not": "a list"}), "FAILED", [1, 0, 0, 1]);
    let run = fake.page().await.get(&format!("/runs/{name}")).await;
    assert!(run.text().contains("cannot be read: it is not a JSON array"), "{}", run.text());
}

#[tokio::test]
async fn a_page_does_not_wait_for_ever() {
    let fake = Fake::start().await;
    fake.world().mood = Mood::Hanging;
    let page = fake.page().await;
    let (home, run) = tokio::join!(page.get("/"), page.get("/runs/x"));
    assert!(home.status == StatusCode::OK && home.text().contains("there is no answer within 8 s"), "{}", home.text());
    assert!(run.text().contains("there is no answer within 8 s"));
    assert_eq!(run.headers["refresh"], "10");
}
