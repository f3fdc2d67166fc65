//! Buckets, and the lists of what is in them, over the wire.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::*;
use s3s::{S3Request, S3Result, s3_error};

use crate::listing::ListQuery;
use crate::wire::convert::{dto_etag, dto_size};
use crate::wire::service::Service;
use crate::{ObjectInfo, Page, Store};

/// Keys in a page, at most and unless fewer are asked for.
const PAGE: i32 = 1000;

/// Everything but what never needs an escape in a URL, and the slash.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

impl Service {
    pub(crate) async fn list_buckets(&self, request: S3Request<ListBucketsInput>) -> S3Result<ListBucketsOutput> {
        let input = request.input;
        let mut buckets = self.blocking(Store::list_buckets).await?;
        buckets.retain(|(name, _)| {
            name.starts_with(input.prefix.as_deref().unwrap_or_default())
                && input.continuation_token.as_deref().is_none_or(|after| name.as_str() > after)
        });
        let limit = input.max_buckets.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX).max(1);
        let continuation_token = (buckets.len() > limit).then(|| buckets[limit - 1].0.clone());
        buckets.truncate(limit);
        let buckets = buckets.into_iter().map(|(name, created)| Bucket {
            name: Some(name),
            creation_date: Some(created.into()),
            bucket_region: Some(self.region.clone()),
        });
        Ok(ListBucketsOutput {
            buckets: Some(buckets.collect()),
            continuation_token,
            owner: Some(owner()),
            prefix: input.prefix,
        })
    }

    /// As in us-east-1, a bucket that exists already is not an error.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html>
    pub(crate) async fn create_bucket(&self, request: S3Request<CreateBucketInput>) -> S3Result<CreateBucketOutput> {
        let bucket = request.input.bucket;
        let location = Some(format!("/{bucket}"));
        self.blocking(move |store| store.create_bucket(&bucket)).await?;
        Ok(CreateBucketOutput { location })
    }

    pub(crate) async fn head_bucket(&self, request: S3Request<HeadBucketInput>) -> S3Result<HeadBucketOutput> {
        self.blocking(move |store| store.check_bucket(&request.input.bucket)).await?;
        Ok(HeadBucketOutput { bucket_region: Some(self.region.clone()), ..Default::default() })
    }

    pub(crate) async fn delete_bucket(&self, request: S3Request<DeleteBucketInput>) -> S3Result<DeleteBucketOutput> {
        self.blocking(move |store| store.delete_bucket(&request.input.bucket)).await?;
        Ok(DeleteBucketOutput::default())
    }

    pub(crate) async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<ListObjectsV2Output> {
        let input = request.input;
        let max_keys = max_keys(input.max_keys)?;
        let encode = encoder(input.encoding_type.as_ref())?;
        let after = match &input.continuation_token {
            Some(token) => Some(read_token(token)?),
            None => input.start_after.clone().filter(|after| !after.is_empty()),
        };
        let (bucket, prefix, delimiter) = (input.bucket.clone(), input.prefix.clone(), input.delimiter.clone());
        let page = self.blocking(move |store| {
            let prefix = prefix.as_deref().unwrap_or_default();
            let (delimiter, after) = (delimiter.as_deref(), after.as_deref());
            let limit = usize::try_from(max_keys).unwrap_or(0);
            store.list(&bucket, ListQuery { prefix, delimiter, after, limit })
        });
        let Page { objects, common_prefixes, next } = page.await?;
        let with_owner = input.fetch_owner == Some(true);
        Ok(ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: Some(encode(input.prefix.unwrap_or_default())),
            delimiter: input.delimiter.map(&encode),
            start_after: input.start_after.map(&encode),
            max_keys: Some(max_keys),
            key_count: i32::try_from(objects.len() + common_prefixes.len()).ok(),
            is_truncated: Some(next.is_some()),
            continuation_token: input.continuation_token,
            next_continuation_token: next.map(|next| BASE64.encode(next)),
            contents: Some(objects.into_iter().map(|object| dto_object(object, &encode, with_owner)).collect()),
            common_prefixes: Some(
                common_prefixes.into_iter().map(|prefix| CommonPrefix { prefix: Some(encode(prefix)) }).collect(),
            ),
            encoding_type: input.encoding_type,
            request_charged: None,
        })
    }
}

pub(crate) fn owner() -> Owner {
    Owner { display_name: Some("local".to_owned()), id: Some("local".to_owned()) }
}

pub(crate) fn max_keys(asked: Option<i32>) -> S3Result<i32> {
    match asked.unwrap_or(PAGE) {
        ..0 => Err(s3_error!(InvalidArgument, "max-keys must not be negative")),
        number => Ok(number.min(PAGE)),
    }
}

fn read_token(token: &str) -> S3Result<String> {
    let key = BASE64.decode(token).ok().and_then(|key| String::from_utf8(key).ok());
    key.ok_or_else(|| s3_error!(InvalidArgument, "the continuation token is not one that this endpoint gave out"))
}

/// How keys are written in the answer: XML cannot hold every character, so clients may ask for URL-encoded ones.
pub(crate) fn encoder(encoding: Option<&EncodingType>) -> S3Result<impl Fn(String) -> String + use<>> {
    let encode = match encoding.map(EncodingType::as_str) {
        None => false,
        Some(EncodingType::URL) => true,
        Some(_) => return Err(s3_error!(InvalidArgument, "encoding-type can only be `url`")),
    };
    Ok(move |text: String| if encode { utf8_percent_encode(&text, ESCAPED).to_string() } else { text })
}

fn dto_object(object: ObjectInfo, encode: impl Fn(String) -> String, with_owner: bool) -> Object {
    Object {
        key: Some(encode(object.key)),
        size: dto_size(object.size),
        e_tag: dto_etag(&object.etag),
        last_modified: Some(object.last_modified.into()),
        storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
        owner: with_owner.then(owner),
        ..Default::default()
    }
}
