//! The endpoint's logic, without the HTTP server: one call of InvokeModel from its body to its answer.

use super::error::{BedrockError, Refusal};
use super::fault::BedrockFault;
use super::interceptor::{CallOutcome, Interceptor};
use super::item::ItemName;
use super::pictures::Pictures;
use super::size::Size;
use super::throttle::Throttle;
use super::{request, response};
use bytes::Bytes;
use hyper::Response;
use hyper::header::HeaderValue;
use idlist::models::{self, Model, ModelError, RetiredModels};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// An answer of InvokeModel has at most so many bytes, as callers of the upscalers report.
const MAX_ANSWER_BYTES: usize = 16_777_216;

/// How the stand-in behaves; by default like a Bedrock that is never busy.
#[derive(Clone, Debug)]
pub struct Options {
    /// How large pictures are.
    pub size: Size,
    /// Requests of one model, shape and format get the same picture, which is drawn once.
    pub draw_once: bool,
    /// Requests a minute; those above are answered with `ThrottlingException`. `None`: any number.
    pub throttle: Option<u32>,
    /// Prompts with one of these words, in upper or lower case, are refused by the filter.
    pub filter: Vec<String>,
    /// How long a picture takes at least.
    pub latency: Duration,
    /// The minute of `throttle` and the `latency` are so many times as short.
    pub speed: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            size: Size::default(),
            draw_once: false,
            throttle: None,
            filter: Vec::new(),
            latency: Duration::ZERO,
            speed: 1.0,
        }
    }
}

/// Calls since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All calls.
    pub calls: u64,
    /// An image was made, whether or not its answer came through; Bedrock would charge these.
    pub paid: u64,
}

/// How a call ended, and its response, if it has one.
type Ended = (CallOutcome, Option<Response<Bytes>>);

/// Answers InvokeModel in Bedrock's place.
#[derive(Debug)]
pub struct StandIn {
    options: Options,
    pictures: Pictures,
    interceptor: Option<Arc<dyn Interceptor>>,
    throttle: Option<Mutex<Throttle>>,
    counts: Mutex<Counts>,
}

impl StandIn {
    /// A stand-in that behaves like this, and whose calls may be intercepted.
    #[must_use]
    pub fn new(options: Options, interceptor: Option<Arc<dyn Interceptor>>) -> Self {
        let minute = scaled(Duration::from_secs(60), options.speed);
        let throttle = options.throttle.map(|requests| Throttle { requests, minute, admitted: VecDeque::new() });
        Self {
            pictures: Pictures { size: options.size, drawn: options.draw_once.then(Mutex::default) },
            throttle: throttle.map(Mutex::new),
            options,
            interceptor,
            counts: Mutex::default(),
        }
    }

    /// What has been done so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        *lock(&self.counts)
    }

    /// Answers one call. `request_metadata` is the header `X-Amzn-Bedrock-Request-Metadata`, which names the item; `caller_waits` tells
    /// whether the caller has not left: the work is done all the same, and paid. `None` closes the connection without a response.
    ///
    /// Pictures are drawn on tokio's blocking threads, so the caller's thread stays free.
    pub async fn invoke_model(
        &self,
        model_id: &str,
        request_metadata: Option<&str>,
        body: &[u8],
        caller_waits: impl Fn() -> bool,
    ) -> Option<Response<Bytes>> {
        let started = Instant::now();
        let item = ItemName::from_request_metadata(request_metadata);
        lock(&self.counts).calls += 1;
        let (outcome, answer) = self.answer(model_id, &item, body).await.unwrap_or_else(|refusal| {
            (CallOutcome::Failed(BedrockFault::Error(refusal.0)), Some(response::error(refusal)))
        });
        lock(&self.counts).paid += u64::from(matches!(outcome, CallOutcome::Paid(_)));
        let interceptor = self.interceptor.as_ref();
        let call_header = interceptor.and_then(|interceptor| interceptor.ended(&item, outcome, caller_waits()));
        let mut response = answer?;
        let headers = response.headers_mut();
        if let Some((name, value)) = call_header
            && let Ok(value) = HeaderValue::try_from(value)
        {
            headers.insert(name, value);
        }
        if let Ok(id) = uuid::Uuid::new_v4().to_string().try_into() {
            headers.insert("x-amzn-requestid", id);
        }
        let latency = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        headers.insert("x-amzn-bedrock-invocation-latency", latency.into());
        Some(response)
    }

    async fn answer(&self, model_id: &str, item: &ItemName, body: &[u8]) -> Result<Ended, Refusal> {
        let model = find_model(model_id)?;
        if let Some(throttle) = &self.throttle
            && !lock(throttle).admits(Instant::now())
        {
            return Ok((CallOutcome::Throttled, Some(response::error(BedrockError::THROTTLING.into()))));
        }
        let order = request::parse(model, body)?;
        tokio::time::sleep(scaled(self.options.latency, self.options.speed)).await;
        let fault = self.interceptor.as_ref().and_then(|interceptor| interceptor.fault(item.identity(body)));
        match fault {
            None | Some(BedrockFault::Truncated) => {}
            Some(BedrockFault::Slow(milliseconds)) => {
                tokio::time::sleep(scaled(Duration::from_millis(milliseconds.into()), self.options.speed)).await;
            }
            Some(fault) => return Ok(fail(fault, order.seed)),
        }
        let prompt = order.prompt.to_lowercase();
        let mut words = self.options.filter.iter().filter(|word| !word.is_empty());
        if words.any(|word| prompt.contains(&word.to_lowercase())) {
            return Ok(filtered());
        }
        let seed = if order.seed == 0 { fastrand::u64(1..=model.max_seed.max(1)) } else { order.seed };
        let image = self.pictures.base64(model, order, seed, item.clone()).await?;
        let mut response = response::image(seed, &image);
        let body = response.body_mut();
        if body.len() > MAX_ANSWER_BYTES {
            let bytes = body.len();
            let message = format!("Response payload size {bytes} bytes exceeds the maximum allowed size");
            return Err(Refusal::invalid(message));
        }
        if fault == Some(BedrockFault::Truncated) {
            body.truncate(body.len() / 2);
        }
        Ok((CallOutcome::Paid(fault), Some(response)))
    }
}

/// The counters stay usable after a panic elsewhere: they are plain numbers.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn scaled(duration: Duration, speed: f64) -> Duration {
    Duration::try_from_secs_f64(duration.as_secs_f64() / speed).unwrap_or(duration)
}

fn find_model(model_id: &str) -> Result<&'static Model, Refusal> {
    models::resolve(model_id, RetiredModels::Reject).map_err(|error| match error {
        ModelError::Retired { .. } => Refusal(
            BedrockError::RESOURCE_NOT_FOUND,
            "This model version has reached the end of its life. Please refer to the AWS documentation for more details."
                .to_owned(),
        ),
        ModelError::Unknown => Refusal::invalid("The provided model identifier is invalid."),
        ModelError::WithoutProfile { .. } => Refusal::invalid(
            "Invocation of this model ID with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an \
             inference profile that contains this model.",
        ),
    })
}

fn fail(fault: BedrockFault, seed: u64) -> Ended {
    let answer = match fault {
        BedrockFault::Error(error) => Some(response::error(error.into())),
        BedrockFault::InferenceError => Some(response::no_image("Inference error")),
        BedrockFault::Filtered => return filtered(),
        BedrockFault::Html => Some(response::html()),
        BedrockFault::OtherJson => Some(response::other_json()),
        BedrockFault::Disconnect => None,
        BedrockFault::NoImage | BedrockFault::Truncated | BedrockFault::Slow(_) => {
            Some(response::image(seed, &base64_simd::STANDARD.encode_to_string(b"this is not an image")))
        }
    };
    (CallOutcome::Failed(fault), answer)
}

fn filtered() -> Ended {
    (CallOutcome::Filtered, Some(response::no_image("Filter reason: prompt")))
}
