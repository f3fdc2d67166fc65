//! The page in Chromium, against `local up`. `tests/gallery.sh` runs it.

#![allow(clippy::unwrap_used)]

mod machines;
mod second_step;

use fantoccini::key::Key;
use machines::{Browser, driver, embedded, gallery, local};
use serde_json::json;
use std::path::{Path, PathBuf};

const CARDS: &str = "id,rank,prompt
fox,nomal,\"an orange fox, green background\"
owl,nomal,\"a brown owl, dark blue background\"
crane,vip,\"a white crane, red background, gold clothes\"
koi,nomal,\"a red koi, light blue background\"
cat,nomal,\"a black cat, yellow background\"
sword,rare,a silver sword on a crimson background
dragon,legend,\"a green dragon, purple background\"
moon,rare,\"a silver moon, dark blue background\"
lotus,nomal,\"a pink lotus, cream background\"
tiger,vip,\"an orange tiger, black background, gold clothes\"
maple,nomal,\"red maple leaves, white background\"
wave,rare,\"a blue wave, cream background\"
";

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[tokio::test]
#[ignore = "needs Chromium and the program local; tests/gallery.sh runs it"]
async fn from_a_list_to_a_zip() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let up = local(&here.join("data"), &["--latency", "1500", "--filter", "sword", "--concurrency", "4"]).await;
    let (page, driver) = (gallery(&up, folder.path()).await, driver().await);
    let downloads = json!({"prefs": {"download.default_directory": here, "intl.accept_languages": "en"}});
    let browser = Browser::open(&driver, 1280, 1240, downloads).await;

    // A bad list: the problem, its line, nothing uploaded.
    browser.goto(&page.url).await;
    browser.check("home without runs").await;
    browser.choose(&file(here, "broken.json", "[\n  {\"id\": \"A1\",}\n]")).await;
    assert!(browser.text(".verdict").await.contains("1 problem"));
    assert!(browser.text(".excerpt").await.contains('^'));
    browser.client.refresh().await.unwrap();
    browser.check("home with a bad list").await;
    browser.click("form[action$=discard] button").await;
    browser.until("!document.querySelector('.draft')").await;

    // A good list: price first, then pictures arrive without reloading.
    browser.choose(&file(here, "Animal cards.csv", CARDS)).await;
    assert_eq!(browser.text(".draft .primary").await, "Make 12 pictures (about 0.48 USD)");
    browser.check("home with a good list").await;
    browser.click(".draft .primary").await;
    browser.until("location.pathname.startsWith('/runs/Animal-cards-') && document.querySelector('#live')").await;
    browser.until("document.querySelectorAll('.picture img').length >= 1").await;
    browser.client.refresh().await.unwrap();
    browser.client.execute("window.kept = true", Vec::new()).await.unwrap();
    browser
        .until("document.querySelectorAll('.picture img').length === 11 && document.querySelector('.status.done')")
        .await;
    browser
        .until("window.kept && document.querySelector('.failures') && document.querySelector('.frame.failed')")
        .await;
    browser.until("[...document.images].filter((image) => image.loading !== 'lazy' || image.getBoundingClientRect().top < innerHeight).every((image) => image.complete && image.naturalWidth)").await;
    browser.click(".failures summary").await;
    assert!(browser.text(".failures li").await.contains("content filter"));
    browser.check("run").await;
    browser.click(".failures summary").await;
    let run = browser.url().await;

    // One large, its neighbour by key, and back.
    browser.click("#i2 .picture").await;
    assert!(browser.text("dl.facts").await.contains("a white crane"));
    browser.until("document.querySelector('#picture').naturalWidth").await;
    browser.check("picture").await;
    browser.shoot("picture").await;
    browser.key(Key::Right.into()).await;
    browser.until("location.pathname.endsWith('/items/3')").await;
    browser.key(Key::Escape.into()).await;
    browser.until("document.querySelector('#sheet')").await;

    // Filter, by what the form offers.
    browser.goto(&run).await;
    browser.write("form.filter input[name=q]", "background").await;
    browser.write("form.filter select[name=rank]", "vip").await;
    browser.click("form.filter button").await;
    browser.until("location.search.includes('rank=vip') && document.querySelectorAll('.frame').length === 2").await;
    browser.check("run with a filter").await;

    // Two again, selected with Shift; the old pictures stay beside the new ones.
    browser.goto(&run).await;
    browser.client.execute(
        "document.querySelector('#i3 input').click();\
         document.querySelector('#i4 input').dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true, shiftKey: true}))",
        Vec::new(),
    ).await.unwrap();
    assert_eq!(browser.text("#selected").await, "2 selected");
    browser.click(".selection .primary").await;
    assert_eq!(browser.text("form.redo .primary").await, "Make 2 pictures (about 0.08 USD)");
    browser.check("redo").await;
    browser.click("form.redo .primary").await;
    browser.until("location.pathname.startsWith('/runs/redo-')").await;
    browser.until("document.querySelectorAll('.picture img').length === 2 && document.querySelectorAll('.variants img').length === 2").await;
    browser.click("#i0 .picture").await;
    browser.until("document.querySelectorAll('.compare figure').length === 2").await;
    browser.check("picture with a variant").await;
    browser.goto(&run).await;
    browser.until("document.querySelectorAll('.variants img').length === 2").await;
    browser.until("[...document.images].filter((image) => image.getBoundingClientRect().top < innerHeight).every((image) => image.complete && image.naturalWidth)").await;
    browser.shoot("run").await;

    // The zip.
    browser.click("a[href$='pictures.zip']").await;
    let zip = here.join("Animal-cards.zip");
    browser_file(&browser, &zip).await;
    let archive = zip::ZipArchive::new(std::fs::File::open(zip).unwrap()).unwrap();
    assert_eq!(archive.len(), 12, "11 pictures and a table");

    // A page that does not exist.
    browser.goto(&format!("{}/nothing", page.url)).await;
    browser.check("no such page").await;

    // Home, with a list that waits.
    browser.goto(&page.url).await;
    browser.choose(&file(here, "Autumn.jsonl", &autumn())).await;
    browser.text(".draft").await;
    browser.goto(&format!("{}/", page.url)).await;
    browser.until("document.querySelector('.draft') && document.querySelectorAll('.runs tbody tr').length === 2").await;
    browser.shoot("home").await;

    // Japanese.
    browser.click(".language").await;
    browser.until("document.documentElement.lang === 'ja'").await;
    assert_eq!(browser.text(".drop h2").await, "画像のリストをドロップ");
    browser.check("home in Japanese").await;
    browser.goto(&run).await;
    assert!(browser.text("#status").await.contains("完了"));
    browser.check("run in Japanese").await;
    browser.client.close().await.unwrap();

    // A small telephone, in the dark.
    let phone = json!({"mobileEmulation": {"deviceMetrics": {"width": 360, "height": 740, "pixelRatio": 1.0}}});
    let browser = Browser::open(&driver, 360, 740, phone).await;
    for path in [page.url.clone(), run.clone(), format!("{run}/items/3"), format!("{run}/redo?i=1&i=2")] {
        browser.goto(&path).await;
        browser.check(&format!("{path} at 360 px")).await;
    }
    browser.client.close().await.unwrap();
    let dark = json!({"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-dark-mode", "--window-size=1920,1080"]});
    let browser = Browser::open(&driver, 1920, 1080, dark).await;
    for path in [page.url.clone(), run.clone(), format!("{run}/items/3"), format!("{run}/redo?i=1&i=2")] {
        browser.goto(&path).await;
        browser.check(&format!("{path} in the dark")).await;
    }
    browser.client.close().await.unwrap();
}

/// Waits until the browser has saved a file.
async fn browser_file(browser: &Browser, path: &Path) {
    let begun = std::time::Instant::now();
    while !path.exists() {
        assert!(begun.elapsed().as_secs() < 60, "{} was not downloaded", path.display());
        browser.until("true").await;
    }
}

fn autumn() -> String {
    let line = |number: usize| {
        json!({"id": format!("leaf-{number}"), "rank": "nomal", "inputBucketName": "000000000000-us-east-1-input-image-bucket",
            "inputKeyName": "leaf.jpeg", "model": "stability.stable-image-core-v1:1", "prompt": format!("a red leaf, no. {number}")})
        .to_string()
    };
    (1..=120).map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
#[ignore = "needs Chromium and the program local; tests/gallery.sh runs it"]
async fn a_quota_is_told_and_a_run_is_stopped_and_redriven() {
    let folder = tempfile::tempdir().unwrap();
    let page = embedded(&folder.path().join("data"), &["--throttle", "20"]).await;
    let driver = driver().await;
    let browser = Browser::open(&driver, 1280, 900, json!({})).await;
    browser.goto(&page.url).await;
    browser.choose(&file(folder.path(), "autumn.jsonl", &autumn())).await;
    browser.click(".draft .primary").await;
    browser.until("document.querySelector('.waits')?.textContent.includes('wait for the quota')").await;
    browser.check("run that waits for a quota").await;
    browser.client.refresh().await.unwrap();
    browser.until("document.querySelector('.status.running')").await;
    browser.click("form[action$=stop] button").await;
    browser.until("document.querySelector('.status.still')").await;
    browser.check("run that was stopped").await;
    let stopped = browser.number("document.querySelectorAll('.picture img').length").await;
    browser.click("form[action$=redrive] button").await;
    browser.until("document.querySelector('.status.running')").await;
    browser.until(&format!("document.querySelectorAll('.picture img').length > {stopped}")).await;

    // The same in Japanese.
    browser.click(".language").await;
    browser.until("document.documentElement.lang === 'ja'").await;
    assert_eq!(browser.text(".status").await, "実行中");
    assert_eq!(browser.text("form[action$=stop] button").await, "停止");
    browser.click("form[action$=stop] button").await;
    browser.until("document.querySelector('.status.still')?.textContent === '停止'").await;
    assert_eq!(browser.text("form[action$=redrive] button").await, "再実行(redrive)");
    browser.check("run that was stopped, in Japanese").await;
    browser.click("form[action$=redrive] button").await;
    browser.until("document.querySelector('.status.running')?.textContent === '実行中'").await;
    browser.client.close().await.unwrap();
}

#[tokio::test]
#[ignore = "needs Chromium and the program local; tests/gallery.sh runs it"]
async fn from_a_list_to_a_variant_in_japanese_at_360_pixels() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let page = embedded(&here.join("data"), &["--latency", "300"]).await;
    let driver = driver().await;
    let phone = json!({
        "prefs": {"intl.accept_languages": "ja", "download.default_directory": here},
        "mobileEmulation": {"deviceMetrics": {"width": 360, "height": 740, "pixelRatio": 1.0}},
    });
    let browser = Browser::open(&driver, 360, 740, phone).await;
    browser.goto(&page.url).await;
    browser.check("home without runs").await;
    browser.choose(&file(here, "broken.json", "[\n  {\"id\": \"A1\",}\n]")).await;
    assert!(browser.text(".verdict").await.contains("問題が 1 件あります"));
    browser.check("home with a bad list").await;
    browser.click("form[action$=discard] button").await;
    browser.until("!document.querySelector('.draft')").await;
    let pets = format!("id,prompt\n猫,黒い猫\n{},a dog\n", "a-long-id-".repeat(12));
    browser.choose(&file(here, "ペット.csv", &pets)).await;
    assert_eq!(browser.text(".draft .primary").await, "2 枚作成する (約 0.08 USD)");
    browser.check("home with a good list").await;
    browser.click(".draft .primary").await;
    browser
        .until("document.querySelectorAll('.picture img').length === 2 && document.querySelector('.status.done')")
        .await;
    browser.check("run").await;
    let run = browser.url().await;
    browser.click("#i1 .picture").await;
    browser.until("document.querySelector('#picture')?.naturalWidth").await;
    browser.check("picture").await;
    browser.click("#back").await;
    browser.until("document.querySelector('#sheet')").await;
    browser.click("#i0 input").await;
    browser.click(".selection .primary").await;
    browser.until("document.querySelector('form.redo')").await;
    browser.check("redo").await;
    browser.click("form.redo .primary").await;
    browser
        .until("location.pathname.startsWith('/runs/redo-') && document.querySelectorAll('.variants img').length === 1")
        .await;
    browser.goto(&run).await;
    browser.until("document.querySelectorAll('.variants img').length === 1").await;
    browser.click("#select-all").await;
    browser.check("run with selected pictures").await;
    browser.click("[formaction$='/then/restyled']").await;
    assert_eq!(browser.text("form.then .primary").await, "1 枚作成する (約 0.08 USD)");
    assert_eq!(browser.text("h1").await, "画風をそろえる – 画像 1 枚");
    browser.check("choice of a style").await;
    browser.client.back().await.unwrap();
    browser.click("[formaction$='/then/cutout']").await;
    assert_eq!(browser.text("form.then .primary").await, "2 枚作成する (約 0.14 USD)");
    browser.check("second step").await;
    browser.click("form.then .primary").await;
    browser
        .until(
            "location.pathname.startsWith('/runs/cutout-') && document.querySelectorAll('.picture img').length === 2",
        )
        .await;
    browser.goto(&run).await;
    browser.until("document.querySelectorAll('.variants img').length === 3").await;
    browser.click("a[href$='pictures.zip']").await;
    browser_file(&browser, &here.join("list.zip")).await;
    browser.client.close().await.unwrap();
}

#[tokio::test]
#[ignore = "needs Chromium and the program local; tests/gallery.sh runs it"]
async fn everything_works_without_script() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let page = embedded(&here.join("data"), &[]).await;
    let driver = driver().await;
    let off = json!({"prefs": {"profile.managed_default_content_settings.javascript": 2}});
    let browser = Browser::open(&driver, 1280, 900, off).await;
    browser.goto(&page.url).await;
    browser.choose(&file(here, "broken.json", "[\n  {\"id\": \"A1\",}\n]")).await;
    browser.click(".noscript").await;
    assert!(browser.text(".excerpt").await.contains('^'));
    browser.click("form[action$=discard] button").await;
    browser.choose(&file(here, "pets.csv", "prompt,rank\na cat,nomal\na dog,vip\n")).await;
    browser.click(".noscript").await;
    assert!(browser.text(".draft .primary").await.starts_with("Make 2 pictures"));
    browser.click(".draft .primary").await;
    loaded_until(&browser, "#status", "2 of 2").await;
    let run = browser.url().await;
    browser.click("#i1 .picture").await;
    assert!(browser.text("dl.facts").await.contains("a dog"));
    browser.click("#back").await;
    browser.write("form.filter input[name=q]", "a dog").await;
    browser.click("form.filter button").await;
    loaded_until(&browser, ".found", "1 picture").await;
    browser.goto(&run).await;
    browser.click("#i0 input").await;
    browser.click(".selection .primary").await;
    assert!(browser.text("form.redo .primary").await.starts_with("Make 1 picture"));
    browser.click("form.redo .primary").await;
    loaded_until(&browser, "#status", "1 of 1").await;
    browser.goto(&run).await;
    browser.click("#i0 .picture").await;
    loaded_until(&browser, ".large", "pets-1-seed").await;
    browser.click("[formaction$='/then/cutout']").await;
    assert!(browser.text("form.then .primary").await.starts_with("Make 1 picture"));
    browser.click("form.then .primary").await;
    loaded_until(&browser, "#status", "1 of 1").await;
    browser.goto(&run).await;
    browser.click("#i0 input").await;
    browser.click("#i1 input").await;
    browser.click("[formaction$='/then/restyled']").await;
    browser.click("form.then [name=style][value='1']").await;
    browser.click("form.then .primary").await;
    loaded_until(&browser, "#status", "1 of 1").await;
    browser.click("#i0 .picture").await;
    loaded_until(&browser, "dl.facts", "pets-1-restyled").await;
    browser.client.close().await.unwrap();
}

/// Loads the page anew until a part of it has this text.
async fn loaded_until(browser: &Browser, css: &str, text: &str) {
    let begun = std::time::Instant::now();
    while !browser.text(css).await.contains(text) {
        assert!(begun.elapsed().as_secs() < 60, "{css} does not say {text:?}");
        browser.client.refresh().await.unwrap();
    }
}
