//! The function's process, with the environment that Lambda gives it.

use crate::{Arguments, Problem, cgroup::Group, meter::Meter};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::fs::File;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What the function connects to.
pub struct Addresses {
    /// The Runtime API.
    pub api: SocketAddr,
    pub bedrock: SocketAddr,
    /// S3 and Step Functions.
    pub others: SocketAddr,
}

/// A running function. It is killed when it is dropped.
pub struct Function(Child);

/// Starts the function, and with it the meter.
pub fn start(arguments: &Arguments, addresses: &Addresses, group: &Group, meter: &Meter) -> Result<Function, Problem> {
    let [program, rest @ ..] = &arguments.command[..] else { return Err("no command".into()) };
    let log = File::create(&arguments.log)?;
    let mut command = Command::new(program);
    command
        .args(rest)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LANG", "C.UTF-8")
        .env("AWS_LAMBDA_RUNTIME_API", addresses.api.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "f")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "f")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "f")
        .env("AWS_LAMBDA_LOG_FORMAT", "JSON")
        .env("AWS_REGION", "us-west-2")
        .env("AWS_DEFAULT_REGION", "us-west-2")
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
        .env("AWS_SESSION_TOKEN", "token")
        .env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", format!("https://{}", addresses.bedrock))
        .env("AWS_ENDPOINT_URL_S3", format!("https://{}", addresses.others))
        .env("AWS_ENDPOINT_URL_SFN", format!("https://{}", addresses.others))
        // The functions and boto3 read the authorities of the system, as they do in Lambda; Node has its own built in.
        .env("SSL_CERT_FILE", arguments.certificates.join("bundle.pem"))
        .env("AWS_CA_BUNDLE", arguments.certificates.join("bundle.pem"))
        .env("NODE_EXTRA_CA_CERTS", arguments.certificates.join("authority.pem"))
        .env("STATE_MACHINE_ARN", "arn:aws:states:us-west-2:000000000000:stateMachine:GenerateImages")
        .env("STATE_BUCKET_NAME", "000000000000-us-west-2-sfn-distributed-map-result-bucket")
        // So high that the second invocation of a process hardly waits.
        .env("IMAGES_PER_MINUTE", "6000")
        .env("RESULT_BUCKET_NAME", "000000000000-us-west-2-sfn-distributed-map-result-bucket")
        .envs(arguments.env.iter().filter_map(|setting| setting.split_once('=')))
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    let joining = group.joining()?;
    // SAFETY: runs in the child between fork and exec. It only writes to files that are open already and allocates nothing.
    unsafe {
        command.pre_exec(move || joining.join());
    }
    let started = Instant::now();
    let child = command.spawn()?;
    meter.started(pid(&child), started);
    Ok(Function(child))
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(child.id().cast_signed())
}

impl Function {
    /// Waits until the function exits.
    pub async fn wait(&mut self) -> std::io::Result<ExitStatus> {
        loop {
            if let Some(status) = self.0.try_wait()? {
                return Ok(status);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends the function as Lambda does, by SIGTERM: Valgrind then writes its count.
    pub async fn end(&mut self) -> Result<(), Problem> {
        kill(pid(&self.0), Signal::SIGTERM)?;
        if tokio::time::timeout(Duration::from_secs(20), self.wait()).await.is_err() {
            self.0.kill()?;
            self.wait().await?;
        }
        Ok(())
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
