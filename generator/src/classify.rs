//! From what Bedrock and S3 answer to the kinds of failure that the state machine acts on.

use crate::error::{Error, ErrorKind};
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

/// Why a call has no answer.
enum Unanswered {
    /// The credentials could not be had.
    NoCredentials(String),
    /// Not reached, cut off, or out of time.
    NoAnswer(String),
    /// The request could not even be built.
    NotSent(String),
}

impl Unanswered {
    fn of<E: std::error::Error + 'static>(error: &SdkError<E, HttpResponse>) -> Self {
        let causes = chain(error);
        if sources(error).any(<dyn std::error::Error>::is::<CredentialsError>) {
            return Self::NoCredentials(causes);
        }
        match error {
            SdkError::ConstructionFailure(_) => Self::NotSent(causes),
            _ => Self::NoAnswer(causes),
        }
    }
}

fn sources<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

/// An error and its causes, in one line.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    sources(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// The failure of an InvokeModel call that was answered with an error. Names and statuses are those of
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>.
pub(crate) fn of_bedrock(code: &str, message: &str, status: u16, model_id: &str) -> Error {
    let kind = bedrock_kind(code, message, status);
    let said = said("Bedrock", code, message, status);
    Error::new(kind, format!("{said} for model {model_id}{}", bedrock_advice(kind)))
}

/// The failure of an InvokeModel call that was not answered.
pub(crate) fn of_bedrock_unanswered(error: &sdk::NoAnswer, model_id: &str) -> Error {
    match Unanswered::of(error) {
        Unanswered::NoCredentials(causes) => {
            Error::new(ErrorKind::AccessDenied, format!("Bedrock was not asked, there are no credentials: {causes}"))
        }
        Unanswered::NotSent(causes) => not_built(&causes),
        Unanswered::NoAnswer(causes) => no_answer(model_id, &causes),
    }
}

/// The failure of an InvokeModel call that could not even be made.
pub(crate) fn not_built(causes: &str) -> Error {
    Error::new(ErrorKind::Internal, format!("the request to Bedrock could not be built: {causes}"))
}

/// The failure of an InvokeModel call that got no answer, or not the whole of one.
pub(crate) fn no_answer(model_id: &str, causes: &str) -> Error {
    Error::new(ErrorKind::ModelFailed, format!("no answer from Bedrock for model {model_id}: {causes}"))
}

fn bedrock_kind(code: &str, message: &str, status: u16) -> ErrorKind {
    // What Bedrock says of a model that is gone or unknown; the name of the exception varies.
    const NOT_AVAILABLE: [&str; 4] = ["end of life", "end of its life", "Legacy", "identifier is invalid"];
    if NOT_AVAILABLE.iter().any(|text| message.contains(text)) {
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

fn bedrock_advice(kind: ErrorKind) -> String {
    match kind {
        ErrorKind::ModelNotAvailable => {
            format!("; models that can be used: {}", idlist::models::MODELS.map(|model| model.id).join(", "))
        }
        ErrorKind::AccessDenied => {
            "; the function's role needs bedrock:InvokeModel on the model, and the account access to it (a first use takes up to 15 minutes)".into()
        }
        ErrorKind::ModelRejected => "; change the item".into(),
        ErrorKind::ModelThrottled => "; it is tried again later".into(),
        _ => String::new(),
    }
}

/// The failure of an S3 call about `what`, an object or a bucket.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
pub(crate) fn of_s3<E>(error: &SdkError<E, HttpResponse>, operation: &str, what: &str) -> Error
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
    match Unanswered::of(error) {
        Unanswered::NoCredentials(causes) => {
            Error::new(ErrorKind::AccessDenied, format!("S3 was not asked, there are no credentials: {causes}"))
        }
        Unanswered::NoAnswer(causes) => {
            Error::new(ErrorKind::StorageFailed, format!("no answer from S3 {operation} for {what}: {causes}"))
        }
        Unanswered::NotSent(causes) => Error::new(
            ErrorKind::Internal,
            format!("the request S3 {operation} for {what} could not be built: {causes}"),
        ),
    }
}

fn s3_kind(code: &str, status: u16) -> ErrorKind {
    match (code, status) {
        ("RequestTimeout" | "SlowDown" | "OperationAborted" | "ConditionalRequestConflict", _)
        | (_, 408 | 409 | 412 | 429 | 500..) => ErrorKind::StorageFailed,
        // 301: the bucket is in another region. 404 of a bucket: it does not exist.
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
        (ErrorKind::StorageFailed, ..) => "; it is tried again later",
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
