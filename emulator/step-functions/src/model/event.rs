//! The events of an execution, as `GetExecutionHistory` shows them.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html>

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::model::error::TIMEOUT;
use crate::model::execution_outcome::ExecutionOutcome;
use crate::model::resource::Resource;
use crate::model::timestamp::{epoch_seconds, nanos};

/// Step Functions ends an execution that would have more events.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
pub(crate) const MAX_EVENTS: u64 = 25_000;

/// Something that happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: u64,
    pub(crate) previous: u64,
    #[serde(with = "nanos")]
    pub(crate) at: OffsetDateTime,
    pub(crate) kind: EventKind,
}

/// What happened. `state` is the state's type, the first part of the event's name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum EventKind {
    ExecutionStarted {
        input: Arc<str>,
    },
    ExecutionSucceeded {
        output: Arc<str>,
    },
    ExecutionFailed {
        error: Option<String>,
        cause: Option<String>,
    },
    ExecutionAborted {
        error: Option<String>,
        cause: Option<String>,
    },
    ExecutionTimedOut,
    ExecutionRedriven {
        redrive_count: u32,
    },
    StateEntered {
        state: Cow<'static, str>,
        name: Arc<str>,
        input: Arc<str>,
    },
    /// `next` is where it leads; it is not shown.
    StateExited {
        state: Cow<'static, str>,
        name: Arc<str>,
        output: Arc<str>,
        next: Option<String>,
    },
    TaskScheduled {
        resource: Resource,
        parameters: Arc<str>,
        timeout_seconds: Option<u64>,
    },
    TaskStarted {
        resource: Resource,
    },
    TaskSucceeded {
        resource: Resource,
        output: Arc<str>,
    },
    TaskFailed {
        resource: Resource,
        error: String,
        cause: Option<String>,
    },
    TaskTimedOut {
        resource: Resource,
    },
    MapStateStarted,
    MapStateSucceeded,
    MapStateFailed,
    MapRunStarted {
        map_run_arn: String,
    },
    MapRunRedriven {
        map_run_arn: String,
        redrive_count: u32,
    },
    MapRunSucceeded,
    MapRunFailed {
        error: String,
        cause: Option<String>,
    },
}

/// What every event of an execution shows alike.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) role_arn: &'a str,
    pub(crate) region: &'a str,
    /// `includeExecutionData`: whether inputs and outputs are shown.
    pub(crate) data: bool,
}

impl Event {
    pub(crate) fn to_json(&self, shown: Shown<'_>) -> Value {
        let (kind, details) = self.kind.to_json(shown);
        let mut event = Map::new();
        event.insert("timestamp".to_owned(), epoch_seconds(self.at));
        event.insert("id".to_owned(), json!(self.id));
        event.insert("previousEventId".to_owned(), json!(self.previous));
        if let Some(details) = details {
            // States have one form of details for all types; the others are named after the event.
            let named = match &self.kind {
                EventKind::StateEntered { .. } => "stateEntered".to_owned(),
                EventKind::StateExited { .. } => "stateExited".to_owned(),
                _ => kind[..1].to_ascii_lowercase() + &kind[1..],
            };
            event.insert(named + "EventDetails", details);
        }
        event.insert("type".to_owned(), Value::String(kind));
        Value::Object(event)
    }
}

impl EventKind {
    /// Whether it tells of the end of a Map Run, before its state or the execution ends.
    pub(crate) fn ends_a_map_run(&self) -> bool {
        matches!(
            self,
            Self::MapRunSucceeded | Self::MapRunFailed { .. } | Self::MapStateSucceeded | Self::MapStateFailed
        )
    }

    /// The name of the event, and its details.
    fn to_json(&self, shown: Shown<'_>) -> (String, Option<Value>) {
        match self {
            Self::ExecutionStarted { input } => {
                let mut details = data(shown, "input", input);
                details.insert("roleArn".to_owned(), json!(shown.role_arn));
                with("ExecutionStarted", details)
            }
            Self::ExecutionSucceeded { output } => with("ExecutionSucceeded", data(shown, "output", output)),
            Self::ExecutionFailed { error, cause } => with("ExecutionFailed", failure(error.as_ref(), cause.as_ref())),
            Self::ExecutionAborted { error, cause } => {
                with("ExecutionAborted", failure(error.as_ref(), cause.as_ref()))
            }
            Self::ExecutionTimedOut => with("ExecutionTimedOut", Map::new()),
            Self::ExecutionRedriven { redrive_count } => {
                with("ExecutionRedriven", Map::from_iter([("redriveCount".to_owned(), json!(redrive_count))]))
            }
            Self::StateEntered { state, name, input } => {
                with(&format!("{state}StateEntered"), named(name, data(shown, "input", input)))
            }
            Self::StateExited { state, name, output, .. } => {
                with(&format!("{state}StateExited"), named(name, data(shown, "output", output)))
            }
            Self::TaskScheduled { resource, parameters, timeout_seconds } => {
                let mut details = called(*resource, Map::new());
                details.insert("region".to_owned(), json!(shown.region));
                details.insert("parameters".to_owned(), json!(&**parameters));
                if let Some(seconds) = timeout_seconds {
                    details.insert("timeoutInSeconds".to_owned(), json!(seconds));
                }
                with("TaskScheduled", details)
            }
            Self::TaskStarted { resource } => with("TaskStarted", called(*resource, Map::new())),
            Self::TaskSucceeded { resource, output } => {
                with("TaskSucceeded", called(*resource, data(shown, "output", output)))
            }
            Self::TaskFailed { resource, error, cause } => {
                with("TaskFailed", called(*resource, failure(Some(error), cause.as_ref())))
            }
            Self::TaskTimedOut { resource } => {
                let error = TIMEOUT.to_owned();
                with("TaskTimedOut", called(*resource, failure(Some(&error), None)))
            }
            // A list in S3 has not been read when the state starts, so AWS shows no length.
            Self::MapStateStarted => with("MapStateStarted", Map::from_iter([("length".to_owned(), json!(0))])),
            Self::MapStateSucceeded => ("MapStateSucceeded".to_owned(), None),
            Self::MapStateFailed => ("MapStateFailed".to_owned(), None),
            Self::MapRunStarted { map_run_arn } => {
                with("MapRunStarted", Map::from_iter([("mapRunArn".to_owned(), json!(map_run_arn))]))
            }
            Self::MapRunRedriven { map_run_arn, redrive_count } => {
                let details = [("mapRunArn", json!(map_run_arn)), ("redriveCount", json!(redrive_count))];
                with("MapRunRedriven", details.map(|(name, value)| (name.to_owned(), value)).into_iter().collect())
            }
            Self::MapRunSucceeded => ("MapRunSucceeded".to_owned(), None),
            Self::MapRunFailed { error, cause } => with("MapRunFailed", failure(Some(error), cause.as_ref())),
        }
    }
}

fn with(name: &str, details: Map<String, Value>) -> (String, Option<Value>) {
    (name.to_owned(), Some(Value::Object(details)))
}

fn data(shown: Shown<'_>, field: &str, text: &str) -> Map<String, Value> {
    if !shown.data {
        return Map::new();
    }
    Map::from_iter([(field.to_owned(), json!(text)), (format!("{field}Details"), json!({"truncated": false}))])
}

fn named(name: &str, mut details: Map<String, Value>) -> Map<String, Value> {
    details.insert("name".to_owned(), json!(name));
    details
}

fn called(resource: Resource, mut details: Map<String, Value>) -> Map<String, Value> {
    let (resource_type, resource) = resource.in_history();
    details.insert("resourceType".to_owned(), json!(resource_type));
    details.insert("resource".to_owned(), json!(resource));
    details
}

fn failure(error: Option<&String>, cause: Option<&String>) -> Map<String, Value> {
    let fields = [("error", error), ("cause", cause)];
    fields.into_iter().filter_map(|(field, text)| Some((field.to_owned(), json!(text?)))).collect()
}

impl ExecutionOutcome {
    /// The outcome that an event tells of.
    pub(crate) fn of_event(kind: &EventKind) -> Option<Self> {
        match kind.clone() {
            EventKind::ExecutionSucceeded { output } => Some(Self::Succeeded { output }),
            EventKind::ExecutionFailed { error, cause } => Some(Self::Failed { error, cause }),
            EventKind::ExecutionTimedOut => Some(Self::TimedOut),
            EventKind::ExecutionAborted { error, cause } => Some(Self::Aborted { error, cause }),
            _ => None,
        }
    }

    /// The event that tells of it.
    pub(crate) fn to_event(&self) -> EventKind {
        match self.clone() {
            Self::Succeeded { output } => EventKind::ExecutionSucceeded { output },
            Self::Failed { error, cause } => EventKind::ExecutionFailed { error, cause },
            Self::TimedOut => EventKind::ExecutionTimedOut,
            Self::Aborted { error, cause } => EventKind::ExecutionAborted { error, cause },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::timestamp::now;

    const SHOWN: Shown<'_> = Shown { role_arn: "role", region: "us-west-2", data: true };

    fn shown(kind: EventKind, shown: Shown<'_>) -> Value {
        let mut event = Event { id: 1, previous: 0, at: now(), kind }.to_json(shown);
        event.as_object_mut().unwrap().remove("timestamp");
        event
    }

    #[test]
    fn events_look_as_the_api_documents_them() {
        let resource = Resource::LambdaInvoke;
        assert_eq!(
            shown(EventKind::ExecutionStarted { input: "{}".into() }, SHOWN),
            json!({
                "id": 1, "previousEventId": 0, "type": "ExecutionStarted",
                "executionStartedEventDetails": {
                    "input": "{}", "inputDetails": {"truncated": false}, "roleArn": "role"
                }
            })
        );
        assert_eq!(
            shown(
                EventKind::StateExited { state: "Pass".into(), name: "A".into(), output: "1".into(), next: None },
                SHOWN
            ),
            json!({
                "id": 1, "previousEventId": 0, "type": "PassStateExited",
                "stateExitedEventDetails": {"name": "A", "output": "1", "outputDetails": {"truncated": false}}
            })
        );
        assert_eq!(
            shown(EventKind::TaskScheduled { resource, parameters: "{}".into(), timeout_seconds: Some(5) }, SHOWN),
            json!({
                "id": 1, "previousEventId": 0, "type": "TaskScheduled",
                "taskScheduledEventDetails": {
                    "resourceType": "lambda", "resource": "invoke", "region": "us-west-2", "parameters": "{}",
                    "timeoutInSeconds": 5
                }
            })
        );
        assert_eq!(
            shown(EventKind::TaskFailed { resource, error: "E".to_owned(), cause: None }, SHOWN),
            json!({
                "id": 1, "previousEventId": 0, "type": "TaskFailed",
                "taskFailedEventDetails": {"resourceType": "lambda", "resource": "invoke", "error": "E"}
            })
        );
        assert_eq!(
            shown(EventKind::MapRunStarted { map_run_arn: "arn".to_owned() }, SHOWN),
            json!({
                "id": 1, "previousEventId": 0, "type": "MapRunStarted",
                "mapRunStartedEventDetails": {"mapRunArn": "arn"}
            })
        );
    }

    #[test]
    fn redrives_look_as_the_api_documents_them() {
        assert_eq!(
            shown(EventKind::ExecutionRedriven { redrive_count: 1 }, SHOWN),
            json!({
                "id": 1, "previousEventId": 0, "type": "ExecutionRedriven",
                "executionRedrivenEventDetails": {"redriveCount": 1}
            })
        );
        assert_eq!(
            shown(EventKind::MapRunRedriven { map_run_arn: "arn".to_owned(), redrive_count: 2 }, SHOWN),
            json!({
                "id": 1, "previousEventId": 0, "type": "MapRunRedriven",
                "mapRunRedrivenEventDetails": {"mapRunArn": "arn", "redriveCount": 2}
            })
        );
    }

    #[test]
    fn data_can_be_left_out() {
        let event = shown(EventKind::ExecutionSucceeded { output: "secret".into() }, Shown { data: false, ..SHOWN });
        assert_eq!(
            event,
            json!({
                "id": 1, "previousEventId": 0, "type": "ExecutionSucceeded", "executionSucceededEventDetails": {}
            })
        );
    }
}
