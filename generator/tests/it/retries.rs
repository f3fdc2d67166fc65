//! One table in three places: the kinds in the code, the retriers of the state machine, and the README.

use generator::ErrorKind;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn definition() -> Value {
    let text = include_str!("../../../sam/statemachine.asl.json");
    let filled = text.replace("${MaxConcurrency}", "1").replace("${ToleratedFailurePercentage}", "1");
    serde_json::from_str(&filled).unwrap()
}

/// The states of an item.
fn states() -> Value {
    definition()["States"]["Generate images"]["ItemProcessor"]["States"].clone()
}

/// The state that invokes this function.
fn generate_image() -> Value {
    states()["Generate image"].clone()
}

#[test]
fn the_retriers_are_exactly_the_kinds_that_are_retried() {
    let mut in_code = BTreeMap::new();
    for kind in ErrorKind::ALL {
        if let Some(retries) = kind.retries() {
            in_code.insert(kind.name().to_owned(), (retries.max_attempts, retries.interval_seconds));
        }
    }
    let mut in_definition = BTreeMap::new();
    for retrier in generate_image()["Retry"].as_array().unwrap() {
        assert_eq!((&retrier["BackoffRate"], &retrier["JitterStrategy"]), (&json!(2.0), &json!("FULL")), "{retrier}");
        let number = |field: &str| u32::try_from(retrier[field].as_u64().unwrap()).unwrap();
        for name in retrier["ErrorEquals"].as_array().unwrap() {
            let name = name.as_str().unwrap();
            assert!(!name.starts_with("States."), "{name} stands for permanent errors too");
            let numbers = (number("MaxAttempts"), number("IntervalSeconds"));
            if name.contains('.') {
                assert_eq!(numbers, (6, 2), "Lambda's own {name}");
            } else {
                in_definition.insert(name.to_owned(), numbers);
            }
        }
    }
    assert_eq!(in_definition, in_code);
}

#[test]
fn an_item_that_is_always_throttled_outlives_the_execution() {
    let (machine, states) = (definition(), states());
    let number = |value: &Value| value.as_f64().unwrap();
    let throttled = &states["Generate image"]["Retry"][0];
    assert_eq!(throttled["ErrorEquals"], json!(["ModelThrottled"]));
    let delay = |retry: i32| number(&throttled["IntervalSeconds"]) * 2_f64.powi(retry);
    let attempts = number(&throttled["MaxAttempts"]);
    // With full jitter a delay is half as long on average.
    let seconds = (0..attempts as i32).map(delay).sum::<f64>() / 2.0 + number(&states["Wait for quota"]["Seconds"]);
    // An attempt is scheduled, started and failed; the two states are entered and exited.
    let events = (attempts + 1.0) * 3.0 + 4.0;
    // https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-state-machine-executions
    let hours = 25_000.0 / events * seconds / 3600.0;
    assert!(hours > number(&machine["TimeoutSeconds"]) / 3600.0, "{hours} h");
}

#[test]
fn an_answer_is_the_image_or_the_next_input() {
    let (states, states_of_list) = (states(), definition());
    assert_eq!(states_of_list["States"]["Generate images"]["ItemSelector"]["canWait"], json!(true));
    let task = &states["Generate image"];
    assert_eq!((&task["Parameters"]["Payload.$"], &task["OutputPath"]), (&json!("$"), &json!("$.Payload")));
    let choice = &states[task["Next"].as_str().unwrap()];
    assert_eq!(choice["Choices"][0]["Variable"], "$.waitSeconds");
    assert_eq!(states[choice["Default"].as_str().unwrap()], json!({"Type": "Succeed"}));
    let wait = &states[choice["Choices"][0]["Next"].as_str().unwrap()];
    assert_eq!((&wait["SecondsPath"], &wait["Next"]), (&json!("$.waitSeconds"), &json!("Generate image")));
}

#[test]
fn only_throttling_is_caught_and_its_cause_is_dropped() {
    let catchers = generate_image()["Catch"].clone();
    let expected = json!([{
        "ErrorEquals": [ErrorKind::ModelThrottled.name(), "Lambda.TooManyRequestsException"],
        "ResultPath": null, "Next": "Wait for quota"}]);
    assert_eq!(catchers, expected);
}

#[test]
fn the_readme_has_every_kind_with_its_retries() {
    for readme in [include_str!("../../../README.md"), include_str!("../../../README.ja.md")] {
        for kind in ErrorKind::ALL {
            let row = readme.lines().find(|line| line.starts_with(&format!("| `{}` |", kind.name())));
            let row = row.unwrap_or_else(|| panic!("no row for {}", kind.name()));
            match kind.retries() {
                Some(retries) => {
                    let (attempts, seconds) = (retries.max_attempts.to_string(), retries.interval_seconds.to_string());
                    let last = row.rsplit('|').nth(1).unwrap();
                    assert!(last.contains(&attempts) && last.contains(&seconds), "{row}");
                }
                None => assert!(row.ends_with("| no |") || row.ends_with("| しない |"), "{row}"),
            }
        }
    }
}
