//! The endpoint's logic, without the HTTP server: one call of InvokeModel from its body to its answer.

use super::answer::{Answer, Response};
use super::counts::{Book, Counts, Outcome};
use super::error::BedrockError;
use super::fault::FaultKind;
use super::item::ItemName;
use super::pictures::{PictureError, Pictures};
use super::request;
use super::size::Size;
use super::throttle::Throttle;
use crate::faults::{Entry, Fault, Faults, Moment, client, drawn};
use idlist::models::{self, Model, ModelError, RetiredModels};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How the stand-in behaves; by default like a Bedrock that is never busy.
#[derive(Clone, Debug)]
pub struct Options {
    /// How large pictures are.
    pub size: Size,
    /// Requests of one model, shape and format get the same picture, which is drawn once.
    pub paint_once: bool,
    /// Requests a minute; those above are answered with `ThrottlingException`. `None` is no limit.
    pub throttle: Option<u32>,
    /// Prompts with one of these words, in upper or lower case, are refused by the filter.
    pub filter: Vec<String>,
    /// How long a picture takes at least.
    pub latency: Duration,
    /// What goes wrong and how often. The shares lie side by side; what goes beyond 1 in total never happens.
    pub fail: Vec<Fault<FaultKind>>,
    /// Decides which calls fail, together with the item and the attempt: the same run has the same faults in any order of calls.
    pub fault_seed: u64,
    /// The minute of `throttle` and the `latency` are so many times as short.
    pub speed: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            size: Size::default(),
            paint_once: false,
            throttle: None,
            filter: Vec::new(),
            latency: Duration::ZERO,
            fail: Vec::new(),
            fault_seed: 0,
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
    fail: Vec<Fault<FaultKind>>,
    fault_seed: u64,
    speed: f64,
    faults: Arc<Faults>,
    throttle: Option<Mutex<Throttle>>,
    book: Mutex<Book>,
    random: RandomState,
}

impl StandIn {
    /// A stand-in that behaves like this.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self::with_faults(options, Arc::default())
    }

    /// A stand-in whose calls are written into the ledger, and whose images may strike the function that asked for them.
    pub(crate) fn with_faults(options: Options, faults: Arc<Faults>) -> Self {
        let minute = scaled(Duration::from_secs(60), options.speed);
        let latency = scaled(options.latency, options.speed);
        Self {
            pictures: Pictures::new(options.size, options.paint_once),
            filter: options.filter.iter().map(|word| word.to_lowercase()).filter(|word| !word.is_empty()).collect(),
            latency,
            throttle: options.throttle.map(|requests| Mutex::new(Throttle::new(requests, minute))),
            fail: options.fail,
            fault_seed: options.fault_seed,
            speed: options.speed,
            faults,
            book: Mutex::default(),
            random: RandomState::new(),
        }
    }

    /// What has been done so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.book().counts.clone()
    }

    /// Answers one call. `request_metadata` is the header `X-Amzn-Bedrock-Request-Metadata`, which names the item.
    ///
    /// Pictures are drawn on tokio's blocking threads, so the caller's thread stays free.
    pub async fn invoke_model(&self, model_id: &str, request_metadata: Option<&str>, body: &[u8]) -> Answer {
        self.invoke_model_for(|| true, model_id, request_metadata, body).await
    }

    /// The same, for a caller of whom `waits` tells whether it has left. The work is done all the same, and paid.
    pub(crate) async fn invoke_model_for(
        &self,
        waits: impl Fn() -> bool,
        model_id: &str,
        request_metadata: Option<&str>,
        body: &[u8],
    ) -> Answer {
        let started = Instant::now();
        let item = ItemName::from_request_metadata(request_metadata);
        let call = {
            let mut book = self.book();
            book.counts.calls += 1;
            book.counts.calls
        };
        let (outcome, answer) = self.answer(model_id, &item, body).await;
        self.book().end(outcome);
        self.note(&item, outcome, waits());
        match answer {
            Answer::Response(mut response) => {
                let strike = || self.faults.strike(&item, Moment::Paid);
                if let Some(fault) = matches!(outcome, Outcome::Paid(None | Some("Slow"))).then(strike).flatten() {
                    response.headers.push((client::FAULT, fault.to_string()));
                }
                response.headers.push(("x-amzn-requestid", self.request_id(call)));
                let latency = started.elapsed().as_millis().to_string();
                response.headers.push(("x-amzn-bedrock-invocation-latency", latency));
                Answer::Response(response)
            }
            Answer::Disconnect => Answer::Disconnect,
        }
    }

    async fn answer(&self, model_id: &str, item: &ItemName, body: &[u8]) -> (Outcome, Answer) {
        let model = match find_model(model_id) {
            Ok(model) => model,
            Err((error, message)) => return refuse(error, Some(message)),
        };
        if let Some(throttle) = &self.throttle
            && !lock(throttle).admits(Instant::now())
        {
            return (Outcome::Throttled, refuse(BedrockError::Throttling, None).1);
        }
        let order = match request::parse(model, body) {
            Ok(order) => order,
            Err(message) => return refuse(BedrockError::Validation, Some(&message)),
        };
        tokio::time::sleep(self.latency).await;
        let fault = self.fault(item, body);
        match fault {
            None | Some(FaultKind::Truncated) => {}
            Some(FaultKind::Slow(milliseconds)) => {
                tokio::time::sleep(scaled(Duration::from_millis(milliseconds.into()), self.speed)).await;
            }
            Some(fault) => return fail(fault, order.seed),
        }
        if self.is_filtered(&order.prompt) {
            return filtered();
        }
        let seed = if order.seed == 0 { self.random_seed(model) } else { order.seed };
        match self.pictures.base64(model, order, seed, item.clone()).await {
            Err(PictureError::Source(error)) => {
                refuse(BedrockError::Validation, Some(&request::source_violation(&error)))
            }
            Err(PictureError::Drawing(_)) => refuse(BedrockError::InternalServer, None),
            Ok(image) => {
                let mut response = Response::image(seed, &image);
                if fault == Some(FaultKind::Truncated) {
                    response.body.truncate(response.body.len() / 2);
                }
                (Outcome::Paid(fault.map(FaultKind::name)), Answer::Response(response))
            }
        }
    }

    /// Requests that the quota or the check turned away are no attempts: how many those are depends on the hour, what fails must not.
    fn fault(&self, item: &ItemName, body: &[u8]) -> Option<FaultKind> {
        if self.fail.is_empty() {
            return None;
        }
        let identity = item.identity(body);
        let attempt = self.book().attempt(identity);
        drawn(&self.fail, "fault", self.fault_seed, identity, attempt)
    }

    fn note(&self, item: &ItemName, outcome: Outcome, waits: bool) {
        self.faults.note(|| Entry::Answered {
            item: item.clone(),
            answer: outcome.name().to_owned(),
            paid: matches!(outcome, Outcome::Paid(_)),
            fault: match outcome {
                Outcome::Paid(_) if !waits => Some("CallerLeft".to_owned()),
                Outcome::Paid(fault) => fault.map(str::to_owned),
                _ => None,
            },
        });
    }

    fn is_filtered(&self, prompt: &str) -> bool {
        let prompt = prompt.to_lowercase();
        self.filter.iter().any(|word| prompt.contains(word))
    }

    fn random_seed(&self, model: &Model) -> u64 {
        self.random.hash_one(RandomState::new().hash_one(0)) % model.max_seed + 1
    }

    fn request_id(&self, call: u64) -> String {
        let hex = format!("{:016x}{:016x}", self.random.hash_one((call, 0)), self.random.hash_one((call, 1)));
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        lock(&self.book)
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
    })
}

fn refuse(error: BedrockError, message: Option<&str>) -> (Outcome, Answer) {
    (Outcome::Failed(error.name()), Answer::Response(Response::error(error, message)))
}

fn fail(fault: FaultKind, seed: u64) -> (Outcome, Answer) {
    let answer = match fault {
        FaultKind::Error(error) => Answer::Response(Response::error(error, None)),
        FaultKind::InferenceError => Answer::Response(Response::no_image("Inference error")),
        FaultKind::Filtered => return filtered(),
        FaultKind::Html => Answer::Response(Response::html()),
        FaultKind::OtherJson => Answer::Response(Response::other_json()),
        FaultKind::Disconnect => Answer::Disconnect,
        FaultKind::NoImage | FaultKind::Truncated | FaultKind::Slow(_) => {
            let no_image = base64_simd::STANDARD.encode_to_string(b"this is not an image");
            Answer::Response(Response::image(seed, &no_image))
        }
    };
    (Outcome::Failed(fault.name()), answer)
}

fn filtered() -> (Outcome, Answer) {
    (Outcome::Filtered, Answer::Response(Response::no_image("Filter reason: prompt")))
}
