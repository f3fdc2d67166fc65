//! CPU time and memory of the state machine engine for one item, with everything that it keeps on disk: functions that answer at once, in
//! this process, or with `--processes` in processes of their own, through Lambda's Runtime API.
//! `cargo run --release -p local --example engine_cost -- [--processes] [ITEMS...]`

mod common;

use common::{processor_seconds, read_answer};
use emulator_lambda::{Function, Functions, Identity};
use local::states::{Definition, Executions, Outcome, Services, Settings, StateMachine, TaskError, substitute};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// Items at once.
const AT_ONCE: usize = 10;
/// What the functions answer.
const ANSWER: &str = r#"{"id":"A1","rank":"nomal","bucketName":"000000000000-us-east-1-input-image-bucket","keyName":"nomal/A1/image.jpeg","model":"stability.stable-image-core-v1:1","seed":1,"bytes":50000,"contentType":"image/jpeg","outcome":"generated"}"#;

/// The header with the id of an event. <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>
const ID: &str = "lambda-runtime-aws-request-id";

/// A list of so many items; what is stored is thrown away.
struct Nothing {
    items: u64,
    /// None: the answer comes from this process.
    functions: Option<Functions>,
}

impl Services for Nothing {
    async fn invoke(&self, function: &str, payload: Vec<u8>) -> Result<Vec<u8>, TaskError> {
        let Some(functions) = &self.functions else {
            tokio::task::yield_now().await;
            return Ok(ANSWER.into());
        };
        functions
            .invoke(function, payload.into())
            .await
            .map_err(|err| TaskError { error: "Lambda.Unknown".into(), cause: err.to_string() })
    }

    async fn put_object(&self, _: &str, _: &str, _: Option<&str>, _: Vec<u8>) -> Result<Value, TaskError> {
        Ok(json!({"ETag": "\"\""}))
    }

    async fn head_object(&self, _: &str, _: &str, _: Option<&str>) -> Result<Value, TaskError> {
        Ok(json!({"VersionId": "1"}))
    }

    async fn open_object(&self, _: &str, _: &str, _: Option<&str>) -> Result<Box<dyn Read + Send>, TaskError> {
        Ok(Box::new(List { left: self.items, text: std::io::Cursor::new(b"[".to_vec()), done: false }))
    }

    async fn put_file(&self, _: &str, _: &str, _: &Path) -> Result<(), TaskError> {
        Ok(())
    }
}

/// A list that is made as it is read.
struct List {
    left: u64,
    text: std::io::Cursor<Vec<u8>>,
    done: bool,
}

impl Read for List {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.text.read(buffer)?;
        if read > 0 || self.done {
            return Ok(read);
        }
        let text = match self.left {
            0 => "]".to_owned(),
            left => {
                let comma = if left == 1 { "" } else { "," };
                let item = json!({"id": format!("A{left}"), "rank": "nomal", "inputKeyName": "image.jpeg",
                    "inputBucketName": "000000000000-us-east-1-input-image-bucket",
                    "model": "stability.stable-image-core-v1:1", "prompt": "hair color is brown, white background"});
                format!("{item}{comma}")
            }
        };
        self.done = self.left == 0;
        self.left = self.left.saturating_sub(1);
        self.text = std::io::Cursor::new(text.into_bytes());
        self.text.read(buffer)
    }
}

/// The process of a function that answers every event at once. <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>
fn function(runtime_api: &str) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(runtime_api)?;
    stream.set_nodelay(true)?;
    let mut answers = BufReader::new(stream.try_clone()?);
    let mut event = vec![];
    loop {
        stream.write_all(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: local\r\n\r\n")?;
        let id = read_answer(&mut answers, ID, Some(&mut event))?;
        let length = ANSWER.len();
        let answer = format!(
            "POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nhost: local\r\ncontent-length: {length}\r\n\r\n{ANSWER}"
        );
        stream.write_all(answer.as_bytes())?;
        read_answer(&mut answers, ID, Some(&mut event))?;
    }
}

/// The functions as processes of this very program.
fn processes(folder: &Path) -> std::io::Result<Functions> {
    let generator = Function {
        name: "generator".into(),
        command: (std::env::current_exe()?, vec!["function".into()]),
        environment: vec![],
        timeout: Duration::from_secs(60),
        memory_mib: 128,
        max_environments: AT_ONCE,
        log: folder.join("generator.log"),
    };
    let identity = Identity { region: "us-east-1".into(), account: "000000000000".into() };
    Ok(Functions::new(&identity, vec![generator]))
}

/// Most memory so far, in KiB.
fn peak() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    if let Ok(runtime_api) = std::env::var("AWS_LAMBDA_RUNTIME_API") {
        return Ok(function(&runtime_api)?);
    }
    let mut arguments = std::env::args().skip(1).peekable();
    let with_processes = arguments.next_if_eq("--processes").is_some();
    let counts: Vec<u64> = arguments.map(|count| count.parse()).collect::<Result<_, _>>()?;
    let counts = if counts.is_empty() { vec![1_000, 10_000, 100_000, 1_000_000] } else { counts };
    let values = [
        ("GeneratorFunctionArn", "arn:aws:lambda:us-east-1:000000000000:function:generator"),
        ("ListBucketName", "lists"),
        ("ResultBucketName", "results"),
        ("MaxConcurrency", &AT_ONCE.to_string()),
        ("ToleratedFailurePercentage", "10"),
    ];
    let values: BTreeMap<_, _> = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let definition = substitute(include_str!("../../sam/statemachine.asl.json"), &values)?;
    for count in counts {
        let directory = tempfile::tempdir()?;
        let machine = StateMachine::new("M", "us-east-1", "000000000000", "role", Definition::parse(&definition)?);
        let functions = with_processes.then(|| processes(directory.path())).transpose()?;
        let executions =
            Executions::open(Nothing { items: count, functions }, machine, Settings::new(directory.path()))?;
        let (began, before) = (Instant::now(), processor_seconds());
        let arn = executions.start(None, r#"{"bucketName": "lists", "bucketKey": "list.json"}"#)?;
        let outcome = executions.wait(&arn).await;
        assert!(matches!(outcome, Some(Outcome::Succeeded { .. })), "{outcome:?}");
        let wall = began.elapsed().as_secs_f64();
        let processor: f64 = processor_seconds().iter().sum::<f64>() - before.iter().sum::<f64>();
        let micros = |seconds: f64| seconds * 1e6 / count as f64;
        println!(
            "{count:>9} items: {:>6.1} us of CPU and {:>6.1} us of wall time an item; peak memory {:.1} MiB",
            micros(processor),
            micros(wall),
            peak() as f64 / 1024.0
        );
    }
    Ok(())
}
