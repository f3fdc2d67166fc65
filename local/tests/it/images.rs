//! The main job: a list in, its pictures out.

use crate::local::{Data, IMAGE_BUCKET, RESULT_BUCKET, event_file};
use serde_json::{Value, json};
use std::path::Path;

#[test]
fn the_sample_list_becomes_ten_pictures_that_open() {
    let data = Data::new();
    let list = event_file("id-list.json");
    let run = data.command(&list).arg("--json").output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let outcome: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(
        (&outcome["status"], &outcome["generated"], &outcome["modelCalls"]),
        (&json!("SUCCEEDED"), &json!(10), &json!(10))
    );
    assert_eq!((&outcome["existing"], &outcome["failed"], &outcome["failures"]), (&json!(0), &json!({}), &json!([])));
    assert!(outcome["executionArn"].as_str().unwrap().contains(":execution:GenerateImages:id-list-"), "{outcome}");

    let items: Vec<Value> = serde_json::from_slice(&std::fs::read(list).unwrap()).unwrap();
    for item in items {
        let text = |field: &str| item[field].as_str().unwrap();
        let key = format!("{}/{}/{}", text("rank"), text("id"), text("inputKeyName"));
        let path = data.bucket(IMAGE_BUCKET).join(&key);
        let bytes = std::fs::read(&path).unwrap_or_else(|err| panic!("{key}: {err}"));
        let format = match Path::new(&key).extension().unwrap().to_str().unwrap() {
            "png" => image::ImageFormat::Png,
            "webp" => image::ImageFormat::WebP,
            _ => image::ImageFormat::Jpeg,
        };
        assert_eq!(image::guess_format(&bytes).unwrap(), format, "{key}");
        let picture = image::load_from_memory(&bytes).unwrap();
        let (width, height) = item["aspectRatio"].as_str().unwrap_or("1:1").split_once(':').unwrap();
        let asked = width.parse::<f64>().unwrap() / height.parse::<f64>().unwrap();
        let painted = f64::from(picture.width()) / f64::from(picture.height());
        assert!((asked / painted - 1.0).abs() < 0.02, "{key}: {}x{}", picture.width(), picture.height());
        assert_eq!(picture.width().max(picture.height()), 512, "{key}");
    }
}

#[test]
fn the_results_are_written_as_aws_writes_them() {
    let data = Data::new();
    let outcome = data.run(&event_file("id-list.json"), &["--json", "--filter", "sword"]).json();
    let results = Path::new(outcome["results"].as_str().unwrap());
    assert!(results.starts_with(data.bucket(RESULT_BUCKET).canonicalize().unwrap()), "{outcome}");
    let map_runs: Vec<_> = std::fs::read_dir(results).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [map_run] = map_runs.as_slice() else { panic!("{map_runs:?}") };
    let read = |name: &str| -> Value { serde_json::from_slice(&std::fs::read(map_run.join(name)).unwrap()).unwrap() };
    let manifest = read("manifest.json");
    assert_eq!(manifest["DestinationBucket"], RESULT_BUCKET);
    assert_eq!(manifest["ResultFiles"]["SUCCEEDED"].as_array().unwrap().len(), 1, "{manifest}");
    let (succeeded, failed) = (read("SUCCEEDED_0.json"), read("FAILED_0.json"));
    assert_eq!((succeeded.as_array().unwrap().len(), failed.as_array().unwrap().len()), (9, 1));
    assert_eq!((&failed[0]["Error"], &failed[0]["Status"]), (&json!("ContentFiltered"), &json!("FAILED")));
    let output: Value = serde_json::from_str(succeeded[0]["Output"].as_str().unwrap()).unwrap();
    assert_eq!(output["outcome"], "generated");
}

#[test]
fn the_summary_says_what_came_of_it() {
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
    ] {
        assert!(run.stdout.contains(line), "{line} is not in\n{}", run.stdout);
    }
    assert!(run.stdout.contains(IMAGE_BUCKET), "{}", run.stdout);
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
fn prompts_are_nowhere_in_the_logs() {
    let data = Data::new();
    data.run(&event_file("id-list.json"), &["--fail", "0.5=ValidationException", "--filter", "sword", "--json"]);
    let list: Vec<Value> = serde_json::from_slice(&std::fs::read(event_file("id-list.json")).unwrap()).unwrap();
    for function in ["trigger", "generator"] {
        let log = std::fs::read_to_string(data.0.path().join("logs").join(format!("{function}.log"))).unwrap();
        assert!(log.contains("executionName"), "{log}");
        for item in &list {
            assert!(!log.contains(item["prompt"].as_str().unwrap()), "{function} logs {}", item["prompt"]);
        }
    }
}

#[test]
fn image_to_image_shows_the_source_under_the_card() {
    let data = Data::new();
    let mut source = crate::local::item(1);
    source["prompt"] = json!("green background");
    let mut item = source.clone();
    item["id"] = json!("from-source");
    item["model"] = json!("stability.sd3-5-large-v1:0");
    item["prompt"] = json!("blue hair, red background");
    item["sourceBucketName"] = json!(IMAGE_BUCKET);
    item["sourceKeyName"] = json!("nomal/A1/image.png");
    item["strength"] = json!(0.4);
    for (name, item) in [("source.json", source), ("cards.json", item)] {
        let list = data.list(name, &json!([item]).to_string());
        assert_eq!(data.run(&list, &["--picture", "preview"]).code(), 0);
    }
    let field = |id: &str| {
        let picture = image::open(data.bucket(IMAGE_BUCKET).join(format!("nomal/{id}/image.png"))).unwrap();
        *picture.into_rgb8().get_pixel(12, 200)
    };
    assert_eq!(field("from-source"), field("A1"));
}
