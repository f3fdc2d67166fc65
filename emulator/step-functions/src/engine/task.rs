//! Runs a Task state: the call and its retries.

use serde_json::{Value, json};

use crate::engine::run::{Halt, Run};
use crate::engine::services::Services;
use crate::engine::shared::Engine;
use crate::language::definition::{State, Task, optional_text, text};
use crate::language::path::Scope;
use crate::language::payload::encode;
use crate::language::retry::Attempts;
use crate::model::error::StateError;
use crate::model::event::EventKind;
use crate::model::resource::Resource;

impl<S: Services> Run<'_, S> {
    /// The state's output, or the error that its retriers could not help.
    pub(crate) async fn task(&mut self, state: &State, task: &Task, input: &Value) -> Result<Value, Halt> {
        let mut attempts = Attempts::new(&task.retry);
        loop {
            let error = match self.attempt(state, task, input).await {
                Err(Halt::Failed(error)) => error,
                done => return done,
            };
            match attempts.next_delay(&error, fastrand::f64) {
                None => return Err(Halt::Failed(error)),
                Some(delay) => self.wait(delay).await?,
            }
            self.context["State"]["RetryCount"] = json!(attempts.retry_count());
        }
    }

    async fn attempt(&mut self, state: &State, task: &Task, input: &Value) -> Result<Value, Halt> {
        let arguments = task.parameters.fill(Scope { data: input, context: &self.context })?;
        let parameters = encode(&arguments, || format!("The input of the task '{}'", state.name))?;
        let resource = task.resource;
        self.record(EventKind::TaskScheduled { resource, parameters })?;
        self.record(EventKind::TaskStarted { resource })?;
        let answer = self.stopping.unless_stopped(call(self.engine, resource, &arguments)).await?;
        let encoded = answer.and_then(|result| {
            let output = encode(&result, || format!("The result of the task '{}'", state.name));
            // AWS lets `States.ALL` catch an answer that is too large.
            Ok((output.map_err(|error| StateError { is_terminal: false, ..error })?, result))
        });
        let (output, result) = match encoded {
            Ok(encoded) => encoded,
            Err(error) => {
                let (name, cause) = (error.error.clone(), error.cause.clone());
                self.record(EventKind::TaskFailed { resource, error: name, cause })?;
                return Err(error.into());
            }
        };
        self.record(EventKind::TaskSucceeded { resource, output })?;
        Ok(state.output.of(input.clone(), result, &self.context)?)
    }
}

/// Calls a service.
async fn call<S: Services>(engine: &Engine<S>, resource: Resource, arguments: &Value) -> Result<Value, StateError> {
    let services = &engine.services;
    let text = |name| text(arguments, name);
    let optional = |name| optional_text(arguments, name);
    match resource {
        Resource::LambdaInvoke => {
            // A Value has no way to fail.
            let payload = arguments
                .get("Payload")
                .map_or_else(|| b"{}".to_vec(), |payload| serde_json::to_vec(payload).unwrap_or_default());
            let answer = services.invoke(text("FunctionName")?, payload).await?;
            let mut result = json!({ "ExecutedVersion": "$LATEST", "Payload": null, "StatusCode": 200 });
            // Parsed into its place: `json!` would copy it.
            result["Payload"] = serde_json::from_slice(&answer)
                .map_err(|error| StateError::runtime(format!("The function's answer is not JSON: {error}")))?;
            Ok(result)
        }
        Resource::S3PutObject => {
            // Text too is stored as JSON, with quotation marks, as AWS does it.
            let body = arguments["Body"].to_string().into_bytes();
            Ok(services.put_object(text("Bucket")?, text("Key")?, optional("ContentType")?, body).await?)
        }
        Resource::S3HeadObject => {
            Ok(services.head_object(text("Bucket")?, text("Key")?, optional("VersionId")?).await?)
        }
        Resource::DescribeMapRun => {
            let arn = text("MapRunArn")?;
            let map_run = engine.store.known().map_runs.get(arn).cloned();
            let missing = || StateError::new("Sfn.ResourceNotFoundException", format!("Resource not found: '{arn}'"));
            map_run.map(|map_run| map_run.as_sdk_output()).ok_or_else(missing)
        }
    }
}
