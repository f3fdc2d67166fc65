//! The functions through Lambda's Invoke: what they answer to the sample events.

use crate::local::{LIST_BUCKET, Up, ask, event_file, items, local_up};
use serde_json::{Value, json};

/// Invokes a function: the value of `X-Amz-Function-Error`, and the payload.
fn invoke(up: &Up, function: &str, event: &str) -> (Option<String>, Value) {
    let (head, body) = ask(&up.url, &format!("POST /2015-03-31/functions/{function}/invocations"), "", event);
    let error = head.lines().find_map(|line| line.strip_prefix("x-amz-function-error: ").map(str::to_owned));
    (error, serde_json::from_str(&body).unwrap_or_else(|err| panic!("{err}: {body}")))
}

fn sample(name: &str) -> String {
    std::fs::read_to_string(event_file(name)).unwrap()
}

#[test]
fn sample_items_are_made_and_errors_have_names() {
    let (_data, up) = local_up(&[]);
    let (error, made) = invoke(&up, "generator", &sample("item.json"));
    assert_eq!((error, &made["outcome"]), (None, &json!("generated")), "{made}");
    let (_, again) = invoke(&up, "generator", &sample("item-unknown-field.json"));
    assert_eq!(again["outcome"], "existing", "{again}");
    let (_, redirected) = invoke(&up, "generator", &sample("item-retired-model.json"));
    assert_eq!(redirected["requestedModel"], "stability.stable-diffusion-xl-v0", "{redirected}");
    for (function, event, error_type, said) in [
        ("generator", sample("item-missing-prompt.json").as_str(), "InvalidItem", "prompt"),
        ("generator", "[]", "InvalidItem", ""),
        ("generator", "\"x\"", "InvalidItem", ""),
        ("trigger", "{}", "InvalidEvent", ""),
    ] {
        let (error, answer) = invoke(&up, function, event);
        assert_eq!((error.as_deref(), &answer["errorType"]), (Some("unhandled"), &json!(error_type)), "{answer}");
        assert!(answer["errorMessage"].as_str().unwrap().contains(said), "{answer}");
    }
    let (_, unknown) = invoke(&up, "missing", "{}");
    assert!(unknown.to_string().contains("missing"), "{unknown}");
}

#[tokio::test]
async fn the_same_s3_event_twice_starts_one_execution() {
    let (data, up) = local_up(&[]);
    up.put_list("id-list.json", &items(3)).await;
    // Another event than that of the put, which starts an execution of its own.
    let event = sample("s3-object-created.json");
    let (_, first) = invoke(&up, "trigger", &event);
    assert_eq!(first["lists"][0]["outcome"], "started", "{first}");
    up.ended(first["lists"][0]["executionArn"].as_str().unwrap()).await;
    let (_, second) = invoke(&up, "trigger", &event);
    assert_eq!(second["lists"][0]["outcome"], "alreadyStarted", "{second}");
    assert_eq!(data.files(LIST_BUCKET), ["id-list.json"]);
}
