//! Starts everything, and ends it when dropped.

use super::{
    delivery::{Delivery, deliver},
    functions::functions,
    names::{ACCOUNT, GENERATOR, IMAGE_BUCKET, LIST_BUCKET, REGION, RESULT_BUCKET, STATE_MACHINE},
    outbox::Outbox,
    services::PipelineServices,
};
use crate::{
    cli::{Bedrock, Settings},
    faults::{FaultPlanError, Faults, Ledger},
    http::{Endpoints, serve},
};
use aws_credential_types::provider::ProvideCredentials;
use emulator_bedrock::{BedrockEndpoint, StandIn};
use emulator_lambda::{Functions, LambdaEndpoint};
use emulator_s3::{DEFAULT_MAX_OBJECT_BYTES, ListQuery, S3Endpoint, Store, StoreError};
use emulator_step_functions::{ChildEnd, Definition, Executions, StateMachine, StepFunctionsEndpoint};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio_util::task::AbortOnDropHandle;

/// The definition that is deployed on AWS.
const DEFINITION: &str = include_str!("../../../sam/statemachine.asl.json");

/// The ledger's file in the data folder.
pub const LEDGER: &str = "ledger.jsonl";

/// Deliveries that a slow observer may be behind.
const BACKLOG: usize = 1024;

/// Why the pipeline could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used.
    #[error("the data folder {}: {cause}", path.display())]
    Data {
        /// The folder, or a file in it.
        path: PathBuf,
        /// What the machine said.
        cause: std::io::Error,
    },
    /// Another process works in the data folder.
    #[error("the data folder {} is in use by another local; stop it, or name another folder with --data", .0.display())]
    InUse(PathBuf),
    /// The port cannot be had.
    #[error("port {port} of 127.0.0.1 cannot be had ({cause}); name another with --port, or 0 for a free one")]
    Port {
        /// The port.
        port: u16,
        /// What the machine said.
        cause: std::io::Error,
    },
    /// The buckets could not be made.
    #[error("the buckets could not be made: {0}")]
    Buckets(#[from] StoreError),
    /// The state machine definition cannot be read.
    #[error("the definition {}: {cause}", path.display())]
    DefinitionFile {
        /// The file.
        path: PathBuf,
        /// What the machine said.
        cause: std::io::Error,
    },
    /// The state machine definition cannot be run here.
    #[error("the state machine definition: {0}")]
    Definition(String),
    /// The real Bedrock is to be called, and there are no credentials.
    #[error(
        "no AWS credentials for --bedrock aws ({0}); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or \
         eval \"$(aws configure export-credentials --format env)\""
    )]
    Credentials(String),
    /// The fault plan cannot be used.
    #[error(transparent)]
    Faults(#[from] FaultPlanError),
    /// The program does not know where it is.
    #[error("this program's own file cannot be found: {0}")]
    Program(std::io::Error),
}

/// A pipeline that runs. Dropping it ends its functions and frees its port.
pub struct Pipeline {
    address: SocketAddr,
    data: PathBuf,
    store: Store,
    executions: Executions<PipelineServices>,
    services: PipelineServices,
    functions: Arc<Functions>,
    stand_in: Option<Arc<StandIn>>,
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
    pub async fn start(
        settings: &Settings,
        port: u16,
        on_child_end: impl Fn(ChildEnd<'_>) + Send + Sync + 'static,
    ) -> Result<Self, StartError> {
        let definition = definition(settings)?;
        let plan = settings.fault_plan()?;
        if settings.bedrock == Bedrock::Aws {
            credentials_are_there().await?;
        }
        let data = absolute(&settings.data)?;
        let lock = lock(&data)?;
        let [logs, temporary, executions] = ["logs", "temporary", "executions"].map(|name| data.join(name));
        // What a killed process left half written.
        let _ = fs::remove_dir_all(&temporary);
        for folder in [&logs, &temporary, &executions] {
            fs::create_dir_all(folder).map_err(|cause| StartError::Data { path: folder.clone(), cause })?;
        }

        let port_error = |cause| StartError::Port { port, cause };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(port_error)?;
        let address = listener.local_addr().map_err(port_error)?;

        let folder = data.clone();
        let store = match tokio::task::spawn_blocking(move || open_store(&folder)).await {
            Ok(store) => store?,
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        };
        let path = data.join(LEDGER);
        let ledger = settings.faults.ledger.then(|| Ledger::open(&path)).transpose();
        let ledger = ledger.map_err(|cause| StartError::Data { path, cause })?;
        let faults = Arc::new(Faults::new(&plan, ledger));
        let notifications = data.join("notifications");
        let (outbox, created) = Outbox::open(&notifications, Arc::clone(&faults))
            .map_err(|cause| StartError::Data { path: notifications, cause })?;
        store.notify(outbox.clone());

        let program = std::env::current_exe().map_err(StartError::Program)?;
        let functions = functions(settings, &program, address, &logs, &faults);
        let functions = Arc::new(Functions::new(functions, settings.speed));
        let services = PipelineServices::new(store.clone(), Arc::clone(&functions), Arc::clone(&faults));
        let role_arn = format!("arn:aws:iam::{ACCOUNT}:role/local");
        let machine = StateMachine::new(STATE_MACHINE, REGION, ACCOUNT, role_arn, definition);
        let mut engine = emulator_step_functions::EngineSettings::new(&executions);
        engine.speed = settings.speed;
        engine.on_child_end = Some(Box::new(on_child_end));
        let executions = Executions::open(services.clone(), machine, engine)
            .map_err(|cause| StartError::Data { path: executions, cause })?;
        let stand_in = match settings.bedrock {
            Bedrock::StandIn => {
                let options = settings.stand_in.options(&plan, settings.speed);
                Some(Arc::new(StandIn::new(options, Some(Arc::<Faults>::clone(&faults)))))
            }
            Bedrock::Aws => None,
        };

        let (deliveries, _) = broadcast::channel(BACKLOG);
        let endpoints = Endpoints {
            s3: S3Endpoint::new(store.clone(), REGION),
            step_functions: StepFunctionsEndpoint::new(executions.clone()),
            lambda: LambdaEndpoint(Arc::clone(&functions)),
            bedrock: stand_in.clone().map(BedrockEndpoint),
            faults,
        };
        let tasks = [
            AbortOnDropHandle::new(tokio::spawn(serve(listener, endpoints))),
            AbortOnDropHandle::new(tokio::spawn(deliver(
                created,
                outbox.clone(),
                Arc::clone(&functions),
                deliveries.clone(),
            ))),
        ];
        Ok(Self {
            address,
            data,
            store,
            executions,
            services,
            functions,
            stand_in,
            outbox,
            deliveries,
            _tasks: tasks,
            _lock: lock,
        })
    }

    /// Goes on where an earlier process died: delivers the notifications that the trigger has not taken, and carries the
    /// executions on that ran. Returns the ARNs of the latter.
    pub fn resume(&self) -> Vec<String> {
        let interrupted = self.executions.interrupted().into_iter().map(|interrupted| interrupted.execution_arn);
        let carried_on = interrupted.filter(|arn| self.executions.resume(arn)).collect();
        self.outbox.deliver_leftovers();
        carried_on
    }

    /// Ends what an earlier process left of the list with this key, which is about to be put again and has all of its items.
    /// Other lists are left for [`resume`](Self::resume).
    pub async fn supersede(&self, key: &str) {
        self.outbox.forget_leftovers(key);
        for interrupted in self.executions.interrupted() {
            let input: Value = serde_json::from_str(&interrupted.input).unwrap_or_default();
            if input["bucketName"] == LIST_BUCKET && input["bucketKey"] == key {
                let cause = "local was ended, and the list was put again";
                self.executions.stop(&interrupted.execution_arn, None, Some(cause.to_owned())).await;
            }
        }
    }

    /// Where the endpoints listen.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The data folder, as an absolute path.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The folder of a bucket.
    #[must_use]
    pub fn bucket_folder(&self, bucket: &str) -> PathBuf {
        self.data.join("s3").join(bucket)
    }

    /// A folder for files that are needed for a moment.
    #[must_use]
    pub fn temporary(&self) -> PathBuf {
        self.data.join("temporary")
    }

    /// The log of a function.
    #[must_use]
    pub fn log(&self, function: &str) -> PathBuf {
        self.data.join("logs").join(format!("{function}.log"))
    }

    /// The buckets.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The executions.
    #[must_use]
    pub fn executions(&self) -> &Executions<PipelineServices> {
        &self.executions
    }

    /// The functions.
    #[must_use]
    pub fn functions(&self) -> &Functions {
        &self.functions
    }

    /// Buckets that were made because a list names them.
    #[must_use]
    pub fn made_buckets(&self) -> Vec<String> {
        self.services.made_buckets()
    }

    /// The stand-in; `None` when the real Bedrock is called.
    #[must_use]
    pub fn stand_in(&self) -> Option<&StandIn> {
        self.stand_in.as_deref()
    }

    /// What comes of notifications from now on.
    #[must_use]
    pub fn deliveries(&self) -> broadcast::Receiver<Delivery> {
        self.deliveries.subscribe()
    }
}

fn definition(settings: &Settings) -> Result<Definition, StartError> {
    let text = match &settings.definition {
        None => DEFINITION.to_owned(),
        Some(path) => {
            fs::read_to_string(path).map_err(|cause| StartError::DefinitionFile { path: path.clone(), cause })?
        }
    };
    let generator = identity_arn(GENERATOR);
    let values = BTreeMap::from([
        ("GeneratorFunctionArn", generator),
        ("ListBucketName", LIST_BUCKET.to_owned()),
        ("ResultBucketName", RESULT_BUCKET.to_owned()),
        ("MaxConcurrency", settings.concurrency.to_string()),
        ("ToleratedFailurePercentage", settings.tolerated_failure_percentage.to_string()),
    ]);
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let text =
        emulator_step_functions::substitute(&text, &values).map_err(|err| StartError::Definition(err.to_string()))?;
    Definition::parse(&text).map_err(|err| StartError::Definition(err.to_string()))
}

/// What the generator would find out item by item.
async fn credentials_are_there() -> Result<(), StartError> {
    let sdk = Box::pin(aws::sdk_config(aws::http_client())).await;
    let provider = sdk.credentials_provider().ok_or_else(|| StartError::Credentials("none are configured".into()))?;
    provider.provide_credentials().await.map(drop).map_err(|err| StartError::Credentials(aws::chain(&err)))
}

fn identity_arn(function: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}")
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

fn absolute(path: &Path) -> Result<PathBuf, StartError> {
    let failed = |cause| StartError::Data { path: path.to_owned(), cause };
    fs::create_dir_all(path).map_err(failed)?;
    path.canonicalize().map_err(failed)
}

/// Two pipelines in one folder would take each other's objects and events.
fn lock(data: &Path) -> Result<File, StartError> {
    let path = data.join("lock");
    let failed = |cause| StartError::Data { path: path.clone(), cause };
    let file = File::create(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StartError::InUse(data.to_owned())),
        Err(TryLockError::Error(cause)) => Err(failed(cause)),
    }
}
