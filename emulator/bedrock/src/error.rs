//! The errors that InvokeModel answers with.

/// An error of InvokeModel.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html#API_runtime_InvokeModel_Errors>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BedrockError {
    /// The name in the header `x-amzn-errortype`.
    pub name: &'static str,
    /// The HTTP status that it comes with.
    pub status: u16,
    /// What Bedrock says when nothing more is known.
    pub message: &'static str,
}

const fn error(name: &'static str, status: u16, message: &'static str) -> BedrockError {
    BedrockError { name, status, message }
}

impl BedrockError {
    pub(crate) const THROTTLING: Self =
        error("ThrottlingException", 429, "Too many requests, please wait before trying again.");
    pub(crate) const INTERNAL_SERVER: Self = error(
        "InternalServerException",
        500,
        "The system encountered an unexpected error during processing. Try your request again.",
    );
    pub(crate) const VALIDATION: Self =
        error("ValidationException", 400, "Malformed input request, please reformat your input and try again.");
    pub(crate) const RESOURCE_NOT_FOUND: Self = error(
        "ResourceNotFoundException",
        404,
        "Could not resolve the foundation model from the provided model identifier.",
    );

    /// Every error.
    pub const ALL: [Self; 11] = [
        Self::THROTTLING,
        error(
            "ModelNotReadyException",
            429,
            "Model is not ready for inference. Please wait and try your request again.",
        ),
        error("ServiceUnavailableException", 503, "Bedrock is unable to process your request."),
        Self::INTERNAL_SERVER,
        error("ModelTimeoutException", 408, "Model has timed out in processing the request. Try your request again."),
        error(
            "ModelErrorException",
            424,
            "The model encountered an unexpected error during processing. Try your request again.",
        ),
        error("overloaded_error", 529, "The model is overloaded. Try your request again later."),
        error("ServiceQuotaExceededException", 400, "Your request exceeds the service quota for your account."),
        Self::VALIDATION,
        error("AccessDeniedException", 403, "You don't have access to the model with the specified model ID."),
        Self::RESOURCE_NOT_FOUND,
    ];
}

/// A call that is answered with an error, and what is said of it.
#[derive(Debug)]
pub(super) struct Refusal(pub(super) BedrockError, pub(super) String);

impl Refusal {
    /// A request that the model does not take.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self(BedrockError::VALIDATION, message.into())
    }
}

impl From<BedrockError> for Refusal {
    fn from(error: BedrockError) -> Self {
        Self(error, error.message.to_owned())
    }
}
