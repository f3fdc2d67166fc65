//! Executions from start to end, against what AWS documents.

mod deployed;
mod flow;
mod map;
mod recovery;
mod redrive;
mod rooms;
mod stop;
mod tasks;

use serde_json::{Value, json};

/// A machine of these states, beginning with `A`.
fn machine(states: &Value) -> Value {
    json!({"StartAt": "A", "States": states})
}

/// A call of the function `f` with the whole input.
fn invoke() -> Value {
    json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "f", "Payload.$": "$"},
        "OutputPath": "$.Payload",
        "End": true
    })
}

/// A Map state `Items` over the list at `$.bucket` and `$.key`, which calls the function `f` for every item and writes
/// its results to `s3://out/results/<execution name>/`. Changed by `fields`.
fn map(fields: &Value) -> Value {
    let mut map = json!({
        "Type": "Map",
        "Label": "Items",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON"},
            "Parameters": {"Bucket.$": "$.bucket", "Key.$": "$.key"}
        },
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "B",
            "States": {"B": invoke()}
        },
        "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject",
            "Parameters": {"Bucket": "out", "Prefix.$": "States.Format('results/{}', $$.Execution.Name)"}
        },
        "End": true
    });
    map.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    map
}
