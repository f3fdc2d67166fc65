//! S3 and Step Functions at the wire: answers HTTP requests of the real SDK from memory, and keeps what was asked.

use aws_config::SdkConfig;
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_sfn::config::{BehaviorVersion, Region};
use aws_smithy_http_client::test_util::infallible_client_fn;
use aws_smithy_types::body::SdkBody;
use http::{Request, Response};
use idlist::RetiredModels;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use trigger::{App, Config, Error, Output};

/// The bucket of the sample events.
pub const LIST_BUCKET: &str = "000000000000-us-east-1-unprocessed-id-list-bucket";

/// The version that S3 reads when none is named.
pub const CURRENT_VERSION: &str = "current";

/// The state behind the wire.
#[derive(Default)]
pub struct Aws {
    /// Objects by `/bucket/key`.
    pub objects: Mutex<HashMap<String, Vec<u8>>>,
    /// Executions that were asked for: name and input.
    pub executions: Mutex<Vec<(String, String)>>,
    /// Answers for the next requests of a path that holds this text.
    pub faults: Mutex<Vec<(&'static str, u16, String)>>,
    /// Query strings of the S3 requests.
    pub queries: Mutex<Vec<String>>,
}

impl Aws {
    /// With these lists in the list bucket.
    pub fn with_lists(lists: &[(&str, &str)]) -> Arc<Self> {
        let aws = Self::default();
        for (key, text) in lists {
            aws.objects.lock().unwrap().insert(format!("/{LIST_BUCKET}/{key}"), text.as_bytes().to_vec());
        }
        Arc::new(aws)
    }

    /// Whatever has `of` in its path or operation fails so, every time.
    pub fn fails(&self, of: &'static str, status: u16, body: &str) {
        self.faults.lock().unwrap().push((of, status, body.to_owned()));
    }

    pub fn config() -> Config {
        Config {
            state_machine_arn: "arn:aws:states:us-east-1:000000000000:stateMachine:GenerateImages".into(),
            result_bucket_name: "results".into(),
            max_items_per_list: 100,
            max_usd_per_list: None,
            max_list_bytes: 48_000_000,
            retired_models: RetiredModels::Redirect,
        }
    }

    pub async fn handle(self: &Arc<Self>, event: &Value) -> Result<Output, Error> {
        self.handle_with(Self::config(), event).await
    }

    pub async fn handle_with(self: &Arc<Self>, config: Config, event: &Value) -> Result<Output, Error> {
        let aws = Arc::clone(self);
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("us-east-1"))
            .endpoint_url("http://127.0.0.1:1")
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new("test", "test", None, None, "test")))
            .http_client(infallible_client_fn(move |request| aws.respond(&request)));
        trigger::handle(&App::new(&sdk.build(), config), event.clone()).await
    }

    /// The reports of rejected lists, by key.
    pub fn reports(&self) -> Vec<(String, Value)> {
        let objects = self.objects.lock().unwrap();
        let reports = objects.iter().filter(|(path, _)| path.starts_with("/results/"));
        reports
            .map(|(path, body)| (path["/results/".len()..].to_owned(), serde_json::from_slice(body).unwrap()))
            .collect()
    }

    fn respond(&self, request: &Request<SdkBody>) -> Response<Vec<u8>> {
        let operation = request.headers().get("x-amz-target").map(|target| target.to_str().unwrap().to_owned());
        let path = percent_encoding::percent_decode_str(request.uri().path()).decode_utf8().unwrap().into_owned();
        let what = operation.clone().unwrap_or_else(|| path.clone());
        let body = request.body().bytes().unwrap_or_default();
        if let Some((_, status, body)) = self.faults.lock().unwrap().iter().find(|(of, ..)| what.contains(of)) {
            return answer(*status, body);
        }
        if operation.is_some() {
            return self.start_execution(&serde_json::from_slice(body).unwrap());
        }
        self.queries.lock().unwrap().push(request.uri().query().unwrap_or_default().to_owned());
        let mut objects = self.objects.lock().unwrap();
        if request.method() == "PUT" {
            objects.insert(path, body.to_vec());
            return answer(200, "");
        }
        match objects.get(&path) {
            Some(bytes) => Response::builder()
                .header("x-amz-version-id", CURRENT_VERSION)
                .header("content-length", bytes.len())
                .body(bytes.clone())
                .unwrap(),
            None => answer(404, "<Error><Code>NoSuchKey</Code></Error>"),
        }
    }

    fn start_execution(&self, request: &Value) -> Response<Vec<u8>> {
        let text = |field: &str| request[field].as_str().unwrap().to_owned();
        let (name, input) = (text("name"), text("input"));
        let mut executions = self.executions.lock().unwrap();
        if executions.iter().any(|(known, _)| *known == name) {
            return answer(400, &json!({"__type": "ExecutionAlreadyExists", "message": "it does"}).to_string());
        }
        executions.push((name.clone(), input));
        let arn = format!("{}:{name}", text("stateMachineArn").replace(":stateMachine:", ":execution:"));
        answer(200, &json!({"executionArn": arn, "startDate": 1.0}).to_string())
    }
}

fn answer(status: u16, body: &str) -> Response<Vec<u8>> {
    Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap()
}

/// The sample event with another key, encoded as it stands.
pub fn event_of(encoded_key: &str) -> Value {
    let mut event: Value = serde_json::from_str(include_str!("../../../events/s3-object-created.json")).unwrap();
    event["Records"][0]["s3"]["object"]["key"] = json!(encoded_key);
    event
}
