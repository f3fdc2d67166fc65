//! A function as it is configured, and how it can fail.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// A function's configuration.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The region that it pretends to be in, such as `us-east-1`.
    pub region: String,
    /// The account that it pretends to be in: twelve digits.
    pub account: String,
    /// The program of its processes, and the program's arguments.
    pub command: (PathBuf, Vec<OsString>),
    /// Its environment variables, beside those that Lambda itself sets.
    pub environment: Vec<(String, OsString)>,
    /// A process that works longer on one event is killed.
    pub timeout: Duration,
    /// Memory in MiB; told to the function, not enforced.
    pub memory_mib: u32,
    /// Most processes at once; further events wait.
    pub max_environments: usize,
    /// File to which the processes' standard output and error are appended.
    pub log: PathBuf,
}

impl Function {
    /// The function's ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        format!("arn:aws:lambda:{}:{}:function:{}", self.region, self.account, self.name)
    }
}

/// An error of the function itself, as Lambda's Invoke reports it with `X-Amz-Function-Error`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionError {
    /// `errorType` of the answer.
    pub error_type: String,
    /// The whole answer: a JSON object with `errorType` and `errorMessage`.
    pub payload: Vec<u8>,
}

impl FunctionError {
    /// An error that Lambda itself reports for the function.
    #[must_use]
    pub fn new(error_type: &str, message: &str) -> Self {
        let payload = serde_json::json!({ "errorType": error_type, "errorMessage": message }).to_string().into_bytes();
        Self { error_type: error_type.to_owned(), payload }
    }

    /// An error that the function reported.
    pub(crate) fn reported(payload: Vec<u8>) -> Self {
        let error: serde_json::Value = serde_json::from_slice(&payload).unwrap_or_default();
        Self { error_type: error["errorType"].as_str().unwrap_or("Unhandled").to_owned(), payload }
    }
}
