//! Services for tests: objects in memory, a function that is a closure.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::engine::executions::Executions;
use crate::engine::services::{Services, TaskError};
use crate::engine::shared::EngineSettings;
use crate::engine::state_machine::StateMachine;
use crate::language::definition::Definition;
use crate::model::execution_outcome::ExecutionOutcome;

pub(crate) const MACHINE_ARN: &str = "arn:aws:states:us-west-2:123456789012:stateMachine:Machine";
pub(crate) const EXECUTION_ARN: &str = "arn:aws:states:us-west-2:123456789012:execution:Machine:run-1";

/// What a function does with a payload.
pub(crate) struct Reply {
    pub(crate) after: Duration,
    pub(crate) result: Result<Value, TaskError>,
}

impl Reply {
    pub(crate) fn ok(result: Value) -> Self {
        Self { after: Duration::ZERO, result: Ok(result) }
    }

    pub(crate) fn error(error: &str) -> Self {
        let cause = json!({"errorType": error, "errorMessage": "as the test wants it"}).to_string();
        Self { after: Duration::ZERO, result: Err(TaskError { error: error.to_owned(), cause }) }
    }

    pub(crate) fn after(self, seconds: u64) -> Self {
        Self { after: Duration::from_secs(seconds), ..self }
    }
}

type Function = dyn Fn(&str, Value) -> Reply + Send + Sync;

pub(crate) struct Fake {
    function: Box<Function>,
    pub(crate) calls: AtomicU64,
    in_flight: AtomicU64,
    pub(crate) most_in_flight: AtomicU64,
    /// By `bucket/key` the current version, by `bucket/key?v1` the first one that was ever stored.
    pub(crate) objects: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl Fake {
    pub(crate) fn new(function: impl Fn(&str, Value) -> Reply + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            function: Box::new(function),
            calls: AtomicU64::new(0),
            in_flight: AtomicU64::new(0),
            most_in_flight: AtomicU64::new(0),
            objects: Mutex::default(),
        })
    }

    /// A function that returns its payload.
    pub(crate) fn echo() -> Arc<Self> {
        Self::new(|_, payload| Reply::ok(payload))
    }

    pub(crate) fn with_object(self: Arc<Self>, name: &str, body: impl Into<Vec<u8>>) -> Arc<Self> {
        self.put(name, body);
        self
    }

    /// Stores an object and returns its version id.
    pub(crate) fn put(&self, name: &str, body: impl Into<Vec<u8>>) -> String {
        let (mut objects, body) = (self.objects.lock().unwrap(), body.into());
        let version_id = format!("v{}", versions(&objects, name) + 1);
        objects.insert(format!("{name}?{version_id}"), body.clone());
        objects.insert(name.to_owned(), body);
        version_id
    }

    fn get(&self, name: &str, version_id: Option<&str>) -> Result<Vec<u8>, TaskError> {
        let name = version_id.map_or(name.to_owned(), |id| format!("{name}?{id}"));
        let missing = || TaskError { error: "S3.NoSuchKeyException".to_owned(), cause: format!("no object {name}") };
        self.objects.lock().unwrap().get(&name).cloned().ok_or_else(missing)
    }

    /// The only object whose name begins and ends like this, as JSON.
    pub(crate) fn json_object(&self, begins: &str, ends: &str) -> Option<Value> {
        let objects = self.objects.lock().unwrap();
        let mut found = objects.iter().filter(|(name, _)| name.starts_with(begins) && name.ends_with(ends));
        let (_, body) = found.next()?;
        assert!(found.next().is_none(), "two objects {begins}…{ends}");
        Some(serde_json::from_slice(body).unwrap())
    }
}

fn versions(objects: &BTreeMap<String, Vec<u8>>, name: &str) -> usize {
    objects.keys().filter(|key| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('?'))).count()
}

fn no_such_bucket(name: &str) -> TaskError {
    TaskError { error: "S3.NoSuchBucketException".to_owned(), cause: format!("no bucket for {name}") }
}

impl Services for Arc<Fake> {
    async fn invoke(&self, function: &str, payload: Vec<u8>) -> Result<Vec<u8>, TaskError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let in_flight = self.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_in_flight.fetch_max(in_flight, Ordering::Relaxed);
        let answer = (self.function)(function, serde_json::from_slice(&payload).unwrap());
        if answer.after > Duration::ZERO {
            tokio::time::sleep(answer.after).await;
        } else {
            tokio::task::yield_now().await;
        }
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        answer.result.map(|value| value.to_string().into_bytes())
    }

    async fn put_object(
        &self,
        bucket: &str,
        key: &str,
        content_type: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Value, TaskError> {
        if bucket == "missing" {
            return Err(no_such_bucket(key));
        }
        let version_id = self.put(&format!("{bucket}/{key}"), body);
        Ok(json!({"ETag": "\"etag\"", "ContentType": content_type, "VersionId": version_id}))
    }

    async fn head_object(&self, bucket: &str, key: &str, version_id: Option<&str>) -> Result<Value, TaskError> {
        let name = format!("{bucket}/{key}");
        let body = self.get(&name, version_id)?;
        let current = || format!("v{}", versions(&self.objects.lock().unwrap(), &name));
        let version_id = version_id.map_or_else(current, str::to_owned);
        Ok(json!({"ContentLength": body.len(), "ETag": "\"etag\"", "VersionId": version_id}))
    }

    async fn open_object(
        &self,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
    ) -> Result<Box<dyn Read + Send>, TaskError> {
        let body = self.get(&format!("{bucket}/{key}"), version_id)?;
        Ok(Box::new(std::io::Cursor::new(body)))
    }

    async fn put_file(&self, bucket: &str, key: &str, path: &Path) -> Result<(), TaskError> {
        if bucket == "missing" {
            return Err(no_such_bucket(key));
        }
        self.objects.lock().unwrap().insert(format!("{bucket}/{key}"), std::fs::read(path).unwrap());
        Ok(())
    }
}

/// Executions of a definition, and the directory that keeps them.
pub(crate) struct Machine {
    pub(crate) executions: Executions<Arc<Fake>>,
    pub(crate) directory: Arc<TempDir>,
}

impl Machine {
    pub(crate) fn new(services: &Arc<Fake>, definition: &Value) -> Self {
        Self::with_settings(services, definition, |_| ())
    }

    pub(crate) fn with_settings(
        services: &Arc<Fake>,
        definition: &Value,
        change: impl FnOnce(&mut EngineSettings),
    ) -> Self {
        Self::over(Arc::new(tempfile::tempdir().unwrap()), services, definition, change)
    }

    /// The machine of the next process, over the same directory.
    pub(crate) fn of_next_process(directory: &Arc<TempDir>, services: &Arc<Fake>, definition: &Value) -> Self {
        Self::over(Arc::clone(directory), services, definition, |_| ())
    }

    fn over(
        directory: Arc<TempDir>,
        services: &Arc<Fake>,
        definition: &Value,
        change: impl FnOnce(&mut EngineSettings),
    ) -> Self {
        let definition = Definition::parse(&definition.to_string()).unwrap();
        let machine =
            StateMachine::new("Machine", "us-west-2", "123456789012", "arn:aws:iam::123456789012:role/r", definition);
        let mut settings = EngineSettings::new(directory.path());
        change(&mut settings);
        Self { executions: Executions::open(Arc::clone(services), machine, settings).unwrap(), directory }
    }

    /// Starts `run-1`.
    pub(crate) fn start(&self, input: &Value) {
        let arn = self.executions.start(Some("run-1"), &input.to_string()).unwrap();
        assert_eq!(arn, EXECUTION_ARN);
    }

    /// Runs `run-1` to its end.
    pub(crate) async fn run(&self, input: &Value) -> ExecutionOutcome {
        self.start(input);
        self.executions.wait(EXECUTION_ARN).await.unwrap()
    }

    /// Runs `run-1` to its end and returns its output.
    pub(crate) async fn output(&self, input: &Value) -> Value {
        let outcome = self.run(input).await;
        serde_json::from_str(outcome.output().unwrap_or_else(|| panic!("{outcome:?}"))).unwrap()
    }

    pub(crate) async fn call(&self, operation: &str, request: &Value) -> (u16, Value) {
        let target = format!("AWSStepFunctions.{operation}");
        let (status, body) = self.executions.handle(&target, request.to_string().as_bytes()).await;
        (status, serde_json::from_slice(&body).unwrap())
    }

    /// The events of `run-1`, without their times.
    pub(crate) async fn events(&self) -> Vec<Value> {
        let (_, mut answer) = self.call("GetExecutionHistory", &json!({"executionArn": EXECUTION_ARN})).await;
        let mut events = answer["events"].take().as_array_mut().map(std::mem::take).unwrap();
        for event in &mut events {
            assert!(event.as_object_mut().unwrap().remove("timestamp").unwrap().is_f64());
        }
        events
    }

    pub(crate) async fn event_types(&self) -> Vec<String> {
        self.events().await.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }
}

/// A process: what still runs in it when `work` is done is killed. Its time is not the machine's.
pub(crate) fn process<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap().block_on(work)
}

/// `Failed` with this error and cause.
pub(crate) fn failed(error: &str, cause: &str) -> ExecutionOutcome {
    ExecutionOutcome::Failed { error: Some(error.to_owned()), cause: Some(cause.to_owned()) }
}

/// The error's name of a failed execution.
pub(crate) fn error_of(outcome: &ExecutionOutcome) -> &str {
    outcome.failure().0.unwrap_or_else(|| panic!("{outcome:?}"))
}
