//! The events of an execution, as `GetExecutionHistory` shows them.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html>

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::serde::timestamp::nanoseconds;

use crate::model::execution_outcome::ExecutionOutcome;
use crate::model::resource::Resource;
use crate::model::timestamp::epoch_seconds;

/// Step Functions ends an execution that would have more events.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
pub(crate) const MAX_EVENTS: u64 = 25_000;

/// Something that happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: u64,
    pub(crate) previous: u64,
    #[serde(with = "nanoseconds")]
    pub(crate) at: OffsetDateTime,
    pub(crate) kind: EventKind,
}

/// What happened. `state` is the state's type, the first part of the event's name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum EventKind {
    ExecutionStarted {
        input: Arc<str>,
    },
    ExecutionRedriven {
        redrive_count: u32,
    },
    StateEntered {
        state: Arc<str>,
        name: Arc<str>,
        input: Arc<str>,
    },
    /// `next` is where it leads; it is not shown.
    StateExited {
        state: Arc<str>,
        name: Arc<str>,
        output: Arc<str>,
        next: Option<String>,
    },
    TaskScheduled {
        resource: Resource,
        parameters: Arc<str>,
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
        cause: String,
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
        cause: String,
    },
    /// The end of the execution, named after its outcome.
    #[serde(untagged)]
    Ended(ExecutionOutcome),
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
        let (kind, details) = self.kind.shown(shown);
        let mut event = json!({ "timestamp": epoch_seconds(self.at), "id": self.id, "previousEventId": self.previous });
        if let Some(details) = details {
            // States have one form of details for all types; the others are named after the event.
            let named = match &self.kind {
                EventKind::StateEntered { .. } => "stateEntered".to_owned(),
                EventKind::StateExited { .. } => "stateExited".to_owned(),
                _ => kind[..1].to_ascii_lowercase() + &kind[1..],
            };
            event[named + "EventDetails"] = Value::Object(details);
        }
        event["type"] = Value::String(kind);
        event
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

    /// The name of the event, and its details: the fields of the variant as the API names them.
    fn shown(&self, shown: Shown<'_>) -> (String, Option<Map<String, Value>>) {
        // A kind is text, or an object with its name and its fields.
        let (name, fields) = match serde_json::to_value(self) {
            Ok(Value::Object(kind)) => kind.into_iter().next().unwrap_or_default(),
            kind => (kind.ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default(), Value::Null),
        };
        let mut details = Map::new();
        for (field, value) in fields.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
            let field = match field.as_str() {
                "redrive_count" => "redriveCount",
                "map_run_arn" => "mapRunArn",
                "state" | "next" | "resource" => continue,
                "input" | "output" if !shown.data => continue,
                field => field,
            };
            details.insert(field.to_owned(), value.clone());
            if matches!(field, "input" | "output") {
                details.insert(format!("{field}Details"), json!({ "truncated": false }));
            }
        }
        let more = match self {
            Self::ExecutionStarted { .. } => json!({ "roleArn": shown.role_arn }),
            Self::TaskScheduled { .. } => json!({ "region": shown.region }),
            // A list in S3 has not been read when the state starts, so AWS shows no length.
            Self::MapStateStarted => json!({ "length": 0 }),
            _ => Value::Null,
        };
        details.extend(more.as_object().cloned().unwrap_or_default());
        if let Some(resource) = fields.get("resource").and_then(|resource| Resource::deserialize(resource).ok()) {
            let (resource_type, resource) = resource.in_history();
            details.insert("resourceType".to_owned(), json!(resource_type));
            details.insert("resource".to_owned(), json!(resource));
        }
        let state = fields.get("state").and_then(Value::as_str).unwrap_or_default();
        let without_details = matches!(self, Self::MapStateSucceeded | Self::MapStateFailed | Self::MapRunSucceeded);
        (format!("{state}{name}"), (!without_details).then_some(details))
    }
}
