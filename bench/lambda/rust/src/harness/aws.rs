//! Bedrock, S3 and Step Functions: prepared answers, and a count of what was asked, so that every function is seen to do the same work.

use crate::{Kind, Problem, body, server::Answers};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Method, Request, Response, body::Incoming};
use std::sync::{Arc, Mutex};

/// What every stored image says of itself.
const METADATA: [&str; 5] = ["id", "rank", "model", "seed", "request-sha256"];

/// The entity tag of everything.
const ETAG: &str = r#""0cc175b9c0f1b6a831c399e269772661""#;

/// The clock of a model that refuses nothing, as the generator keeps it.
const CLOCK: &str = r#"{"phase":"free","last":2000,"served":2000,"at":0,"probing":false,"rate":1000,"clear":0,"doubling":120,"since":0,"base":0,"floor":0,"credit":0,"exhausted":0,"resumed":0,"doubted":0}"#;

/// Claims as they are in a bucket that was in use before: over.
const CLAIMS: &str = r#"[{"image":"3fa0c4f1d2b4a5968778","execution":"a94a8fe5ccb19ba61c4c","until":1764000000}]"#;

/// The services of one run.
pub struct Services {
    kind: Kind,
    list: Bytes,
    image: Bytes,
    model_answer: Bytes,
    seen: Mutex<Seen>,
}

/// What a function asked.
#[derive(Default)]
struct Seen {
    looked: usize,
    timed: usize,
    claimed: usize,
    asked: usize,
    stored: usize,
    listed: usize,
    started: usize,
    problems: Vec<String>,
}

impl Services {
    /// The trigger reads this list, the generator is answered with an image of so many bytes.
    pub fn new(kind: Kind, list: Vec<u8>, image_bytes: usize) -> Arc<Self> {
        let image = image(image_bytes);
        let model_answer =
            format!(r#"{{"seeds":[7],"finish_reasons":[null],"images":["{}"]}}"#, BASE64_STANDARD.encode(&image));
        let image = Bytes::from(image);
        Arc::new(Self { kind, list: list.into(), image, model_answer: model_answer.into(), seen: Mutex::default() })
    }

    /// Whether so many invocations asked for everything that they should.
    pub fn check(&self, invocations: usize) -> Result<(), Problem> {
        let seen = self.seen.lock().map_err(|_| "a service panicked")?;
        if let Some(problem) = seen.problems.first() {
            return Err(problem.clone().into());
        }
        let (asked, expected) = match self.kind {
            Kind::Generator if seen.timed == 0 => return Err("nobody looked at the clock".into()),
            Kind::Generator => ([seen.looked, seen.claimed, seen.asked, seen.stored].to_vec(), invocations),
            Kind::Trigger => ([seen.listed, seen.started].to_vec(), invocations),
            Kind::Empty => (Vec::new(), 0),
        };
        if asked.iter().any(|count| *count != expected) {
            return Err(format!("{expected} invocations made so many calls of each kind: {asked:?}").into());
        }
        Ok(())
    }

    fn see(&self, what: impl FnOnce(&mut Seen)) {
        if let Ok(mut seen) = self.seen.lock() {
            what(&mut seen);
        }
    }

    /// What is wrong with a PutObject.
    async fn put_problem(&self, request: Request<Incoming>) -> Option<String> {
        let (head, body) = request.into_parts();
        let has = |name: &str| head.headers.contains_key(name);
        if let Some(missing) = METADATA.iter().find(|name| !has(&format!("x-amz-meta-{name}"))) {
            return Some(format!("an image without the metadata {missing}"));
        }
        if head.headers.get("content-type").is_none_or(|value| value != "image/jpeg") {
            return Some("an image that is not called image/jpeg".into());
        }
        let has_trailer = head.headers.get("x-amz-trailer").is_some_and(|value| value == "x-amz-checksum-crc32");
        if !has("x-amz-checksum-crc32") && !has_trailer {
            return Some("an image without its CRC32".into());
        }
        match body::is(body, head.headers.get("content-encoding"), &self.image).await {
            true => None,
            false => Some("an image whose bytes are not those of the model".into()),
        }
    }
}

impl Answers for Services {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path();
        let is_model = path.starts_with("/model/") && path.ends_with("/invoke");
        match *request.method() {
            Method::POST if is_model => {
                self.see(|seen| seen.asked += 1);
                body::drain(request.into_body()).await;
                answer(200, Some("application/json"), self.model_answer.clone())
            }
            Method::POST if request.headers().contains_key("x-amz-target") => {
                self.see(|seen| seen.started += 1);
                body::drain(request.into_body()).await;
                let started = r#"{"executionArn":"arn:aws:states:us-west-2:000000000000:execution:GenerateImages:x","startDate":1.7e9}"#;
                answer(200, Some("application/x-amz-json-1.0"), started.into())
            }
            Method::HEAD if path.trim_matches('/').contains('/') => {
                self.see(|seen| seen.looked += 1);
                answer(404, None, Bytes::new())
            }
            Method::GET if path.contains("/.pace/claim-") => answer(200, Some("application/json"), CLAIMS.into()),
            Method::PUT if path.contains("/.pace/claim-") => {
                let is_conditional = request.headers().get("if-match").is_some_and(|value| value == ETAG);
                body::drain(request.into_body()).await;
                self.see(|seen| {
                    seen.claimed += 1;
                    seen.problems.extend((!is_conditional).then(|| "a claim without a condition".into()));
                });
                answer(200, None, Bytes::new())
            }
            Method::GET if path.contains("/.pace/") => {
                self.see(|seen| seen.timed += 1);
                answer(200, Some("application/json"), CLOCK.into())
            }
            Method::GET => {
                self.see(|seen| seen.listed += 1);
                answer(200, Some("application/json"), self.list.clone())
            }
            Method::PUT => {
                let problem = self.put_problem(request).await;
                self.see(|seen| {
                    seen.stored += 1;
                    seen.problems.extend(problem);
                });
                answer(200, None, Bytes::new())
            }
            _ => {
                let what = format!("an unexpected call: {} {path}", request.method());
                self.see(|seen| seen.problems.push(what));
                answer(400, None, Bytes::new())
            }
        }
    }
}

fn answer(status: u16, content_type: Option<&str>, body: Bytes) -> Response<Full<Bytes>> {
    let mut answer =
        Response::builder().status(status).header("x-amz-request-id", "0A49CE4060975EAC").header("etag", ETAG);
    if let Some(content_type) = content_type {
        answer = answer.header("content-type", content_type);
    }
    answer.body(Full::new(body)).expect("status and headers are valid")
}

/// Bytes with the beginning of a JPEG. The rest is noise, always the same: base64 of an image is never regular.
fn image(bytes: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let noise = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    let mut image = vec![0xFF, 0xD8, 0xFF, 0xE0];
    image.extend(noise.flatten().take(bytes.saturating_sub(4)));
    image
}
