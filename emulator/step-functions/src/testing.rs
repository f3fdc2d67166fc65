//! What tests share: services with objects in memory and a function that is a closure, and state machines over them.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::StepFunctionsEndpoint;
use crate::engine::executions::Executions;
use crate::engine::services::{Services, TaskError};
use crate::engine::shared::EngineSettings;
use crate::engine::state_machine::StateMachine;
use crate::language::definition::Definition;
use crate::model::counts::Counts;
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
    /// By `bucket/key` the current version, by `bucket/key?v1` the first one that was ever stored.
    pub(crate) objects: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl Fake {
    pub(crate) fn new(function: impl Fn(&str, Value) -> Reply + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { function: Box::new(function), calls: AtomicU64::new(0), objects: Mutex::default() })
    }

    /// A function that returns its payload.
    pub(crate) fn echo() -> Arc<Self> {
        Self::new(|_, payload| Reply::ok(payload))
    }

    /// A list of so many numbers, each of which takes 100 seconds and fails with `E` if `fails` says so.
    pub(crate) fn numbers(count: u64, fails: impl Fn(u64) -> bool + Send + Sync + 'static) -> Arc<Self> {
        let function = move |_: &str, item: Value| match item.as_u64().is_some_and(&fails) {
            true => Reply::error("E").after(100),
            false => Reply::ok(item).after(100),
        };
        Self::new(function).with_object("lists/list.json", json!((0..count).collect::<Vec<_>>()).to_string())
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

impl Fake {
    /// The entries of the only file of results of this name; none if there is no file.
    pub(crate) fn results(&self, file: &str) -> Vec<Value> {
        let entries = self.json_object("out/results/run-1/", &format!("/{file}_0.json"));
        entries.map(|entries| entries.as_array().unwrap().clone()).unwrap_or_default()
    }

    /// The inputs in that file, sorted.
    pub(crate) fn inputs(&self, file: &str) -> Vec<String> {
        let entries = self.results(file).into_iter();
        let mut inputs: Vec<_> = entries.map(|entry| entry["Input"].as_str().unwrap().to_owned()).collect();
        inputs.sort();
        inputs
    }
}

fn versions(objects: &BTreeMap<String, Vec<u8>>, name: &str) -> usize {
    objects.keys().filter(|key| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('?'))).count()
}

impl Services for Arc<Fake> {
    async fn invoke(&self, function: &str, payload: Vec<u8>) -> Result<Vec<u8>, TaskError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let answer = (self.function)(function, serde_json::from_slice(&payload).unwrap());
        if answer.after > Duration::ZERO {
            tokio::time::sleep(answer.after).await;
        } else {
            tokio::task::yield_now().await;
        }
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
            let cause = format!("no bucket for {key}");
            return Err(TaskError { error: "S3.NoSuchBucketException".to_owned(), cause });
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
        self.put_object(bucket, key, None, std::fs::read(path).unwrap()).await.map(drop)
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

    /// How `run-1` ends.
    pub(crate) async fn ended(&self) -> ExecutionOutcome {
        self.executions.wait(EXECUTION_ARN).await.unwrap()
    }

    /// The output of `run-1`, which must succeed.
    pub(crate) async fn succeeded(&self) -> Value {
        let outcome = self.ended().await;
        serde_json::from_str(outcome.output().unwrap_or_else(|| panic!("{outcome:?}"))).unwrap()
    }

    /// Runs `run-1` to its end.
    pub(crate) async fn run(&self, input: &Value) -> ExecutionOutcome {
        self.start(input);
        self.ended().await
    }

    /// Runs `run-1` to its end and returns its output.
    pub(crate) async fn output(&self, input: &Value) -> Value {
        self.start(input);
        self.succeeded().await
    }

    /// The counts of its latest Map Run.
    pub(crate) fn counts(&self) -> Counts {
        self.executions.subscribe(EXECUTION_ARN).unwrap().borrow().counts
    }

    /// Calls the API over HTTP.
    pub(crate) async fn call(&self, action: &str, request: &Value) -> (u16, Value) {
        self.send(&format!("AWSStepFunctions.{action}"), request.to_string().into_bytes()).await
    }

    pub(crate) async fn send(&self, target: &str, body: Vec<u8>) -> (u16, Value) {
        let request = hyper::Request::post("/").header("x-amz-target", target);
        let request = request.body(Full::<bytes::Bytes>::from(body)).unwrap();
        let response = StepFunctionsEndpoint::new(self.executions.clone()).call(request).await;
        assert_eq!(response.headers()["content-type"], "application/x-amz-json-1.0");
        let (status, error_type) = (response.status().as_u16(), response.headers().get("x-amzn-errortype").cloned());
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let answer: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(error_type.as_ref().map(|name| name.to_str().unwrap()), answer["__type"].as_str());
        (status, answer)
    }

    /// The description of `run-1`.
    pub(crate) async fn described(&self) -> Value {
        self.call("DescribeExecution", &json!({"executionArn": EXECUTION_ARN})).await.1
    }

    /// The description of the only Map Run of `run-1`.
    pub(crate) async fn map_run(&self) -> Value {
        let (_, list) = self.call("ListMapRuns", &json!({"executionArn": EXECUTION_ARN})).await;
        let [map_run] = list["mapRuns"].as_array().unwrap().as_slice() else { panic!("{list}") };
        self.call("DescribeMapRun", &json!({"mapRunArn": map_run["mapRunArn"]})).await.1
    }

    /// The children of the only Map Run of `run-1`, as they are listed.
    pub(crate) async fn children(&self) -> Vec<Value> {
        let request = json!({"mapRunArn": self.map_run().await["mapRunArn"]});
        self.call("ListExecutions", &request).await.1["executions"].as_array().unwrap().clone()
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

/// A machine of these states, beginning with `A`.
pub(crate) fn machine(states: &Value) -> Value {
    json!({"StartAt": "A", "States": states})
}

/// A call of the function `f` with the whole input.
pub(crate) fn invoke() -> Value {
    json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "f", "Payload.$": "$"},
        "OutputPath": "$.Payload",
        "End": true
    })
}

/// A Map state `Items` over the list at `$.bucket` and `$.key`, which calls the function `f` for every item and writes
/// its results to `s3://out/results/<execution name>/`. Changed by `fields`.
pub(crate) fn map(fields: &Value) -> Value {
    let mut map = json!({
        "Type": "Map",
        "Label": "Items",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON"},
            "Parameters": {"Bucket.$": "$.bucket", "Key": "list.json"}
        },
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "B",
            "States": {"B": invoke()}
        },
        "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject",
            "Parameters": {"Bucket": "out", "Prefix.$": "States.Format('results/{}', $$.Execution.Name)"}
        },
        "End": true
    });
    merge(&mut map, fields);
    map
}

/// A machine with that Map state alone.
pub(crate) fn map_machine(fields: &Value) -> Value {
    machine(&json!({"A": map(fields)}))
}

/// Its input.
pub(crate) fn input() -> Value {
    json!({"bucket": "lists"})
}

/// Changes a value as a JSON merge patch says: <https://www.rfc-editor.org/rfc/rfc7396>.
pub(crate) fn merge(value: &mut Value, patch: &Value) {
    match (value, patch) {
        (Value::Object(object), Value::Object(patch)) => {
            for (name, patch) in patch {
                match patch {
                    Value::Null => drop(object.shift_remove(name)),
                    patch => merge(object.entry(name).or_insert(json!({})), patch),
                }
            }
        }
        (value, patch) => *value = patch.clone(),
    }
}

/// Processes that run the same definition, one after the other, over the same directory.
pub(crate) struct Processes {
    pub(crate) directory: Arc<TempDir>,
    fake: Arc<Fake>,
    definition: Value,
}

impl Processes {
    pub(crate) fn new(fake: &Arc<Fake>, definition: Value) -> Self {
        Self { directory: Arc::new(tempfile::tempdir().unwrap()), fake: Arc::clone(fake), definition }
    }

    /// The next process: what still runs in it when `work` is done is killed. Its time is not the machine's.
    pub(crate) fn next<T>(&self, work: impl AsyncFnOnce(Machine) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let machine = Machine::over(Arc::clone(&self.directory), &self.fake, &self.definition, |_| ());
        runtime.block_on(work(machine))
    }
}

/// The error's name of a failed execution.
pub(crate) fn error_of(outcome: &ExecutionOutcome) -> &str {
    outcome.failure().0.unwrap_or_else(|| panic!("{outcome:?}"))
}
