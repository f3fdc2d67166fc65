//! The endpoint's logic, without the HTTP server: one call of InvokeModel from its body to its answer.

use super::counts::{CallOutcome, Counts};
use super::error::BedrockError;
use super::fault::BedrockFault;
use super::interceptor::{EndedCall, Interceptor, NoInterceptor};
use super::item::ItemName;
use super::pictures::{PictureError, Pictures};
use super::request;
use super::response::Response;
use super::size::Size;
use super::throttle::Throttle;
use idlist::models::{self, Model, ModelError, RetiredModels};
use std::hash::{BuildHasher, RandomState};
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

/// Answers InvokeModel in Bedrock's place.
#[derive(Debug)]
pub struct StandIn {
    pictures: Pictures,
    filter: Vec<String>,
    latency: Duration,
    speed: f64,
    interceptor: Arc<dyn Interceptor>,
    throttle: Option<Mutex<Throttle>>,
    counts: Mutex<Counts>,
    random: RandomState,
}

impl StandIn {
    /// A stand-in that behaves like this.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self::intercepted(options, Arc::new(NoInterceptor))
    }

    /// A stand-in whose calls are intercepted.
    #[must_use]
    pub fn intercepted(options: Options, interceptor: Arc<dyn Interceptor>) -> Self {
        let minute = scaled(Duration::from_secs(60), options.speed);
        let latency = scaled(options.latency, options.speed);
        Self {
            pictures: Pictures::new(options.size, options.draw_once),
            filter: options
                .filter
                .into_iter()
                .map(|word| word.to_lowercase())
                .filter(|word| !word.is_empty())
                .collect(),
            latency,
            throttle: options.throttle.map(|requests| Mutex::new(Throttle::new(requests, minute))),
            speed: options.speed,
            interceptor,
            counts: Mutex::default(),
            random: RandomState::new(),
        }
    }

    /// What has been done so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        lock(&self.counts).clone()
    }

    /// Answers one call. `request_metadata` is the header `X-Amzn-Bedrock-Request-Metadata`, which names the item. `None` closes the connection
    /// without a response.
    ///
    /// Pictures are drawn on tokio's blocking threads, so the caller's thread stays free.
    pub async fn invoke_model(&self, model_id: &str, request_metadata: Option<&str>, body: &[u8]) -> Option<Response> {
        self.invoke_model_for(|| true, model_id, request_metadata, body).await
    }

    /// The same, for a caller of whom `waits` tells whether it has left. The work is done all the same, and paid.
    pub async fn invoke_model_for(
        &self,
        waits: impl Fn() -> bool,
        model_id: &str,
        request_metadata: Option<&str>,
        body: &[u8],
    ) -> Option<Response> {
        let started = Instant::now();
        let item = ItemName::from_request_metadata(request_metadata);
        let call = {
            let mut counts = lock(&self.counts);
            counts.calls += 1;
            counts.calls
        };
        let (outcome, answer) = self.answer(model_id, &item, body).await;
        lock(&self.counts).count(outcome);
        let call_header = self.interceptor.ended(&EndedCall {
            item: &item,
            result: outcome.name(),
            is_paid: matches!(outcome, CallOutcome::Paid(_)),
            fault: if let CallOutcome::Paid(fault) = outcome { fault } else { None },
            caller_waits: waits(),
        });
        match answer {
            Some(mut response) => {
                response.headers.extend(call_header);
                response.headers.push(("x-amzn-requestid", self.request_id(call)));
                let latency = started.elapsed().as_millis().to_string();
                response.headers.push(("x-amzn-bedrock-invocation-latency", latency));
                Some(response)
            }
            None => None,
        }
    }

    async fn answer(&self, model_id: &str, item: &ItemName, body: &[u8]) -> (CallOutcome, Option<Response>) {
        let model = match find_model(model_id) {
            Ok(model) => model,
            Err((error, message)) => return refuse(error, Some(message)),
        };
        if let Some(throttle) = &self.throttle
            && !lock(throttle).admits(Instant::now())
        {
            return (CallOutcome::Throttled, refuse(BedrockError::Throttling, None).1);
        }
        let order = match request::parse(model, body) {
            Ok(order) => order,
            Err(message) => return refuse(BedrockError::Validation, Some(&message)),
        };
        tokio::time::sleep(self.latency).await;
        let fault = self.interceptor.fault(item.identity(body));
        match fault {
            None | Some(BedrockFault::Truncated) => {}
            Some(BedrockFault::Slow(milliseconds)) => {
                tokio::time::sleep(scaled(Duration::from_millis(milliseconds.into()), self.speed)).await;
            }
            Some(fault) => return fail(fault, order.seed),
        }
        if self.is_filtered(&order.prompt) {
            return filtered();
        }
        let seed = if order.seed == 0 { self.random_seed(model) } else { order.seed };
        match self.pictures.base64(model, order, seed, item.clone()).await {
            Err(PictureError::Source { name, error }) => {
                refuse(BedrockError::Validation, Some(&request::picture_violation(name, &error)))
            }
            Err(PictureError::Drawing(_) | PictureError::Encoding(_)) => refuse(BedrockError::InternalServer, None),
            Ok(image) => {
                let mut response = Response::image(seed, &image);
                let bytes = response.body.len();
                if bytes > MAX_ANSWER_BYTES {
                    let message = format!("Response payload size {bytes} bytes exceeds the maximum allowed size");
                    return refuse(BedrockError::Validation, Some(&message));
                }
                if fault == Some(BedrockFault::Truncated) {
                    response.body.truncate(response.body.len() / 2);
                }
                (CallOutcome::Paid(fault.map(BedrockFault::name)), Some(response))
            }
        }
    }

    fn is_filtered(&self, prompt: &str) -> bool {
        let prompt = prompt.to_lowercase();
        self.filter.iter().any(|word| prompt.contains(word))
    }

    fn random_seed(&self, model: &Model) -> u64 {
        self.random.hash_one(RandomState::new().hash_one(0)) % model.max_seed.max(1) + 1
    }

    fn request_id(&self, call: u64) -> String {
        let hex = format!("{:016x}{:016x}", self.random.hash_one((call, 0)), self.random.hash_one((call, 1)));
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }
}

/// The counters stay usable after a panic elsewhere: they are plain numbers.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn scaled(duration: Duration, speed: f64) -> Duration {
    Duration::try_from_secs_f64(duration.as_secs_f64() / speed).unwrap_or(duration)
}

fn find_model(model_id: &str) -> Result<&'static Model, (BedrockError, &'static str)> {
    models::resolve(model_id, RetiredModels::Reject).map_err(|error| match error {
        ModelError::Retired { .. } => (
            BedrockError::ResourceNotFound,
            "This model version has reached the end of its life. Please refer to the AWS documentation for more details.",
        ),
        ModelError::Unknown => (BedrockError::Validation, "The provided model identifier is invalid."),
        ModelError::WithoutProfile { .. } => (
            BedrockError::Validation,
            "Invocation of this model ID with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an \
             inference profile that contains this model.",
        ),
    })
}

fn refuse(error: BedrockError, message: Option<&str>) -> (CallOutcome, Option<Response>) {
    (CallOutcome::Failed(error.name()), Some(Response::error(error, message)))
}

fn fail(fault: BedrockFault, seed: u64) -> (CallOutcome, Option<Response>) {
    let answer = match fault {
        BedrockFault::Error(error) => Some(Response::error(error, None)),
        BedrockFault::InferenceError => Some(Response::no_image("Inference error")),
        BedrockFault::Filtered => return filtered(),
        BedrockFault::Html => Some(Response::html()),
        BedrockFault::OtherJson => Some(Response::other_json()),
        BedrockFault::Disconnect => None,
        BedrockFault::NoImage | BedrockFault::Truncated | BedrockFault::Slow(_) => {
            let no_image = base64_simd::STANDARD.encode_to_string(b"this is not an image");
            Some(Response::image(seed, &no_image))
        }
    };
    (CallOutcome::Failed(fault.name()), answer)
}

fn filtered() -> (CallOutcome, Option<Response>) {
    (CallOutcome::Filtered, Some(Response::no_image("Filter reason: prompt")))
}
