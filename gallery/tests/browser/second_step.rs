//! Two steps over ten pictures: the second list is made and dropped on the page of the first run.

use crate::file;
use crate::machines::{Browser, driver, embedded};
use fantoccini::key::Key;
use serde_json::{Value, json};
use std::path::Path;

/// How often the stand-in has answered.
fn model_calls(data: &Path) -> usize {
    let ledger = std::fs::read_to_string(data.join("ledger.jsonl")).unwrap();
    ledger.lines().filter(|line| serde_json::from_str::<Value>(line).unwrap()["event"] == "answered").count()
}

/// Waits until a run with this name has ended with so many pictures.
async fn ended(browser: &Browser, name: &str, pictures: usize) {
    browser
        .until(&format!("location.pathname.startsWith('/runs/{name}-') && document.querySelector('.status.done')"))
        .await;
    browser.until(&format!("document.querySelectorAll('.picture img').length === {pictures}")).await;
}

#[tokio::test]
#[ignore = "needs Chromium and the program local; tests/gallery.sh runs it"]
async fn ten_pictures_are_cut_out_once() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let page = embedded(&data, &["--ledger"]).await;
    let driver = driver().await;
    let browser = Browser::open(&driver, 1280, 1000, json!({})).await;
    browser.goto(&page.url).await;
    browser.choose(&file(folder.path(), "id-list.json", include_str!("../../../events/id-list.json"))).await;
    browser.click(".draft .primary").await;
    ended(&browser, "id-list", 10).await;
    let first = browser.url().await;

    // All ten: the price, then the cut-out pictures.
    browser.click("#select-all").await;
    assert!(browser.text("[formaction$='/then/cutout']").await.contains("0.07 USD each"));
    browser.check("run with selected pictures").await;
    browser.click("[formaction$='/then/cutout']").await;
    assert_eq!(browser.text("form.then .primary").await, "Make 10 pictures (about 0.70 USD)");
    browser.check("second step").await;
    assert_eq!(model_calls(&data), 10, "nothing is paid before the button");
    browser.click("form.then .primary").await;
    ended(&browser, "cutout-id-list", 10).await;
    assert_eq!(model_calls(&data), 20);
    browser.check("run of the second step").await;
    browser.click("#i0 .picture").await;
    browser.until("document.querySelector('#picture')?.naturalWidth").await;
    browser.check("picture that was cut out").await;
    let transparent = "(() => { const picture = document.querySelector('#picture'); const canvas = new OffscreenCanvas(picture.naturalWidth, picture.naturalHeight);\
        const context = canvas.getContext('2d'); context.drawImage(picture, 0, 0); return context.getImageData(0, canvas.height - 1, 1, 1).data[3]; })()";
    assert_eq!(browser.number(transparent).await, 0, "the corner is transparent");

    // Once more: the pictures are there, so no model is called.
    browser.click("#back").await;
    browser.until("document.querySelector('form[action$=again]')").await;
    let second = browser.url().await.split('?').next().unwrap().to_owned();
    browser.click("form[action$=again] button").await;
    browser.until(&format!("location.pathname.startsWith('/runs/') && !'{second}'.endsWith(location.pathname)")).await;
    ended(&browser, "cutout-id-list", 10).await;
    assert_eq!(browser.text("[data-number=existing] dd").await, "10");
    assert_eq!(model_calls(&data), 20);

    // By keyboard: the first of two pictures gets the style of the second.
    browser.goto(&first).await;
    let focus = async |css: &str| {
        browser.client.execute(&format!("document.querySelector(\"{css}\").focus()"), Vec::new()).await.unwrap();
    };
    let press =
        async |key: char| browser.client.active_element().await.unwrap().send_keys(&key.to_string()).await.unwrap();
    focus("#i0 input").await;
    press(' ').await;
    browser.until("document.querySelector(\"[formaction$='/then/restyled']\").disabled").await;
    focus("#i1 input").await;
    press(' ').await;
    focus("[formaction$='/then/restyled']").await;
    press(Key::Enter.into()).await;
    assert_eq!(browser.text("form.then .primary").await, "Make 1 picture (about 0.08 USD)");
    browser.check("choice of a style").await;
    focus("input[name=style]").await;
    press(Key::Down.into()).await;
    press(Key::Enter.into()).await;
    ended(&browser, "restyled-id-list", 1).await;
    assert_eq!(model_calls(&data), 21);

    // One picture, from its page.
    browser.goto(&format!("{first}/items/0")).await;
    browser.until("document.querySelector('#picture').naturalWidth").await;
    let width = browser.number("document.querySelector('#picture').naturalWidth").await;
    browser.click("[formaction$='/then/large']").await;
    browser.click("form.then .primary").await;
    ended(&browser, "large-id-list", 1).await;
    browser.click("#i0 .picture").await;
    browser.until(&format!("document.querySelector('#picture')?.naturalWidth > {width}")).await;
    browser.client.close().await.unwrap();
}
