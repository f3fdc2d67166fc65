//! Errors of Lambda's API, named and shaped as AWS does.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors>

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
    #[error("Lambda: {0} is not supported here; there is Invoke, ListFunctions and GetFunction")]
    UnknownOperation(String),
}

impl ApiError {
    /// The name in the header `x-amzn-errortype`, the HTTP status, and the member of the body that holds the message: Lambda's own model
    /// spells it `Message` in some errors and `message` in others.
    pub(crate) fn shape(&self) -> (&'static str, u16, &'static str) {
        match self {
            Self::ResourceNotFound(_) => ("ResourceNotFoundException", 404, "Message"),
            Self::InvalidParameterValue(_) => ("InvalidParameterValueException", 400, "message"),
            Self::InvalidRequestContent(_) => ("InvalidRequestContentException", 400, "message"),
            Self::RequestTooLarge(_) => ("RequestTooLargeException", 413, "message"),
            Self::Service(_) => ("ServiceException", 500, "Message"),
            Self::UnknownOperation(_) => ("UnknownOperationException", 404, "message"),
        }
    }
}
