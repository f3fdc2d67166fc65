//! Two steps: a list makes its pictures, a second list starts from them.

use crate::local::{Data, IMAGE_BUCKET, event_file};
use serde_json::{Value, json};

#[test]
fn a_second_list_works_on_the_pictures_of_the_first() {
    let data = Data::new();
    for calls in [10, 0] {
        for list in ["id-list.json", "cutouts.json"] {
            let run = data.run(&event_file(list), &["--picture", "preview", "--json"]);
            assert_eq!((run.code(), run.counts()), (0, [calls, 10 - calls, calls]), "{list}: {}", run.stdout);
        }
    }
    let items: Vec<Value> = serde_json::from_slice(&std::fs::read(event_file("cutouts.json")).unwrap()).unwrap();
    for item in items {
        let text = |field: &str| item[field].as_str().unwrap();
        let key = format!("{}/{}/{}", text("rank"), text("id"), text("inputKeyName"));
        let cutout = image::open(data.bucket(IMAGE_BUCKET).join(key)).unwrap().into_rgba8();
        let (x, y) = (cutout.width() / 2, cutout.height() / 2);
        assert_eq!([cutout.get_pixel(0, y * 2 - 1).0[3], cutout.get_pixel(x, y).0[3]], [0, 255], "{item}");
    }
}

#[test]
fn a_second_list_that_comes_too_early_is_mended_by_the_same_list() {
    let data = Data::new();
    let early = data.run(&event_file("cutouts.json"), &["--json"]).json();
    assert_eq!((&early["modelCalls"], &early["failed"]), (&json!(0), &json!({"SourceMissing": 10})), "{early}");
    assert_eq!(data.run(&event_file("id-list.json"), &["--picture", "preview"]).code(), 0);
    let run = data.run(&event_file("cutouts.json"), &["--json"]);
    assert_eq!((run.code(), run.counts()), (0, [10, 0, 10]), "{}", run.stdout);
}
