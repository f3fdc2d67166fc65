//! Prompts and credentials are in no log, report, notification or ledger, and not on the terminal.

use crate::local::{Data, IMAGE_BUCKET, LIST_BUCKET, RESULT_BUCKET, Run, files_in, item_with};
use emulator_bedrock::BedrockFault;
use serde_json::{Value, json};
use std::path::PathBuf;

const PROMPT: &str = "XYZZYPROMPT";
const CREDENTIAL: &str = "XYZZYCREDENTIAL";

/// An item whose texts for the model can be recognised.
fn secret(n: usize, changes: Value) -> Value {
    let secrets = json!({"prompt": format!("{PROMPT} {n}, brown hair"), "negativePrompt": format!("{PROMPT} not")});
    let mut item = item_with(n, secrets);
    item.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    item
}

/// Values that are not items, each with its prompt.
fn bad_items() -> Vec<Value> {
    let long = format!("{PROMPT} ").repeat(2000);
    vec![
        json!(format!("{PROMPT} and nothing else")),
        json!([PROMPT]),
        secret(900, json!({"prompt": [PROMPT]})),
        secret(901, json!({"prompt": {"text": PROMPT}})),
        secret(902, json!({"prompt": long})),
        secret(903, json!({"negativePrompt": long})),
        secret(904, json!({"negativePrompt": 7})),
        secret(905, json!({"id": "a/b"})),
        secret(906, json!({"model": "unknown.model-v1"})),
        secret(907, json!({"seed": "x", "aspectRatio": "7:7", "inputKeyName": "image.gif"})),
    ]
}

/// Every file in the data folder that holds `secret`; lists, what Step Functions keeps of the items, and images are not looked at.
fn holders(data: &Data, secret: &str) -> Vec<PathBuf> {
    let root = data.0.path();
    let mut private = vec![root.join("executions"), root.join("cards.json"), root.join("bad.json")];
    private.extend([LIST_BUCKET, IMAGE_BUCKET].map(|bucket| data.bucket(bucket)));
    private.extend([data.bucket(RESULT_BUCKET).join("results"), root.join("s3-metadata").join(LIST_BUCKET)]);
    let is_private = |path: &PathBuf| private.iter().any(|private| path.starts_with(private));
    let holds =
        |path: &PathBuf| std::fs::read(path).unwrap().windows(secret.len()).any(|text| text == secret.as_bytes());
    files_in(root).into_iter().filter(|path| !is_private(path) && holds(path)).collect()
}

#[tokio::test]
async fn prompts_are_in_no_log_whatever_goes_wrong() {
    let data = Data::new();
    // Of the errors that look like a quota, one: every item waits while there are many.
    let quotas =
        ["ModelNotReadyException", "ServiceUnavailableException", "ServiceQuotaExceededException", "overloaded_error"];
    let kinds = BedrockFault::all().filter(|kind| !quotas.contains(&kind.name().as_str()));
    let of_model: String = kinds.map(|kind| format!(" --fail=0.05={kind}")).collect();
    let options = "--speed 100 --function-timeout 3 --ledger --tolerated-failure-percentage 100 --fail-s3=0.05=SlowDown \
        --fail-s3=0.05=Reset --fail-s3=0.05=LostAnswer --fail-function=0.03=Kill --fail-function=0.03=Panic \
        --fail-function=0.03=Timeout";
    let (options, filter) = (format!("{options}{of_model}"), format!("--filter={PROMPT} 1"));
    let up = data.up(&options.split(' ').chain([filter.as_str()]).collect::<Vec<_>>());

    let good: Vec<Value> = (0..40).map(|n| secret(n, json!({}))).collect();
    up.put_list("cards.json", &Value::from(good).to_string()).await;
    up.put_list("bad.json", &Value::from(bad_items()).to_string()).await;
    up.put_list("broken.json", &format!("[{{\"prompt\": \"{PROMPT}\", ")).await;
    up.ended(&up.first_execution().await).await;
    let by_hand = up.run(&json!({"items": bad_items()})).await;
    for rejected in ["bad.json: rejected", "broken.json: rejected"] {
        up.says(rejected).await;
    }

    let log = std::fs::read_to_string(data.0.path().join("logs/generator.log")).unwrap();
    let kinds = "InvalidItem ModelNotAvailable ModelRejected AccessDenied ContentFiltered ModelFailed Internal";
    for kind in kinds.split(' ') {
        assert!(log.contains(kind), "no {kind} happened: the test tests too little");
    }
    assert_eq!(holders(&data, PROMPT), Vec::<PathBuf>::new());
    assert!(!up.said().contains(PROMPT), "{}", up.said());
    let output = format!("{:?} {:?}", by_hand.output, by_hand.cause);
    assert!(!output.contains(PROMPT), "{output}");
}

#[test]
fn the_most_detailed_log_holds_no_prompt() {
    let data = Data::new();
    let cards = data.list("cards.json", &Value::from(vec![secret(1, json!({})), secret(2, json!({}))]).to_string());
    let bad = data.list("bad.json", &Value::from(bad_items()).to_string());
    for (list, options, code) in [
        (&cards, &["--filter", "xyzzy"][..], 1),
        (&cards, &["--filter", "xyzzy", "--json"], 1),
        (&cards, &[], 0),
        (&bad, &[], 1),
        (&bad, &["--json"], 1),
    ] {
        let run = Run::of(data.command(list).args(options).env("AWS_LAMBDA_LOG_LEVEL", "TRACE"));
        assert_eq!(run.code(), code, "{}", run.stderr);
        assert!(!run.stdout.contains(PROMPT) && !run.stderr.contains(PROMPT), "{}{}", run.stdout, run.stderr);
    }
    let log = std::fs::read_to_string(data.0.path().join("logs/generator.log")).unwrap();
    assert!(log.contains(r#""level":"DEBUG""#), "{log}");
    assert_eq!(holders(&data, PROMPT), Vec::<PathBuf>::new());
}

#[test]
fn the_callers_credentials_are_in_no_file_and_nothing_that_is_printed() {
    let data = Data::new();
    let list = data.list("cards.json", &Value::from(vec![secret(1, json!({}))]).to_string());
    let mut command = data.command(&list);
    command.args(["--bedrock", "aws", "--speed", "1000", "--function-timeout", "4", "--json"]);
    // No request leaves this machine: there is no region of this name.
    command.args(["--bedrock-region", "xx-nowhere-1"]);
    command.env("AWS_ACCESS_KEY_ID", "AKIAXYZZY").env("AWS_SECRET_ACCESS_KEY", format!("{CREDENTIAL}/secret"));
    command.env("AWS_SESSION_TOKEN", format!("{CREDENTIAL}/token"));
    let run = Run::of(&mut command);
    assert_eq!(run.code(), 1, "{}", run.stderr);
    let printed = run.stdout + &run.stderr;
    assert!(printed.contains("ModelFailed"), "the model was asked in vain");
    assert!(!printed.contains(CREDENTIAL));
    assert_eq!(holders(&data, CREDENTIAL), Vec::<PathBuf>::new());
    assert_eq!(holders(&data, PROMPT), Vec::<PathBuf>::new());
}
