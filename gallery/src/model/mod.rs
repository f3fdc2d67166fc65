//! What gallery knows of a run, without AWS: items, states, failures, progress, prices.

mod draft;
mod failure;
mod list;
mod redo;
mod results;
mod run;
mod snapshot;

pub(crate) use draft::{Draft, Fill};
pub(crate) use failure::{Failure, Group, group};
pub(crate) use list::{List, ListedItem};
pub(crate) use redo::{Change, redo};
pub(crate) use results::{Manifest, Outcome, Results};
pub(crate) use run::{Counts, ListVersion, Run, RunStatus};
pub(crate) use snapshot::{ItemState, Snapshot, Tally, prices, usd_of};
