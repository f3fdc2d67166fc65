//! The board in S3: an object for each model, written on the condition that it is still the one that was read.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>

use super::turn::{Board, Seen};
use aws_sdk_s3::{
    Client,
    config::{http::HttpResponse, timeout::TimeoutConfig},
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    primitives::ByteStream,
};
use std::time::{Duration, SystemTime};

/// Where the clocks are: image keys have three parts and no such first one.
const PREFIX: &str = ".pace/";
/// What an item waits for the board at most; then it does without.
const PATIENCE: Duration = Duration::from_secs(3);
/// Nobody else writes more than this there.
const MOST_BYTES: usize = 4 * 1024;

/// The clocks in a bucket, as `.pace/<model id>.json`.
#[derive(Debug)]
pub struct S3Board {
    s3: Client,
    bucket: String,
}

/// Why the board could not be used.
#[derive(Debug, thiserror::Error)]
#[error("{operation} s3://{bucket}/{key}: {cause}")]
pub struct BoardError {
    operation: &'static str,
    bucket: String,
    key: String,
    cause: String,
}

impl S3Board {
    /// The clocks in this bucket.
    #[must_use]
    pub fn new(s3: Client, bucket: String) -> Self {
        Self { s3, bucket }
    }

    fn failed(&self, operation: &'static str, key: String, cause: &dyn std::error::Error) -> BoardError {
        BoardError { operation, bucket: self.bucket.clone(), key, cause: DisplayErrorContext(cause).to_string() }
    }
}

impl Board for S3Board {
    /// The entity tag.
    type Version = String;
    type Error = BoardError;

    fn now(&self) -> f64 {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64()
    }

    async fn read(&self, model_id: &str) -> Result<Option<Seen<String>>, BoardError> {
        let key = key(model_id);
        let object = self.s3.get_object().bucket(&self.bucket).key(&key).customize().config_override(patience());
        let object = match object.send().await {
            Ok(object) => object,
            Err(err) if status(&err) == Some(404) && err.code() == Some("NoSuchKey") => return Ok(None),
            Err(err) => return Err(self.failed("GetObject", key, &err)),
        };
        let version = object.e_tag.unwrap_or_default();
        match tokio::time::timeout(PATIENCE, object.body.collect()).await {
            Ok(Ok(text)) => {
                let mut text = text.to_vec();
                text.truncate(MOST_BYTES);
                Ok(Some(Seen { text, version }))
            }
            Ok(Err(err)) => Err(self.failed("GetObject", key, &err)),
            Err(err) => Err(self.failed("GetObject", key, &err)),
        }
    }

    async fn write(&self, model_id: &str, seen: Option<&String>, clock: Vec<u8>) -> Result<bool, BoardError> {
        let key = key(model_id);
        let put = self.s3.put_object().bucket(&self.bucket).key(&key).content_type("application/json");
        let put = match seen {
            Some(version) => put.if_match(version),
            None => put.if_none_match("*"),
        };
        match put.body(ByteStream::from(clock)).customize().config_override(patience()).send().await {
            Ok(_) => Ok(true),
            // 412: it changed, 409: it is being changed, 404: what was read is gone.
            Err(err) if matches!(status(&err), Some(412 | 409)) => Ok(false),
            Err(err) if seen.is_some() && err.code() == Some("NoSuchKey") => Ok(false),
            Err(err) => Err(self.failed("PutObject", key, &err)),
        }
    }
}

fn key(model_id: &str) -> String {
    format!("{PREFIX}{model_id}.json")
}

fn patience() -> aws_sdk_s3::config::Builder {
    aws_sdk_s3::config::Builder::new().timeout_config(TimeoutConfig::builder().operation_timeout(PATIENCE).build())
}

fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}
