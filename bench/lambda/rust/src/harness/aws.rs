//! Bedrock, S3 and Step Functions: prepared answers, and a count of the calls, so that every program is seen to do the same work.

use crate::state_objects::{LEASES, RATE_LIMITS, Refusal, StateObjects};
use crate::{Kind, Problem, body, server::Answers};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{HeaderMap, Method, Request, Response, body::Incoming, http::request::Parts};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// User-defined metadata of every stored image.
const METADATA: [&str; 5] = ["id", "rank", "model", "seed", "request-sha256"];

/// How often a call is to be seen.
#[derive(Clone, Copy)]
enum Times {
    OnceAProcess,
    EachInvocation(usize),
    AtLeastEachInvocation(usize),
}

use Times::{AtLeastEachInvocation, EachInvocation, OnceAProcess};

const GENERATOR_CALLS: &[(&str, Times)] = &[
    ("HeadBucket", OnceAProcess),
    ("HeadObject", EachInvocation(2)),
    ("PutObject of the lease", EachInvocation(1)),
    ("GetObject of the rate limit", AtLeastEachInvocation(1)),
    ("PutObject of the rate limit", AtLeastEachInvocation(1)),
    ("InvokeModel", EachInvocation(1)),
    ("PutObject of the image", EachInvocation(1)),
    ("DeleteObject of the lease", EachInvocation(1)),
];
const TRIGGER_CALLS: &[(&str, Times)] =
    &[("GetObject of the list", EachInvocation(1)), ("StartExecution", EachInvocation(1))];

/// The services of one run.
pub struct Services {
    kind: Kind,
    list: Bytes,
    image: Bytes,
    model_answer: Bytes,
    seen: Mutex<Seen>,
}

/// What the function asked for.
#[derive(Default)]
struct Seen {
    calls: BTreeMap<&'static str, usize>,
    state: StateObjects,
    problems: Vec<String>,
}

impl Services {
    /// The trigger reads this list, the model answers the generator with an image of so many bytes.
    pub fn new(kind: Kind, list: Vec<u8>, image_bytes: usize) -> Arc<Self> {
        let image = image(image_bytes);
        let model_answer =
            format!(r#"{{"seeds":[7],"finish_reasons":[null],"images":["{}"]}}"#, BASE64_STANDARD.encode(&image));
        let image = Bytes::from(image);
        Arc::new(Self { kind, list: list.into(), image, model_answer: model_answer.into(), seen: Mutex::default() })
    }

    /// Whether so many invocations made every call that they should, and no other.
    pub fn check(&self, invocations: usize) -> Result<(), Problem> {
        let seen = self.seen();
        if let Some(problem) = seen.problems.first() {
            return Err(problem.clone().into());
        }
        let expected = match self.kind {
            Kind::Generator => GENERATOR_CALLS,
            Kind::Trigger => TRIGGER_CALLS,
        };
        let called = |name: &str| seen.calls.get(name).copied().unwrap_or_default();
        let is_right = |&(name, times): &(&str, Times)| match times {
            OnceAProcess => called(name) == 1,
            EachInvocation(count) => called(name) == count * invocations,
            AtLeastEachInvocation(count) => called(name) >= count * invocations,
        };
        let is_known = |call: &&str| expected.iter().any(|(name, _)| name == call);
        if expected.iter().all(is_right) && seen.calls.keys().all(is_known) {
            return Ok(());
        }
        Err(format!("{invocations} invocations did not make the calls that they should: {:?}", seen.calls).into())
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a call of S3 for an object under `state/`.
    async fn state(&self, head: &Parts, body: Incoming) -> (&'static str, Response<Full<Bytes>>) {
        let path = head.uri.path();
        let call = match (&head.method, path) {
            (&Method::GET, path) if path.contains(RATE_LIMITS) => "GetObject of the rate limit",
            (&Method::PUT, path) if path.contains(RATE_LIMITS) => "PutObject of the rate limit",
            (&Method::PUT, path) if path.contains(LEASES) => "PutObject of the lease",
            (&Method::DELETE, path) if path.contains(LEASES) => "DeleteObject of the lease",
            _ => "a state object that is neither lease nor rate limit",
        };
        let sent = body::content(body, &head.headers).await;
        let mut seen = self.seen();
        let is_write = head.method != Method::GET;
        if is_write && !head.headers.contains_key("if-match") && !head.headers.contains_key("if-none-match") {
            seen.problems.push(format!("{call} without a condition"));
        }
        let result = match head.method {
            Method::GET => seen.state.get(path).map(|object| answer(200, Some(&object.e_tag), object.body)),
            Method::DELETE => seen.state.delete(path, &head.headers).map(|()| answer(204, None, Bytes::new())),
            _ => match sent {
                Some(sent) => {
                    seen.state.put(path, &head.headers, sent).map(|e_tag| answer(200, Some(&e_tag), Bytes::new()))
                }
                None => Ok(answer(400, None, Bytes::new())),
            },
        };
        (call, result.unwrap_or_else(refused))
    }

    /// What is wrong with the PutObject of an image.
    async fn image_problem(&self, headers: &HeaderMap, body: Incoming) -> Option<String> {
        if let Some(missing) = METADATA.iter().find(|name| !headers.contains_key(format!("x-amz-meta-{name}"))) {
            return Some(format!("an image without the metadata {missing}"));
        }
        if headers.get("content-type").is_none_or(|value| value != "image/jpeg") {
            return Some("an image whose content type is not image/jpeg".into());
        }
        let has_trailer = headers.get("x-amz-trailer").is_some_and(|value| value == "x-amz-checksum-crc32");
        if !headers.contains_key("x-amz-checksum-crc32") && !has_trailer {
            return Some("an image without its CRC32".into());
        }
        let is_whole = body::is(body, headers, &self.image).await;
        (!is_whole).then(|| "an image whose bytes are not those of the model".into())
    }
}

impl Answers for Services {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let path = head.uri.path();
        let mut problem = None;
        let (call, answer) = match head.method {
            _ if path.contains("/state/") => self.state(&head, body).await,
            Method::POST if path.starts_with("/model/") && path.ends_with("/invoke") => {
                body::drain(body).await;
                if !head.headers.contains_key("x-amzn-bedrock-request-metadata") {
                    problem = Some("InvokeModel without request metadata".into());
                }
                ("InvokeModel", answer(200, None, self.model_answer.clone()))
            }
            Method::POST if head.headers.contains_key("x-amz-target") => {
                body::drain(body).await;
                let started = r#"{"executionArn":"arn:aws:states:us-west-2:000000000000:execution:GenerateImages:x","startDate":1.7e9}"#;
                ("StartExecution", answer(200, None, started.into()))
            }
            Method::HEAD if path.trim_matches('/').contains('/') => ("HeadObject", answer(404, None, Bytes::new())),
            Method::HEAD => ("HeadBucket", answer(200, None, Bytes::new())),
            Method::GET => {
                if !head.uri.query().is_some_and(|query| query.contains("versionId=")) {
                    problem = Some("a list that is read without its version".into());
                }
                ("GetObject of the list", answer(200, Some("\"1\""), self.list.clone()))
            }
            Method::PUT => {
                problem = self.image_problem(&head.headers, body).await;
                ("PutObject of the image", answer(200, Some("\"1\""), Bytes::new()))
            }
            _ => ("an operation that is not known", answer(400, None, Bytes::new())),
        };
        let mut seen = self.seen();
        *seen.calls.entry(call).or_default() += 1;
        seen.problems.extend(problem);
        answer
    }
}

fn refused(refusal: Refusal) -> Response<Full<Bytes>> {
    let status = match refusal {
        Refusal::NoSuchKey => 404,
        Refusal::PreconditionFailed => 412,
    };
    let body = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><Error><Code>{refusal:?}</Code><Message>{refusal:?}</Message></Error>"#
    );
    answer(status, None, body.into())
}

/// An answer as S3, Bedrock and Step Functions give it; all bodies that matter here are JSON, the others are errors in XML.
fn answer(status: u16, e_tag: Option<&str>, body: Bytes) -> Response<Full<Bytes>> {
    let content_type = if status < 400 { "application/json" } else { "application/xml" };
    let mut answer = Response::builder()
        .status(status)
        .header("x-amz-request-id", "0A49CE4060975EAC")
        .header("content-type", content_type);
    if let Some(e_tag) = e_tag {
        answer = answer.header("etag", e_tag);
    }
    answer.body(Full::new(body)).expect("status and headers are valid")
}

/// Bytes with the beginning of a JPEG, then noise that is the same in every run: the base64 of an image is never regular.
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
