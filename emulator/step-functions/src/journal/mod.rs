//! What is kept of executions on disk, so that a later process knows them and carries them on.

pub(crate) mod ended;
pub(crate) mod history;
pub(crate) mod items;
pub(crate) mod log;
pub(crate) mod map_run_record;
pub(crate) mod position;
pub(crate) mod results;
