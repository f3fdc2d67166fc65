//! The Task state: which calls it can make and with which parameters.

use serde_json::Value;

use super::DefinitionError;
use super::fields::Fields;
use super::handlers::{Catcher, catchers, retriers};
use super::state::{Transition, transition};
use crate::language::payload::Template;
use crate::language::retry::Retrier;
use crate::model::error::StateError;
use crate::model::resource::Resource;

/// A call to a service, tried again and caught as the definition says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Task {
    pub(crate) resource: Resource,
    pub(crate) parameters: Template,
    /// Seconds one attempt may take.
    pub(crate) timeout_seconds: Option<u64>,
    pub(crate) retriers: Vec<Retrier>,
    pub(crate) catchers: Vec<Catcher>,
    pub(crate) next: Transition,
}

pub(super) fn parse(fields: &mut Fields<'_>) -> Result<Task, DefinitionError> {
    let arn = fields.require_text("Resource")?;
    let resource = Resource::ALL
        .into_iter()
        .find(|resource| resource.arn() == arn)
        .ok_or_else(|| fields.unsupported(format!("the resource `{arn}`")))?;
    let (required, optional) = parameters_of(resource);
    let task = Task {
        resource,
        parameters: fields.arguments("Parameters", required, optional)?,
        timeout_seconds: fields.integer("TimeoutSeconds", 1..=99_999_999)?,
        retriers: retriers(fields)?,
        catchers: catchers(fields)?,
        next: transition(fields)?,
    };
    Ok(task)
}

/// The parameters it must have and those it may have.
fn parameters_of(resource: Resource) -> (&'static [&'static str], &'static [&'static str]) {
    match resource {
        Resource::LambdaInvoke => (&["FunctionName"], &["Payload"]),
        Resource::S3PutObject => (&["Bucket", "Key", "Body"], &["ContentType"]),
        Resource::S3HeadObject => (&["Bucket", "Key"], &["VersionId"]),
        Resource::DescribeMapRun => (&["MapRunArn"], &[]),
    }
}

/// A parameter that must be text.
///
/// # Errors
/// `States.Runtime` if it is not.
pub(crate) fn text<'a>(parameters: &'a Value, name: &str) -> Result<&'a str, StateError> {
    let text = parameters.get(name).and_then(Value::as_str);
    text.ok_or_else(|| StateError::runtime(format!("The parameter '{name}' must be a string")))
}

/// A parameter that must be text if it is there.
///
/// # Errors
/// As [`text`].
pub(crate) fn optional_text<'a>(parameters: &'a Value, name: &str) -> Result<Option<&'a str>, StateError> {
    parameters.get(name).map(|_| text(parameters, name)).transpose()
}
