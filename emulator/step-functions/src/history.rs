//! The events of an execution, as `GetExecutionHistory` shows them.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html>

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::log::Log;
use crate::model::resource::Resource;
use crate::model::timestamp::{epoch_seconds, nanos, now};

/// Step Functions ends an execution that would have more events.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
pub(crate) const MAX_EVENTS: u64 = 25_000;

/// The events of one execution; of a child only the latest are kept.
#[derive(Debug)]
pub(crate) struct History {
    kept: usize,
    events: VecDeque<Event>,
    latest: u64,
    /// The event that the next one follows.
    previous: u64,
    /// Where every event is also written.
    log: Option<Log>,
}

/// Something that happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: u64,
    previous: u64,
    #[serde(with = "nanos")]
    pub(crate) at: OffsetDateTime,
    pub(crate) kind: Kind,
}

/// What happened. `state` is the state's type, the first part of the event's name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Kind {
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

impl History {
    /// Keeps the latest `kept` events.
    pub(crate) fn keeping(kept: usize) -> Self {
        Self { kept, events: VecDeque::new(), latest: 0, previous: 0, log: None }
    }

    /// Keeps all events, as of an execution of the machine, and goes on after these.
    pub(crate) fn of_machine(events: impl IntoIterator<Item = Event>) -> Self {
        let mut history = Self::keeping(usize::try_from(MAX_EVENTS).unwrap_or(usize::MAX));
        for event in events {
            history.push(event);
        }
        history
    }

    /// The same events, without a log.
    pub(crate) fn copy(&self) -> Self {
        Self { kept: self.kept, events: self.events.clone(), latest: self.latest, previous: self.previous, log: None }
    }

    /// Writes every event that is added from now on into a log, too.
    pub(crate) fn log_to(&mut self, log: Log) {
        self.log = Some(log);
    }

    /// The log that events are written to.
    pub(crate) fn log(&mut self) -> Option<&mut Log> {
        self.log.as_mut()
    }

    /// Writes no further events into the log.
    pub(crate) fn close_log(&mut self) {
        self.log = None;
    }

    /// Adds an event and returns its id.
    pub(crate) fn add(&mut self, kind: Kind) -> u64 {
        let event = Event { id: self.latest + 1, previous: self.previous, at: now(), kind };
        if let Some(log) = &mut self.log {
            log.event(&event);
        }
        self.push(event);
        self.latest
    }

    fn push(&mut self, event: Event) {
        self.latest = event.id;
        // Nothing follows these two in histories of AWS: the first state follows no event, and the exit of a Map state
        // follows the end of its Map Run.
        if !matches!(event.kind, Kind::ExecutionStarted { .. } | Kind::MapStateSucceeded) {
            self.previous = self.latest;
        }
        if self.events.len() == self.kept {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    /// Number of the latest event.
    pub(crate) fn latest(&self) -> u64 {
        self.latest
    }

    /// Whether there is place for one more event and the end of the execution.
    pub(crate) fn is_full(&self) -> bool {
        self.latest + 1 >= MAX_EVENTS
    }

    pub(crate) fn events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.events.iter()
    }
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
                Kind::StateEntered { .. } => "stateEntered".to_owned(),
                Kind::StateExited { .. } => "stateExited".to_owned(),
                _ => kind[..1].to_ascii_lowercase() + &kind[1..],
            };
            event.insert(named + "EventDetails", details);
        }
        event.insert("type".to_owned(), Value::String(kind));
        Value::Object(event)
    }
}

impl Kind {
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
                let error = crate::model::error::TIMEOUT.to_owned();
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

#[cfg(test)]
mod tests {
    use super::*;

    const SHOWN: Shown<'_> = Shown { role_arn: "role", region: "us-west-2", data: true };

    fn shown(kind: Kind, shown: Shown<'_>) -> Value {
        let mut history = History::keeping(1);
        history.add(kind);
        let mut event = history.events().next().unwrap().to_json(shown);
        event.as_object_mut().unwrap().remove("timestamp");
        event
    }

    #[test]
    fn the_first_state_and_the_exit_of_a_map_state_follow_as_on_aws() {
        let mut history = History::keeping(9);
        history.add(Kind::ExecutionStarted { input: "{}".into() });
        for _ in 0..2 {
            history.add(Kind::MapRunSucceeded);
        }
        history.add(Kind::MapStateSucceeded);
        history.add(Kind::MapStateFailed);
        let ids: Vec<_> = history.events().map(|event| (event.id, event.previous)).collect();
        assert_eq!(ids, [(1, 0), (2, 0), (3, 2), (4, 3), (5, 3)]);
    }

    #[test]
    fn only_the_latest_events_are_kept_while_ids_go_on() {
        let mut history = History::keeping(2);
        for _ in 0..5 {
            history.add(Kind::MapRunSucceeded);
        }
        assert_eq!(history.events().map(|event| event.id).collect::<Vec<_>>(), [4, 5]);
    }

    #[test]
    fn events_look_as_the_api_documents_them() {
        let resource = Resource::LambdaInvoke;
        assert_eq!(
            shown(Kind::ExecutionStarted { input: "{}".into() }, SHOWN),
            json!({
                "id": 1, "previousEventId": 0, "type": "ExecutionStarted",
                "executionStartedEventDetails": {
                    "input": "{}", "inputDetails": {"truncated": false}, "roleArn": "role"
                }
            })
        );
        assert_eq!(
            shown(Kind::StateExited { state: "Pass".into(), name: "A".into(), output: "1".into(), next: None }, SHOWN),
            json!({
                "id": 1, "previousEventId": 0, "type": "PassStateExited",
                "stateExitedEventDetails": {"name": "A", "output": "1", "outputDetails": {"truncated": false}}
            })
        );
        assert_eq!(
            shown(Kind::TaskScheduled { resource, parameters: "{}".into(), timeout_seconds: Some(5) }, SHOWN),
            json!({
                "id": 1, "previousEventId": 0, "type": "TaskScheduled",
                "taskScheduledEventDetails": {
                    "resourceType": "lambda", "resource": "invoke", "region": "us-west-2", "parameters": "{}",
                    "timeoutInSeconds": 5
                }
            })
        );
        assert_eq!(
            shown(Kind::TaskFailed { resource, error: "E".to_owned(), cause: None }, SHOWN),
            json!({
                "id": 1, "previousEventId": 0, "type": "TaskFailed",
                "taskFailedEventDetails": {"resourceType": "lambda", "resource": "invoke", "error": "E"}
            })
        );
        assert_eq!(
            shown(Kind::MapRunStarted { map_run_arn: "arn".to_owned() }, SHOWN),
            json!({
                "id": 1, "previousEventId": 0, "type": "MapRunStarted",
                "mapRunStartedEventDetails": {"mapRunArn": "arn"}
            })
        );
    }

    #[test]
    fn redrives_look_as_the_api_documents_them() {
        assert_eq!(
            shown(Kind::ExecutionRedriven { redrive_count: 1 }, SHOWN),
            json!({
                "id": 1, "previousEventId": 0, "type": "ExecutionRedriven",
                "executionRedrivenEventDetails": {"redriveCount": 1}
            })
        );
        assert_eq!(
            shown(Kind::MapRunRedriven { map_run_arn: "arn".to_owned(), redrive_count: 2 }, SHOWN),
            json!({
                "id": 1, "previousEventId": 0, "type": "MapRunRedriven",
                "mapRunRedrivenEventDetails": {"mapRunArn": "arn", "redriveCount": 2}
            })
        );
    }

    #[test]
    fn data_can_be_left_out() {
        let event = shown(Kind::ExecutionSucceeded { output: "secret".into() }, Shown { data: false, ..SHOWN });
        assert_eq!(
            event,
            json!({
                "id": 1, "previousEventId": 0, "type": "ExecutionSucceeded", "executionSucceededEventDetails": {}
            })
        );
    }
}
