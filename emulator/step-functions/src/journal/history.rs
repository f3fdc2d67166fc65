//! The events of an execution, as `GetExecutionHistory` shows them.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html>

use std::collections::VecDeque;
use std::io;

use crate::journal::log::Log;
use crate::model::event::{Event, EventKind, MAX_EVENTS};
use crate::model::execution_outcome::ExecutionOutcome;
use crate::model::timestamp::now;

/// The events of one execution; of a child only the first and the latest are kept.
#[derive(Debug)]
pub(crate) struct History {
    kept: usize,
    events: VecDeque<Event>,
    /// Number of the latest event.
    pub(crate) latest: u64,
    /// The event that the next one follows.
    previous: u64,
    /// The latest start or redrive of a Map Run.
    map_run: u64,
    /// Where every event is also written.
    pub(crate) log: Option<Log>,
}

impl History {
    /// Keeps the first event and the latest ones, `kept` in all.
    pub(crate) fn keeping(kept: usize) -> Self {
        Self { kept, events: VecDeque::new(), latest: 0, previous: 0, map_run: 0, log: None }
    }

    /// Keeps all events, as of an execution of the machine, and goes on after these.
    pub(crate) fn of_machine(events: impl IntoIterator<Item = Event>) -> Self {
        let mut history = Self::keeping(usize::try_from(MAX_EVENTS).unwrap_or(usize::MAX));
        for event in events {
            history.push(event);
        }
        history
    }

    /// Begins or goes on with a log, with an event that tells why.
    ///
    /// # Errors
    /// If the event cannot be written.
    pub(crate) fn begin(&mut self, log: Log, why: EventKind) -> io::Result<()> {
        self.log = Some(log);
        self.add(why);
        let failed = self.log.as_ref().is_some_and(|log| log.failed);
        if failed { Err(io::Error::other("its log cannot be written")) } else { Ok(()) }
    }

    /// Adds an event and returns its id.
    pub(crate) fn add(&mut self, kind: EventKind) -> u64 {
        // As recorded on AWS, the end of an execution that is stopped follows no event.
        let previous =
            if matches!(kind, EventKind::Ended(ExecutionOutcome::Aborted { .. })) { 0 } else { self.previous };
        let event = Event { id: self.latest + 1, previous, at: now(), kind };
        if let Some(log) = &mut self.log {
            log.event(&event);
        }
        self.push(event);
        self.latest
    }

    fn push(&mut self, event: Event) {
        self.latest = event.id;
        // As recorded on AWS: the first state follows no event, and the exit of a Map state follows the start of its Map Run.
        match event.kind {
            EventKind::ExecutionStarted { .. } => {}
            EventKind::MapStateSucceeded => self.previous = self.map_run,
            _ => self.previous = self.latest,
        }
        if matches!(event.kind, EventKind::MapRunStarted { .. } | EventKind::MapRunRedriven { .. }) {
            self.map_run = self.latest;
        }
        if self.events.len() == self.kept {
            // The start is kept.
            self.events.remove(1.min(self.kept - 1));
        }
        self.events.push_back(event);
    }

    /// Whether there is place for one more event and the end of the execution.
    pub(crate) fn is_full(&self) -> bool {
        self.latest + 1 >= MAX_EVENTS
    }

    pub(crate) fn events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.events.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_and_the_latest_events_are_kept() {
        let mut history = History::keeping(2);
        for _ in 0..5 {
            history.add(EventKind::MapRunSucceeded);
        }
        assert_eq!(history.events().map(|event| event.id).collect::<Vec<_>>(), [1, 5]);
    }
}
