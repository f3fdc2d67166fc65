//! The built program in a data folder of its own, and what a test does with it.

use ::local::faults::Entry;
use ::local::pipeline::LEDGER;
pub use ::local::pipeline::{IMAGE_BUCKET, LIST_BUCKET, RESULT_BUCKET};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_sfn::{operation::describe_execution::DescribeExecutionOutput, types::ExecutionStatus};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use tempfile::TempDir;

pub const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:GenerateImages";

/// A data folder, and what is done with it.
pub struct Data(pub TempDir);

/// What `local run` said.
pub struct Run {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        Self { status: output.status, stdout, stderr }
    }

    /// Items that were made, items that had their image, and calls of the model, as `--json` printed them.
    pub fn counts(&self) -> [u64; 3] {
        ["generated", "existing", "modelCalls"].map(|field| self.json()[field].as_u64().unwrap())
    }

    /// What `--json` printed.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|err| panic!("{err}: {}{}", self.stdout, self.stderr))
    }

    pub fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("{}: {}", self.status, self.stderr))
    }
}

impl Data {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// `local run LIST`.
    pub fn command(&self, list: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
        command.arg("run").arg(list).arg("--data").arg(self.0.path());
        command.stdin(Stdio::null());
        command
    }

    /// `local run LIST` with further arguments.
    pub fn run(&self, list: &Path, arguments: &[&str]) -> Run {
        Run::of(self.command(list).args(quick(arguments)).args(arguments))
    }

    /// Writes a list beside the data.
    pub fn list(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// What the ledger says, of all runs with `--ledger` in this folder.
    pub fn ledger(&self) -> Vec<Entry> {
        let ledger = std::fs::read_to_string(self.0.path().join(LEDGER)).unwrap();
        ledger.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Calls of the model that would be charged, as the ledger says.
    pub fn paid_calls(&self) -> usize {
        self.ledger().iter().filter(|entry| matches!(entry, Entry::Answered { paid: true, .. })).count()
    }

    pub fn bucket(&self, bucket: &str) -> PathBuf {
        self.0.path().join("s3").join(bucket)
    }

    /// Every file of a bucket, by its key.
    pub fn files(&self, bucket: &str) -> Vec<String> {
        let root = self.bucket(bucket);
        let key = |file: &PathBuf| file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        let mut keys: Vec<String> = files_in(&root).iter().map(key).collect();
        keys.sort();
        keys
    }

    /// Returns when there are `count` images.
    pub fn wait_for_images(&self, count: usize) {
        while self.files(IMAGE_BUCKET).len() < count {
            std::thread::yield_now();
        }
    }

    /// An object that is JSON.
    pub fn json(&self, bucket: &str, key: &str) -> Value {
        serde_json::from_slice(&std::fs::read(self.bucket(bucket).join(key)).unwrap()).unwrap()
    }

    /// The entries of the one result file of this name.
    pub fn results(&self, name: &str) -> Vec<Value> {
        let mut keys = self.files(RESULT_BUCKET).into_iter().filter(|key| key.ends_with(name));
        let key = keys.next().unwrap_or_else(|| panic!("no {name}"));
        assert_eq!(keys.next(), None);
        serde_json::from_value(self.json(RESULT_BUCKET, &key)).unwrap()
    }

    /// The `local up` of this folder.
    pub fn up(&self, arguments: &[&str]) -> Up {
        let (mut up, stdout) = self.start(arguments);
        // Read on, so that the program never waits for a reader.
        let heard = Arc::clone(&up.said);
        up.reader = Some(std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                heard.lock().unwrap().push_str(&(line + "\n"));
            }
        }));
        up
    }

    /// The `local up` of this folder, and the rest of what it says.
    pub fn start(&self, arguments: &[&str]) -> (Up, BufReader<ChildStdout>) {
        // The page's port is another for each, unless the test names it.
        let has_page = arguments.iter().any(|argument| argument.contains("-gallery"));
        let mut process = Command::new(env!("CARGO_BIN_EXE_local"))
            .args(["up", "--port", "0", "--data"])
            .arg(self.0.path())
            .args(quick(arguments))
            .args(arguments)
            .args((!has_page).then_some("--no-gallery"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut greeting = String::new();
        stdout.read_line(&mut greeting).unwrap();
        let url = greeting.split_whitespace().find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("no address in {greeting:?}")).to_owned();
        let sdk = aws_config::SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::v2026_01_12())
            .region(aws_config::Region::new("us-east-1"))
            .endpoint_url(&url)
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new("any", "thing", None, None, "test")))
            .http_client(aws::http_client())
            .build();
        let (s3, sfn) = (aws_sdk_s3::Client::new(&sdk), aws_sdk_sfn::Client::new(&sdk));
        (Up { process, url, s3, sfn, said: Arc::default(), reader: None }, stdout)
    }
}

/// A new folder and its `local up`.
pub fn local_up(arguments: &[&str]) -> (Data, Up) {
    let data = Data::new();
    let up = data.up(arguments);
    (data, up)
}

/// Settings that make a test quick, unless its arguments say otherwise: a tiny picture, and no waits while the rate of a new model is learned.
pub fn quick(arguments: &[&str]) -> Vec<&'static str> {
    let is_given = |option: &str| arguments.iter().any(|argument| argument.starts_with(option));
    let picture = (!is_given("--picture")).then_some(["--picture", "tiny"]);
    let rate = (!is_given("--throttle")).then_some(["--images-per-minute", "60000"]);
    [picture, rate].into_iter().flatten().flatten().collect()
}

/// Every file in a folder and the folders in it.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] }).collect()
}

/// A running `local up`, killed when dropped, with the real SDK's clients of it.
pub struct Up {
    pub process: Child,
    pub url: String,
    pub s3: aws_sdk_s3::Client,
    pub sfn: aws_sdk_sfn::Client,
    said: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Up {
    /// Ends it as a crash would, and as dropping it does.
    pub fn kill(self) {}

    /// Ends it in order, and returns all that it said: it exits when its functions have ended what they were at.
    pub fn end(mut self) -> String {
        Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap();
        assert!(self.process.wait().unwrap().success());
        self.reader.take().unwrap().join().unwrap();
        self.said()
    }

    /// What it has said so far, after its greeting.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Waits until it says a line with this in it.
    pub async fn says(&self, what: &str) -> String {
        loop {
            if let Some(line) = self.said.lock().unwrap().lines().find(|line| line.contains(what)) {
                return line.to_owned();
            }
            tokio::task::yield_now().await;
        }
    }

    pub async fn put_list(&self, key: &str, text: &str) {
        let body = ByteStream::from(text.as_bytes().to_vec());
        self.s3.put_object().bucket(LIST_BUCKET).key(key).body(body).send().await.unwrap();
    }

    /// The current version of a list.
    pub async fn version_of(&self, key: &str) -> String {
        self.s3.head_object().bucket(LIST_BUCKET).key(key).send().await.unwrap().version_id.unwrap()
    }

    /// ARNs of the executions, newest first.
    pub async fn executions(&self) -> Vec<String> {
        let listed = self.sfn.list_executions().state_machine_arn(MACHINE).send().await.unwrap();
        listed.executions.into_iter().map(|execution| execution.execution_arn).collect()
    }

    /// Waits until there is an execution.
    pub async fn first_execution(&self) -> String {
        self.executions_when(1).await.swap_remove(0)
    }

    /// Waits until there are `count` executions.
    pub async fn executions_when(&self, count: usize) -> Vec<String> {
        loop {
            let executions = self.executions().await;
            if executions.len() >= count {
                return executions;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Waits until an execution has ended.
    pub async fn ended(&self, arn: &str) -> DescribeExecutionOutput {
        loop {
            let described = self.sfn.describe_execution().execution_arn(arn).send().await.unwrap();
            if described.status != ExecutionStatus::Running {
                return described;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Starts an execution by hand.
    pub async fn start(&self, input: &Value) -> String {
        let start = self.sfn.start_execution().state_machine_arn(MACHINE).input(input.to_string());
        start.send().await.unwrap().execution_arn
    }

    /// Starts an execution by hand and waits for its end.
    pub async fn run(&self, input: &Value) -> DescribeExecutionOutput {
        self.ended(&self.start(input).await).await
    }
}

/// Sends a request to a server on a connection of its own, `METHOD path` with these header lines: head and body of the answer, which are
/// empty if the connection ended without one.
pub fn ask(url: &str, request: &str, headers: &str, body: &str) -> (String, String) {
    let authority = url.trim_start_matches("http://").trim_end_matches('/');
    let mut all = format!("{request} HTTP/1.1\r\nConnection: close\r\n{headers}");
    for (name, value) in [("Host", authority), ("Content-Length", &body.len().to_string())] {
        if !headers.contains(&format!("{name}:")) {
            all.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    let mut stream = TcpStream::connect(authority).unwrap();
    // Whoever does not answer at all fails a test instead of holding it up.
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    // The other side may answer, and close, before all is sent.
    let _ = stream.write_all(format!("{all}\r\n{body}").as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    (head.to_lowercase(), body.to_owned())
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A file of the repository's `events`.
pub fn event_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events").join(name)
}

/// Item number `n` of a plain list.
pub fn item(n: usize) -> Value {
    json!({"id": format!("A{n}"), "rank": "nomal", "inputBucketName": IMAGE_BUCKET, "inputKeyName": "image.png",
        "model": "stability.stable-image-core-v1:1", "prompt": format!("picture {n}, brown hair")})
}

/// Item number `n`, with these fields besides or instead.
pub fn item_with(n: usize, fields: Value) -> Value {
    let mut item = item(n);
    item.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    item
}

/// A plain list of `count` items.
pub fn items(count: usize) -> String {
    Value::from_iter((0..count).map(item)).to_string()
}

/// The output of an execution that succeeded.
pub fn output_of(ended: &DescribeExecutionOutput) -> Value {
    assert_eq!(ended.status, ExecutionStatus::Succeeded, "{ended:?}");
    serde_json::from_str(ended.output().unwrap()).unwrap()
}
