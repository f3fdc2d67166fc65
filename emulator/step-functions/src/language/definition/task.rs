//! The Task state: which calls it can make and with which parameters.

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

use crate::language::payload::Template;
use crate::language::retry::{Retrier, check_order};
use crate::model::error::StateError;
use crate::model::resource::Resource;

/// A call to a service, tried again as the definition says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Task {
    #[serde(deserialize_with = "resource")]
    pub(crate) resource: Resource,
    pub(crate) parameters: Template,
    #[serde(default)]
    pub(crate) retry: Vec<Retrier>,
}

fn resource<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Resource, D::Error> {
    let arn = String::deserialize(deserializer)?;
    let resource = Resource::ALL.into_iter().find(|resource| resource.arn() == arn);
    resource.ok_or_else(|| D::Error::custom(format!("the resource `{arn}` is not supported")))
}

impl Task {
    pub(super) fn check(&self) -> Result<(), String> {
        let (required, optional): (&[&str], &[&str]) = match self.resource {
            Resource::LambdaInvoke => (&["FunctionName"], &["Payload"]),
            Resource::S3PutObject => (&["Bucket", "Key", "Body"], &["ContentType"]),
            Resource::S3HeadObject => (&["Bucket", "Key"], &["VersionId"]),
            Resource::DescribeMapRun => (&["MapRunArn"], &[]),
        };
        self.parameters.check_arguments("/Parameters", required, optional)?;
        check_order("Retry", self.retry.iter().map(|retrier| &retrier.error_equals))
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
