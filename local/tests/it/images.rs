//! The main job: a list in, its pictures out, and what is said of it.

use crate::local::{Data, IMAGE_BUCKET, RESULT_BUCKET, event_file};
use serde_json::{Value, json};
use std::path::Path;

#[test]
fn the_sample_list_becomes_ten_pictures_that_open() {
    let data = Data::new();
    let list = event_file("id-list.json");
    let run = data.run(&list, &["--json", "--picture", "preview"]);
    let outcome = run.json();
    assert_eq!((run.code(), run.counts()), (0, [10, 0, 10]), "{outcome}");
    assert_eq!((&outcome["status"], &outcome["failures"]), (&json!("SUCCEEDED"), &json!([])));
    assert!(outcome["executionArn"].as_str().unwrap().contains(":execution:GenerateImages:id-list-"), "{outcome}");

    let items: Vec<Value> = serde_json::from_slice(&std::fs::read(list).unwrap()).unwrap();
    for item in items {
        let text = |field: &str| item[field].as_str().unwrap();
        let key = format!("{}/{}/{}", text("rank"), text("id"), text("inputKeyName"));
        let bytes = std::fs::read(data.bucket(IMAGE_BUCKET).join(&key)).unwrap_or_else(|err| panic!("{key}: {err}"));
        assert_eq!(image::guess_format(&bytes).unwrap(), image::ImageFormat::from_path(&key).unwrap());
        let picture = image::load_from_memory(&bytes).unwrap();
        let (width, height) = item["aspectRatio"].as_str().unwrap_or("1:1").split_once(':').unwrap();
        let asked = width.parse::<f64>().unwrap() / height.parse::<f64>().unwrap();
        let painted = f64::from(picture.width()) / f64::from(picture.height());
        assert!((asked / painted - 1.0).abs() < 0.02, "{key}: {}x{}", picture.width(), picture.height());
        assert_eq!(picture.width().max(picture.height()), 512, "{key}");
    }
}

#[test]
fn results_and_summary_say_what_became_of_each_item() {
    let data = Data::new();
    let run = data.run(&event_file("id-list.json"), &["--filter", "sword"]);
    assert_eq!(run.code(), 1);
    for line in [
        "SUCCEEDED",
        "generated   9",
        "failed      1\n",
        "1 failed: ContentFiltered. Change the prompts",
        "  item 9, B4 of rank nomal: ",
        "would have cost 0.",
        IMAGE_BUCKET,
    ] {
        assert!(run.stdout.contains(line), "{line} is not in\n{}", run.stdout);
    }
    let results = run.stdout.lines().find_map(|line| line.strip_prefix("results     ")).unwrap();
    assert!(Path::new(results).starts_with(data.bucket(RESULT_BUCKET).canonicalize().unwrap()), "{results}");
    let (succeeded, failed) = (data.results("SUCCEEDED_0.json"), data.results("FAILED_0.json"));
    assert_eq!((succeeded.len(), failed.len()), (9, 1));
    assert_eq!((&failed[0]["Error"], &failed[0]["Status"]), (&json!("ContentFiltered"), &json!("FAILED")));
}

#[test]
fn the_seeds_own_list_runs_with_a_successor_of_its_model_and_its_bucket_is_made() {
    let data = Data::new();
    let run = data.run(&event_file("seed-list.json"), &["--json"]);
    assert_eq!(run.code(), 0, "{}", run.stderr);
    let bucket = "111122223333-aa-example-1-input-image-bucket";
    assert!(run.stderr.contains(&format!("made the bucket {bucket}")), "{}", run.stderr);
    assert_eq!(data.files(bucket), ["nomal/A1/image.jpeg", "vip/A2/image.jpeg"]);
}

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
