//! A `local up` and its endpoints.

use serde_json::{Value, json};
use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub const LIST_BUCKET: &str = "000000000000-us-east-1-unprocessed-id-list-bucket";
pub const IMAGE_BUCKET: &str = "000000000000-us-east-1-input-image-bucket";
pub const RESULT_BUCKET: &str = "000000000000-us-east-1-sfn-distributed-map-result-bucket";
const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:GenerateImages";

/// A running `local up`, killed when dropped.
pub struct Local {
    process: Child,
    address: String,
}

impl Local {
    pub fn up(program: &Path, data: &Path, arguments: &[String]) -> Result<Self, Box<dyn Error>> {
        let mut process = Command::new(program)
            .args(["up", "--port", "0", "--data"])
            .arg(data)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut stdout = BufReader::new(process.stdout.take().ok_or("no standard output")?);
        let mut greeting = String::new();
        stdout.read_line(&mut greeting)?;
        let address = greeting.split_whitespace().find_map(|word| word.strip_prefix("http://"));
        let address = address.ok_or_else(|| format!("no address in {greeting:?}"))?.to_owned();
        // Read on, so that the program never waits for a reader.
        std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
        Ok(Self { process, address })
    }

    /// SIGKILL.
    pub fn kill(mut self) -> Result<(), Box<dyn Error>> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    pub fn put(&self, bucket: &str, key: &str, body: &str) -> Result<(), Box<dyn Error>> {
        self.ask("PUT", &format!("/{bucket}/{key}"), "", body).map(drop)
    }

    /// ARN and status of every execution.
    pub fn executions(&self) -> Result<Vec<(String, String)>, Box<dyn Error>> {
        let listed = self.states("ListExecutions", &json!({"stateMachineArn": MACHINE}))?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let executions = listed["executions"].as_array().ok_or("no executions are listed")?.iter();
        Ok(executions.map(|execution| (text(&execution["executionArn"]), text(&execution["status"]))).collect())
    }

    /// The output of an execution.
    pub fn output(&self, arn: &str) -> Result<Value, Box<dyn Error>> {
        let described = self.states("DescribeExecution", &json!({"executionArn": arn}))?;
        let output = described["output"].as_str().ok_or_else(|| format!("no output: {described}"))?;
        Ok(serde_json::from_str(output)?)
    }

    fn states(&self, operation: &str, input: &Value) -> Result<Value, Box<dyn Error>> {
        let header = format!("X-Amz-Target: AWSStepFunctions.{operation}\r\n");
        Ok(serde_json::from_str(&self.ask("POST", "/", &header, &input.to_string())?)?)
    }

    fn ask(&self, method: &str, path: &str, header: &str, body: &str) -> Result<String, Box<dyn Error>> {
        let mut stream = TcpStream::connect(&self.address)?;
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{header}Content-Length: {length}\r\n\r\n{body}",
            self.address
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
        if head.split(' ').nth(1) == Some("200") { Ok(body.to_owned()) } else { Err(answer.into()) }
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
