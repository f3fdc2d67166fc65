//! CPU time and memory of the state machine engine for one item, with everything that it keeps on disk: functions that answer at once.
//! `cargo run --release -p local --example engine_cost -- [ITEMS...]`

use local::states::{Definition, Executions, Outcome, Services, Settings, StateMachine, TaskError, substitute};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

/// A list of so many items; what is stored is thrown away.
struct Nothing(u64);

impl Services for Nothing {
    async fn invoke(&self, _: &str, _: Vec<u8>) -> Result<Vec<u8>, TaskError> {
        tokio::task::yield_now().await;
        let output = json!({"id": "A1", "rank": "nomal", "bucketName": "000000000000-us-east-1-input-image-bucket",
            "keyName": "nomal/A1/image.jpeg", "model": "stability.stable-image-core-v1:1", "seed": 1, "bytes": 50_000,
            "contentType": "image/jpeg", "outcome": "generated"});
        Ok(output.to_string().into_bytes())
    }

    async fn put_object(&self, _: &str, _: &str, _: Option<&str>, _: Vec<u8>) -> Result<Value, TaskError> {
        Ok(json!({"ETag": "\"\""}))
    }

    async fn open_object(&self, _: &str, _: &str, _: Option<&str>) -> Result<Box<dyn Read + Send>, TaskError> {
        Ok(Box::new(List { left: self.0, text: std::io::Cursor::new(b"[".to_vec()), done: false }))
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

/// CPU time of this process so far. <https://docs.kernel.org/filesystems/proc.html>: in hundredths of a second.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Most memory so far, in KiB.
fn peak() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let counts: Vec<u64> = std::env::args().skip(1).map(|count| count.parse()).collect::<Result<_, _>>()?;
    let counts = if counts.is_empty() { vec![1_000, 10_000, 100_000, 1_000_000] } else { counts };
    let values = [
        ("GeneratorFunctionArn", "arn:aws:lambda:us-east-1:000000000000:function:generator"),
        ("ResultBucketName", "results"),
        ("MaxConcurrency", "10"),
        ("ToleratedFailurePercentage", "10"),
    ];
    let values: BTreeMap<_, _> = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let definition = substitute(include_str!("../../sam/statemachine.asl.json"), &values)?;
    for count in counts {
        let directory = tempfile::tempdir()?;
        let machine = StateMachine::new("M", "us-east-1", "000000000000", "role", Definition::parse(&definition)?);
        let executions = Executions::open(Nothing(count), machine, Settings::new(directory.path()))?;
        let (began, before) = (Instant::now(), cpu());
        let arn = executions.start(None, r#"{"bucketName": "lists", "bucketKey": "list.json"}"#)?;
        let outcome = executions.wait(&arn).await;
        assert!(matches!(outcome, Some(Outcome::Succeeded { .. })), "{outcome:?}");
        let micros = |time: Duration| time.as_secs_f64() * 1e6 / count as f64;
        println!(
            "{count:>9} items: {:>6.1} us of CPU and {:>6.1} us of wall time an item; peak memory {:.1} MiB",
            micros(cpu() - before),
            micros(began.elapsed()),
            peak() as f64 / 1024.0
        );
    }
    Ok(())
}
