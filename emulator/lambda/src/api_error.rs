//! Errors of Lambda's API, named and shaped as AWS does.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors>

use serde_json::json;

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("Function not found: {0}")]
    ResourceNotFound(String),
    #[error("{0}")]
    InvalidParameterValue(String),
    #[error("Could not parse request body into json: {0}")]
    InvalidRequestContent(String),
    #[error("the event is larger than {0} bytes")]
    RequestTooLarge(usize),
    #[error("{0}")]
    Service(String),
    #[error(
        "Lambda: {0} is not supported here; there is Invoke, ListFunctions, GetFunction and GetFunctionConfiguration"
    )]
    UnknownOperation(String),
}

impl ApiError {
    /// The name in the header `x-amzn-errortype`.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::ResourceNotFound(_) => "ResourceNotFoundException",
            Self::InvalidParameterValue(_) => "InvalidParameterValueException",
            Self::InvalidRequestContent(_) => "InvalidRequestContentException",
            Self::RequestTooLarge(_) => "RequestTooLargeException",
            Self::Service(_) => "ServiceException",
            Self::UnknownOperation(_) => "UnknownOperationException",
        }
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::ResourceNotFound(_) | Self::UnknownOperation(_) => 404,
            Self::InvalidParameterValue(_) | Self::InvalidRequestContent(_) => 400,
            Self::RequestTooLarge(_) => 413,
            Self::Service(_) => 500,
        }
    }

    /// The body. Lambda's own model spells the member `Message` in some errors and `message` in others.
    pub(crate) fn body(&self) -> String {
        let member = match self {
            Self::ResourceNotFound(_) | Self::Service(_) => "Message",
            _ => "message",
        };
        let at_fault = if self.status() < 500 { "User" } else { "Service" };
        json!({ "Type": at_fault, member: self.to_string() }).to_string()
    }
}
