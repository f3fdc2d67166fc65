//! The Task state: which calls it can make and with which parameters.

use serde_json::Value;

use super::DefinitionError;
use super::fields::Fields;
use super::handlers::{Catcher, catchers, retriers};
use super::state::Transition;
use crate::data_flow::ResultPath;
use crate::payload::Template;
use crate::retry::Retrier;

/// A call to a service, tried again and caught as the definition says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Task {
    pub(crate) resource: Resource,
    pub(crate) parameters: Template,
    /// Seconds one attempt may take.
    pub(crate) timeout_seconds: Option<u64>,
    pub(crate) result_selector: Option<Template>,
    pub(crate) result_path: ResultPath,
    pub(crate) retriers: Vec<Retrier>,
    pub(crate) catchers: Vec<Catcher>,
    pub(crate) transition: Transition,
}

/// The calls that are supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Resource {
    LambdaInvoke,
    S3PutObject,
    S3HeadObject,
    DescribeMapRun,
}

impl Resource {
    const ALL: [Self; 4] = [Self::LambdaInvoke, Self::S3PutObject, Self::S3HeadObject, Self::DescribeMapRun];

    fn arn(self) -> &'static str {
        match self {
            Self::LambdaInvoke => "arn:aws:states:::lambda:invoke",
            Self::S3PutObject => "arn:aws:states:::aws-sdk:s3:putObject",
            Self::S3HeadObject => "arn:aws:states:::aws-sdk:s3:headObject",
            Self::DescribeMapRun => "arn:aws:states:::aws-sdk:sfn:describeMapRun",
        }
    }

    /// `resourceType` and `resource` in the history of an execution.
    pub(crate) fn in_history(self) -> (&'static str, &'static str) {
        match self {
            Self::LambdaInvoke => ("lambda", "invoke"),
            Self::S3PutObject => ("aws-sdk:s3", "putObject"),
            Self::S3HeadObject => ("aws-sdk:s3", "headObject"),
            Self::DescribeMapRun => ("aws-sdk:sfn", "describeMapRun"),
        }
    }

    /// The parameters it must have and those it may have.
    fn parameters(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::LambdaInvoke => (&["FunctionName"], &["Payload"]),
            Self::S3PutObject => (&["Bucket", "Key", "Body"], &["ContentType"]),
            Self::S3HeadObject => (&["Bucket", "Key"], &["VersionId"]),
            Self::DescribeMapRun => (&["MapRunArn"], &[]),
        }
    }
}

pub(super) fn parse(fields: &mut Fields<'_>) -> Result<Task, DefinitionError> {
    let arn = fields.require_text("Resource")?;
    let resource = Resource::ALL
        .into_iter()
        .find(|resource| resource.arn() == arn)
        .ok_or_else(|| fields.unsupported(format!("the resource `{arn}`")))?;
    let (required, optional) = resource.parameters();
    let task = Task {
        resource,
        parameters: fields.arguments("Parameters", required, optional)?,
        timeout_seconds: fields.integer("TimeoutSeconds", 1..=99_999_999)?,
        result_selector: fields.template("ResultSelector")?,
        result_path: fields.result_path()?,
        retriers: retriers(fields)?,
        catchers: catchers(fields)?,
        transition: Transition::parse(fields)?,
    };
    Ok(task)
}

/// A string argument of a call.
pub(crate) fn text_argument<'a>(arguments: &'a Value, name: &str) -> Option<&'a str> {
    arguments.get(name).and_then(Value::as_str)
}
