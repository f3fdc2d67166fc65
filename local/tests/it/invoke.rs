//! The functions through Lambda's Invoke: what they answer to the sample events.

use crate::local::{Data, LIST_BUCKET, Up, event_file, items};
use serde_json::{Value, json};

/// Invokes a function: the value of `X-Amz-Function-Error`, and the payload.
fn invoke(up: &Up, function: &str, event: &str) -> (Option<String>, Value) {
    let answer = up.send(
        format!(
            "POST /2015-03-31/functions/{function}/invocations HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n{event}",
            event.len()
        )
        .as_bytes(),
    );
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let error =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("x-amz-function-error: ").map(str::to_owned));
    (error, serde_json::from_str(body).unwrap_or_else(|err| panic!("{err}: {answer}")))
}

fn sample(name: &str) -> String {
    std::fs::read_to_string(event_file(name)).unwrap()
}

#[test]
fn sample_items_are_made_and_errors_have_names() {
    let data = Data::new();
    let up = data.up(&[]);
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
    let data = Data::new();
    let up = data.up(&[]);
    let aws = up.clients();
    aws.put_list("id-list.json", &items(3)).await;
    // Another event than that of the put, which starts an execution of its own.
    let event = sample("s3-object-created.json");
    let (_, first) = invoke(&up, "trigger", &event);
    assert_eq!(first["lists"][0]["outcome"], "started", "{first}");
    aws.ended(first["lists"][0]["executionArn"].as_str().unwrap()).await;
    let (_, second) = invoke(&up, "trigger", &event);
    assert_eq!(second["lists"][0]["outcome"], "alreadyStarted", "{second}");
    assert_eq!(data.files(LIST_BUCKET), ["id-list.json"]);
}
