//! The errors that InvokeModel answers with.

use std::fmt;

/// An error of InvokeModel.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html#API_runtime_InvokeModel_Errors>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are Bedrock's")]
pub enum BedrockError {
    Throttling,
    ModelNotReady,
    ServiceUnavailable,
    InternalServer,
    ModelTimeout,
    ModelError,
    Overloaded,
    ServiceQuotaExceeded,
    Validation,
    AccessDenied,
    ResourceNotFound,
}

impl BedrockError {
    /// Every error.
    pub const ALL: [Self; 11] = [
        Self::Throttling,
        Self::ModelNotReady,
        Self::ServiceUnavailable,
        Self::InternalServer,
        Self::ModelTimeout,
        Self::ModelError,
        Self::Overloaded,
        Self::ServiceQuotaExceeded,
        Self::Validation,
        Self::AccessDenied,
        Self::ResourceNotFound,
    ];

    /// The name in the header `x-amzn-errortype`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Throttling => "ThrottlingException",
            Self::ModelNotReady => "ModelNotReadyException",
            Self::ServiceUnavailable => "ServiceUnavailableException",
            Self::InternalServer => "InternalServerException",
            Self::ModelTimeout => "ModelTimeoutException",
            Self::ModelError => "ModelErrorException",
            Self::Overloaded => "overloaded_error",
            Self::ServiceQuotaExceeded => "ServiceQuotaExceededException",
            Self::Validation => "ValidationException",
            Self::AccessDenied => "AccessDeniedException",
            Self::ResourceNotFound => "ResourceNotFoundException",
        }
    }

    /// The HTTP status that it comes with.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Throttling | Self::ModelNotReady => 429,
            Self::ServiceUnavailable => 503,
            Self::InternalServer => 500,
            Self::ModelTimeout => 408,
            Self::ModelError => 424,
            Self::Overloaded => 529,
            Self::ServiceQuotaExceeded | Self::Validation => 400,
            Self::AccessDenied => 403,
            Self::ResourceNotFound => 404,
        }
    }

    /// What Bedrock says when nothing more is known.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Throttling => "Too many requests, please wait before trying again.",
            Self::ModelNotReady => "Model is not ready for inference. Please wait and try your request again.",
            Self::ServiceUnavailable => "Bedrock is unable to process your request.",
            Self::InternalServer => {
                "The system encountered an unexpected error during processing. Try your request again."
            }
            Self::ModelTimeout => "Model has timed out in processing the request. Try your request again.",
            Self::ModelError => "The model encountered an unexpected error during processing. Try your request again.",
            Self::Overloaded => "The model is overloaded. Try your request again later.",
            Self::ServiceQuotaExceeded => "Your request exceeds the service quota for your account.",
            Self::Validation => "Malformed input request, please reformat your input and try again.",
            Self::AccessDenied => "You don't have access to the model with the specified model ID.",
            Self::ResourceNotFound => "Could not resolve the foundation model from the provided model identifier.",
        }
    }
}

impl fmt::Display for BedrockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
