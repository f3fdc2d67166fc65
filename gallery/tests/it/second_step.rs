//! The second step: what is made of selected pictures, what it costs, and the list that is dropped.

use crate::client::Page;
use crate::fake::{Fake, child, item, png};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// A run of three items with pictures of two.
async fn run() -> (Fake, Page, String) {
    let fake = Fake::start().await;
    let mut items: Vec<Value> = ["A1", "A2", "A3"].iter().map(|id| item(&fake.names, id, "a knight")).collect();
    items[0]["note"] = json!("mine");
    let name = fake.add_run("cards.json", &json!(items), "SUCCEEDED", [3, 0, 2, 1]);
    for id in ["A1", "A2"] {
        fake.put(&fake.names.image_bucket(), &format!("vip/{id}/a.png"), &png());
    }
    let page = fake.page().await;
    (fake, page, name)
}

/// The list that was dropped with this key.
fn dropped(fake: &Fake, key: &str) -> Value {
    serde_json::from_slice(&fake.world().objects[&format!("{}/{key}", fake.names.list_bucket())]).unwrap()
}

fn uploads(fake: &Fake) -> usize {
    fake.world().requests.iter().filter(|request| request.starts_with("PUT")).count()
}

#[tokio::test]
async fn a_run_offers_every_second_step_with_its_price() {
    let (_fake, page, name) = run().await;
    let sheet = page.get(&format!("/runs/{name}")).await;
    for (step, price) in [("cutout", "0.07 USD each"), ("large", "0.03 USD each"), ("restyled", "0.08 USD each")] {
        let (_, button) = sheet.text().split_once(&format!("formaction=\"/runs/{name}/then/{step}\"")).unwrap();
        assert!(button.split("</button>").next().unwrap().contains(price), "{step}");
    }
    let one = page.get(&format!("/runs/{name}/items/0")).await;
    assert!(one.text().contains("/then/cutout") && !one.text().contains("/then/restyled"), "one picture has no other");
    assert!(!page.get(&format!("/runs/{name}/items/2")).await.text().contains("/then/"), "there is no picture");
}

#[tokio::test]
async fn pictures_are_cut_out_after_the_price_is_shown() {
    let (fake, page, name) = run().await;
    let path = format!("/runs/{name}/then/cutout");
    let asked = page.get(&format!("{path}?i=0&i=1&i=2")).await;
    assert!(asked.text().contains("Make 2 pictures (about 0.14 USD)"), "{}", asked.text());
    assert!(asked.text().contains("there is no picture yet: 1."), "{}", asked.text());
    assert_eq!(page.post(&path, "token=guessed&i=0").await.status, StatusCode::FORBIDDEN);
    assert_eq!(uploads(&fake), 0);
    let made = page.post(&path, &format!("token={}&i=0&i=1&i=2", page.token().await)).await;
    assert!(made.location().starts_with("/runs/cutout-cards-"));
    let image_bucket = fake.names.image_bucket();
    let expected = |id: &str| {
        json!({"id": id, "rank": "vip", "inputBucketName": image_bucket, "inputKeyName": "a-cutout.png",
            "model": "us.stability.stable-image-remove-background-v1:0", "sourceBucketName": image_bucket,
            "sourceKeyName": format!("vip/{id}/a.png")})
    };
    let mut first = expected("A1");
    first["note"] = json!("mine");
    assert_eq!(dropped(&fake, "cutout-cards.json"), json!([first, expected("A2")]));
}

#[tokio::test]
async fn a_picture_is_enlarged_in_its_format() {
    let (fake, page, name) = run().await;
    let form = format!("token={}&i=1", page.token().await);
    page.post(&format!("/runs/{name}/then/large"), &form).await.location();
    let list = dropped(&fake, "large-cards.json");
    assert_eq!((&list[0]["inputKeyName"], &list[1]), (&json!("a-large.png"), &Value::Null));
}

#[tokio::test]
async fn one_selected_picture_gives_the_others_its_style() {
    let (fake, page, name) = run().await;
    let path = format!("/runs/{name}/then/restyled");
    let asked = page.get(&format!("{path}?i=0&i=1")).await;
    assert!(asked.text().contains("Make 1 picture (about 0.08 USD)"), "{}", asked.text());
    assert!(asked.text().contains("type=\"radio\" name=\"style\" value=\"0\" checked"), "{}", asked.text());
    let token = page.token().await;
    page.post(&path, &format!("token={token}&i=0&i=1&style=1")).await.location();
    let list = dropped(&fake, "restyled-cards.json");
    assert_eq!((&list[0]["sourceKeyName"], &list[0]["styleKeyName"]), (&json!("vip/A1/a.png"), &json!("vip/A2/a.png")));
    assert_eq!(list.as_array().unwrap().len(), 1, "the picture that has the style is not restyled");
    for form in ["i=0&i=1&style=2", "i=0&i=1&style=x", "i=0", "i=0&i=2"] {
        let refused = page.post(&path, &format!("token={token}&{form}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
}

#[tokio::test]
async fn nothing_is_dropped_without_a_picture_or_by_another_name() {
    let (fake, page, name) = run().await;
    let token = page.token().await;
    for form in ["", "i=2", "i=9", "i=x"] {
        let path = format!("/runs/{name}/then/cutout");
        assert_eq!(page.get(&format!("{path}?{form}")).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        let made = page.post(&path, &format!("token={token}&{form}")).await;
        assert_eq!(made.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    let unknown = format!("/runs/{name}/then/frame");
    assert_eq!(page.get(&format!("{unknown}?i=0")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(page.post(&unknown, &format!("token={token}&i=0")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(uploads(&fake), 0);
}

#[tokio::test]
async fn two_pictures_with_one_destination_are_a_problem_before_the_drop() {
    let fake = Fake::start().await;
    let mut items = [item(&fake.names, "A1", "a knight"), item(&fake.names, "A1", "a knight")];
    items[1]["inputKeyName"] = json!("a.jpeg");
    let name = fake.add_run("cards.json", &json!(items), "SUCCEEDED", [2, 0, 2, 0]);
    for file in ["a.png", "a.jpeg"] {
        fake.put(&fake.names.image_bucket(), &format!("vip/A1/{file}"), &png());
    }
    let asked = fake.page().await.get(&format!("/runs/{name}/then/cutout?i=0&i=1")).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.text().contains("a-cutout.png"), "{}", asked.text());
}

#[tokio::test]
async fn a_missing_source_is_told_with_what_to_do() {
    let fake = Fake::start().await;
    let items = json!([item(&fake.names, "A1", "a knight")]);
    let name = fake.add_run("cutout-cards.json", &items, "FAILED", [1, 0, 0, 1]);
    let failed = child(&items[0], Err(("SourceMissing", "item A1: no source")));
    fake.add_results(&name, &json!([]), &json!([failed]));
    let run = fake.page().await.get(&format!("/runs/{name}")).await;
    assert!(run.text().contains("make it, then drop this list again"), "{}", run.text());
}

#[tokio::test]
async fn a_long_list_waits_for_its_pictures() {
    let fake = Fake::start().await;
    let items: Vec<_> = (0..600).map(|number| item(&fake.names, &format!("card-{number}"), "a knight")).collect();
    let name = fake.add_run("long.json", &json!(items), "SUCCEEDED", [600, 0, 600, 0]);
    fake.put(&fake.names.image_bucket(), "vip/card-599/a.png", &png());
    let asked = fake.page().await.get(&format!("/runs/{name}/then/cutout?i=599")).await;
    assert!(asked.text().contains("Make 1 picture (about 0.07 USD)"), "{}", asked.text());
}

#[tokio::test]
async fn a_result_without_a_prompt_has_a_name_on_its_page() {
    let fake = Fake::start().await;
    let cutout = json!({"id": "A1", "rank": "vip", "inputBucketName": fake.names.image_bucket(), "inputKeyName": "a-cutout.png",
        "model": "us.stability.stable-image-remove-background-v1:0", "sourceBucketName": "images", "sourceKeyName": "vip/A1/a.png"});
    let name = fake.add_run("cutout-cards.json", &json!([cutout]), "SUCCEEDED", [1, 0, 1, 0]);
    fake.put(&fake.names.image_bucket(), "vip/A1/a-cutout.png", &png());
    let page = fake.page().await;
    assert!(page.get(&format!("/runs/{name}")).await.text().contains("alt=\"A1\""));
    let one = page.get(&format!("/runs/{name}/items/0")).await;
    assert!(one.text().contains("alt=\"A1\"") && one.text().contains("s3://images/vip/A1/a.png"), "{}", one.text());
    let again = page.get(&format!("/runs/{name}/redo?i=0")).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text().contains("takes no seed"), "{}", again.text());
}
