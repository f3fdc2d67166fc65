//! Executions from start to end, against what AWS documents.

mod deployed;
mod map;
mod recovery;
mod redrive;
mod rooms;
mod states;
mod stop;
