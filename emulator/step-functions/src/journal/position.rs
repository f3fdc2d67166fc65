//! Where an execution goes on that did not come to its end: after a kill, or redriven.
//!
//! A state that was entered and not exited is run again, as AWS redrives it; a Map state goes on with its Map Run.
//! <https://docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html>

use time::OffsetDateTime;

use crate::journal::history::History;
use crate::model::event::{Event, EventKind};
use crate::model::redrive::Redrive;

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
    /// The event of the state that was entered or exited last.
    pub(crate) fn last_state(&self) -> Option<&Event> {
        let of_state =
            |kind: &EventKind| matches!(kind, EventKind::StateEntered { .. } | EventKind::StateExited { .. });
        self.events().rev().find(|event| of_state(&event.kind))
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
        let exited = EventKind::StateExited { state: "Map".into(), name: "A".into(), output: "2".into(), next: None };
        let started = || EventKind::MapRunStarted { map_run_arn: "arn".to_owned() };
        let redriven = |redrive_count| EventKind::MapRunRedriven { map_run_arn: "arn".to_owned(), redrive_count };
        let ended = || EventKind::Ended(ExecutionOutcome::TimedOut);
        for (kinds, last_state, open_map_run) in [
            (vec![ended()], None, None),
            (vec![entered(), exited, REDRIVEN], Some(2), None),
            (vec![started(), entered()], Some(2), None),
            (vec![entered(), started()], Some(1), Some((0, false))),
            // A Map Run is redriven once for every redrive of its execution.
            (vec![entered(), started(), ended(), REDRIVEN], Some(1), Some((0, true))),
            (vec![entered(), started(), REDRIVEN, redriven(1)], Some(1), Some((1, false))),
            (vec![entered(), started(), REDRIVEN, redriven(1), REDRIVEN], Some(1), Some((1, true))),
            (vec![entered(), started(), REDRIVEN, redriven(1), REDRIVEN, redriven(2)], Some(1), Some((2, false))),
        ] {
            let mut history = History::of_machine([]);
            for kind in kinds {
                history.add(kind);
            }
            assert_eq!(history.last_state().map(|event| event.id), last_state);
            let open = history.open_map_run();
            assert_eq!(open.map(|run| (run.redrive.map_or(0, |redrive| redrive.count), run.to_redrive)), open_map_run);
        }
    }
}
