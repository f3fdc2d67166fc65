//! The source image of image-to-image, fetched from S3.

use crate::{Error, ErrorKind, classify, convert::format_of};
use aws_sdk_s3::{Client, operation::get_object::GetObjectError, operation::head_object::HeadObjectError};
use idlist::{Item, request::SourceVersion};

/// Largest source image: InvokeModel takes bodies of 25,000,000 bytes, base64 makes 4 bytes of 3, and the prompts need room.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>
const MAX_BYTES: u64 = 18_000_000;

/// What S3 says of the item's source image; `None` for an item without one.
///
/// # Errors
/// `InvalidItem` when it does not exist or is too large, else as every S3 call.
pub(crate) async fn describe(s3: &Client, item: &Item) -> Result<Option<SourceVersion>, Error> {
    let (Some(bucket), Some(key)) = (&item.source_bucket_name, &item.source_key_name) else { return Ok(None) };
    let head = match s3.head_object().bucket(bucket).key(key).send().await {
        Ok(head) => head,
        Err(err) if err.as_service_error().is_some_and(HeadObjectError::is_not_found) => {
            return Err(missing(bucket, key));
        }
        Err(err) => {
            return Err(classify::s3_error(&err, "HeadObject", &format!("the source image s3://{bucket}/{key}")));
        }
    };
    let bytes = head.content_length().and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or_default();
    if bytes > MAX_BYTES {
        return Err(Error::new(
            ErrorKind::InvalidItem,
            format!("the source image s3://{bucket}/{key} has {bytes} bytes; Bedrock takes at most {MAX_BYTES}"),
        ));
    }
    let e_tag = head.e_tag().unwrap_or_default().to_owned();
    Ok(Some(SourceVersion { bucket: bucket.clone(), key: key.clone(), e_tag }))
}

/// The bytes of the source image that [`describe`] saw.
///
/// # Errors
/// `InvalidItem` when it is gone or not an image, `StorageFailed` when it was replaced meanwhile, else as every S3 call.
pub(crate) async fn fetch(s3: &Client, source: &SourceVersion) -> Result<Vec<u8>, Error> {
    let SourceVersion { bucket, key, e_tag } = source;
    let what = format!("the source image s3://{bucket}/{key}");
    let object = match s3.get_object().bucket(bucket).key(key).if_match(e_tag).send().await {
        Ok(object) => object,
        Err(err) if err.as_service_error().is_some_and(GetObjectError::is_no_such_key) => {
            return Err(missing(bucket, key));
        }
        Err(err) => return Err(classify::s3_error(&err, "GetObject", &what)),
    };
    let body = object.body.collect().await.map_err(|err| {
        Error::new(
            ErrorKind::StorageFailed,
            format!("{what} was cut off while it was read ({err}); it is retried later"),
        )
    })?;
    let bytes = body.to_vec();
    if format_of(&bytes).is_none() {
        return Err(Error::new(ErrorKind::InvalidItem, format!("{what} is not a JPEG, PNG or WebP image")));
    }
    Ok(bytes)
}

fn missing(bucket: &str, key: &str) -> Error {
    Error::new(
        ErrorKind::InvalidItem,
        format!("the source image s3://{bucket}/{key} does not exist; correct sourceBucketName and sourceKeyName"),
    )
}
