//! Pages of others, hostile names, uploads that are too large.

use crate::client::Page;
use crate::fake::{Fake, item, png};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use gallery::MAX_UPLOAD_BYTES;
use serde_json::json;

const HELL: &str = "\"><script>alert('x')</script>&<img src=x onerror=alert(1)>";

async fn page() -> Page {
    Fake::start().await.page().await
}

#[tokio::test]
async fn strangers_are_turned_away() {
    let page = page().await;
    let host = |host: &str| Request::builder().uri("/").header("host", host.to_owned()).body(Body::empty()).unwrap();
    assert_eq!(page.send(host("evil.example")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(page.send(host("localhost:9")).await.status, StatusCode::OK);
    let post = Request::post("/runs/x/stop").header("host", "127.0.0.1:1").header("origin", "http://evil.example");
    assert_eq!(page.send(post.body(Body::empty()).unwrap()).await.status, StatusCode::FORBIDDEN);
    for path in
        ["/lists/x/drop", "/lists/x/discard", "/runs/x/stop", "/runs/x/redrive", "/runs/x/again", "/runs/x/redo"]
    {
        assert_eq!(page.post(path, "token=").await.status, StatusCode::FORBIDDEN, "{path}");
        assert!(!page.get(path).await.status.is_success(), "{path}");
    }
}

#[tokio::test]
async fn every_answer_forbids_inline_script() {
    let page = page().await;
    for path in ["/", "/nothing", "/style.css", "/script.js", "/runs/x"] {
        let answer = page.get(path).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
    assert_eq!(page.get("/nothing").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn names_and_prompts_are_text() {
    let fake = Fake::start().await;
    let mut hostile = item(&fake.names, "A1", HELL);
    hostile["id"] = HELL.replace('/', "⁄").into();
    hostile["rank"] = "'\"<b>".into();
    hostile["inputKeyName"] = "x\"onload=alert(1) <s>.png".into();
    let broken = json!({"id": HELL, "rank": 7});
    let key = "<script>\".json";
    let name = fake.add_run(key, &json!([hostile, broken]), "RUNNING", [2, 1, 1, 0]);
    let id = hostile["id"].as_str().unwrap();
    let file = format!("{}/'\"<b>/{id}/x\"onload=alert(1) <s>.png", fake.names.image_bucket());
    fake.world().objects.insert(file, png());
    let page = fake.page().await;
    page.upload("%22><script>alert(1)<.csv", format!("prompt,<script>\n{},x\n", "<script>alert(2)").as_bytes()).await;
    for path in [
        "/".to_owned(),
        format!("/runs/{name}"),
        format!("/runs/{name}/items/0"),
        format!("/runs/{name}/items/1"),
        format!("/runs/{name}/redo?i=0"),
        format!("/runs/{name}/contact-sheet.html"),
        format!("/runs/{name}?q=%22%3E%3Cscript%3E&rank=%3Cb"),
    ] {
        let answer = page.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let text = answer.text().to_lowercase();
        let own = text.matches("<script src=\"/script.js\" defer>").count();
        assert_eq!(text.matches("<script").count(), own, "{path}");
        assert!(!text.contains("<img src=x") && !text.contains("<b>/") && !text.contains("\"onload="), "{path}");
    }
    let event = page.first_event(&format!("/runs/{name}/events?from=0&to=1")).await;
    assert!(!event.contains("<script") && !event.contains("<img src=x"));
}

#[tokio::test]
async fn a_large_upload_is_refused_with_the_limit() {
    let page = page().await;
    let answer = page.upload("a.json", &vec![b' '; MAX_UPLOAD_BYTES + 1]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("larger than 64 MB"));
}

#[tokio::test]
async fn an_upload_without_token_is_refused() {
    let page = page().await;
    let body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.json\"\r\n\r\n[]\r\n--b--\r\n";
    let request =
        Request::post("/lists").header("host", "127.0.0.1:1").header("content-type", "multipart/form-data; boundary=b");
    assert_eq!(page.send(request.body(Body::from(body)).unwrap()).await.status, StatusCode::FORBIDDEN);
    assert!(!page.get("/").await.text().contains("Not dropped yet"));
}

#[test]
fn the_policy_has_every_action_that_is_asked() {
    let policy = include_str!("../../../docs/gallery-policy.json");
    let sources = [
        include_str!("../../src/aws/account.rs"),
        include_str!("../../src/aws/states.rs"),
        include_str!("../../src/aws/objects.rs"),
    ];
    let actions = sources.iter().flat_map(|source| source.split('"')).filter(|text| {
        text.split_once(':').is_some_and(|(service, action)| {
            ["bedrock", "cloudformation", "lambda", "s3", "states"].contains(&service)
                && action.bytes().all(|byte| byte.is_ascii_alphabetic())
                && !action.is_empty()
        })
    });
    let mut number = 0;
    for action in actions {
        assert!(policy.contains(&format!("\"{action}\"")), "{action}");
        number += 1;
    }
    assert!(number > 12, "{number}");
}
