//! Buckets, and the lists of what is in them, over the wire.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::{
    Bucket, BucketLocationConstraint, CommonPrefix, CreateBucketInput, CreateBucketOutput, DeleteBucketInput,
    DeleteBucketOutput, EncodingType, GetBucketLocationInput, GetBucketLocationOutput, HeadBucketInput,
    HeadBucketOutput, ListBucketsInput, ListBucketsOutput, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input,
    ListObjectsV2Output, Object, ObjectStorageClass, Owner,
};
use s3s::{S3Error, S3ErrorCode, S3Response, S3Result};

use crate::wire::body::blocking;
use crate::wire::convert::{dto_etag, dto_size, invalid_argument};
use crate::wire::service::Service;
use crate::{ListQuery, ObjectInfo, Page};

/// Keys in a page, at most and unless fewer are asked for.
const PAGE: i32 = 1000;

/// The region whose buckets are created again without an error, and have no location.
const CLASSIC_REGION: &str = "us-east-1";

/// Everything but what never needs an escape in a URL, and the slash.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

impl Service {
    pub(crate) async fn do_list_buckets(&self, input: ListBucketsInput) -> S3Result<S3Response<ListBucketsOutput>> {
        let store = self.store.clone();
        let mut buckets = blocking(move || store.list_buckets()).await?;
        buckets.retain(|bucket| {
            bucket.name.starts_with(input.prefix.as_deref().unwrap_or_default())
                && input.continuation_token.as_deref().is_none_or(|after| bucket.name.as_str() > after)
        });
        let limit = input.max_buckets.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX).max(1);
        let continuation_token = (buckets.len() > limit).then(|| buckets[limit - 1].name.clone());
        buckets.truncate(limit);
        let buckets = buckets.into_iter().map(|bucket| Bucket {
            name: Some(bucket.name),
            creation_date: Some(bucket.created.into()),
            bucket_region: Some(self.region.clone()),
        });
        Ok(S3Response::new(ListBucketsOutput {
            buckets: Some(buckets.collect()),
            continuation_token,
            owner: Some(owner()),
            prefix: input.prefix,
        }))
    }

    /// As S3 does, a bucket that is there already is no error in us-east-1, and one elsewhere.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html>
    pub(crate) async fn do_create_bucket(&self, input: CreateBucketInput) -> S3Result<S3Response<CreateBucketOutput>> {
        let (store, bucket) = (self.store.clone(), input.bucket.clone());
        if !blocking(move || store.create_bucket(&bucket)).await? && self.region != CLASSIC_REGION {
            let message = format!("the bucket `{}` exists already", input.bucket);
            return Err(S3Error::with_message(S3ErrorCode::BucketAlreadyOwnedByYou, message));
        }
        Ok(S3Response::new(CreateBucketOutput { location: Some(format!("/{}", input.bucket)) }))
    }

    pub(crate) async fn do_head_bucket(&self, input: HeadBucketInput) -> S3Result<S3Response<HeadBucketOutput>> {
        self.require_bucket(input.bucket).await?;
        Ok(S3Response::new(HeadBucketOutput { bucket_region: Some(self.region.clone()), ..Default::default() }))
    }

    pub(crate) async fn do_delete_bucket(&self, input: DeleteBucketInput) -> S3Result<S3Response<DeleteBucketOutput>> {
        let store = self.store.clone();
        blocking(move || store.delete_bucket(&input.bucket)).await?;
        Ok(S3Response::new(DeleteBucketOutput::default()))
    }

    pub(crate) async fn do_get_bucket_location(
        &self,
        input: GetBucketLocationInput,
    ) -> S3Result<S3Response<GetBucketLocationOutput>> {
        self.require_bucket(input.bucket).await?;
        let region = (self.region != CLASSIC_REGION).then(|| BucketLocationConstraint::from(self.region.clone()));
        Ok(S3Response::new(GetBucketLocationOutput { location_constraint: region }))
    }

    pub(crate) async fn require_bucket(&self, bucket: String) -> S3Result<()> {
        let store = self.store.clone();
        blocking(move || store.check_bucket(&bucket)).await
    }

    pub(crate) async fn do_list_objects(&self, input: ListObjectsInput) -> S3Result<S3Response<ListObjectsOutput>> {
        let max_keys = max_keys(input.max_keys)?;
        let after = input.marker.clone().filter(|marker| !marker.is_empty());
        let page = self.page(input.bucket.clone(), input.prefix.clone(), input.delimiter.clone(), after, max_keys);
        let Page { objects, common_prefixes, next } = page.await?;
        let encode = encoder(input.encoding_type.as_ref())?;
        Ok(S3Response::new(ListObjectsOutput {
            name: Some(input.bucket),
            prefix: Some(encode(input.prefix.unwrap_or_default())),
            marker: Some(encode(input.marker.unwrap_or_default())),
            delimiter: input.delimiter.map(&encode),
            max_keys: Some(max_keys),
            is_truncated: Some(next.is_some()),
            next_marker: next.map(&encode),
            contents: Some(objects.into_iter().map(|object| dto_object(object, &encode, true)).collect()),
            common_prefixes: Some(common_prefixes.into_iter().map(|prefix| dto_prefix(encode(prefix))).collect()),
            encoding_type: input.encoding_type,
            request_charged: None,
        }))
    }

    pub(crate) async fn do_list_objects_v2(
        &self,
        input: ListObjectsV2Input,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let max_keys = max_keys(input.max_keys)?;
        let after = match &input.continuation_token {
            Some(token) => Some(read_token(token)?),
            None => input.start_after.clone().filter(|after| !after.is_empty()),
        };
        let page = self.page(input.bucket.clone(), input.prefix.clone(), input.delimiter.clone(), after, max_keys);
        let Page { objects, common_prefixes, next } = page.await?;
        let encode = encoder(input.encoding_type.as_ref())?;
        let with_owner = input.fetch_owner == Some(true);
        Ok(S3Response::new(ListObjectsV2Output {
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
            common_prefixes: Some(common_prefixes.into_iter().map(|prefix| dto_prefix(encode(prefix))).collect()),
            encoding_type: input.encoding_type,
            request_charged: None,
        }))
    }

    async fn page(
        &self,
        bucket: String,
        prefix: Option<String>,
        delimiter: Option<String>,
        after: Option<String>,
        max_keys: i32,
    ) -> S3Result<Page> {
        let store = self.store.clone();
        let limit = usize::try_from(max_keys).unwrap_or(0);
        blocking(move || {
            let prefix = prefix.as_deref().unwrap_or_default();
            let (delimiter, after) = (delimiter.as_deref(), after.as_deref());
            store.list_page(&bucket, ListQuery { prefix, delimiter, after, limit })
        })
        .await
    }
}

pub(crate) fn owner() -> Owner {
    Owner { display_name: Some("local".to_owned()), id: Some("local".to_owned()) }
}

pub(crate) fn max_keys(asked: Option<i32>) -> S3Result<i32> {
    match asked.unwrap_or(PAGE) {
        negative if negative < 0 => Err(invalid_argument("max-keys must not be negative")),
        number => Ok(number.min(PAGE)),
    }
}

fn read_token(token: &str) -> S3Result<String> {
    let key = BASE64.decode(token).ok().and_then(|key| String::from_utf8(key).ok());
    key.ok_or_else(|| invalid_argument("the continuation token is not one that this endpoint gave out"))
}

/// How keys are written in the answer: XML cannot hold every character, so clients may ask for URL-encoded ones.
pub(crate) fn encoder(encoding: Option<&EncodingType>) -> S3Result<impl Fn(String) -> String + use<>> {
    let encode = match encoding.map(EncodingType::as_str) {
        None => false,
        Some(EncodingType::URL) => true,
        Some(_) => return Err(invalid_argument("encoding-type can only be `url`")),
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

pub(crate) fn dto_prefix(prefix: String) -> CommonPrefix {
    CommonPrefix { prefix: Some(prefix) }
}
