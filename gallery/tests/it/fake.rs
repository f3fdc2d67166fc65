//! A stand-in for S3, Step Functions and STS with the few operations that gallery uses, and with faults.

use crate::account::{self, Account};
use crate::client::Page;
use crate::policy;
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use gallery::{Aws, Gallery, Names};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const VERSION: &str = "v1";

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mood {
    #[default]
    Well,
    Throttling,
    Denying,
    Expired,
    Hanging,
}

/// An execution.
#[derive(Debug, Clone)]
pub(crate) struct Execution {
    pub(crate) name: String,
    pub(crate) status: &'static str,
    pub(crate) input: Value,
    pub(crate) output: Option<Value>,
    pub(crate) counts: Option<[u64; 4]>,
    pub(crate) failed: Vec<Value>,
}

/// What it knows.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) objects: BTreeMap<String, Vec<u8>>,
    pub(crate) executions: Vec<Execution>,
    pub(crate) mood: Mood,
    pub(crate) requests: Vec<String>,
    /// The trigger rejects lists.
    pub(crate) rejects: bool,
    /// What `doctor` asks about.
    pub(crate) account: Account,
}

#[derive(Clone)]
pub(crate) struct Fake {
    pub(crate) world: Arc<Mutex<World>>,
    pub(crate) url: String,
    pub(crate) names: Names,
}

impl Fake {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let names = Names::new(ACCOUNT.into(), "us-east-1".into(), "id-list-images-GenerateImages".into());
        let fake = Self { world: Arc::default(), url, names };
        let router = Router::new().fallback(answer).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        fake
    }

    pub(crate) fn world(&self) -> std::sync::MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    pub(crate) fn put(&self, bucket: &str, key: &str, bytes: &[u8]) {
        self.world().objects.insert(format!("{bucket}/{key}"), bytes.to_vec());
    }

    /// An execution of a list that is in the list bucket.
    pub(crate) fn add_run(&self, key: &str, list: &Value, status: &'static str, counts: [u64; 4]) -> String {
        let bucket = self.names.list_bucket();
        self.put(&bucket, key, list.to_string().as_bytes());
        let name = self.names.execution_name(key, VERSION);
        let input = json!({"bucketName": bucket, "bucketKey": key, "versionId": VERSION});
        let execution =
            Execution { name: name.clone(), status, input, output: None, counts: Some(counts), failed: Vec::new() };
        self.world().executions.push(execution);
        name
    }

    /// The files that tell what came of a run.
    pub(crate) fn add_results(&self, name: &str, succeeded: &Value, failed: &Value) {
        let bucket = self.names.result_bucket();
        let key = |file: &str| format!("results/{name}/map-of-{name}/{file}");
        let manifest = json!({"ResultFiles": {
            "SUCCEEDED": [{"Key": key("SUCCEEDED_0.json"), "Size": 1}], "FAILED": [{"Key": key("FAILED_0.json"), "Size": 1}],
            "PENDING": [],
        }});
        self.put(&bucket, &key("manifest.json"), manifest.to_string().as_bytes());
        self.put(&bucket, &key("SUCCEEDED_0.json"), succeeded.to_string().as_bytes());
        self.put(&bucket, &key("FAILED_0.json"), failed.to_string().as_bytes());
    }

    pub(crate) fn gallery(&self) -> Gallery {
        let credentials = SharedCredentialsProvider::new(Credentials::new("id", "secret", None, None, "test"));
        Gallery::new(Aws::at_endpoint(&self.url, credentials, self.names.clone()))
    }

    pub(crate) async fn page(&self) -> Page {
        let folder = tempfile::tempdir().unwrap();
        let config = gallery::Config::new(self.gallery()).with_thumbnails(folder.path().to_owned());
        let config = config.with_patience(std::time::Duration::from_secs(8));
        Page(gallery::router(config).unwrap(), folder)
    }

    /// The program, connected to this.
    pub(crate) fn command(&self) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_gallery"));
        command
            .env_clear()
            .env("AWS_ENDPOINT_URL", &self.url)
            .env("AWS_REGION", "us-east-1")
            .env("HOME", "/nonexistent");
        command.env("AWS_ACCESS_KEY_ID", "AKIDSECRET").env("AWS_SECRET_ACCESS_KEY", "verysecret").kill_on_drop(true);
        command
    }
}

/// An item of a list.
pub(crate) fn item(names: &Names, id: &str, prompt: &str) -> Value {
    json!({"id": id, "rank": "vip", "inputBucketName": names.image_bucket(), "inputKeyName": "a.png",
        "model": "stability.stable-image-core-v1:1", "prompt": prompt})
}

/// A small PNG.
pub(crate) fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(8, 4).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A child execution in a result file.
pub(crate) fn child(item: &Value, outcome: Result<&str, (&str, &str)>) -> Value {
    let input = json!({"item": item}).to_string();
    match outcome {
        Ok(outcome) => {
            let key = format!("{}/{}/a.png", item["rank"].as_str().unwrap(), item["id"].as_str().unwrap());
            let output = json!({"bucketName": item["inputBucketName"], "keyName": key, "outcome": outcome});
            json!({"Status": "SUCCEEDED", "Input": input, "Output": output.to_string()})
        }
        Err((error, message)) => {
            let cause = json!({"errorType": error, "errorMessage": message}).to_string();
            json!({"Status": "FAILED", "Input": input, "Error": error, "Cause": cause})
        }
    }
}

async fn answer(State(fake): State<Fake>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let target = parts.headers.get("x-amz-target").map(|target| target.to_str().unwrap().to_owned());
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let path = percent_encoding::percent_decode_str(parts.uri.path()).decode_utf8().unwrap().into_owned();
    fake.world().requests.push(target.clone().unwrap_or_else(|| format!("{} {path}?{query}", parts.method)));
    let text = String::from_utf8_lossy(&body).into_owned();
    let allowed = match &target {
        Some(target) => {
            let request = serde_json::from_slice(&body).unwrap();
            Some(policy::of_states(target.rsplit('.').next().unwrap(), &request))
        }
        None => account::permission(&path, &text)
            // STS asks for no permission.
            .or_else(|| (path != "/").then(|| policy::of_objects(&parts.method, &path, &query))),
    };
    if let Some((action, resource)) = allowed.filter(|(action, resource)| !policy::allows(action, resource)) {
        panic!("docs/gallery-policy.json does not allow {action} on {resource}");
    }
    let mood = fake.world().mood;
    let (status, code) = match mood {
        Mood::Well => match target {
            Some(target) => return states(&fake, &target, &body),
            None => {
                let answer = account::answer(&fake, &path, &text);
                return answer.unwrap_or_else(|| objects(&fake, &parts.method, &path, &query, &body));
            }
        },
        Mood::Hanging => std::future::pending().await,
        Mood::Throttling => (StatusCode::BAD_REQUEST, "ThrottlingException"),
        Mood::Denying => (StatusCode::BAD_REQUEST, "AccessDeniedException"),
        Mood::Expired => (StatusCode::BAD_REQUEST, "ExpiredTokenException"),
    };
    if target.is_some() {
        return (status, json!({"__type": code, "message": "<b>as told</b>"}).to_string()).into_response();
    }
    xml(status, &format!("<Error><Code>{code}</Code><Message>as told</Message></Error>"))
}

fn states(fake: &Fake, target: &str, body: &[u8]) -> Response {
    let request: Value = serde_json::from_slice(body).unwrap();
    let arn = ["executionArn", "mapRunArn"].iter().find_map(|name| request[*name].as_str()).unwrap_or_default();
    let name = arn.rsplit(':').next().unwrap().to_owned();
    let mut world = fake.world();
    let full = |execution: &Execution| fake.names.execution_arn(&execution.name);
    let operation = target.rsplit('.').next().unwrap();
    if operation == "ListExecutions" && request["mapRunArn"].is_null() {
        let brief = world.executions.iter().rev().map(|execution| {
            json!({"executionArn": full(execution), "stateMachineArn": "m", "name": execution.name,
                "status": execution.status, "startDate": 1_790_000_000.0, "stopDate": stopped(execution)})
        });
        return Json(json!({"executions": brief.collect::<Vec<_>>()})).into_response();
    }
    if operation == "DescribeStateMachine" {
        return Json(json!({"stateMachineArn": "m", "name": "m", "definition": "{}", "roleArn": "r",
            "type": "STANDARD", "creationDate": 1.0, "status": "ACTIVE"}))
        .into_response();
    }
    if let Some((run, number)) = name.split_once('#') {
        let execution = world.executions.iter().find(|execution| execution.name == run).unwrap();
        let failed = &execution.failed[number.parse::<usize>().unwrap()];
        return Json(json!({"executionArn": arn, "stateMachineArn": "m", "status": "FAILED", "startDate": 1.0,
            "input": failed["Input"], "error": failed["Error"], "cause": failed["Cause"]}))
        .into_response();
    }
    let name = name.strip_prefix("map-of-").unwrap_or(&name).to_owned();
    let Some(execution) = world.executions.iter_mut().find(|execution| execution.name == name) else {
        return (StatusCode::BAD_REQUEST, json!({"__type": "ExecutionDoesNotExist"}).to_string()).into_response();
    };
    let map_run = format!(
        "{}/GenerateImages:map-of-{name}",
        fake.names.state_machine_arn().replace(":stateMachine:", ":mapRun:")
    );
    Json(match operation {
        "DescribeExecution" => json!({"executionArn": arn, "stateMachineArn": "m", "name": name, "status": execution.status,
            "startDate": 1_790_000_000.0, "stopDate": stopped(execution), "input": execution.input.to_string(),
            "output": execution.output.as_ref().map(ToString::to_string),
            "error": (execution.status == "FAILED").then_some("NothingMade"),
            "cause": (execution.status == "FAILED").then_some("no image"),
            "redriveStatus": if execution.status == "ABORTED" { "REDRIVABLE" } else { "NOT_REDRIVABLE" }}),
        "ListMapRuns" => {
            let run = json!({"executionArn": arn, "mapRunArn": map_run, "stateMachineArn": "m", "startDate": 1.0});
            json!({"mapRuns": if execution.counts.is_some() { vec![run] } else { Vec::new() }})
        }
        "DescribeMapRun" => {
            let [total, pending, succeeded, failed] = execution.counts.unwrap();
            let counts = json!({"total": total, "pending": pending, "running": total - pending - succeeded - failed,
                "succeeded": succeeded, "failed": failed, "timedOut": 0, "aborted": 0, "resultsWritten": 0});
            json!({"mapRunArn": map_run, "executionArn": arn, "status": "RUNNING", "startDate": 1.0, "maxConcurrency": 10,
                "toleratedFailurePercentage": 100.0, "toleratedFailureCount": 0, "itemCounts": counts, "executionCounts": counts})
        }
        "ListExecutions" => {
            let children = (0..execution.failed.len()).map(|number| {
                let arn = fake.names.execution_arn(&format!("{name}#{number}")).replace("-GenerateImages:", "-GenerateImages/GenerateImages:");
                json!({"executionArn": arn, "stateMachineArn": "m", "name": "c",
                    "status": "FAILED", "startDate": 1.0})
            });
            json!({"executions": children.collect::<Vec<_>>()})
        }
        "StopExecution" => {
            execution.status = "ABORTED";
            json!({"stopDate": 1.0})
        }
        "RedriveExecution" => {
            execution.status = "RUNNING";
            json!({"redriveDate": 1.0})
        }
        other => panic!("{other}"),
    })
    .into_response()
}

struct Json(Value);

impl IntoResponse for Json {
    fn into_response(self) -> Response {
        ([("content-type", "application/x-amz-json-1.0")], self.0.to_string()).into_response()
    }
}

fn stopped(execution: &Execution) -> Option<f64> {
    (execution.status != "RUNNING").then_some(1_790_000_100.0)
}

fn objects(fake: &Fake, method: &Method, path: &str, query: &str, body: &[u8]) -> Response {
    let path = path.trim_start_matches('/');
    if query.contains("list-type=2") {
        let prefix = query.split('&').find_map(|pair| pair.strip_prefix("prefix=")).unwrap_or_default();
        let prefix = percent_encoding::percent_decode_str(prefix).decode_utf8().unwrap();
        let bucket = path.trim_end_matches('/');
        let world = fake.world();
        let keys = world.objects.iter().filter_map(|(place, bytes)| {
            let key = place.strip_prefix(bucket)?.strip_prefix('/').filter(|key| key.starts_with(&*prefix))?;
            let key = key.replace('&', "&amp;").replace('<', "&lt;");
            let tag = bytes.len();
            Some(format!("<Contents><Key>{key}</Key><ETag>&quot;{tag}&quot;</ETag><Size>{tag}</Size><LastModified>2026-11-28T00:00:00Z</LastModified></Contents>"))
        });
        return xml(StatusCode::OK, &format!("<ListBucketResult>{}</ListBucketResult>", keys.collect::<String>()));
    }
    match *method {
        Method::HEAD => StatusCode::OK.into_response(),
        Method::PUT => {
            fake.put(path.split_once('/').unwrap().0, path.split_once('/').unwrap().1, body);
            trigger(fake, path.split_once('/').unwrap().1);
            [("x-amz-version-id", VERSION)].into_response()
        }
        _ => match fake.world().objects.get(path) {
            Some(bytes) => bytes.clone().into_response(),
            None => xml(StatusCode::NOT_FOUND, "<Error><Code>NoSuchKey</Code><Message>no</Message></Error>"),
        },
    }
}

/// Starts an execution of a list, or rejects it.
fn trigger(fake: &Fake, key: &str) {
    if fake.world().rejects {
        let report =
            json!({"problemCount": 1, "problems": [{"index": 0, "field": "prompt", "message": "is <i>bad</i>"}]});
        fake.put(&fake.names.result_bucket(), &fake.names.rejection_key(key, VERSION), report.to_string().as_bytes());
        return;
    }
    let input = json!({"bucketName": fake.names.list_bucket(), "bucketKey": key, "versionId": VERSION});
    let name = fake.names.execution_name(key, VERSION);
    let mut world = fake.world();
    world.executions.retain(|execution| execution.name != name);
    world.executions.push(Execution { name, status: "RUNNING", input, output: None, counts: None, failed: Vec::new() });
}

pub(crate) fn xml(status: StatusCode, body: &str) -> Response {
    (status, [("content-type", "application/xml")], format!("<?xml version=\"1.0\"?>{body}")).into_response()
}
