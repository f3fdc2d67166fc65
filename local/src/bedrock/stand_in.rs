//! The endpoint's logic, without the HTTP server: one call of InvokeModel from its body to its answer.

use super::answer::{Answer, Response};
use super::counts::{Book, Counts, Outcome};
use super::error::BedrockError;
use super::fault::{Fault, FaultKind, Faults};
use super::item::ItemName;
use super::painter::{self, Size, Source, SourceError};
use super::request::{self, Order};
use super::throttle::Throttle;
use idlist::models::{self, Model, ModelError, RetiredModels};
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How the stand-in behaves; by default like a Bedrock that is never busy.
#[derive(Clone, Debug)]
pub struct Options {
    /// How large pictures are.
    pub size: Size,
    /// Requests a minute; those above are answered with `ThrottlingException`. `None` is no limit.
    pub throttle: Option<u32>,
    /// Prompts with one of these words, in upper or lower case, are refused by the filter.
    pub filter: Vec<String>,
    /// How long a picture takes at least.
    pub latency: Duration,
    /// What goes wrong and how often. The shares lie side by side; what goes beyond 1 in total never happens.
    pub fail: Vec<Fault>,
    /// Decides which calls fail, together with the item and the attempt: the same run has the same faults in any order of calls.
    pub fault_seed: u64,
    /// The minute of `throttle` and the `latency` are so many times as short.
    pub speed: f64,
    /// Whether calls are counted by item too. That takes memory for every item.
    pub count_by_item: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            size: Size::default(),
            throttle: None,
            filter: Vec::new(),
            latency: Duration::ZERO,
            fail: Vec::new(),
            fault_seed: 0,
            speed: 1.0,
            count_by_item: false,
        }
    }
}

/// Answers InvokeModel in Bedrock's place.
#[derive(Debug)]
pub struct StandIn {
    size: Size,
    filter: Vec<String>,
    latency: Duration,
    faults: Faults,
    throttle: Option<Mutex<Throttle>>,
    book: Mutex<Book>,
    random: RandomState,
}

impl StandIn {
    /// A stand-in that behaves like this.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let scaled = |duration: Duration| {
            let seconds = duration.as_secs_f64() / options.speed;
            Duration::try_from_secs_f64(seconds).unwrap_or(duration)
        };
        let minute = scaled(Duration::from_secs(60));
        let latency = scaled(options.latency);
        Self {
            size: options.size,
            filter: options.filter.iter().map(|word| word.to_lowercase()).filter(|word| !word.is_empty()).collect(),
            latency,
            throttle: options.throttle.map(|requests| Mutex::new(Throttle::new(requests, minute))),
            faults: Faults { of: options.fail, seed: options.fault_seed },
            book: Mutex::new(Book::new(options.count_by_item)),
            random: RandomState::new(),
        }
    }

    /// What has been done so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.book().counts.clone()
    }

    /// Calls by item, throttled and failed ones among them; `None` unless [`Options::count_by_item`] was set.
    #[must_use]
    pub fn calls_by_item(&self) -> Option<BTreeMap<ItemName, u64>> {
        self.book().by_item.clone()
    }

    /// Answers one call. `request_metadata` is the header `X-Amzn-Bedrock-Request-Metadata`, which names the item.
    ///
    /// Painting runs on tokio's blocking threads, so the caller's thread stays free.
    pub async fn invoke_model(&self, model_id: &str, request_metadata: Option<&str>, body: &[u8]) -> Answer {
        let started = Instant::now();
        let item = ItemName::from_request_metadata(request_metadata);
        let call = {
            let mut book = self.book();
            book.start(&item);
            book.counts.calls
        };
        let (outcome, answer) = self.answer(model_id, &item, body).await;
        self.book().end(outcome);
        match answer {
            Answer::Response(mut response) => {
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
            Some(fault) => return fail(fault, order.seed),
        }
        if self.is_filtered(&order.prompt) {
            return (Outcome::Filtered, Answer::Response(Response::no_image("Filter reason: prompt")));
        }
        let seed = if order.seed == 0 { self.random_seed(model) } else { order.seed };
        match paint(model, order, seed, item.rank.clone(), self.size).await {
            Err(answer) => answer,
            Ok(image) => {
                let mut response = Response::image(seed, &base64_simd::STANDARD.encode_to_string(image));
                if fault == Some(FaultKind::Truncated) {
                    response.body.truncate(response.body.len() / 2);
                    return (Outcome::Failed(FaultKind::Truncated.name()), Answer::Response(response));
                }
                (Outcome::Paid, Answer::Response(response))
            }
        }
    }

    /// Requests that the quota or the check turned away are no attempts: how many those are depends on the hour, what fails must not.
    fn fault(&self, item: &ItemName, body: &[u8]) -> Option<FaultKind> {
        if self.faults.of.is_empty() {
            return None;
        }
        let identity = item.identity(body);
        let attempt = self.book().attempt(identity);
        self.faults.of(identity, attempt)
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
        FaultKind::Disconnect => Answer::Disconnect,
        FaultKind::NoImage | FaultKind::Truncated => {
            let no_image = base64_simd::STANDARD.encode_to_string(b"this is not an image");
            Answer::Response(Response::image(seed, &no_image))
        }
    };
    (Outcome::Failed(fault.name()), answer)
}

/// The image file, or the answer to a request whose source is no picture.
async fn paint(
    model: &'static Model,
    order: Order,
    seed: u64,
    rank: Option<String>,
    size: Size,
) -> Result<Vec<u8>, (Outcome, Answer)> {
    let painted = tokio::task::spawn_blocking(move || {
        let source = order.source.as_ref();
        let picture = painter::paint(&painter::Request {
            prompt: &order.prompt,
            negative_prompt: order.negative_prompt.as_deref(),
            seed,
            rank: rank.as_deref(),
            aspect_ratio: order.aspect_ratio,
            size,
            source: source.map(|(bytes, strength)| Source { bytes, strength: *strength as f32 }),
            model: &title(model.id),
        })?;
        let description = format!("STAND-IN, not a model's picture: asked of {}, seed {seed}", model.id);
        picture.encode(order.format, &description).map_err(SourceError::from)
    });
    match painted.await {
        Ok(Ok(image)) => Ok(image),
        Ok(Err(error)) => Err(refuse(BedrockError::Validation, Some(&request::source_violation(&error)))),
        Err(_) => Err(refuse(BedrockError::InternalServer, None)),
    }
}

/// `stability.stable-image-core-v1:1` as people call it: `STABLE IMAGE CORE`.
fn title(model_id: &str) -> String {
    let name = model_id.split_once('.').map_or(model_id, |(_, name)| name);
    let name = name.rsplit_once("-v").map_or(name, |(name, _)| name);
    name.to_uppercase().replace("SD3-5", "SD3.5").replace('-', " ")
}
