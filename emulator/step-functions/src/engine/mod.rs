//! Runs executions: their states, tasks and Map Runs; starts, stops and redrives them.
//!
//! Each module uses only those above it in this list: `services`, `stop`, `state_machine`, `map_run`, `execution`, `store`,
//! `shared`, `context`, `run`, `task`, `children`, `map_state`, `machine`, `executions`, `redrive`, `overview`.

pub(crate) mod children;
pub(crate) mod context;
pub(crate) mod execution;
pub(crate) mod executions;
pub(crate) mod machine;
pub(crate) mod map_run;
pub(crate) mod map_state;
pub(crate) mod overview;
pub(crate) mod redrive;
pub(crate) mod run;
pub(crate) mod services;
pub(crate) mod shared;
pub(crate) mod state_machine;
pub(crate) mod stop;
pub(crate) mod store;
pub(crate) mod task;
