//! Why an AWS call failed, in one sentence: what the service said, or what kept it from answering.

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

/// The service's error name and message, or the chain of causes where there was no answer.
pub(crate) fn cause_of<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    let Some(answer) = error.as_service_error() else {
        let causes = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
        return causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    };
    match (answer.code(), answer.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        (None, message) => message.unwrap_or("an error without a name").to_owned(),
    }
}
