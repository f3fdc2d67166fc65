//! Starts everything, and ends it when dropped.

use super::{
    blocking,
    delivery::{Delivery, deliver},
    functions::functions,
    names::{ACCOUNT, GENERATOR, IMAGE_BUCKET, LEDGER, LIST_BUCKET, REGION, RESULT_BUCKET, STATE_MACHINE},
    outbox::Outbox,
    services::PipelineServices,
};
use crate::{
    cli::{Bedrock, Settings},
    faults::{Faults, Ledger},
    http::{Endpoints, serve},
};
use aws_credential_types::provider::ProvideCredentials;
use emulator_bedrock::{BedrockEndpoint, Options, StandIn};
use emulator_lambda::{Functions, LambdaEndpoint};
use emulator_s3::{DEFAULT_MAX_OBJECT_BYTES, ListQuery, S3Endpoint, Store, StoreError};
use emulator_step_functions::{
    ChildEnd, Definition, EngineSettings, Executions, StateMachine, StepFunctionsEndpoint, substitute,
};
use serde_json::Value;
use std::fs::{self, File, TryLockError};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio_util::task::AbortOnDropHandle;

/// The definition that is deployed on AWS.
const DEFINITION: &str = include_str!("../../../sam/statemachine.asl.json");

/// Deliveries that a slow observer may be behind.
const BACKLOG: usize = 1024;

/// Why the pipeline could not be started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The data folder, or a file in it, cannot be used.
    #[error("the data folder {}: {cause}", path.display())]
    Data { path: PathBuf, cause: io::Error },
    #[error("the data folder {} is in use by another local; stop it, or name another folder with --data", .0.display())]
    InUse(PathBuf),
    #[error("port {port} of 127.0.0.1 cannot be had ({cause}); name another with --port, or 0 for a free one")]
    Port { port: u16, cause: io::Error },
    #[error("the buckets could not be made: {0}")]
    Buckets(#[from] StoreError),
    #[error("the state machine definition: {0}")]
    Definition(String),
    #[error(
        "no AWS credentials for --bedrock aws ({0}); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or \
         eval \"$(aws configure export-credentials --format env)\""
    )]
    Credentials(String),
    #[error("{0} is an option of the stand-in, which --bedrock aws replaces; leave one of them out")]
    NotAStandIn(&'static str),
    #[error("this program's own file cannot be found: {0}")]
    Program(io::Error),
    #[error("signals cannot be received: {0}")]
    Signals(io::Error),
}

/// A pipeline that runs. Dropping it ends its functions and frees its port.
pub(crate) struct Pipeline {
    /// Where the endpoints listen.
    pub(crate) address: SocketAddr,
    /// The data folder, as an absolute path.
    pub(crate) data: PathBuf,
    pub(crate) executions: Executions<PipelineServices>,
    pub(crate) services: PipelineServices,
    /// `None` when the real Bedrock is called.
    pub(crate) stand_in: Option<Arc<StandIn>>,
    outbox: Outbox,
    deliveries: broadcast::Sender<Delivery>,
    _tasks: [AbortOnDropHandle<()>; 2],
    _lock: File,
}

impl Pipeline {
    /// Starts the services on a port of 127.0.0.1; 0 takes a free one. `on_child_end` is told of every item that has ended.
    ///
    /// # Errors
    /// Says what is missing; nothing is left running.
    pub(crate) async fn start(
        settings: &Settings,
        port: u16,
        on_child_end: impl Fn(ChildEnd<'_>) + Send + Sync + 'static,
    ) -> Result<Self, StartError> {
        let definition = definition(settings)?;
        if settings.bedrock == Bedrock::Aws {
            if let Some(option) = settings.faults.of_stand_in() {
                return Err(StartError::NotAStandIn(option));
            }
            credentials_are_there().await?;
        }
        let data = fs::create_dir_all(&settings.data).and_then(|()| settings.data.canonicalize());
        let data = data.map_err(of_data(&settings.data))?;
        let lock = lock(&data)?;
        let [logs, temporary, executions] = ["logs", "temporary", "executions"].map(|name| data.join(name));
        // What a killed process left half written.
        let _ = fs::remove_dir_all(&temporary);
        for folder in [&logs, &temporary, &executions] {
            fs::create_dir_all(folder).map_err(of_data(folder))?;
        }

        let port_error = |cause| StartError::Port { port, cause };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(port_error)?;
        let address = listener.local_addr().map_err(port_error)?;

        let folder = data.clone();
        let store = blocking(move || open_store(&folder)).await?;
        let path = data.join(LEDGER);
        let ledger = settings.faults.ledger.then(|| Ledger::open(&path)).transpose().map_err(of_data(&path))?;
        let faults = Arc::new(Faults::new(settings.faults.clone(), ledger));
        let notifications = data.join("notifications");
        let (outbox, created) = Outbox::open(&notifications, Arc::clone(&faults)).map_err(of_data(&notifications))?;
        store.notify(outbox.clone());

        let program = std::env::current_exe().map_err(StartError::Program)?;
        let functions = functions(settings, &program, address, &logs);
        let functions = Arc::new(Functions::new(functions, settings.speed));
        let services = PipelineServices::new(store.clone(), Arc::clone(&functions));
        let role_arn = format!("arn:aws:iam::{ACCOUNT}:role/local");
        let machine = StateMachine::new(STATE_MACHINE, REGION, ACCOUNT, role_arn, definition);
        let mut engine = EngineSettings::new(&executions);
        engine.speed = settings.speed;
        engine.on_child_end = Some(Box::new(on_child_end));
        let executions = Executions::open(services.clone(), machine, engine).map_err(of_data(&executions))?;
        let stand_in = (settings.bedrock == Bedrock::StandIn).then(|| {
            let options = Options {
                size: settings.picture,
                draw_once: settings.paint_once,
                throttle: faults.plan.throttle,
                filter: faults.plan.filter.clone(),
                latency: Duration::from_millis(faults.plan.latency),
                speed: settings.speed,
            };
            Arc::new(StandIn::new(options, Some(Arc::<Faults>::clone(&faults))))
        });

        let (deliveries, _) = broadcast::channel(BACKLOG);
        let endpoints = Endpoints {
            s3: S3Endpoint::new(store, REGION),
            step_functions: StepFunctionsEndpoint::new(executions.clone()),
            lambda: LambdaEndpoint(Arc::clone(&functions)),
            bedrock: stand_in.clone().map(BedrockEndpoint),
            faults,
        };
        let tasks = [
            AbortOnDropHandle::new(tokio::spawn(serve(listener, endpoints))),
            AbortOnDropHandle::new(tokio::spawn(deliver(created, outbox.clone(), functions, deliveries.clone()))),
        ];
        Ok(Self { address, data, executions, services, stand_in, outbox, deliveries, _tasks: tasks, _lock: lock })
    }

    /// Goes on where an earlier process died: delivers the notifications that the trigger has not taken, and carries the
    /// executions on that ran. Returns the ARNs of the latter.
    pub(crate) fn resume(&self) -> Vec<String> {
        let interrupted = self.executions.interrupted().into_iter().map(|interrupted| interrupted.execution_arn);
        let carried_on = interrupted.filter(|arn| self.executions.resume(arn)).collect();
        self.outbox.deliver_leftovers();
        carried_on
    }

    /// Ends what an earlier process left of the list with this key, which is about to be put again and has all of its items.
    /// Other lists are left for [`resume`](Self::resume).
    pub(crate) async fn supersede(&self, key: &str) {
        self.outbox.forget_leftovers(key);
        for interrupted in self.executions.interrupted() {
            let input: Value = serde_json::from_str(&interrupted.input).unwrap_or_default();
            if input["bucketName"] == LIST_BUCKET && input["bucketKey"] == key {
                let cause = "local was ended, and the list was put again";
                self.executions.stop(&interrupted.execution_arn, None, Some(cause.to_owned())).await;
            }
        }
    }

    /// The folder of a bucket.
    pub(crate) fn bucket_folder(&self, bucket: &str) -> PathBuf {
        self.data.join("s3").join(bucket)
    }

    /// What comes of notifications from now on.
    pub(crate) fn deliveries(&self) -> broadcast::Receiver<Delivery> {
        self.deliveries.subscribe()
    }
}

/// Says that this file or folder cannot be used.
fn of_data(path: &Path) -> impl FnOnce(io::Error) -> StartError {
    let path = path.to_owned();
    |cause| StartError::Data { path, cause }
}

fn definition(settings: &Settings) -> Result<Definition, StartError> {
    let text = match &settings.definition {
        None => DEFINITION.to_owned(),
        Some(path) => {
            fs::read_to_string(path).map_err(|cause| StartError::Definition(format!("{}: {cause}", path.display())))?
        }
    };
    let values = [
        ("GeneratorFunctionArn", format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{GENERATOR}")),
        ("ListBucketName", LIST_BUCKET.to_owned()),
        ("ResultBucketName", RESULT_BUCKET.to_owned()),
        ("MaxConcurrency", settings.concurrency.to_string()),
        ("ToleratedFailurePercentage", settings.tolerated_failure_percentage.to_string()),
    ];
    let values = values.map(|(name, value)| (name.to_owned(), value)).into();
    let text = substitute(&text, &values).map_err(|err| StartError::Definition(err.to_string()))?;
    Definition::parse(&text).map_err(|err| StartError::Definition(err.to_string()))
}

/// What the generator would find out item by item.
async fn credentials_are_there() -> Result<(), StartError> {
    let sdk = Box::pin(aws::sdk_config(aws::http_client())).await;
    let provider = sdk.credentials_provider().ok_or_else(|| StartError::Credentials("none are configured".into()))?;
    provider.provide_credentials().await.map(drop).map_err(|err| StartError::Credentials(aws::chain(&err)))
}

/// The store in this folder, with the buckets of the template. Waits for locks.
fn open_store(data: &Path) -> Result<Store, StoreError> {
    let store = Store::new(data, DEFAULT_MAX_OBJECT_BYTES)?;
    for bucket in [LIST_BUCKET, IMAGE_BUCKET, RESULT_BUCKET] {
        store.create_bucket(bucket)?;
    }
    delete_leases(&store)?;
    store.enable_versioning(LIST_BUCKET)?;
    Ok(store)
}

/// Deletes the leases of an earlier process: its functions ended with it, so nothing has to wait for them to expire.
fn delete_leases(store: &Store) -> Result<(), StoreError> {
    let leases = ListQuery { prefix: generator::LEASES, limit: usize::MAX, ..ListQuery::default() };
    for lease in store.list(RESULT_BUCKET, leases)?.objects {
        store.delete(RESULT_BUCKET, &lease.key)?;
    }
    Ok(())
}

/// Two pipelines in one folder would take each other's objects and events.
fn lock(data: &Path) -> Result<File, StartError> {
    let path = data.join("lock");
    let file = File::create(&path).map_err(of_data(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StartError::InUse(data.to_owned())),
        Err(TryLockError::Error(cause)) => Err(of_data(&path)(cause)),
    }
}
