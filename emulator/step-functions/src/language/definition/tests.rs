//! Which definitions are run and which are refused, and where the refusal points.

use serde_json::{Value, json};

use super::*;

fn refusal(definition: &Value) -> String {
    Definition::parse(&definition.to_string()).unwrap_err().to_string()
}

/// A machine of one state, `A`.
fn machine(state: &Value) -> Value {
    json!({"StartAt": "A", "States": {"A": state}})
}

fn task(change: impl FnOnce(&mut Value)) -> Value {
    let mut task = json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "f", "Payload.$": "$"},
        "End": true
    });
    change(&mut task);
    machine(&task)
}

fn map(change: impl FnOnce(&mut Value)) -> Value {
    let mut map = json!({
        "Type": "Map",
        "Label": "Items",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON"},
            "Parameters": {"Bucket": "b", "Key": "k"}
        },
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "B",
            "States": {"B": {"Type": "Pass", "End": true}}
        },
        "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "r"}},
        "End": true
    });
    change(&mut map);
    machine(&map)
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
fn the_minimum_of_each_kind_is_accepted() {
    for definition in [
        task(|_| ()),
        map(|_| ()),
        machine(&json!({"Type": "Succeed"})),
        machine(&json!({"Type": "Fail"})),
        machine(&json!({"Type": "Wait", "Seconds": 1, "End": true})),
        machine(&json!({"Type": "Pass", "QueryLanguage": "JSONPath", "End": true})),
        machine(&json!({"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": true, "Next": "A"}]})),
    ] {
        assert_eq!(Definition::parse(&definition.to_string()).err(), None, "{definition}");
    }
}

#[test]
fn what_is_no_json_or_has_a_name_twice_is_refused() {
    assert!(matches!(Definition::parse("StartAt: A"), Err(DefinitionError::NotJson(_))));
    assert!(matches!(Definition::parse("{\"StartAt\": \"A\", \"StartAt\": \"B\"}"), Err(DefinitionError::NotJson(_))));
    assert_eq!(Definition::parse("[]").unwrap_err().to_string(), ": this must be a JSON object");
}

#[test]
fn unknown_fields_are_refused_wherever_they_are() {
    let mut top = machine(&json!({"Type": "Succeed"}));
    top["Timeout"] = json!(1);
    for (definition, expected) in [
        (top, "/: the field `Timeout` of a state machine is not supported"),
        (
            machine(&json!({"Type": "Pass", "Assign": {}, "End": true})),
            "/States/A: the field `Assign` of a Pass state is not supported",
        ),
        (
            task(|task| task["HeartbeatSeconds"] = json!(1)),
            "/States/A: the field `HeartbeatSeconds` of a Task state is not supported",
        ),
        (
            task(|task| task["Retry"] = json!([{"ErrorEquals": ["E"], "Interval": 1}])),
            "/States/A/Retry[0]: the field `Interval` of a retrier is not supported",
        ),
        (
            map(|map| map["ItemBatcher"] = json!({})),
            "/States/A: the field `ItemBatcher` of a Map state is not supported",
        ),
        (
            map(|map| map["ResultWriter"]["WriterConfig"] = json!({})),
            "/States/A/ResultWriter: the field `WriterConfig` of ResultWriter is not supported",
        ),
        (
            machine(&json!({"Type": "Fail", "OutputPath": "$"})),
            "/States/A: the field `OutputPath` of a Fail state is not supported",
        ),
    ] {
        assert_eq!(refusal(&definition), expected);
    }
}

#[test]
fn what_is_not_supported_is_refused_by_name() {
    let with_branch = |branch: Value| machine(&json!({"Type": "Choice", "Choices": [branch], "Default": "A"}));
    for (definition, expected) in [
        (machine(&json!({"Type": "Parallel", "End": true})), "/States/A: the state type `Parallel`"),
        (
            machine(&json!({"Type": "Pass", "QueryLanguage": "JSONata", "End": true})),
            "/States/A: the QueryLanguage `JSONata`",
        ),
        (
            task(|task| task["Resource"] = json!("arn:aws:states:::lambda:invoke.waitForTaskToken")),
            "/States/A: the resource `arn:aws:states:::lambda:invoke.waitForTaskToken`",
        ),
        (
            task(|task| task["Parameters"]["Qualifier"] = json!("live")),
            "/States/A/Parameters: the parameter `Qualifier`",
        ),
        (
            task(|task| task["Parameters"]["Payload"] = json!("both")),
            "/States/A/Parameters/Payload.$: the field is there twice",
        ),
        (map(|map| map["ItemReader"]["ReaderConfig"]["InputType"] = json!("CSV")), "the InputType `CSV`"),
        (
            map(|map| map["ItemProcessor"]["ProcessorConfig"]["ExecutionType"] = json!("EXPRESS")),
            "/States/A/ItemProcessor/ProcessorConfig: the ExecutionType `EXPRESS`",
        ),
        (
            map(|map| map["ItemProcessor"]["ProcessorConfig"]["Mode"] = json!("INLINE")),
            "/States/A/ItemProcessor/ProcessorConfig: the Mode `INLINE`",
        ),
        (map(|map| map["Retry"] = json!([])), "/States/A: `Retry` on a Map state"),
        (
            map(|map| map["ItemProcessor"]["States"]["B"]["Type"] = json!("Map")),
            "/States/A/ItemProcessor/States/B: a Map state within an ItemProcessor",
        ),
        (
            machine(&json!({"Type": "Wait", "Timestamp": "2026-01-01T00:00:00Z", "End": true})),
            "/States/A: `Timestamp` of a Wait state",
        ),
        (machine(&json!({"Type": "Fail", "CausePath": "$.a"})), "/States/A: `CausePath` of a Fail state"),
        (
            with_branch(json!({"Variable": "$.a", "StringMatches": "*.json", "Next": "A"})),
            "/States/A/Choices[0]: the comparison `StringMatches`",
        ),
        (
            with_branch(json!({"And": [{"Variable": "$.a", "IsTimestamp": true}], "Next": "A"})),
            "/States/A/Choices[0]: the comparison `And`",
        ),
    ] {
        let refusal = refusal(&definition);
        assert!(refusal.contains(expected), "{refusal}\nshould contain\n{expected}");
    }
}

#[test]
fn paths_and_functions_are_checked_where_they_stand() {
    for (definition, expected) in [
        (
            machine(&json!({"Type": "Pass", "InputPath": "$..a", "End": true})),
            "/States/A/InputPath: `..` in the path `$..a` is not supported",
        ),
        (
            machine(&json!({"Type": "Pass", "ResultPath": "$$.a", "End": true})),
            "/States/A/ResultPath: the path `$$.a` leads into the context object",
        ),
        (
            machine(&json!({"Type": "Pass", "Parameters": {"a": [{"b.$": "States.Hash('x', 'MD5')"}]}, "End": true})),
            "/States/A/Parameters/a[0]/b.$: the intrinsic function `States.Hash` is not supported",
        ),
        (
            machine(&json!({"Type": "Pass", "Parameters": {"a.$": "text"}, "End": true})),
            "/States/A/Parameters/a.$: the intrinsic function is broken",
        ),
    ] {
        let refusal = refusal(&definition);
        assert!(refusal.starts_with(expected), "{refusal}\nshould start with\n{expected}");
    }
}

#[test]
fn transitions_must_lead_somewhere_and_reach_every_state() {
    let two = |a: Value, b: Value| json!({"StartAt": "A", "States": {"A": a, "B": b}});
    let end = || json!({"Type": "Pass", "End": true});
    for (definition, expected) in [
        (json!({"StartAt": "X", "States": {"A": end()}}), "/StartAt: there is no state `X`"),
        (json!({"States": {"A": end()}}), "/: the field `StartAt` is missing"),
        (json!({"StartAt": "A"}), "/: the field `States` is missing"),
        (
            machine(&json!({"Type": "Pass", "Next": "X"})),
            "/States/A: the transition to `X` leads nowhere: there is no such state",
        ),
        (
            task(|task| task["Catch"] = json!([{"ErrorEquals": ["E"], "Next": "X"}])),
            "/States/A: the transition to `X` leads nowhere: there is no such state",
        ),
        (two(end(), end()), "/States/B: this state cannot be reached"),
        (machine(&json!({"Type": "Pass"})), "/States/A: the state needs `Next` or `\"End\": true`"),
        (machine(&json!({"Type": "Pass", "Next": "A", "End": true})), "/States/A: the state has both `Next` and `End`"),
        (
            map(|map| map["ItemProcessor"]["States"]["B"] = json!({"Type": "Pass", "Next": "A"})),
            "/States/A/ItemProcessor/States/B: the transition to `A` leads nowhere: there is no such state",
        ),
    ] {
        assert_eq!(refusal(&definition), expected);
    }
}

#[test]
fn error_names_follow_their_rules() {
    let with_retry = |retriers: Value| task(|task| task["Retry"] = retriers);
    for (definition, expected) in [
        (
            with_retry(json!([{"ErrorEquals": ["States.ALL", "E"]}])),
            "/States/A/Retry[0]/ErrorEquals: `States.ALL` must stand alone",
        ),
        (
            with_retry(json!([{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["E"]}])),
            "/States/A/Retry[0]/ErrorEquals: `States.ALL` must be in the last entry",
        ),
        (
            with_retry(json!([{"ErrorEquals": []}])),
            "/States/A/Retry[0]/ErrorEquals: at least one error name must be there",
        ),
        (with_retry(json!([{}])), "/States/A/Retry[0]: the field `ErrorEquals` is missing"),
        (
            with_retry(json!([{"ErrorEquals": ["States.Time"]}])),
            "/States/A/Retry[0]/ErrorEquals: `States.Time` is none of the reserved error names",
        ),
        (
            task(|task| task["Catch"] = json!([{"ErrorEquals": ["E"]}])),
            "/States/A/Catch[0]: the field `Next` is missing",
        ),
    ] {
        assert_eq!(refusal(&definition), expected);
    }
}

#[test]
fn numbers_have_bounds() {
    for (definition, at) in [
        (task(|task| task["TimeoutSeconds"] = json!(0)), "/States/A/TimeoutSeconds"),
        (
            task(|task| task["Retry"] = json!([{"ErrorEquals": ["E"], "BackoffRate": 0.5}])),
            "/States/A/Retry[0]/BackoffRate",
        ),
        (
            task(|task| task["Retry"] = json!([{"ErrorEquals": ["E"], "IntervalSeconds": 5, "MaxDelaySeconds": 5}])),
            "/States/A/Retry[0]/MaxDelaySeconds",
        ),
        (
            task(|task| task["Retry"] = json!([{"ErrorEquals": ["E"], "JitterStrategy": "SOME"}])),
            "/States/A/Retry[0]/JitterStrategy",
        ),
        (map(|map| map["ToleratedFailurePercentage"] = json!(101)), "/States/A/ToleratedFailurePercentage"),
        (map(|map| map["MaxConcurrency"] = json!(-1)), "/States/A/MaxConcurrency"),
        (map(|map| map["Label"] = json!("two words")), "/States/A/Label"),
        (machine(&json!({"Type": "Wait", "Seconds": -1, "End": true})), "/States/A/Seconds"),
    ] {
        let refusal = refusal(&definition);
        assert!(refusal.starts_with(&format!("{at}: ")), "{refusal}");
    }
}

#[test]
fn a_map_needs_its_reader_and_its_writer() {
    for field in ["ItemReader", "ResultWriter"] {
        let definition = map(|map| {
            map.as_object_mut().unwrap().remove(field);
        });
        assert!(refusal(&definition).contains(&format!("a Map state without `{field}`")));
    }
    let definition = map(|map| map["ItemReader"]["Parameters"] = json!({"Bucket": "b"}));
    assert_eq!(refusal(&definition), "/States/A/ItemReader/Parameters: the parameter `Key` is missing");
}
