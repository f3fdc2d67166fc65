//! What can go wrong, each with a stable name and a sentence that says what to do.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use idlist::{Message, message};
use std::error::Error as StdError;
use std::fmt;

/// Why something could not be done. [`Error::name`] is stable; scripts may compare it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// No credentials were found.
    NoCredentials,
    /// The credentials are not valid any more, or never were.
    BadCredentials(String),
    /// No region was found.
    NoRegion,
    /// The account could not be found out.
    NoAccount(Message),
    /// The caller may not do this.
    Denied {
        /// What was tried.
        action: &'static str,
        /// AWS's own words.
        message: String,
    },
    /// AWS asks for fewer requests.
    Throttled(&'static str),
    /// No answer.
    Unreachable {
        /// What was tried.
        action: &'static str,
        /// What the client says.
        message: String,
    },
    /// The object, execution or state machine does not exist.
    NotFound(Message),
    /// Anything else that AWS answers.
    Aws {
        /// What was tried.
        action: &'static str,
        /// AWS's name of the error.
        code: String,
        /// AWS's own words.
        message: String,
    },
    /// The list of an execution cannot be read.
    BadList(String),
    /// A file that cannot be read as a list.
    NotAList {
        /// The file.
        file: String,
        /// What kind of fault: `InvalidTable`, `InvalidLine` or `OtherFile`.
        name: &'static str,
        /// Where the fault is, and what to do.
        message: Message,
    },
    /// A list that a person gave cannot be used.
    Unusable(Message),
    /// What was asked for makes no sense.
    Usage(Message),
    /// A file of this machine.
    File {
        /// Its path.
        path: String,
        /// What the system says.
        message: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(f)
    }
}

impl StdError for Error {}

impl Error {
    /// What happened and what to do, as a sentence.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::NoCredentials => message!(
                "no-credentials",
                "no AWS credentials were found; run `aws configure` or `aws sso login`, or name a profile with --profile"
            ),
            Self::BadCredentials(code) => message!(
                "bad-credentials",
                "AWS does not accept the credentials ({code}); run `aws sso login` or renew them, then try again",
                code,
            ),
            Self::NoRegion => message!("no-region", "no AWS region is set; give --region or set AWS_REGION"),
            Self::NoAccount(reason) => message!(
                "no-account",
                "the account is not known ({reason}); give --account with the 12 digits of the account",
                reason = reason.clone(),
            ),
            Self::Denied { action, message } => message!(
                "denied",
                "AWS denies {action}; docs/gallery-policy.json lists the permissions that gallery needs ({message})",
                action = *action,
                message,
            ),
            Self::Throttled(action) => message!(
                "throttled",
                "AWS asks for fewer requests ({action}); it is tried again more slowly",
                action = *action,
            ),
            Self::Unreachable { action, message } => message!(
                "unreachable",
                "AWS does not answer to {action}: {message}; check the network and the endpoint",
                action = *action,
                message,
            ),
            Self::NotFound(what) => {
                message!("not-found", "{what} does not exist, or no longer", what = what.clone())
            }
            Self::Aws { action, code, message } => {
                message!("aws", "AWS answers {action} with {code}: {message}", action = *action, code, message)
            }
            Self::BadList(reason) => {
                message!("bad-list", "the list of this execution cannot be read: {reason}", reason)
            }
            Self::NotAList { file, message, .. } => {
                message!("not-a-list-file", "{file}: {message}", file, message = message.clone())
            }
            Self::Unusable(what) | Self::Usage(what) => what.clone(),
            Self::File { path, message } => message!("file", "{path}: {message}", path, message),
        }
    }

    /// The stable name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoCredentials => "NoCredentials",
            Self::BadCredentials(_) => "BadCredentials",
            Self::NoRegion => "NoRegion",
            Self::NoAccount(_) => "NoAccount",
            Self::Denied { .. } => "Denied",
            Self::Throttled(_) => "Throttled",
            Self::Unreachable { .. } => "Unreachable",
            Self::NotFound(_) => "NotFound",
            Self::Aws { .. } => "Aws",
            Self::BadList(_) => "BadList",
            Self::NotAList { name, .. } => name,
            Self::Unusable(_) => "Unusable",
            Self::Usage(_) => "Usage",
            Self::File { .. } => "File",
        }
    }

    /// It may pass by itself: asking again later is worth it.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Throttled(_) | Self::Unreachable { .. } | Self::Aws { .. })
    }

    /// What the SDK reports about `action`, which concerns `what`.
    pub(crate) fn of_sdk<E, R>(action: &'static str, what: Message, error: &SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
        R: std::fmt::Debug + 'static,
    {
        let Some(service) = error.as_service_error() else {
            let message = chain(error);
            let is_credentials = message.contains("credential") || message.contains("no providers in chain");
            return if is_credentials { Self::NoCredentials } else { Self::Unreachable { action, message } };
        };
        let code = service.code().unwrap_or("Unknown").to_owned();
        let message = service.message().map_or_else(|| service.to_string(), str::to_owned);
        match code.as_str() {
            "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "InvalidAccessKeyId"
            | "SignatureDoesNotMatch"
            | "InvalidSignatureException"
            | "TokenRefreshRequired" => Self::BadCredentials(code),
            "AccessDenied" | "AccessDeniedException" | "Forbidden" | "AllAccessDisabled" => {
                Self::Denied { action, message }
            }
            "NoSuchKey"
            | "NoSuchBucket"
            | "NoSuchVersion"
            | "NotFound"
            | "ExecutionDoesNotExist"
            | "StateMachineDoesNotExist"
            | "ResourceNotFound"
            | "ResourceNotFoundException" => Self::NotFound(what),
            code if code.contains("Throttl") || code.contains("TooManyRequests") || code == "SlowDown" => {
                Self::Throttled(action)
            }
            _ => Self::Aws { action, code, message },
        }
    }

    pub(crate) fn of_file(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::File { path: path.display().to_string(), message: error.to_string() }
    }
}

/// An error and its causes in one line.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    let mut texts: Vec<String> = causes.map(ToString::to_string).collect();
    texts.dedup();
    texts.join(": ")
}
