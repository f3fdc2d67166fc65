//! `local`: the whole pipeline on one machine, and the processes of its functions.

use std::process::ExitCode;

fn main() -> ExitCode {
    local::program::run()
}
