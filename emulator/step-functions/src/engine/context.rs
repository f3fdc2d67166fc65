//! The context object, `$$`: what a state can know of its execution.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html>

use serde_json::{Value, json};

use crate::engine::execution::Execution;
use crate::engine::state_machine::StateMachine;
use crate::model::timestamp::{iso, now};

/// The context of an execution before its first state. `input` is the execution's, parsed.
pub(crate) fn of_execution(execution: &Execution, machine: &StateMachine, input: Value) -> Value {
    let (state_machine_id, state_machine_name) = match execution.map_run() {
        None => (machine.arn(), machine.name.clone()),
        Some(map_run) => (map_run.child_machine_arn(machine), format!("{}/{}", machine.name, map_run.label)),
    };
    let mut context = json!({
        "Execution": {
            "Id": execution.arn,
            "Input": null,
            "Name": execution.name,
            "RedriveCount": execution.redrives(),
            "RoleArn": machine.role_arn,
            "StartTime": iso(execution.started),
        },
        "StateMachine": { "Id": state_machine_id, "Name": state_machine_name },
    });
    // Moved into its place: `json!` would copy it.
    context["Execution"]["Input"] = input;
    if let Some(redrive) = execution.redrive {
        context["Execution"]["RedriveTime"] = json!(iso(redrive.at));
    }
    context
}

/// Notes that a state was entered.
pub(crate) fn enter_state(context: &mut Value, name: &str) {
    context["State"] = json!({ "EnteredTime": iso(now()), "Name": name, "RetryCount": 0 });
}

/// Makes an item visible to the `ItemSelector` of a Map state; `source` is where the list is.
pub(crate) fn set_item(context: &mut Value, index: u64, item: Value, source: &str) {
    context["Map"] = json!({ "Item": { "Index": index, "Source": source } });
    context["Map"]["Item"]["Value"] = item;
}
