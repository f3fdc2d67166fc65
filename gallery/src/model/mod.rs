//! What gallery knows of a run, without AWS: items, states, failures, progress, prices.

mod draft;
mod failure;
mod list;
mod redo;
mod results;
mod run;
mod second_step;
mod snapshot;

pub(crate) use draft::{Draft, Fill};
pub(crate) use failure::{Failure, Group, group};
pub(crate) use list::{List, ListedItem};
pub(crate) use redo::{Change, redo, redo_key};
pub(crate) use results::{Manifest, Outcome, Results};
pub(crate) use run::{Counts, ListVersion, Run, RunStatus, STORED_INPUT, date};
pub(crate) use second_step::SecondStep;
pub(crate) use snapshot::{ItemState, Snapshot, Tally, usd_of};
