//! What gallery knows of a run, without AWS: items, states, failures, progress, prices.

mod draft;
mod excerpt;
mod failure;
mod list;
mod redo;
mod results;
mod run;
mod snapshot;

pub use draft::{Draft, DraftError, Fill};
pub use failure::{Failure, Group, group};
pub use list::{List, ListedItem};
pub use redo::{Change, redo};
pub use results::{Manifest, Outcome, Results};
pub use run::{Counts, ListVersion, Run, RunStatus};
pub use snapshot::{ItemState, Snapshot, Tally, usd_of};
