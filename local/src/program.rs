//! The program: one command, or the worker process of a function.

use crate::cli::{Cli, Command, Role};
use crate::{commands, faults::client};
use clap::Parser;
use std::error::Error;
use std::io::Read;
use std::process::ExitCode;
use tokio::runtime::Builder;

/// Does what the command line of this process says. Functions are processes of the same program.
#[must_use]
pub fn run() -> ExitCode {
    execute(Cli::parse().command).unwrap_or_else(|err| {
        eprintln!("local: {err}");
        ExitCode::from(2)
    })
}

fn execute(command: Command) -> Result<ExitCode, Box<dyn Error>> {
    // A function's process does one thing at a time, as in Lambda.
    let mut runtime = match command {
        Command::Function { .. } => Builder::new_current_thread(),
        Command::Run(_) | Command::Up(_) => Builder::new_multi_thread(),
    };
    runtime.enable_all().build()?.block_on(async {
        Ok(match command {
            Command::Run(arguments) => commands::run(&arguments).await?,
            Command::Up(arguments) => commands::up(&arguments).await?,
            Command::Function { role } => work_as(role).await,
        })
    })
}

async fn work_as(role: Role) -> ExitCode {
    end_with_local();
    let sdk = Box::pin(aws::sdk_config(client::with_faults(aws::http_client()))).await;
    match Box::pin(serve(role, &sdk)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("{err}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(role: Role, sdk: &aws_config::SdkConfig) -> Result<(), lambda_runtime::Error> {
    match role {
        Role::Trigger => trigger::serve(&trigger::App::new(sdk, trigger::Config::from_env()?)).await,
        Role::Generator => generator::serve(&generator::App::new(sdk, generator::Config::from_env()?)).await,
    }
}

/// A function must not outlive its `local`: what it stores later, another `local` may be making. Its standard input ends when `local` does,
/// also by SIGKILL. A thread waits for that, so a process that hangs ends too.
fn end_with_local() {
    std::thread::spawn(|| {
        let mut stdin = std::io::stdin();
        while matches!(stdin.read(&mut [0; 64]), Ok(1..)) {}
        std::process::exit(1);
    });
}
