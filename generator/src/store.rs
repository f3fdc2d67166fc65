//! The image in S3: whether the same one is already there, and storing it with what tells so the next time.

use crate::{classify, error::Error};
use aws_sdk_s3::{
    Client,
    config::{Builder, retry::RetryConfig, timeout::TimeoutConfig},
    operation::head_object::HeadObjectError,
    primitives::ByteStream,
};
use bytes::Bytes;
use idlist::{ImageFormat, Item};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use std::collections::HashSet;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

/// Metadata key of the digest of everything that decides the picture.
pub const REQUEST_SHA256: &str = "request-sha256";

/// What user metadata can not carry as it is: S3 takes US-ASCII there, and HTTP trims spaces.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>
const METADATA: &AsciiSet = &CONTROLS.add(b' ').add(b'%');

/// Time kept back from storing for the answer: this, or a quarter of what is left where that is less.
const ANSWER_RESERVE: Duration = Duration::from_secs(1);

/// Attempts at storing. It is time that ends them: these take some four minutes. (The SDK counts from one to this number now and then.)
const MOST_ATTEMPTS: u32 = 100;

/// An attempt without an answer makes way for the next one after a quarter of the time, but not before this: S3 may be slow.
const LEAST_ATTEMPT: Duration = Duration::from_secs(10);

/// Longest wait between two attempts at storing. It doubles from a second, with jitter.
const LONGEST_BACKOFF: Duration = Duration::from_secs(5);

/// The destination of one item's image.
pub(crate) struct Destination<'a> {
    pub(crate) bucket: &'a str,
    pub(crate) key: &'a str,
}

impl Destination<'_> {
    fn url(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.key)
    }
}

/// An image that is already there.
pub(crate) struct Existing {
    pub(crate) bytes: u64,
    pub(crate) content_type: String,
    pub(crate) seed: Option<u64>,
}

/// Buckets that were seen to exist. HeadObject answers 404 for a missing key and for a missing bucket alike; a missing bucket must be
/// found before the model is paid. Whatever S3 answers of an object in a bucket, other than that, shows that it is there.
#[derive(Debug, Default)]
pub(crate) struct KnownBuckets(Mutex<HashSet<String>>);

impl KnownBuckets {
    fn contains(&self, bucket: &str) -> bool {
        self.0.lock().is_ok_and(|known| known.contains(bucket))
    }

    pub(crate) fn insert(&self, bucket: &str) {
        if let Ok(mut known) = self.0.lock()
            && !known.contains(bucket)
        {
            known.insert(bucket.to_owned());
        }
    }
}

/// The image at the destination, if it is the one that `digest` stands for.
///
/// # Errors
/// `AccessDenied` when S3 denies, `StorageFailed` when S3 fails for a passing reason.
pub(crate) async fn existing(
    s3: &Client,
    known: &KnownBuckets,
    destination: &Destination<'_>,
    digest: &str,
) -> Result<Option<Existing>, Error> {
    let head = s3.head_object().bucket(destination.bucket).key(destination.key).send().await;
    let head = match head {
        Ok(head) => head,
        Err(err) if err.as_service_error().is_some_and(HeadObjectError::is_not_found) => return Ok(None),
        Err(err) => return Err(classify::of_s3(&err, "HeadObject", &destination.url())),
    };
    known.insert(destination.bucket);
    let metadata = head.metadata();
    let told = |key: &str| metadata.and_then(|metadata| metadata.get(key));
    if told(REQUEST_SHA256).is_none_or(|stored| stored != digest) {
        return Ok(None);
    }
    Ok(Some(Existing {
        bytes: head.content_length().and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or_default(),
        content_type: head.content_type().unwrap_or_default().to_owned(),
        seed: told("seed").and_then(|seed| seed.parse().ok()),
    }))
}

/// Makes sure that a bucket exists. Asks S3 only if that is not known.
///
/// # Errors
/// `AccessDenied` when S3 denies or the bucket does not exist, `StorageFailed` when S3 fails for a passing reason.
pub(crate) async fn bucket_exists(s3: &Client, known: &KnownBuckets, bucket: &str) -> Result<(), Error> {
    if known.contains(bucket) {
        return Ok(());
    }
    match s3.head_bucket().bucket(bucket).send().await {
        Ok(_) => {
            known.insert(bucket);
            Ok(())
        }
        Err(err) => Err(classify::of_s3(&err, "HeadBucket", &format!("s3://{bucket}"))),
    }
}

/// Stores an image with its metadata. An image that is paid is not given up as long as there is time: a minute of this function costs a
/// hundredth of the cheapest image.
///
/// # Errors
/// `AccessDenied` when S3 denies or the bucket does not exist, `StorageFailed` when S3 fails for a passing reason.
pub(crate) async fn put(
    s3: &Client,
    destination: &Destination<'_>,
    image: Bytes,
    format: ImageFormat,
    metadata: Metadata<'_>,
    deadline: SystemTime,
) -> Result<(), Error> {
    let left = deadline.duration_since(SystemTime::now()).unwrap_or_default();
    let patience = left - ANSWER_RESERVE.min(left / 4);
    let attempt = (patience / 4).max(LEAST_ATTEMPT);
    let patient = Builder::new()
        .retry_config(RetryConfig::standard().with_max_attempts(MOST_ATTEMPTS).with_max_backoff(LONGEST_BACKOFF))
        .timeout_config(
            TimeoutConfig::builder().operation_timeout(patience).operation_attempt_timeout(attempt).build(),
        );
    let mut request = s3
        .put_object()
        .bucket(destination.bucket)
        .key(destination.key)
        .content_type(format.content_type())
        .body(ByteStream::from(image));
    for (key, value) in metadata.pairs() {
        request = request.metadata(key, value);
    }
    // TLS and the CRC32 guard the bytes on their way, so they are not hashed once more for the signature.
    match request.customize().disable_payload_signing().config_override(patient).send().await {
        Ok(_) => Ok(()),
        Err(err) => Err(classify::of_s3(&err, "PutObject", &destination.url())),
    }
}

/// What an image's object says of where it comes from.
pub(crate) struct Metadata<'a> {
    pub(crate) item: &'a Item,
    pub(crate) model_id: &'a str,
    pub(crate) seed: u64,
    pub(crate) digest: &'a str,
}

impl Metadata<'_> {
    fn pairs(&self) -> [(&'static str, String); 5] {
        let encode = |text: &str| utf8_percent_encode(text, METADATA).to_string();
        [
            ("id", encode(&self.item.id)),
            ("rank", encode(&self.item.rank)),
            ("model", encode(self.model_id)),
            ("seed", self.seed.to_string()),
            (REQUEST_SHA256, self.digest.to_owned()),
        ]
    }
}
