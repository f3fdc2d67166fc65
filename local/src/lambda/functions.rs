//! The functions: an event goes to a process that is free, or to a new one.

use super::{
    environment::Environment,
    function::{Function, FunctionError, Identity},
};
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

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
    identity: Identity,
    functions: HashMap<String, Arc<Pool>>,
}

struct Pool {
    function: Function,
    idle: Mutex<Vec<Environment>>,
    free: Semaphore,
}

impl Functions {
    /// No process runs until there is an event for it.
    #[must_use]
    pub fn new(identity: Identity, functions: Vec<Function>) -> Self {
        let pool = |function: Function| {
            let free = Semaphore::new(function.max_environments);
            (function.name.clone(), Arc::new(Pool { function, idle: Mutex::default(), free }))
        };
        Self { identity, functions: functions.into_iter().map(pool).collect() }
    }

    /// Invokes a function by its name or ARN and waits for its answer.
    ///
    /// # Errors
    /// When there is no such function, its process can not be started, or it fails.
    pub async fn invoke(&self, function: &str, payload: Bytes) -> Result<Vec<u8>, InvokeError> {
        let name = name_of(function);
        let pool = self.functions.get(name).ok_or_else(|| InvokeError::NotFound(function.to_owned()))?;
        let not_started = |cause| InvokeError::NotStarted { function: name.to_owned(), cause };
        let _free = pool.free.acquire().await.map_err(|err| not_started(std::io::Error::other(err)))?;
        let environment = match pool.take_idle() {
            Some(environment) => environment,
            None => Environment::start(&pool.function, &self.identity).await.map_err(not_started)?,
        };
        let (environment, answer) = environment.invoke(&pool.function, &self.identity, payload).await;
        if let Some(environment) = environment {
            pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(environment);
        }
        answer.map_err(InvokeError::Function)
    }
}

impl Pool {
    /// A process that waits for an event; one that ended meanwhile is forgotten.
    fn take_idle(&self) -> Option<Environment> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(mut environment) = idle.pop() {
            if environment.is_alive() {
                return Some(environment);
            }
        }
        None
    }
}

/// The name in `arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]`, or the name as it is.
fn name_of(function: &str) -> &str {
    match function.split_once(":function:") {
        Some((_, name)) => name.split(':').next().unwrap_or(name),
        None => function,
    }
}
