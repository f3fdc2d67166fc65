//! Every state of the pages.

use crate::fake::{Execution, Fake, child, item, png};
use axum::http::StatusCode;
use serde_json::json;

/// A run of three items: one made, one there before, one filtered.
async fn finished() -> (Fake, String) {
    let fake = Fake::start().await;
    let items: Vec<_> = ["A1", "A2", "A3"].iter().map(|id| item(&fake.names, id, &format!("prompt of {id}"))).collect();
    let name = fake.add_run("cards.json", &json!(items), "SUCCEEDED", [3, 0, 2, 1]);
    fake.add_results(
        &name,
        &json!([child(&items[0], Ok("generated")), child(&items[1], Ok("existing"))]),
        &json!([child(&items[2], Err(("ContentFiltered", "item A3: filtered")))]),
    );
    for key in ["vip/A1/a.png", "vip/A2/a.png", "vip/A1/a-seed7.png"] {
        fake.put(&fake.names.image_bucket(), key, &png());
    }
    (fake, name)
}

#[tokio::test]
async fn an_empty_home_page_invites_to_drop() {
    let fake = Fake::start().await;
    let home = fake.page().await.get("/").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(home.text().contains("Drop a list of pictures") && home.text().contains("No runs yet"));
}

#[tokio::test]
async fn a_bad_list_shows_its_problem_and_uploads_nothing() {
    let fake = Fake::start().await;
    let page = fake.page().await;
    assert_eq!(page.upload("cards.json", b"[\n{\"id\": \"A1\"},\n]").await.location(), "/#drafts");
    let home = page.get("/").await;
    assert!(home.text().contains("line 3, column 1") || home.text().contains("line 2"), "{}", home.text());
    assert!(home.text().contains("class=\"excerpt\"") && !home.text().contains("/drop\""));
    assert!(!fake.world().requests.iter().any(|request| request.starts_with("PUT")));
    page.upload("photo.png", b"x").await;
    assert!(page.get("/").await.text().contains("cannot be read as a list"));
}

#[tokio::test]
async fn a_good_list_stays_until_it_is_dropped() {
    let fake = Fake::start().await;
    let page = fake.page().await;
    page.upload("pets.csv", b"prompt\na cat\na dog\n").await;
    let home = page.get("/").await;
    assert!(home.text().contains("Make 2 pictures (about 0.08 USD)"), "{}", home.text());
    let id = home.text().split_once("/lists/").unwrap().1.split('/').next().unwrap().to_owned();
    let token = page.token().await;
    let refused = page.post(&format!("/lists/{id}/drop"), "token=guessed").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let dropped = page.post(&format!("/lists/{id}/drop"), &format!("token={token}")).await;
    assert!(dropped.location().starts_with("/runs/pets-"));
    let run = page.get(dropped.location()).await;
    assert!(run.text().contains("The list is being read."), "{}", run.text());
    assert!(!page.get("/").await.text().contains("Not dropped yet"));
}

#[tokio::test]
async fn a_rejected_list_shows_the_report_as_text() {
    let fake = Fake::start().await;
    fake.world().rejects = true;
    let page = fake.page().await;
    page.upload("pets.csv", b"prompt\na cat\n").await;
    let home = page.get("/").await;
    let id = home.text().split_once("/lists/").unwrap().1.split('/').next().unwrap().to_owned();
    let dropped = page.post(&format!("/lists/{id}/drop"), &format!("token={}", page.token().await)).await;
    let run = page.get(dropped.location()).await;
    assert!(run.text().contains("The list was rejected") && run.text().contains("is &lt;i&gt;bad&lt;/i&gt;"));
}

#[tokio::test]
async fn a_finished_run_shows_counts_failures_and_pictures() {
    let (fake, name) = finished().await;
    let page = fake.page().await;
    let run = page.get(&format!("/runs/{name}")).await;
    let text = run.text();
    assert!(text.contains("3 of 3") && text.contains("0.04 USD"), "{text}");
    assert!(text.contains("1 × ContentFiltered") && text.contains("change the prompt"));
    assert_eq!(text.matches("/thumbnails/").count(), 3, "two pictures and a variant");
    assert!(text.contains("a-seed7.png"));
    let filtered = page.get(&format!("/runs/{name}?state=failed")).await;
    assert!(filtered.text().contains("id=\"i2\"") && !filtered.text().contains("id=\"i0\""));
    let searched = page.get(&format!("/runs/{name}?q=OF+a2&rank=vip")).await;
    assert!(searched.text().contains("id=\"i1\"") && !searched.text().contains("id=\"i0\""));
    let nothing = page.get(&format!("/runs/{name}?q=zebra")).await;
    assert!(nothing.text().contains("No item matches"));
    let home = page.get("/").await;
    assert!(home.text().contains("cards.json"));
}

#[tokio::test]
async fn pictures_and_thumbnails_are_served() {
    let (fake, name) = finished().await;
    let page = fake.page().await;
    let thumbnail = page.get(&format!("/runs/{name}/thumbnails/0?v=x")).await;
    assert_eq!(thumbnail.headers["content-type"], "image/jpeg");
    let original = page.get(&format!("/runs/{name}/pictures/0")).await;
    assert_eq!((&original.headers["content-type"], original.bytes.to_vec()), (&"image/png".parse().unwrap(), png()));
    let variant = page.get(&format!("/runs/{name}/pictures/0?file=a-seed7.png")).await;
    assert_eq!(variant.bytes, png());
    for path in ["pictures/2", "pictures/9", "pictures/0?file=../A2/a.png", "thumbnails/2"] {
        assert_eq!(page.get(&format!("/runs/{name}/{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_picture_has_neighbours_and_variants() {
    let (fake, name) = finished().await;
    let page = fake.page().await;
    let first = page.get(&format!("/runs/{name}/items/0")).await;
    assert!(first.text().contains("id=\"next\"") && !first.text().contains("id=\"previous\""));
    assert!(first.text().contains("compare") && first.text().contains("prompt of A1"));
    let failed = page.get(&format!("/runs/{name}/items/2")).await;
    assert!(failed.text().contains("item A3: filtered"));
    assert_eq!(page.get(&format!("/runs/{name}/items/7")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn making_again_shows_the_price_and_drops_a_list() {
    let (fake, name) = finished().await;
    let page = fake.page().await;
    let redo = page.get(&format!("/runs/{name}/redo?i=0&i=2")).await;
    assert!(redo.text().contains("Make 2 pictures (about 0.08 USD)"));
    assert_eq!(page.get(&format!("/runs/{name}/redo")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = format!("token={}&i=0&i=2&seed=&prompt-0=prompt+of+A1&prompt-2=a+calm+sea", page.token().await);
    let made = page.post(&format!("/runs/{name}/redo"), &form).await;
    assert!(made.location().starts_with("/runs/redo-cards-"));
    let list = fake.world().objects[&format!("{}/redo-cards.json", fake.names.list_bucket())].clone();
    let list: serde_json::Value = serde_json::from_slice(&list).unwrap();
    assert_eq!(list[1]["prompt"], "a calm sea");
    assert!(list[0]["inputKeyName"].as_str().unwrap().starts_with("a-seed"));
    let bad = format!("token={}&i=0&seed=x", page.token().await);
    assert_eq!(page.post(&format!("/runs/{name}/redo"), &bad).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_running_run_is_stopped_and_redriven() {
    let fake = Fake::start().await;
    let items = json!([item(&fake.names, "A1", "x"), item(&fake.names, "A2", "y")]);
    let name = fake.add_run("cards.json", &items, "RUNNING", [2, 1, 0, 0]);
    let page = fake.page().await;
    let run = page.get(&format!("/runs/{name}")).await;
    assert!(run.text().contains("At work at once: 1") && run.text().contains(">Stop<"), "{}", run.text());
    let token = page.token().await;
    page.post(&format!("/runs/{name}/stop"), &format!("token={token}")).await;
    let stopped = page.get(&format!("/runs/{name}")).await;
    assert!(stopped.text().contains("Stopped") && stopped.text().contains("Redrive"));
    page.post(&format!("/runs/{name}/redrive"), &format!("token={token}")).await;
    assert!(page.get(&format!("/runs/{name}")).await.text().contains(">Stop<"));
    let again = page.post(&format!("/runs/{name}/again"), &format!("token={token}")).await;
    assert_eq!(again.location(), format!("/runs/{name}"));
}

#[tokio::test]
async fn failures_are_told_while_it_runs() {
    let fake = Fake::start().await;
    let items = json!([item(&fake.names, "A1", "x"), item(&fake.names, "A2", "y")]);
    let name = fake.add_run("cards.json", &items, "RUNNING", [2, 0, 0, 1]);
    fake.world().executions[0].failed = vec![child(&items[1], Err(("ModelRejected", "item A2: invalid")))];
    let run = fake.page().await.get(&format!("/runs/{name}")).await;
    assert!(run.text().contains("1 × ModelRejected") && run.text().contains("item A2: invalid"), "{}", run.text());
}

#[tokio::test]
async fn the_first_event_is_a_full_snapshot() {
    let (fake, name) = finished().await;
    let page = fake.page().await;
    let event = page.first_event(&format!("/runs/{name}/events?from=0&to=1")).await;
    assert!(
        event.contains("id: ") && event.contains("\"i0\"") && event.contains("\"i1\"") && !event.contains("\"i2\"")
    );
    let since = event.split_once("id: ").unwrap().1.split('\n').next().unwrap();
    let later = page.first_event(&format!("/runs/{name}/events?from=0&to=1&since={since}")).await;
    assert!(!later.contains("\"i0\"") && later.contains("\"status\""), "{later}");
    assert!(page.first_event("/events").await.contains("cards.json"));
}

#[tokio::test]
async fn a_zip_holds_pictures_and_table() {
    let (fake, name) = finished().await;
    let page = fake.page().await;
    let zip = page.get(&format!("/runs/{name}/pictures.zip")).await;
    assert_eq!(zip.headers["content-disposition"], "attachment; filename*=UTF-8''cards%2Ezip");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip.bytes.to_vec())).unwrap();
    let names: Vec<_> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names, ["vip/A1/a.png", "vip/A2/a.png", "items.csv"]);
    let mut picture = Vec::new();
    std::io::Read::read_to_end(&mut archive.by_name("vip/A1/a.png").unwrap(), &mut picture).unwrap();
    assert_eq!(picture, png());
    let one = page.get(&format!("/runs/{name}/pictures.zip?i=1")).await;
    assert_eq!(zip::ZipArchive::new(std::io::Cursor::new(one.bytes.to_vec())).unwrap().len(), 2);
    let sheet = page.get(&format!("/runs/{name}/contact-sheet.html")).await;
    assert_eq!(sheet.text().matches("data:image/jpeg;base64,").count(), 2);
}

#[tokio::test]
async fn a_zip_of_a_long_list_waits_for_its_pictures() {
    let fake = Fake::start().await;
    let items: Vec<_> = (0..600).map(|number| item(&fake.names, &format!("card-{number}"), "a knight")).collect();
    let name = fake.add_run("long.json", &json!(items), "SUCCEEDED", [600, 0, 600, 0]);
    fake.put(&fake.names.image_bucket(), "vip/card-599/a.png", &png());
    let zip = fake.page().await.get(&format!("/runs/{name}/pictures.zip")).await;
    assert_eq!(zip::ZipArchive::new(std::io::Cursor::new(zip.bytes.to_vec())).unwrap().len(), 2);
    let one = fake.page().await.get(&format!("/runs/{name}/items/599")).await;
    assert!(one.text().contains("id=\"picture\""), "{}", one.text());
}

#[tokio::test]
async fn an_execution_of_another_program_has_a_page() {
    let fake = Fake::start().await;
    let input = json!({"other": true});
    let run = Execution { name: "x".into(), status: "FAILED", input, output: None, counts: None, failed: Vec::new() };
    fake.world().executions.push(run);
    let page = fake.page().await;
    assert!(page.get("/runs/x").await.text().contains("not started from a list"));
    assert!(page.get("/").await.text().contains("/runs/x"));
}

#[tokio::test]
async fn a_deleted_list_leaves_the_counts() {
    let (fake, name) = finished().await;
    fake.world().objects.retain(|key, _| !key.ends_with("cards.json"));
    let run = fake.page().await.get(&format!("/runs/{name}")).await;
    assert!(run.text().contains("The list of this run is gone") && run.text().contains("3 of 3"));
}

#[tokio::test]
async fn ten_thousand_items_fit_into_300_kb() {
    let fake = Fake::start().await;
    let items: Vec<_> =
        (0..10_000).map(|number| item(&fake.names, &format!("card-{number}"), &"long prompt ".repeat(30))).collect();
    let name = fake.add_run("long.json", &json!(items), "RUNNING", [10_000, 9_000, 900, 0]);
    let page = fake.page().await;
    let run = page.get(&format!("/runs/{name}")).await;
    assert!(run.bytes.len() < 300_000, "{} bytes", run.bytes.len());
    assert!(run.text().contains("Page 1 of 84"));
    let last = page.get(&format!("/runs/{name}?page=9999")).await;
    assert!(last.text().contains("card-9999") && last.text().contains("Page 84 of 84"));
}

#[tokio::test]
async fn japanese_is_asked_for_or_chosen() {
    let fake = Fake::start().await;
    let page = fake.page().await;
    let asked = page.get_with("/", &[("accept-language", "ja")]).await;
    assert!(asked.text().contains("<html lang=\"ja\">") && asked.text().contains("画像のリストをドロップ"));
    let chosen = page.get("/language/ja?to=%2Fruns%2Fx").await;
    assert_eq!(chosen.location(), "/runs/x");
    let cookie = chosen.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert!(page.get_with("/", &[("cookie", &cookie)]).await.text().contains("lang=\"ja\""));
    assert_eq!(page.get("/language/ja?to=%2F%2Fevil.example").await.location(), "/");
}
