//! The path of one item: checked, looked for, asked for, checked again, stored.

use crate::{
    answer::Reading,
    bedrock::Bedrock,
    claim::{Claimed, Claims, Wanted},
    classify,
    config::{Config, ConfigError, PACE_BUCKET_NAME},
    error::{Error, ErrorKind},
    format::in_format,
    input::Input,
    log,
    output::{Answer, Later, Outcome, Output},
    pace::{Pace, S3Board, Ticket, Turn},
    request::{Request, request_metadata},
    shared::SharedObjects,
    source,
    store::{self, Destination, KnownBuckets, Metadata},
};
use aws_sdk_s3::config::Region;
use futures_util::FutureExt;
use idlist::{FieldProblem, Item, ProblemKind};
use lambda_runtime::LambdaEvent;
use sdk::{Connections, SdkConfig};
use serde_json::Value;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant, SystemTime};

/// Time kept back from the model for storing the image: this, or a quarter of what is left where that is less.
const STORE_RESERVE: Duration = Duration::from_secs(10);

/// The model is not asked, and so not paid, where it has less time than this.
const MODEL_LEAST: Duration = Duration::from_secs(1);

/// What a connection that is opened ahead may take. Where it takes longer, the first item finds out why.
const CONNECT_PATIENCE: Duration = Duration::from_secs(1);

/// The function's clients and settings, made once per process.
#[derive(Debug)]
pub struct App {
    bedrock: Bedrock,
    s3: aws_sdk_s3::Client,
    config: Config,
    known_buckets: KnownBuckets,
    order: Option<Order>,
}

/// What keeps the items of all executions in order: whose turn it is, and who makes which image.
#[derive(Debug)]
struct Order {
    pace: Pace<S3Board>,
    claims: Claims,
}

/// What came of one attempt that is no failure.
enum Made {
    Image(Output),
    /// The item's turn is not yet; it has to wait for so many seconds, and keeps its place.
    Later(u64, Option<Ticket>),
}

impl App {
    /// The clients on a given SDK configuration.
    ///
    /// # Errors
    /// When a setting can not be used.
    pub fn new(sdk: &SdkConfig, config: Config) -> Result<Self, ConfigError> {
        let region = sdk.region().cloned().ok_or_else(|| ConfigError::new("AWS_REGION", "it is not set"))?;
        let bedrock_region = config.bedrock_region.clone().map_or_else(|| region.clone(), Region::new);
        let order = match config.pace_bucket_name.clone() {
            None => None,
            Some(bucket) => {
                let objects = SharedObjects::new(sdk, region, bucket);
                let objects = objects.map_err(|err| ConfigError::new(PACE_BUCKET_NAME, &err.to_string()))?;
                Some(Order { pace: Pace::new(S3Board::new(objects.clone())), claims: Claims::new(objects) })
            }
        };
        Ok(Self {
            bedrock: Bedrock::new(sdk, bedrock_region),
            s3: aws_sdk_s3::Client::new(sdk),
            config,
            known_buckets: KnownBuckets::default(),
            order,
        })
    }

    /// Connects to where the first item's calls will go: to Bedrock, and to the bucket of the clocks, where as a rule the images go, too.
    pub(crate) async fn connect(&self, connections: &Connections) {
        let clocks = self.order.as_ref().map(|order| order.claims.endpoint());
        let urls: Vec<_> = [Some(self.bedrock.endpoint()), clocks].into_iter().flatten().collect();
        connections.open(&urls, CONNECT_PATIENCE).await;
    }

    async fn make(
        &self,
        item: &Item,
        request: &Request<'_>,
        input: &Input,
        deadline: SystemTime,
    ) -> Result<Made, Error> {
        let model_id = request.model_id();
        let key = item.object_key();
        let destination = Destination { bucket: &item.input_bucket_name, key: &key };
        let source = source::describe(&self.s3, item).await?;
        let digest = request.digest(source.as_ref());

        let output = |seed, bytes, content_type, outcome| Output {
            id: item.id.clone(),
            rank: item.rank.clone(),
            bucket_name: item.input_bucket_name.clone(),
            key_name: key.clone(),
            model: model_id.to_owned(),
            requested_model: (item.model != model_id).then(|| item.model.clone()),
            seed,
            bytes,
            content_type,
            outcome,
        };

        if let Some(existing) = store::existing(&self.s3, &self.known_buckets, &destination, &digest).await? {
            let seed = existing.seed.unwrap_or(request.seed());
            return Ok(Made::Image(output(seed, existing.bytes, existing.content_type, Outcome::Existing)));
        }

        let paint = async || {
            store::bucket_exists(&self.s3, &self.known_buckets, destination.bucket).await?;
            let source_image = match &source {
                Some(source) => Some(source::fetch(&self.s3, source).await?),
                None => None,
            };
            let answer = self.invoke_model(item, request, source_image.as_deref(), deadline).await?;
            let picture = answer.picture()?;
            let image = in_format(picture.bytes, request.format())?;
            let seed = picture.seed.unwrap_or(request.seed());
            let bytes = image.len() as u64;
            let metadata = Metadata { item, model_id, seed, digest: &digest };
            store::put(&self.s3, &destination, image, request.format(), metadata, deadline).await?;
            Ok(output(seed, bytes, request.format().content_type().to_owned(), Outcome::Generated))
        };
        // The model is needed. Who can not wait asks it at once.
        match self.order.as_ref().filter(|_| input.can_wait) {
            None => paint().await.map(Made::Image),
            Some(order) => {
                if order.claims.bucket() != destination.bucket {
                    // Before it takes a place in the line. Of the bucket of the claims, these tell.
                    store::bucket_exists(&self.s3, &self.known_buckets, destination.bucket).await?;
                }
                let wanted = Wanted::new(destination.bucket, &key, &digest, input.execution_name.as_deref());
                order.in_turn(input, model_id, &wanted, deadline, &self.known_buckets, paint).await
            }
        }
    }

    async fn invoke_model(
        &self,
        item: &Item,
        request: &Request<'_>,
        source_image: Option<&[u8]>,
        deadline: SystemTime,
    ) -> Result<Reading, Error> {
        let model_id = request.model_id();
        let left = deadline.duration_since(SystemTime::now()).unwrap_or_default();
        let timeout = left - STORE_RESERVE.min(left / 4);
        if timeout < MODEL_LEAST {
            let message = "no time is left for the model before the function's time-out; raise it";
            return Err(Error::new(ErrorKind::ModelFailed, message));
        }
        let started = Instant::now();
        let asked = self.bedrock.invoke_model(model_id, request_metadata(item), request.body(source_image));
        let answer = tokio::time::timeout(timeout, asked).await;
        log::model_latency(model_id, started.elapsed());
        answer.unwrap_or_else(|_| Err(classify::no_answer(model_id, "it took longer than the time that was left")))
    }
}

impl Order {
    /// Makes an image when nobody else makes it and it is its turn. Where order can not be kept, items go on without.
    ///
    /// The claim comes first, so that no ticket is spent on what others make, and nothing comes between the turn and the call. An item that has to
    /// wait gives it back: nobody has to wait for an execution that was stopped.
    async fn in_turn(
        &self,
        input: &Input,
        model_id: &'static str,
        wanted: &Wanted,
        deadline: SystemTime,
        known_buckets: &KnownBuckets,
        paint: impl AsyncFnOnce() -> Result<Output, Error>,
    ) -> Result<Made, Error> {
        match self.claims.take(wanted, deadline).await {
            Ok(Claimed::Ours) => known_buckets.insert(self.claims.bucket()),
            Ok(Claimed::Taken { seconds }) => return Ok(Made::Later(seconds, input.ticket)),
            Err(err) => log::unclaimed(input, &err),
        }
        let made = self.claimed(input, model_id, paint).await;
        if !matches!(made, Ok(Made::Image(_)))
            && let Err(err) = self.claims.give_back(wanted).await
        {
            log::unclaimed(input, &err);
        }
        made
    }

    /// Makes an image when it is its turn.
    async fn claimed(
        &self,
        input: &Input,
        model_id: &'static str,
        paint: impl AsyncFnOnce() -> Result<Output, Error>,
    ) -> Result<Made, Error> {
        match self.pace.turn(model_id, input.ticket).await {
            Ok(Turn::Ask) => {}
            Ok(Turn::Wait { seconds, ticket }) => return Ok(Made::Later(seconds, ticket)),
            Err(err) => log::unpaced(model_id, &err),
        }
        let asked = self.pace.now();
        let err = match paint().await {
            Ok(output) => return Ok(Made::Image(output)),
            Err(err) => err,
        };
        if err.kind != ErrorKind::ModelThrottled {
            return Err(err);
        }
        match self.pace.refused(model_id, asked).await {
            Ok(Turn::Wait { seconds, ticket }) => {
                log::throttled(input, &err);
                Ok(Made::Later(seconds, ticket))
            }
            Ok(Turn::Ask) => Err(err),
            Err(unpaced) => {
                log::unpaced(model_id, &unpaced);
                Err(err)
            }
        }
    }
}

/// Makes the image of one item, unless it is already there or the item has to wait for its turn.
///
/// # Errors
/// Every [`ErrorKind`]; a panic becomes `Internal`.
pub async fn handle(app: &App, event: LambdaEvent<Value>) -> Result<Answer, Error> {
    let input = Input::of(event.payload);
    let deadline = event.context.deadline();
    let made = AssertUnwindSafe(one_item(app, &input, deadline)).catch_unwind().await;
    let result = made.unwrap_or_else(|_| {
        Err(Error::new(ErrorKind::Internal, "the function panicked, a bug; its log says where, please report it"))
    });
    match result.map_err(|err| err.of_item(&input.item)) {
        Ok(Made::Image(output)) => {
            log::made(&input, &output);
            Ok(Answer::Image(output))
        }
        Ok(Made::Later(wait_seconds, ticket)) => {
            log::waits(&input, wait_seconds);
            let Input { item, execution_name, .. } = input;
            Ok(Answer::Later(Later { wait_seconds, ticket, item, execution_name, can_wait: true }))
        }
        Err(err) => {
            log::failed(&input, &err);
            Err(err)
        }
    }
}

async fn one_item(app: &App, input: &Input, deadline: SystemTime) -> Result<Made, Error> {
    let retired = app.config.retired_models;
    let item = Item::from_value(&input.item, retired).map_err(|problems| invalid(&problems))?;
    let request = Request::new(&item, retired)?;
    app.make(&item, &request, input, deadline).await
}

/// The failure of an item with problems: that of its model where that alone is wrong, else that of the item.
fn invalid(problems: &[FieldProblem]) -> Error {
    let of_model =
        |problem: &FieldProblem| matches!(problem.kind, ProblemKind::UnknownModel | ProblemKind::RetiredModel);
    let kind = if problems.iter().all(of_model) { ErrorKind::ModelNotAvailable } else { ErrorKind::InvalidItem };
    Error::new(kind, problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
}
