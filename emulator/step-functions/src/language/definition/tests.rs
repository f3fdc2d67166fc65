//! Which definitions are run and which are refused, and where the refusal points.

use serde_json::{Value, json};

use super::*;
use crate::testing::merge;

/// The smallest definition with a state of this type, `A`.
fn smallest(kind: &str) -> Value {
    let state = match kind {
        "Task" => crate::testing::invoke(),
        "Map" => crate::testing::map(&json!({})),
        "Wait" => json!({"Type": "Wait", "Seconds": 1, "End": true}),
        "Choice" => json!({"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": true, "Next": "A"}]}),
        "Fail" => json!({"Type": "Fail"}),
        "Succeed" => json!({"Type": "Succeed"}),
        _ => json!({"Type": "Pass", "End": true}),
    };
    json!({"StartAt": "A", "States": {"A": state}})
}

#[test]
fn the_deployed_definition_is_run_as_it_stands() {
    let text = include_str!("../../../../../sam/statemachine.asl.json");
    let texts = ["GeneratorFunctionArn", "ListBucketName", "ResultBucketName"];
    let values = texts.map(|name| (name.to_owned(), "x".to_owned()));
    let numbers = ["MaxConcurrency", "ToleratedFailurePercentage"].map(|name| (name.to_owned(), "10".to_owned()));
    let values = values.into_iter().chain(numbers).collect();
    let filled = crate::substitute(text, &values).unwrap();
    let definition = Definition::parse(&filled).unwrap();
    assert_eq!(definition.text(), filled);
    assert!(definition.timeout_seconds().is_some());
}

#[test]
fn the_smallest_state_of_each_type_is_accepted() {
    for kind in ["Task", "Map", "Wait", "Choice", "Fail", "Succeed", "Pass"] {
        assert_eq!(Definition::parse(&smallest(kind).to_string()).err(), None, "{kind}");
    }
}

#[test]
fn what_is_not_json_or_has_a_name_twice_is_refused() {
    for text in ["StartAt: A", "{} {}", &"[".repeat(200_000)] {
        assert!(matches!(Definition::parse(text), Err(DefinitionError::NotJson(_))));
    }
    let twice =
        r#"{"StartAt": "A", "States": {"B": {"Parameters": {"b": 1}}, "A": {"Choices": [{}, {"a": 1, "a": 1}]}}}"#;
    let refusal = Definition::parse(twice).unwrap_err().to_string();
    assert_eq!(refusal, "/States/A/Choices[1]/a: the name appears twice in one object");
    assert_eq!(Definition::parse("[]").unwrap_err().to_string(), "this must be a JSON object");
}

#[test]
fn null_is_not_a_field_that_is_missing() {
    for (field, value) in [
        ("Next", Value::Null),
        ("Parameters", Value::Null),
        ("Retry", json!([{"ErrorEquals": ["E"], "MaxAttempts": null}])),
    ] {
        let mut definition = smallest("Task");
        definition["States"]["A"][field] = value;
        let refusal = Definition::parse(&definition.to_string()).unwrap_err().to_string();
        assert!(refusal.ends_with(": null is not supported"), "{refusal}");
    }
}

#[test]
fn what_is_wrong_or_not_supported_is_refused_by_name_and_place() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("refused.json")).unwrap();
    for case in cases {
        let kind = case["of"].as_str().unwrap();
        let mut definition = smallest(kind);
        merge(if kind == "machine" { &mut definition } else { &mut definition["States"]["A"] }, &case["set"]);
        assert_eq!(Definition::parse(&definition.to_string()).unwrap_err().to_string(), case["says"], "{case}");
    }
}
