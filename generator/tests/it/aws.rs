//! S3 and Bedrock behind the HTTP client of the real SDK: requests are answered from memory, and recorded.

use crate::cut_off::{Then, begun};
use aws_config::SdkConfig;
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_s3::config::{BehaviorVersion, Region};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use generator::{Answer, App, Config, Error, Output};
use http::{Request, Response};
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::Cursor;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// A stored object: its headers and its bytes.
#[derive(Clone, Default)]
pub struct Object {
    pub headers: HashMap<String, String>,
    pub bytes: Vec<u8>,
}

/// A request that was made: method, path, headers and body.
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

type Fault = Box<dyn Fn(&Asked) -> Option<Response<Vec<u8>>> + Send + Sync>;

/// The state behind the wire.
pub struct Aws {
    pub buckets: Mutex<Vec<String>>,
    pub objects: Mutex<HashMap<String, Object>>,
    pub asked: Mutex<Vec<Asked>>,
    pub answer: Mutex<Response<Vec<u8>>>,
    pub fault: Mutex<Option<Fault>>,
    /// Half of the model's answer comes, and then this.
    pub then: Mutex<Option<Then>>,
    /// Milliseconds that a request to S3, and a call of the model, take.
    pub latency: Mutex<(u64, u64)>,
    versions: AtomicU64,
}

impl Aws {
    /// One bucket, `images`, and a model that answers with a PNG.
    pub fn new() -> Arc<Self> {
        let aws = Self {
            buckets: Mutex::new(vec!["images".into()]),
            objects: Mutex::default(),
            asked: Mutex::default(),
            answer: Mutex::default(),
            fault: Mutex::default(),
            then: Mutex::default(),
            latency: Mutex::default(),
            versions: AtomicU64::new(1),
        };
        aws.model_answers(&sample(image::ImageFormat::Png));
        Arc::new(aws)
    }

    pub fn model_answers(&self, image: &[u8]) {
        let image = base64_simd::STANDARD.encode_to_string(image);
        self.model_says(200, &[], &json!({"seeds": [7], "finish_reasons": [null], "images": [image]}).to_string());
    }

    pub fn model_says(&self, status: u16, headers: &[(&'static str, &str)], body: &str) {
        let response =
            headers.iter().fold(Response::builder().status(status), |r, (name, value)| r.header(*name, *value));
        *self.answer.lock().unwrap() = response.body(body.as_bytes().to_vec()).unwrap();
    }

    /// Where `fault` gives an answer, it is that one.
    pub fn breaks(&self, fault: impl Fn(&Asked) -> Option<Response<Vec<u8>>> + Send + Sync + 'static) {
        *self.fault.lock().unwrap() = Some(Box::new(fault));
    }

    /// Stores an object that some other list has made.
    pub fn store(&self, path: &str, bytes: Vec<u8>) {
        let object = Object { headers: [("etag".into(), "\"e\"".into())].into(), bytes };
        self.objects.lock().unwrap().insert(path.into(), object);
    }

    pub fn object(&self, path: &str) -> Object {
        self.objects.lock().unwrap().get(path).cloned().unwrap_or_else(|| panic!("no object {path}"))
    }

    pub fn model_calls(&self) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| asked.path.starts_with("/model/")).count()
    }

    /// The JSON bodies of the calls of the model.
    pub fn model_bodies(&self) -> Vec<Value> {
        let asked = self.asked.lock().unwrap();
        let bodies = asked.iter().filter(|asked| asked.path.starts_with("/model/"));
        bodies.map(|asked| serde_json::from_slice(&asked.body).unwrap()).collect()
    }

    pub fn app(self: &Arc<Self>, config: Config) -> App {
        let connector = SharedHttpConnector::new(Connector(Arc::clone(self)));
        let client = http_client_fn(move |_, _| connector.clone());
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("us-west-2"))
            .endpoint_url("http://127.0.0.1:1")
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new("test", "test", None, None, "test")))
            .http_client(client);
        App::new(&sdk.build(), config)
    }

    /// Hands one payload to the function.
    pub async fn make(self: &Arc<Self>, payload: Value) -> Result<Output, Error> {
        match generator::handle(&self.app(Config::default()), event(payload)).await? {
            Answer::Image(output) => Ok(output),
            Answer::Wait(wait) => panic!("a caller that cannot wait is told to: {wait:?}"),
        }
    }

    fn respond(&self, request: Request<SdkBody>) -> Response<SdkBody> {
        let headers = request.headers().iter();
        let asked = Asked {
            method: request.method().to_string(),
            path: percent_encoding::percent_decode_str(request.uri().path()).decode_utf8().unwrap().into_owned(),
            headers: headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect(),
            body: request.body().bytes().unwrap_or_default().to_vec(),
        };
        let fault = self.fault.lock().unwrap().as_ref().and_then(|fault| fault(&asked));
        let response = fault.unwrap_or_else(|| self.answer(&asked));
        let then = self.then.lock().unwrap().filter(|_| asked.path.starts_with("/model/"));
        self.asked.lock().unwrap().push(asked);
        response.map(|body| then.map_or_else(|| body.clone().into(), |then| begun(&body, then)))
    }

    fn answer(&self, asked: &Asked) -> Response<Vec<u8>> {
        if asked.path.starts_with("/model/") {
            return self.answer.lock().unwrap().clone();
        }
        let bucket = asked.path.trim_matches('/').split('/').next().unwrap();
        let is_bucket = asked.path.trim_matches('/') == bucket;
        let bucket_exists = self.buckets.lock().unwrap().iter().any(|known| known == bucket);
        let mut objects = self.objects.lock().unwrap();
        match asked.method.as_str() {
            // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
            "PUT" | "DELETE" if bucket_exists && !condition_holds(asked, objects.get(&asked.path)) => {
                if asked.headers.contains_key("if-match") && !objects.contains_key(&asked.path) {
                    return s3_error(404, "NoSuchKey");
                }
                s3_error(412, "PreconditionFailed")
            }
            "DELETE" => {
                objects.remove(&asked.path);
                plain(204, "")
            }
            "HEAD" if is_bucket => plain(if bucket_exists { 200 } else { 404 }, ""),
            "PUT" if !bucket_exists => s3_error(404, "NoSuchBucket"),
            "PUT" => {
                let mut object = Object { headers: asked.headers.clone(), bytes: asked.body.clone() };
                let e_tag = format!("\"{}\"", self.versions.fetch_add(1, Ordering::Relaxed));
                object.headers.insert("etag".into(), e_tag.clone());
                objects.insert(asked.path.clone(), object);
                Response::builder().header("etag", e_tag).body(Vec::new()).unwrap()
            }
            method => match objects.get(&asked.path) {
                None if method == "HEAD" => plain(404, ""),
                None => s3_error(404, "NoSuchKey"),
                Some(object) => {
                    let kept = |name: &str| name.starts_with("x-amz-meta-") || name == "content-type" || name == "etag";
                    let headers = object.headers.iter().filter(|(name, _)| kept(name));
                    let response = headers.fold(Response::builder(), |r, (name, value)| r.header(name, value));
                    let bytes = if method == "HEAD" { Vec::new() } else { object.bytes.clone() };
                    response.header("content-length", object.bytes.len()).body(bytes).unwrap()
                }
            },
        }
    }
}

fn condition_holds(asked: &Asked, current: Option<&Object>) -> bool {
    let e_tag = current.and_then(|object| object.headers.get("etag"));
    asked.headers.get("if-none-match").is_none_or(|_| current.is_none())
        && asked.headers.get("if-match").is_none_or(|wanted| Some(wanted) == e_tag)
}

#[derive(Debug)]
struct Connector(Arc<Aws>);

impl std::fmt::Debug for Aws {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Aws")
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let aws = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            let (of_s3, of_model) = *aws.latency.lock().unwrap();
            let is_model = request.uri().contains("/model/");
            // Half of the time passes on the way there, half on the way back.
            let half = Duration::from_millis(if is_model { of_model } else { of_s3 }) / 2;
            tokio::time::sleep(half).await;
            let response = aws.respond(request.try_into_http1x().unwrap());
            tokio::time::sleep(half).await;
            Ok(HttpResponse::try_from(response).unwrap())
        })
    }
}

pub fn plain(status: u16, body: &str) -> Response<Vec<u8>> {
    Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap()
}

pub fn s3_error(status: u16, code: &str) -> Response<Vec<u8>> {
    plain(status, &format!("<Error><Code>{code}</Code><Message>as {code} says</Message></Error>"))
}

pub fn sample(format: image::ImageFormat) -> Vec<u8> {
    sized(16, 8, format)
}

pub fn sized(width: u32, height: u32, format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::RgbImage::from_pixel(width, height, image::Rgb([20, 120, 220])).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn event(payload: Value) -> LambdaEvent<Value> {
    let mut context = Context::default();
    let deadline = SystemTime::now() + Duration::from_secs(120);
    static REQUESTS: AtomicU64 = AtomicU64::new(1);
    context.request_id = format!("request-{}", REQUESTS.fetch_add(1, Ordering::Relaxed));
    context.deadline = deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis() as u64;
    LambdaEvent::new(payload, context)
}

/// The sample item, with fields replaced; a null removes one.
pub fn item(changes: Value) -> Value {
    let mut item: Value = serde_json::from_str(include_str!("../../../events/item.json")).unwrap();
    item["inputBucketName"] = json!("images");
    for (field, value) in changes.as_object().unwrap() {
        item[field] = value.clone();
        if value.is_null() {
            item.as_object_mut().unwrap().remove(field);
        }
    }
    item
}
