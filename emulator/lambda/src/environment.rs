//! An execution environment: one process of a function, with a Runtime API of its own.

use super::{
    function::{Function, FunctionError},
    runtime_api::{FunctionResult, Invocation, serve},
};
use bytes::Bytes;
use std::fs::OpenOptions;
use std::process::Stdio;
use std::time::SystemTime;
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::AbortOnDropHandle;

/// One process of a function. Dropping it ends the process.
pub(crate) struct Environment {
    process: Child,
    /// Its standard input, which ends with this process however that ends.
    _lifeline: Option<ChildStdin>,
    events: mpsc::Sender<Invocation>,
    _runtime_api: AbortOnDropHandle<()>,
}

impl Environment {
    /// Starts a process.
    pub(crate) async fn start(function: &Function) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let log = OpenOptions::new().create(true).append(true).open(&function.log)?;
        let (program, arguments) = &function.command;
        let mut process = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(inherited())
            .envs(lambda_environment(function))
            .envs(function.environment.iter().map(|(name, value)| (name, value)))
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            // A group of its own: Ctrl-C in the terminal stops the host, which then ends its functions in order.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let (events, receiver) = mpsc::channel(1);
        let runtime_api = AbortOnDropHandle::new(tokio::spawn(serve(listener, receiver)));
        Ok(Self { _lifeline: process.stdin.take(), process, events, _runtime_api: runtime_api })
    }

    /// Whether the process still runs.
    pub(crate) fn is_alive(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// Gives the process one event. Gives the environment back with the answer if it can take another event.
    pub(crate) async fn invoke(mut self, function: &Function, payload: Bytes) -> (Option<Self>, FunctionResult) {
        let request_id = uuid::Uuid::new_v4().to_string();
        let (sender, answer) = oneshot::channel();
        let invocation = Invocation {
            request_id: request_id.clone(),
            function_arn: function.arn(),
            deadline: SystemTime::now() + function.timeout,
            payload,
            answer: sender,
        };
        // Where the Runtime API is gone, the sender of the answer is dropped with the invocation.
        let _ = self.events.send(invocation).await;
        tokio::select! {
            biased;
            answer = answer => match answer {
                Ok(answer) => (Some(self), answer),
                Err(_) => (None, Err(exited(&request_id, "its Runtime API is gone"))),
            },
            status = self.process.wait() => {
                let how = status.map_or_else(|err| err.to_string(), |status| status.to_string());
                (None, Err(exited(&request_id, &how)))
            }
            () = tokio::time::sleep(function.timeout) => {
                let seconds = function.timeout.as_secs_f64();
                let message = format!("RequestId: {request_id} Error: Task timed out after {seconds:.2} seconds");
                (None, Err(FunctionError::new("Sandbox.Timedout", &message)))
            }
        }
    }
}

fn exited(request_id: &str, how: &str) -> FunctionError {
    let message = format!("RequestId: {request_id} Error: Runtime exited with error: {how}");
    FunctionError::new("Runtime.ExitError", &message)
}

/// What a process needs of this machine's environment, and how detailed its log is to be.
fn inherited() -> impl Iterator<Item = (&'static str, std::ffi::OsString)> {
    ["PATH", "HOME", "TMPDIR", "AWS_LAMBDA_LOG_LEVEL"]
        .into_iter()
        .filter_map(|name| Some((name, std::env::var_os(name)?)))
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>
fn lambda_environment(function: &Function) -> Vec<(&'static str, String)> {
    vec![
        ("_HANDLER", "bootstrap".into()),
        ("AWS_REGION", function.region.clone()),
        ("AWS_DEFAULT_REGION", function.region.clone()),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023".into()),
        ("AWS_LAMBDA_FUNCTION_NAME", function.name.clone()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".into()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_mib.to_string()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".into()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", function.name)),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "local".into()),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON".into()),
        ("TZ", ":UTC".into()),
    ]
}
