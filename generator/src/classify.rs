//! From what Bedrock and S3 answer to the kinds of failure that the state machine acts on.

use crate::{Error, ErrorKind};
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_bedrockruntime::operation::invoke_model::InvokeModelError;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

/// What Bedrock says about a model that is gone or unknown, under the names of several exceptions.
const MODEL_GONE: [&str; 4] = ["end of life", "end of its life", "Legacy", "identifier is invalid"];
/// What Bedrock says about an account that may not call a model, under the names of several exceptions.
const ACCOUNT_REFUSED: [&str; 2] = ["Operation not allowed", "not authorized to invoke this API"];

/// Why a call was not answered by the service.
enum NoAnswer {
    /// There are no credentials.
    NoCredentials,
    /// Not reached, cut off, or out of time.
    NotReached,
    /// The request could not be built.
    NotBuilt,
}

impl NoAnswer {
    fn of<E: std::error::Error + 'static>(error: &SdkError<E, HttpResponse>) -> Self {
        if aws::causes(error).any(<dyn std::error::Error>::is::<CredentialsError>) {
            return Self::NoCredentials;
        }
        match error {
            SdkError::ConstructionFailure(_) => Self::NotBuilt,
            _ => Self::NotReached,
        }
    }
}

/// The failure of an InvokeModel call. Names and statuses are those of
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>.
pub(crate) fn bedrock_error(error: &SdkError<InvokeModelError, HttpResponse>, model_id: &str) -> Error {
    if let SdkError::ServiceError(answer) = error {
        let (code, message) = (answer.err().code().unwrap_or_default(), answer.err().message().unwrap_or_default());
        let status = answer.raw().status().as_u16();
        let kind = bedrock_kind(code, message, status);
        let said = said("Bedrock", code, message, status);
        return Error::new(kind, format!("{said} for model {model_id}{}", bedrock_advice(kind, message)));
    }
    let causes = aws::chain(error);
    match NoAnswer::of(error) {
        NoAnswer::NoCredentials => {
            Error::new(ErrorKind::AccessDenied, format!("Bedrock was not called, there are no credentials: {causes}"))
        }
        NoAnswer::NotBuilt => {
            Error::new(ErrorKind::Internal, format!("the request to Bedrock could not be built: {causes}"))
        }
        NoAnswer::NotReached => {
            Error::new(ErrorKind::ModelFailed, format!("no answer from Bedrock for model {model_id}: {causes}"))
        }
    }
}

fn bedrock_kind(code: &str, message: &str, status: u16) -> ErrorKind {
    if ACCOUNT_REFUSED.iter().any(|text| message.contains(text)) {
        return ErrorKind::AccessDenied;
    }
    if MODEL_GONE.iter().any(|text| message.contains(text)) {
        return ErrorKind::ModelNotAvailable;
    }
    match code {
        "ThrottlingException"
        | "ModelNotReadyException"
        | "ServiceUnavailableException"
        | "ServiceQuotaExceededException"
        | "overloaded_error" => ErrorKind::ModelThrottled,
        "ModelTimeoutException" | "ModelErrorException" | "InternalServerException" => ErrorKind::ModelFailed,
        "ResourceNotFoundException" => ErrorKind::ModelNotAvailable,
        "AccessDeniedException" => ErrorKind::AccessDenied,
        "ValidationException" => ErrorKind::ModelRejected,
        _ => match status {
            401 | 403 => ErrorKind::AccessDenied,
            404 => ErrorKind::ModelNotAvailable,
            429 | 503 | 529 => ErrorKind::ModelThrottled,
            408 | 424 | 500.. => ErrorKind::ModelFailed,
            _ => ErrorKind::ModelRejected,
        },
    }
}

fn bedrock_advice(kind: ErrorKind, message: &str) -> String {
    match kind {
        ErrorKind::ModelNotAvailable => {
            format!("; models that can be used: {}", idlist::models::LIVE)
        }
        ErrorKind::AccessDenied if ACCOUNT_REFUSED.iter().any(|text| message.contains(text)) => {
            "; this AWS account may not call the model, whatever the item says: enable access to it in the Bedrock console of this region, or ask AWS Support".into()
        }
        ErrorKind::AccessDenied => {
            "; the function's role needs bedrock:InvokeModel on the model, and the account needs access to it (a first use takes up to 15 minutes)".into()
        }
        ErrorKind::ModelRejected => "; change the item".into(),
        ErrorKind::ModelThrottled => "; it is retried later".into(),
        _ => String::new(),
    }
}

/// The failure of an S3 call about `what`, an object or a bucket.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
pub(crate) fn s3_error<E>(error: &SdkError<E, HttpResponse>, operation: &str, what: &str) -> Error
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    if let SdkError::ServiceError(answer) = error {
        // HeadObject's errors have no name.
        let (code, message) = (answer.err().code().unwrap_or_default(), answer.err().message().unwrap_or_default());
        let status = answer.raw().status().as_u16();
        let kind = s3_kind(code, status);
        let said = said(&format!("S3 {operation}"), code, message, status);
        return Error::new(kind, format!("{said} for {what}{}", s3_advice(kind, code, status)));
    }
    let causes = aws::chain(error);
    match NoAnswer::of(error) {
        NoAnswer::NoCredentials => {
            Error::new(ErrorKind::AccessDenied, format!("S3 was not called, there are no credentials: {causes}"))
        }
        NoAnswer::NotReached => {
            Error::new(ErrorKind::StorageFailed, format!("no answer from S3 {operation} for {what}: {causes}"))
        }
        NoAnswer::NotBuilt => Error::new(
            ErrorKind::Internal,
            format!("the request S3 {operation} for {what} could not be built: {causes}"),
        ),
    }
}

fn s3_kind(code: &str, status: u16) -> ErrorKind {
    match (code, status) {
        ("RequestTimeout" | "SlowDown" | "OperationAborted" | "ConditionalRequestConflict", _)
        | (_, 408 | 409 | 412 | 429 | 500..) => ErrorKind::StorageFailed,
        // 301: the bucket is in another region. 404: the bucket does not exist.
        (_, 301 | 307 | 401 | 403 | 404) => ErrorKind::AccessDenied,
        ("KeyTooLongError" | "InvalidBucketName" | "EntityTooLarge", _) => ErrorKind::InvalidItem,
        ("ExpiredToken" | "InvalidToken" | "AuthorizationHeaderMalformed", _) => ErrorKind::AccessDenied,
        _ => ErrorKind::Internal,
    }
}

fn s3_advice(kind: ErrorKind, code: &str, status: u16) -> &'static str {
    match (kind, code, status) {
        (ErrorKind::AccessDenied, _, 301 | 307) => "; the bucket is in another region than the function",
        (ErrorKind::AccessDenied, _, 404) => "; the bucket does not exist",
        (ErrorKind::AccessDenied, ..) => {
            "; the function's role needs s3:GetObject and s3:PutObject on the bucket's objects and s3:ListBucket on the bucket"
        }
        (ErrorKind::StorageFailed, ..) => "; it is retried later",
        _ => "",
    }
}

fn said(who: &str, code: &str, message: &str, status: u16) -> String {
    match (code, message) {
        ("", "") => format!("{who} answered {status}"),
        ("", message) => format!("{who} answered {status}: {message}"),
        (code, "") => format!("{who} answered {code}"),
        (code, message) => format!("{who} answered {code}: {message}"),
    }
}
