//! States that call nothing.

use serde_json::{Value, json};
use tokio::time::{Duration, Instant};

use super::machine;
use crate::language::payload::MAX_PAYLOAD_BYTES;
use crate::model::error::{DATA_LIMIT_EXCEEDED, NO_CHOICE_MATCHED, RESULT_PATH_MATCH_FAILURE};
use crate::model::execution_outcome::ExecutionOutcome;
use crate::testing::{Fake, Machine, error_of, failed};

fn states(states: &Value) -> Machine {
    Machine::new(&Fake::echo(), &machine(states))
}

#[tokio::test]
async fn pass_hands_on_its_input_its_parameters_or_its_result() {
    let input = json!({"id": "7", "n": 1});
    for (pass, output) in [
        (json!({}), input.clone()),
        (json!({"Result": {"r": true}}), json!({"r": true})),
        (json!({"Result": 5, "ResultPath": "$.r"}), json!({"id": "7", "n": 1, "r": 5})),
        (json!({"Result": 5, "ResultPath": null}), input.clone()),
        (json!({"Parameters": {"name.$": "States.Format('n{}', $.n)"}}), json!({"name": "n1"})),
        (json!({"InputPath": "$.id"}), json!("7")),
        (json!({"InputPath": null}), json!({})),
        (json!({"OutputPath": "$.n"}), json!(1)),
        (json!({"OutputPath": null}), json!({})),
    ] {
        let mut state = json!({"Type": "Pass", "End": true});
        state.as_object_mut().unwrap().extend(pass.as_object().unwrap().clone());
        assert_eq!(states(&json!({"A": state})).output(&input).await, output, "{pass}");
    }
}

#[tokio::test]
async fn the_context_object_tells_of_execution_state_and_machine() {
    let machine = states(&json!({
        "A": {"Type": "Pass", "Parameters": {"context.$": "$$"}, "End": true}
    }));
    let mut output = machine.output(&json!({"id": "7"})).await;
    let context = &mut output["context"];
    assert!(context["Execution"]["StartTime"].take().as_str().unwrap().ends_with('Z'));
    assert!(context["State"]["EnteredTime"].take().as_str().unwrap().ends_with('Z'));
    assert_eq!(
        *context,
        json!({
            "Execution": {
                "Id": "arn:aws:states:us-west-2:123456789012:execution:Machine:run-1",
                "Input": {"id": "7"},
                "Name": "run-1",
                "RedriveCount": 0,
                "RoleArn": "arn:aws:iam::123456789012:role/r",
                "StartTime": null
            },
            "State": {"EnteredTime": null, "Name": "A", "RetryCount": 0},
            "StateMachine": {
                "Id": "arn:aws:states:us-west-2:123456789012:stateMachine:Machine",
                "Name": "Machine"
            }
        })
    );
}

#[tokio::test]
async fn choice_takes_the_first_rule_that_holds_or_the_default() {
    let definition = json!({
        "A": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.items", "IsPresent": true, "Next": "Items"},
                {"Variable": "$.n", "NumericEquals": 9, "Next": "Many"}
            ],
            "Default": "Other"
        },
        "Items": {"Type": "Pass", "Result": "items", "End": true},
        "Many": {"Type": "Pass", "Result": "many", "End": true},
        "Other": {"Type": "Succeed"}
    });
    for (input, output) in [
        (json!({"items": [], "n": 9}), json!("items")),
        (json!({"n": 9}), json!("many")),
        (json!({"n": 1}), json!({"n": 1})),
    ] {
        assert_eq!(states(&definition).output(&input).await, output);
    }
}

#[tokio::test]
async fn a_choice_without_a_match_fails() {
    let machine = states(&json!({
        "A": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": true, "Next": "B"}]},
        "B": {"Type": "Succeed"}
    }));
    assert_eq!(error_of(&machine.run(&json!({})).await), NO_CHOICE_MATCHED);
    assert_eq!(machine.event_types().await, ["ExecutionStarted", "ChoiceStateEntered", "ExecutionFailed"]);
}

#[tokio::test(start_paused = true)]
async fn wait_waits_its_seconds() {
    for (wait, seconds) in [(json!({"Seconds": 60}), 60), (json!({"SecondsPath": "$.s"}), 3)] {
        let mut state = json!({"Type": "Wait", "End": true});
        state.as_object_mut().unwrap().extend(wait.as_object().unwrap().clone());
        let begin = Instant::now();
        assert_eq!(states(&json!({"A": state})).output(&json!({"s": 3})).await, json!({"s": 3}));
        assert_eq!(begin.elapsed().as_secs(), seconds);
    }
}

#[tokio::test(start_paused = true)]
async fn waits_can_be_made_shorter() {
    let definition = machine(&json!({"A": {"Type": "Wait", "Seconds": 60, "End": true}}));
    let machine = Machine::with_settings(&Fake::echo(), &definition, |settings| settings.speed = 30.0);
    let begin = Instant::now();
    machine.run(&json!({})).await;
    assert_eq!(begin.elapsed(), Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_the_data_tells_is_real_time() {
    let definition = machine(&json!({"A": {"Type": "Wait", "SecondsPath": "$.s", "End": true}}));
    let machine = Machine::with_settings(&Fake::echo(), &definition, |settings| settings.speed = 30.0);
    let begin = Instant::now();
    machine.run(&json!({"s": 3})).await;
    assert_eq!(begin.elapsed(), Duration::from_secs(3));
}

#[tokio::test]
async fn a_wait_needs_whole_seconds() {
    let machine = states(&json!({"A": {"Type": "Wait", "SecondsPath": "$.s", "End": true}}));
    let outcome = machine.run(&json!({"s": "soon"})).await;
    assert_eq!(
        outcome,
        failed(
            "States.Runtime",
            "An error occurred while executing the state 'A' (entered at the event id #2). The SecondsPath '$.s' must \
             lead to a whole number of seconds from 0 to 99999999, but leads to \"soon\""
        )
    );
}

#[tokio::test]
async fn fail_ends_with_its_error_and_cause() {
    for (fail, outcome) in [
        (json!({"Error": "E", "Cause": "why"}), failed("E", "why")),
        (json!({}), ExecutionOutcome::Failed { error: None, cause: None }),
    ] {
        let mut state = json!({"Type": "Fail"});
        state.as_object_mut().unwrap().extend(fail.as_object().unwrap().clone());
        let machine = states(&json!({"A": state}));
        assert_eq!(machine.run(&json!({})).await, outcome);
        assert_eq!(machine.event_types().await, ["ExecutionStarted", "FailStateEntered", "ExecutionFailed"]);
    }
}

#[tokio::test]
async fn a_path_that_leads_nowhere_fails_and_says_where() {
    let machine = states(&json!({
        "A": {"Type": "Pass", "Next": "B"},
        "B": {"Type": "Pass", "Parameters": {"Bucket.$": "$.bucket"}, "End": true}
    }));
    assert_eq!(
        machine.run(&json!({"a": 1})).await,
        failed(
            "States.Runtime",
            "An error occurred while executing the state 'B' (entered at the event id #4). The JSONPath '$.bucket' \
             specified for the field 'Bucket.$' could not be found in the input '{\"a\":1}'"
        )
    );
}

#[tokio::test]
async fn a_result_that_has_no_place_in_the_input_fails() {
    let machine = states(&json!({"A": {"Type": "Pass", "Result": 1, "ResultPath": "$.r", "End": true}}));
    assert_eq!(error_of(&machine.run(&json!("text")).await), RESULT_PATH_MATCH_FAILURE);
}

#[tokio::test]
async fn an_output_beyond_256_kib_fails() {
    let machine = states(&json!({
        "A": {"Type": "Pass", "Parameters": {"a.$": "$", "b.$": "$"}, "End": true}
    }));
    let input = Value::String("x".repeat(MAX_PAYLOAD_BYTES / 2));
    assert_eq!(error_of(&machine.run(&input).await), DATA_LIMIT_EXCEEDED);
}

#[tokio::test(start_paused = true)]
async fn an_execution_ends_when_its_time_is_over() {
    let mut definition = machine(&json!({
        "A": {"Type": "Wait", "Seconds": 100, "Next": "B"},
        "B": {"Type": "Wait", "Seconds": 100, "End": true}
    }));
    definition["TimeoutSeconds"] = json!(150);
    let machine = Machine::new(&Fake::echo(), &definition);
    let begin = Instant::now();
    assert_eq!(machine.run(&json!({})).await, ExecutionOutcome::TimedOut);
    assert_eq!(begin.elapsed(), Duration::from_secs(150));
    let types = machine.event_types().await;
    assert_eq!(types[types.len() - 2..], ["WaitStateEntered", "ExecutionTimedOut"]);
}

#[tokio::test]
async fn a_machine_that_goes_in_circles_ends_at_25000_events() {
    let machine = states(&json!({
        "A": {"Type": "Pass", "Next": "B"},
        "B": {"Type": "Choice", "Choices": [{"Variable": "$.stop", "IsPresent": true, "Next": "C"}], "Default": "A"},
        "C": {"Type": "Succeed"}
    }));
    let outcome = machine.run(&json!({})).await;
    assert!(outcome.failure().1.unwrap().contains("maximum number of history events (25000)"), "{outcome:?}");
}

#[tokio::test]
async fn the_history_tells_every_step() {
    let machine = states(&json!({
        "A": {"Type": "Pass", "Result": {"b": 2}, "Next": "B"},
        "B": {"Type": "Succeed"}
    }));
    machine.run(&json!({"a": 1})).await;
    let not_truncated = json!({"truncated": false});
    assert_eq!(
        machine.events().await,
        [
            json!({
                "id": 1, "previousEventId": 0, "type": "ExecutionStarted",
                "executionStartedEventDetails": {
                    "input": "{\"a\":1}", "inputDetails": not_truncated, "roleArn": "arn:aws:iam::123456789012:role/r"
                }
            }),
            json!({
                "id": 2, "previousEventId": 0, "type": "PassStateEntered",
                "stateEnteredEventDetails": {"name": "A", "input": "{\"a\":1}", "inputDetails": not_truncated}
            }),
            json!({
                "id": 3, "previousEventId": 2, "type": "PassStateExited",
                "stateExitedEventDetails": {"name": "A", "output": "{\"b\":2}", "outputDetails": not_truncated}
            }),
            json!({
                "id": 4, "previousEventId": 3, "type": "SucceedStateEntered",
                "stateEnteredEventDetails": {"name": "B", "input": "{\"b\":2}", "inputDetails": not_truncated}
            }),
            json!({
                "id": 5, "previousEventId": 4, "type": "SucceedStateExited",
                "stateExitedEventDetails": {"name": "B", "output": "{\"b\":2}", "outputDetails": not_truncated}
            }),
            json!({
                "id": 6, "previousEventId": 5, "type": "ExecutionSucceeded",
                "executionSucceededEventDetails": {"output": "{\"b\":2}", "outputDetails": not_truncated}
            }),
        ]
    );
}
