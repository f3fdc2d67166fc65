//! Step "PutObject": stores the image with the metadata by which it is recognised the next time.

use crate::{Error, classify, handler::Job};
use aws_sdk_s3::{
    Client,
    config::{Builder, retry::RetryConfig, timeout::TimeoutConfig},
    primitives::ByteStream,
};
use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use std::time::{Duration, SystemTime};

/// Metadata key of the digest of everything that decides the picture.
pub const REQUEST_SHA256: &str = "request-sha256";

/// Most bytes of user-defined metadata, keys and values together.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>
const MAX_METADATA_BYTES: usize = 2048;

/// What user-defined metadata cannot carry as it is: S3 takes US-ASCII there, and HTTP trims spaces.
const METADATA: &AsciiSet = &CONTROLS.add(b' ').add(b'%');

/// Time that is kept for the answer of the function: this, or a quarter of what is left where that is less.
const ANSWER_RESERVE: Duration = Duration::from_secs(1);

/// Attempts at storing an image that is paid: so many that time ends them, not their number.
const MAX_ATTEMPTS: u32 = 100;

/// An attempt without an answer makes way for the next one after a quarter of the time that is left, but not before this.
const MIN_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

/// Longest wait between two attempts. It doubles from one second, with jitter.
const MAX_BACKOFF: Duration = Duration::from_secs(5);

/// Stores an image. One that is paid is not given up as long as there is time: a minute of this function costs a hundredth of the cheapest
/// image.
///
/// # Errors
/// `AccessDenied` when S3 denies or the bucket does not exist, `StorageFailed` when S3 fails for a passing reason.
pub(crate) async fn put(s3: &Client, job: &Job<'_>, image: Bytes, metadata: &Metadata) -> Result<(), Error> {
    let left = job.deadline.duration_since(SystemTime::now()).unwrap_or_default();
    let operation = left - ANSWER_RESERVE.min(left / 4);
    let attempt = (operation / 4).max(MIN_ATTEMPT_TIMEOUT);
    let until_deadline = Builder::new()
        .retry_config(RetryConfig::standard().with_max_attempts(MAX_ATTEMPTS).with_max_backoff(MAX_BACKOFF))
        .timeout_config(
            TimeoutConfig::builder().operation_timeout(operation).operation_attempt_timeout(attempt).build(),
        );
    let mut request = s3
        .put_object()
        .bucket(job.bucket)
        .key(&job.key)
        .content_type(job.request.format().content_type())
        .body(ByteStream::from(image));
    for (key, value) in &metadata.0 {
        request = request.metadata(*key, value);
    }
    // TLS and the CRC32 protect the bytes in transit, so they are not hashed again for the signature.
    match request.customize().disable_payload_signing().config_override(until_deadline).send().await {
        Ok(_) => Ok(()),
        Err(err) => Err(classify::s3_error(&err, "PutObject", &job.url())),
    }
}

/// The user-defined metadata of an image, most important entry first.
pub(crate) struct Metadata(Vec<(&'static str, String)>);

impl Metadata {
    /// The digest, the seed, the model, and of rank and id what fits: long ones in scripts other than Latin exceed what S3 takes.
    pub(crate) fn new(job: &Job<'_>, seed: Option<u64>) -> Self {
        let encode = |text: &str| utf8_percent_encode(text, METADATA).to_string();
        let mut left = MAX_METADATA_BYTES;
        let entries = [
            (REQUEST_SHA256, Some(job.digest.clone())),
            ("seed", seed.map(|seed| seed.to_string())),
            ("model", Some(encode(job.request.model_id()))),
            ("rank", Some(encode(&job.item.rank))),
            ("id", Some(encode(&job.item.id))),
        ];
        let fits = |(key, value): &(&str, String)| {
            let after = left.checked_sub(key.len() + value.len());
            left = after.unwrap_or(left);
            after.is_some()
        };
        let entries = entries.into_iter().filter_map(|(key, value)| Some((key, value?)));
        Self(entries.filter(fits).collect())
    }
}
