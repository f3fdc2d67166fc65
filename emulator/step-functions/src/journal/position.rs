//! Where an execution goes on that did not come to its end: after a kill, or redriven.
//!
//! A state that was entered and not exited is run again, as AWS redrives it; a Map state goes on with its Map Run.
//! <https://docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html>

use std::sync::Arc;

use time::OffsetDateTime;

use crate::journal::history::History;
use crate::model::event::EventKind;
use crate::model::redrive::Redrive;

/// The place of an execution among its states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Position {
    /// No state was entered.
    Beginning,
    /// In a state, which was entered with this event.
    In { state: Arc<str>, input: Arc<str>, entered: u64 },
    /// Between two states, or behind the last.
    After { output: Arc<str>, next: Option<String> },
}

/// The Map Run of a Map state that was not exited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenMapRun {
    pub(crate) arn: String,
    pub(crate) started: OffsetDateTime,
    pub(crate) redrive: Option<Redrive>,
    /// The execution was redriven since the Map Run ended; the Map Run is to be redriven with it.
    pub(crate) to_redrive: bool,
}

impl History {
    pub(crate) fn position(&self) -> Position {
        let last = self.events().rev().find_map(|event| match &event.kind {
            EventKind::StateEntered { name, input, .. } => {
                Some(Position::In { state: Arc::clone(name), input: Arc::clone(input), entered: event.id })
            }
            EventKind::StateExited { output, next, .. } => {
                Some(Position::After { output: Arc::clone(output), next: next.clone() })
            }
            _ => None,
        });
        last.unwrap_or(Position::Beginning)
    }

    /// The Map Run of the state that the execution is in, if it has begun.
    pub(crate) fn open_map_run(&self) -> Option<OpenMapRun> {
        let (mut redrive, mut to_redrive) = (None, false);
        for event in self.events().rev() {
            match &event.kind {
                EventKind::StateEntered { .. } => break,
                EventKind::ExecutionRedriven { .. } => to_redrive |= redrive.is_none(),
                EventKind::MapRunRedriven { redrive_count, .. } => {
                    redrive.get_or_insert(Redrive { count: *redrive_count, at: event.at });
                }
                EventKind::MapRunStarted { map_run_arn } => {
                    return Some(OpenMapRun { arn: map_run_arn.clone(), started: event.at, redrive, to_redrive });
                }
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::execution_outcome::ExecutionOutcome;

    #[test]
    fn a_state_goes_on_where_its_events_ended() {
        const REDRIVEN: EventKind = EventKind::ExecutionRedriven { redrive_count: 1 };
        let entered = || EventKind::StateEntered { state: "Map".into(), name: "A".into(), input: "1".into() };
        let (output, next) = ("2".into(), Some("B".to_owned()));
        let exited = EventKind::StateExited { state: "Map".into(), name: "A".into(), output, next: next.clone() };
        let started = || EventKind::MapRunStarted { map_run_arn: "arn".to_owned() };
        let redriven = |redrive_count| EventKind::MapRunRedriven { map_run_arn: "arn".to_owned(), redrive_count };
        let ended = || EventKind::Ended(ExecutionOutcome::TimedOut);
        let within = |entered| Position::In { state: "A".into(), input: "1".into(), entered };
        for (kinds, position, open_map_run) in [
            (vec![ended()], Position::Beginning, None),
            (vec![entered(), exited, REDRIVEN], Position::After { output: "2".into(), next }, None),
            (vec![started(), entered()], within(2), None),
            (vec![entered(), started()], within(1), Some((0, false))),
            // A Map Run is redriven once for every redrive of its execution.
            (vec![entered(), started(), ended(), REDRIVEN], within(1), Some((0, true))),
            (vec![entered(), started(), REDRIVEN, redriven(1)], within(1), Some((1, false))),
            (vec![entered(), started(), REDRIVEN, redriven(1), REDRIVEN], within(1), Some((1, true))),
            (vec![entered(), started(), REDRIVEN, redriven(1), REDRIVEN, redriven(2)], within(1), Some((2, false))),
        ] {
            let mut history = History::of_machine([]);
            for kind in kinds {
                history.add(kind);
            }
            assert_eq!(history.position(), position);
            let open = history.open_map_run();
            assert_eq!(open.map(|run| (run.redrive.map_or(0, |redrive| redrive.count), run.to_redrive)), open_map_run);
        }
    }
}
