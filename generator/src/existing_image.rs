//! Step "is the image there?": looks for the image that the item asks for, and makes sure that its bucket exists.

use crate::{Error, classify, handler::Job, put_image::REQUEST_SHA256};
use aws_sdk_s3::{Client, operation::head_object::HeadObjectError};
use std::collections::HashSet;
use std::sync::Mutex;

/// An image that is already stored.
pub(crate) struct ExistingImage {
    pub(crate) bytes: u64,
    pub(crate) content_type: String,
    pub(crate) seed: Option<u64>,
}

/// Buckets that are known to exist. HeadObject answers 404 for a missing key and for a missing bucket alike, and a missing bucket has to be
/// found before the model is paid.
#[derive(Debug, Default)]
pub(crate) struct KnownBuckets(Mutex<HashSet<String>>);

impl KnownBuckets {
    fn contains(&self, bucket: &str) -> bool {
        self.0.lock().is_ok_and(|known| known.contains(bucket))
    }

    fn insert(&self, bucket: &str) {
        if let Ok(mut known) = self.0.lock()
            && !known.contains(bucket)
        {
            known.insert(bucket.to_owned());
        }
    }
}

/// The image at the item's destination, if its metadata carries the digest of this very picture.
///
/// # Errors
/// `AccessDenied` when S3 denies or the bucket does not exist, `StorageFailed` when S3 fails for a passing reason.
pub(crate) async fn find(s3: &Client, known: &KnownBuckets, job: &Job<'_>) -> Result<Option<ExistingImage>, Error> {
    let head = match s3.head_object().bucket(job.bucket).key(&job.key).send().await {
        Ok(head) => head,
        Err(err) if err.as_service_error().is_some_and(HeadObjectError::is_not_found) => {
            bucket_exists(s3, known, job.bucket).await?;
            return Ok(None);
        }
        Err(err) => return Err(classify::s3_error(&err, "HeadObject", &job.url())),
    };
    known.insert(job.bucket);
    let metadata = |key: &str| head.metadata().and_then(|metadata| metadata.get(key));
    if !metadata(REQUEST_SHA256).is_some_and(|stored| job.request.matches(stored, &job.pictures)) {
        return Ok(None);
    }
    Ok(Some(ExistingImage {
        bytes: head.content_length().and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or_default(),
        content_type: head.content_type().unwrap_or_default().to_owned(),
        seed: metadata("seed").and_then(|seed| seed.parse().ok()),
    }))
}

async fn bucket_exists(s3: &Client, known: &KnownBuckets, bucket: &str) -> Result<(), Error> {
    if known.contains(bucket) {
        return Ok(());
    }
    match s3.head_bucket().bucket(bucket).send().await {
        Ok(_) => {
            known.insert(bucket);
            Ok(())
        }
        Err(err) => Err(classify::s3_error(&err, "HeadBucket", &format!("s3://{bucket}"))),
    }
}
