//! The service integrations that a Task can call.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html>

/// A call that is supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Resource {
    LambdaInvoke,
    S3PutObject,
    S3HeadObject,
    DescribeMapRun,
}

impl Resource {
    pub(crate) const ALL: [Self; 4] = [Self::LambdaInvoke, Self::S3PutObject, Self::S3HeadObject, Self::DescribeMapRun];

    pub(crate) fn arn(self) -> &'static str {
        match self {
            Self::LambdaInvoke => "arn:aws:states:::lambda:invoke",
            Self::S3PutObject => "arn:aws:states:::aws-sdk:s3:putObject",
            Self::S3HeadObject => "arn:aws:states:::aws-sdk:s3:headObject",
            Self::DescribeMapRun => "arn:aws:states:::aws-sdk:sfn:describeMapRun",
        }
    }

    /// `resourceType` and `resource` in the history of an execution: the end of the ARN.
    pub(crate) fn in_history(self) -> (&'static str, &'static str) {
        self.arn().trim_start_matches("arn:aws:states:::").rsplit_once(':').unwrap_or_default()
    }
}
