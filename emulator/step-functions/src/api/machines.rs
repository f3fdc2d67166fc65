//! DescribeStateMachine and ListStateMachines: there is one.

use serde_json::{Value, json};

use super::ApiRequest;
use super::error::ApiError;
use crate::engine::executions::Executions;
use crate::engine::services::Services;
use crate::model::timestamp::epoch_seconds;

impl<S: Services> Executions<S> {
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html>
    pub(super) fn describe_state_machine(&self, request: &ApiRequest) -> Result<Value, ApiError> {
        self.check_machine(request)?;
        let machine = &self.0.machine;
        Ok(json!({
            "stateMachineArn": machine.arn(),
            "name": machine.name,
            "status": "ACTIVE",
            "definition": machine.definition.text(),
            "roleArn": machine.role_arn,
            "type": "STANDARD",
            "creationDate": epoch_seconds(machine.created),
            "loggingConfiguration": { "level": "OFF", "includeExecutionData": false },
            "tracingConfiguration": { "enabled": false },
        }))
    }

    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachines.html>
    pub(super) fn list_state_machines(&self) -> Value {
        let machine = &self.0.machine;
        json!({
            "stateMachines": [{
                "stateMachineArn": machine.arn(),
                "name": machine.name,
                "type": "STANDARD",
                "creationDate": epoch_seconds(machine.created),
            }]
        })
    }

    pub(super) fn check_machine(&self, request: &ApiRequest) -> Result<(), ApiError> {
        let arn = ApiRequest::arn("stateMachineArn", request.state_machine_arn.as_ref())?;
        if arn == self.0.machine.arn() { Ok(()) } else { Err(ApiError::StateMachineDoesNotExist(arn.to_owned())) }
    }
}
