//! The path of one item, from the event to the image, and what happens when a step of it fails.
//!
//! | what fails | what follows |
//! | --- | --- |
//! | the lease cannot be read or written | the item proceeds without one (fails open) |
//! | another invocation holds the lease | the item waits and looks for the image again |
//! | the rate limiter cannot be read or written | the item proceeds without it (fails open) |
//! | Bedrock throttles | the rate limiter is told; the item waits, or fails as `ModelThrottled` if its caller cannot |
//! | anything else | the item fails with the kind of the error; the state machine retries some kinds |
//!
//! However an attempt ends, its lease is released. One that a crash leaves expires.

use crate::{
    Answer, Config, Error, ErrorKind, Outcome, Output,
    convert::to_format,
    existing_image::{self, KnownBuckets},
    input::Input,
    invoke_model::{invoke_model, latest_start},
    lease::{Acquired, Leases},
    log, pictures,
    put_image::{self, Metadata},
    rate_limit::{Decision, RateLimiter, S3Store},
    state_store::StateStore,
};
use aws_config::SdkConfig;
use aws_sdk_bedrockruntime as bedrock;
use aws_sdk_bedrockruntime::config::{Region, retry::RetryConfig, timeout::TimeoutConfig};
use futures_util::FutureExt;
use idlist::Item;
use idlist::request::{PictureVersion, Request};
use lambda_runtime::LambdaEvent;
use serde_json::Value;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, SystemTime};

/// Time-out of one attempt at an S3 call: without one, a connection that hangs would last until the function's own time-out.
const S3_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

/// How often an invocation whose caller cannot wait looks again for an image that another one is making.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// The function's clients and settings, made once per process.
#[derive(Debug)]
pub struct App {
    bedrock: bedrock::Client,
    s3: aws_sdk_s3::Client,
    config: Config,
    known_buckets: KnownBuckets,
    coordination: Option<Coordination>,
}

/// What keeps the items of all executions from paying twice and from exceeding a quota.
#[derive(Debug)]
struct Coordination {
    leases: Leases,
    rate_limiter: RateLimiter<S3Store>,
}

/// One item to make, with what follows from it.
pub(crate) struct Job<'a> {
    pub(crate) item: &'a Item,
    pub(crate) request: Request<'a>,
    pub(crate) pictures: Vec<PictureVersion>,
    pub(crate) bucket: &'a str,
    pub(crate) key: String,
    pub(crate) digest: String,
    /// When Lambda stops the invocation.
    pub(crate) deadline: SystemTime,
}

impl App {
    /// The clients on a given SDK configuration.
    #[must_use]
    pub fn new(sdk: &SdkConfig, config: Config) -> Self {
        let mut bedrock = bedrock::config::Builder::from(sdk);
        // One attempt: waiting for the next one is free in Step Functions and is billed here.
        bedrock.set_retry_config(Some(RetryConfig::disabled()));
        if let Some(region) = config.bedrock_region.clone() {
            bedrock.set_region(Some(Region::new(region)));
        }
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(S3_ATTEMPT_TIMEOUT).build();
        let s3 = aws_sdk_s3::config::Builder::from(sdk).timeout_config(timeouts).build();
        let s3 = aws_sdk_s3::Client::from_conf(s3);
        let coordination = config.state_bucket_name.clone().map(|bucket| {
            let store = StateStore::new(&s3, bucket);
            let rate_limiter = RateLimiter::new(S3Store::new(store.clone()), config.images_per_minute);
            Coordination { leases: Leases::new(store), rate_limiter }
        });
        let bedrock = bedrock::Client::from_conf(bedrock.build());
        Self { bedrock, s3, config, known_buckets: KnownBuckets::default(), coordination }
    }
}

/// Serves the Lambda Runtime API until the process is stopped.
///
/// # Errors
/// When the Runtime API cannot be reached.
pub async fn serve(app: &App) -> Result<(), lambda_runtime::Error> {
    aws::serve(async |event| handle(app, event).await).await
}

/// Makes the image of one item, unless it is already there or the item has to wait.
///
/// # Errors
/// Every [`ErrorKind`]; a panic becomes `Internal`.
pub async fn handle(app: &App, event: LambdaEvent<Value>) -> Result<Answer, Error> {
    let input = Input::parse(event.payload);
    let (request_id, deadline) = (event.context.request_id.clone(), event.context.deadline());
    let made = AssertUnwindSafe(make_image(app, &input, &request_id, deadline)).catch_unwind().await;
    let result = made.unwrap_or_else(|_| {
        Err(Error::new(ErrorKind::Internal, "the function panicked, a bug; its log says where, please report it"))
    });
    log::result(&input, result.map_err(|err| err.of_item(&input.item)))
}

async fn make_image(app: &App, input: &Input, request_id: &str, deadline: SystemTime) -> Result<Answer, Error> {
    let item = input.item(app.config.retired_models)?;
    let job = Job::new(app, &item, deadline).await?;
    if let Some(output) = app.existing_image(&job).await? {
        return Ok(Answer::Image(output));
    }
    let Some(coordination) = &app.coordination else { return app.generate(&job).await.map(Answer::Image) };
    let lease = match app.acquire_lease(&coordination.leases, input, &job, request_id).await? {
        Acquired::Lease(lease) => lease,
        Acquired::HeldByAnother { retry_after } => return Ok(input.wait(retry_after, input.slot)),
    };
    let result = app.generate_with_lease(&coordination.rate_limiter, input, &job).await;
    if let Some(lease) = lease
        && let Err(err) = coordination.leases.release(lease).await
    {
        log::lease_unavailable(input, &err);
    }
    result
}

impl<'a> Job<'a> {
    async fn new(app: &App, item: &'a Item, deadline: SystemTime) -> Result<Self, Error> {
        let request = Request::new(item, app.config.retired_models)
            .map_err(|err| Error::new(ErrorKind::ModelNotAvailable, format!("model {}: {err}", item.model)))?;
        let pictures = pictures::describe(&app.s3, &request).await?;
        let digest = request.digest(&pictures);
        Ok(Self { item, request, pictures, bucket: &item.input_bucket_name, key: item.object_key(), digest, deadline })
    }

    pub(crate) fn url(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.key)
    }

    fn output(&self, seed: Option<u64>, bytes: u64, content_type: &str, outcome: Outcome) -> Output {
        let model = self.request.model_id();
        Output {
            id: self.item.id.clone(),
            rank: self.item.rank.clone(),
            bucket_name: self.bucket.to_owned(),
            key_name: self.key.clone(),
            model: model.to_owned(),
            requested_model: (self.item.model != model).then(|| self.item.model.clone()),
            seed,
            bytes,
            content_type: content_type.to_owned(),
            outcome,
        }
    }
}

impl App {
    async fn existing_image(&self, job: &Job<'_>) -> Result<Option<Output>, Error> {
        let existing = existing_image::find(&self.s3, &self.known_buckets, job).await?;
        Ok(existing.map(|image| {
            let seed = image.seed.or(job.request.seed());
            job.output(seed, image.bytes, &image.content_type, Outcome::Existing)
        }))
    }

    /// Acquires the lease of the image; without one when leases cannot be used. A caller that cannot wait is waited for here.
    async fn acquire_lease(
        &self,
        leases: &Leases,
        input: &Input,
        job: &Job<'_>,
        request_id: &str,
    ) -> Result<Acquired, Error> {
        loop {
            let acquired = leases.acquire(job, input.execution_name.as_deref(), request_id).await;
            let acquired = acquired.unwrap_or_else(|err| {
                log::lease_unavailable(input, &err);
                Acquired::Lease(None)
            });
            match acquired {
                Acquired::HeldByAnother { .. } if !input.can_wait => {
                    let left = job.deadline.duration_since(SystemTime::now()).unwrap_or_default();
                    if left < 2 * POLL_INTERVAL {
                        let message = "another invocation is still making this image; invoke the function again later";
                        return Err(Error::new(ErrorKind::ModelFailed, message));
                    }
                    tokio::time::sleep(POLL_INTERVAL).await;
                }
                acquired => return Ok(acquired),
            }
        }
    }

    /// Makes the image within the quota of its model, unless another invocation stored it just before the lease was acquired.
    async fn generate_with_lease(
        &self,
        rate_limiter: &RateLimiter<S3Store>,
        input: &Input,
        job: &Job<'_>,
    ) -> Result<Answer, Error> {
        if let Some(output) = self.existing_image(job).await? {
            return Ok(Answer::Image(output));
        }
        let model_id = job.request.model_id();
        if input.can_wait {
            let call_by = latest_start(job.deadline);
            match rate_limiter.acquire(model_id, input.slot, call_by).await {
                Ok(Decision::Proceed) => {}
                Ok(Decision::RetryAfter { seconds, slot }) => return Ok(input.wait(seconds, slot)),
                Err(err) => log::rate_limiter_unavailable(model_id, &err),
            }
        }
        let sent_at = rate_limiter.now();
        let err = match self.generate(job).await {
            Err(err) if err.kind == ErrorKind::ModelThrottled => err,
            result => return result.map(Answer::Image),
        };
        match rate_limiter.throttled(model_id, sent_at).await {
            Ok(Decision::RetryAfter { seconds, slot }) if input.can_wait => {
                log::throttled(input, &err);
                return Ok(input.wait(seconds, slot));
            }
            Ok(_) => {}
            Err(unavailable) => log::rate_limiter_unavailable(model_id, &unavailable),
        }
        Err(err)
    }

    /// The region in which the model of a job is called; `None` for that of the client.
    fn region_of(&self, job: &Job<'_>) -> Option<Region> {
        let region = self.config.bedrock_service_region.clone().filter(|_| job.request.is_service());
        region.map(Region::new)
    }

    /// Calls the model and stores what it made.
    async fn generate(&self, job: &Job<'_>) -> Result<Output, Error> {
        let pictures = pictures::fetch(&self.s3, &job.request, &job.pictures).await?;
        let picture = invoke_model(&self.bedrock, job, self.region_of(job), pictures).await?;
        let format = job.request.format();
        let image = to_format(picture.bytes, format)?;
        let (seed, bytes) = (picture.seed.or(job.request.seed()), image.len() as u64);
        put_image::put(&self.s3, job, image, &Metadata::new(job, seed)).await?;
        Ok(job.output(seed, bytes, format.content_type(), Outcome::Generated))
    }
}
