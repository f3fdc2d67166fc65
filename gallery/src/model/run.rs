//! A run: one execution of the state machine.

use serde::Serialize;

/// Prefix of the lists that the state machine stores for executions that are started with items.
pub(crate) const STORED_INPUT: &str = "state-input/";

/// Where an execution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RunStatus {
    /// It works, or waits for a quota.
    Running,
    /// It came to its end.
    Succeeded,
    /// It failed as a whole.
    Failed,
    /// It took longer than an execution may.
    TimedOut,
    /// Somebody stopped it.
    Stopped,
}

impl RunStatus {
    /// It has ended, in whatever way.
    #[must_use]
    pub(crate) fn is_ended(self) -> bool {
        self != Self::Running
    }
}

/// Items of a Map Run by their state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Counts {
    /// All items.
    pub(crate) total: u64,
    /// Items that have not begun.
    pub(crate) pending: u64,
    /// Items at work or waiting for a quota.
    pub(crate) running: u64,
    /// Items whose image is there.
    pub(crate) succeeded: u64,
    /// Items that failed for good.
    pub(crate) failed: u64,
    /// Items that were given up because the execution was stopped.
    pub(crate) stopped: u64,
}

impl Counts {
    /// Items that need no more work.
    #[must_use]
    pub(crate) fn done(&self) -> u64 {
        self.succeeded + self.failed + self.stopped
    }
}

/// The version of a list that a run makes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListVersion {
    /// Its bucket.
    pub(crate) bucket: String,
    /// Its key.
    pub(crate) key: String,
    /// Its version; the current one if none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
}

/// One execution of the state machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Run {
    /// Name of the execution.
    pub(crate) name: String,
    /// Where it stands.
    pub(crate) status: RunStatus,
    /// When it began, in milliseconds since 1970.
    pub(crate) started: i64,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stopped: Option<i64>,
    /// Its list; none for an execution that another program started with an input of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) list: Option<ListVersion>,
    /// Counts of its Map Run, once that has begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) counts: Option<Counts>,
    /// Most items at work at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_concurrency: Option<u64>,
    /// The error that it ended with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    /// What the error says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<String>,
    /// It can be redriven.
    pub(crate) redrivable: bool,
    /// ARN of its Map Run.
    #[serde(skip)]
    pub(crate) map_run_arn: Option<String>,
    /// Where its results are told, in the result bucket.
    #[serde(skip)]
    pub(crate) manifest_key: Option<String>,
}

impl Run {
    pub(crate) fn new(name: String, status: RunStatus, started: i64, stopped: Option<i64>) -> Self {
        Self {
            name,
            status,
            started,
            stopped,
            list: None,
            counts: None,
            max_concurrency: None,
            error: None,
            cause: None,
            redrivable: false,
            map_run_arn: None,
            manifest_key: None,
        }
    }

    pub(crate) fn set_list(&mut self, bucket: String, key: String, version: Option<String>) {
        self.list = Some(ListVersion { bucket, key, version });
    }

    /// What people call it: the file name of its list, else the execution's name without its digest.
    #[must_use]
    pub(crate) fn title(&self) -> &str {
        if let Some(list) = &self.list
            && !list.key.starts_with(STORED_INPUT)
        {
            return list.key.rsplit('/').next().unwrap_or(&list.key);
        }
        match self.name.rsplit_once('-') {
            Some((stem, hash)) if hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => stem,
            _ => &self.name,
        }
    }
}

/// A moment in UTC, to the minute; `millis` are milliseconds since 1970.
#[must_use]
pub(crate) fn date(millis: i64) -> String {
    let date = time::OffsetDateTime::from_unix_timestamp(millis / 1_000);
    let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]");
    date.ok().and_then(|date| date.format(&format).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_called_as_its_list() {
        let mut run = Run::new("cards-c854af63a7104668bd84da6d9cca677b".into(), RunStatus::Running, 0, None);
        assert_eq!(run.title(), "cards");
        run.set_list("b".into(), "spring/cards.json".into(), None);
        assert_eq!(run.title(), "cards.json");
        assert_eq!(Run::new("by-hand".into(), RunStatus::Running, 0, None).title(), "by-hand");
    }
}
