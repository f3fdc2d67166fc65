//! The functions: an event goes to a process that is free, or to a new one.

use super::{
    environment::Environment,
    function::{Function, FunctionError},
};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// Why a function gave no answer of its own.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// There is no function of that name.
    #[error("there is no function {0:?}")]
    NotFound(String),
    /// The function's process could not be started.
    #[error("the function {function} could not be started: {cause}")]
    NotStarted {
        /// The function's name.
        function: String,
        /// What the machine said.
        cause: std::io::Error,
    },
    /// The function failed.
    #[error("the function failed with {}", .0.error_type)]
    Function(FunctionError),
}

/// The functions and their processes. Dropping it ends them.
pub struct Functions {
    pub(crate) speed: f64,
    pools: BTreeMap<String, Arc<Pool>>,
    invocations: TaskTracker,
    end: CancellationToken,
    _end_when_dropped: DropGuard,
}

struct Pool {
    function: Function,
    idle: Mutex<Vec<Environment>>,
    free: Arc<Semaphore>,
}

impl Functions {
    /// No process runs until there is an event for it. Waits between the tries of an asynchronous invocation are divided by `speed`.
    #[must_use]
    pub fn new(functions: Vec<Function>, speed: f64) -> Self {
        let pool = |function: Function| {
            let free = Arc::new(Semaphore::new(function.max_environments));
            let name = function.name.clone();
            (name, Arc::new(Pool { function, idle: Mutex::default(), free }))
        };
        let invocations = TaskTracker::new();
        // Closed, it takes new ones all the same, and can be waited for.
        invocations.close();
        let end = CancellationToken::new();
        Self {
            speed,
            pools: functions.into_iter().map(pool).collect(),
            invocations,
            _end_when_dropped: end.clone().drop_guard(),
            end,
        }
    }

    /// Invokes a function by its name or ARN and waits for its answer. As on AWS, an invocation that has begun goes on when
    /// its caller leaves: an image that is being paid for is also stored.
    ///
    /// # Errors
    /// When the function does not exist, its process cannot be started, or it fails.
    pub async fn invoke(&self, function: &str, payload: Bytes) -> Result<Vec<u8>, InvokeError> {
        let name = name_of(function);
        let pool = self.pools.get(name).ok_or_else(|| InvokeError::NotFound(function.to_owned()))?;
        let failed = |cause| InvokeError::NotStarted { function: name.to_owned(), cause };
        let free = Arc::clone(&pool.free).acquire_owned().await.map_err(|err| failed(std::io::Error::other(err)))?;
        let work = Arc::clone(pool).invoke(payload, free);
        let end = self.end.clone();
        let invocation = self.invocations.spawn(async move { end.run_until_cancelled(work).await });
        match invocation.await {
            Ok(Some(answer)) => answer,
            Ok(None) => Err(failed(std::io::Error::other("the functions were ended"))),
            Err(err) => Err(failed(err.into())),
        }
    }

    /// The functions as they are configured, by name.
    pub(crate) fn configured(&self) -> impl Iterator<Item = &Function> {
        self.pools.values().map(|pool| &pool.function)
    }

    /// How many invocations are at work.
    #[must_use]
    pub fn at_work(&self) -> usize {
        self.invocations.len()
    }

    /// Waits until no invocation is at work.
    pub async fn rest(&self) {
        self.invocations.wait().await;
    }
}

impl Pool {
    async fn invoke(self: Arc<Self>, payload: Bytes, _free: OwnedSemaphorePermit) -> Result<Vec<u8>, InvokeError> {
        let environment = match self.take_idle() {
            Some(environment) => environment,
            None => Environment::start(&self.function)
                .await
                .map_err(|cause| InvokeError::NotStarted { function: self.function.name.clone(), cause })?,
        };
        let (environment, answer) = environment.invoke(&self.function, payload).await;
        if let Some(environment) = environment {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(environment);
        }
        answer.map_err(InvokeError::Function)
    }

    /// A process that waits for an event; one that ended meanwhile is forgotten.
    fn take_idle(&self) -> Option<Environment> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::from_fn(|| idle.pop()).find_map(|mut environment| environment.is_alive().then_some(environment))
    }
}

/// The name in `arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]`, or the name as it is.
fn name_of(function: &str) -> &str {
    function.split_once(":function:").map_or(function, |(_, name)| name.split(':').next().unwrap_or(name))
}
