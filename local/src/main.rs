//! `local`: the pipeline on one machine, and the processes of its functions.

use clap::Parser;
use local::cli::{Cli, Command, Role};
use std::process::ExitCode;
use tokio::runtime::Builder;

fn main() -> ExitCode {
    let command = Cli::parse().command;
    // A function's process does one thing at a time, as in Lambda.
    let mut runtime = match command {
        Command::Function { .. } => Builder::new_current_thread(),
        Command::Run(_) | Command::Up(_) => Builder::new_multi_thread(),
    };
    let runtime = match runtime.enable_all().build() {
        Ok(runtime) => runtime,
        Err(err) => {
            eprintln!("local: {err}");
            return ExitCode::from(2);
        }
    };
    runtime.block_on(async {
        match command {
            Command::Run(arguments) => local::commands::run(&arguments).await,
            Command::Up(arguments) => local::commands::up(&arguments).await,
            Command::Function { role } => be(role).await,
        }
    })
}

async fn be(role: Role) -> ExitCode {
    let sdk = sdk::config(local::credentials::provider().await);
    let ended = match role {
        Role::Trigger => Box::pin(trigger::run(&sdk)).await,
        Role::Generator => Box::pin(generator::run(&sdk)).await,
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("{err}");
            ExitCode::FAILURE
        }
    }
}
