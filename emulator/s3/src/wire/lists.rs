//! Buckets, and the lists of objects and versions in them, over the wire.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::*;
use s3s::{S3Request, S3Result, s3_error};

use crate::listing::{ListQuery, VersionInfo, VersionQuery};
use crate::versions::Version;
use crate::wire::convert::{dto_etag, dto_size};
use crate::wire::service::{Service, not_implemented};
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

    /// Version 1 of the list: the same pages, told by a key instead of a token, and always with owners.
    pub(crate) async fn list_objects(&self, request: S3Request<ListObjectsInput>) -> S3Result<ListObjectsOutput> {
        let mut request = request.map_input(ListObjectsV2Input::from);
        request.input.fetch_owner = Some(true);
        let list = self.list_objects_v2(request).await?;
        let encode = encoder(list.encoding_type.as_ref())?;
        Ok(ListObjectsOutput {
            name: list.name,
            prefix: list.prefix,
            marker: Some(list.start_after.unwrap_or_default()),
            delimiter: list.delimiter,
            max_keys: list.max_keys,
            is_truncated: list.is_truncated,
            next_marker: list.next_continuation_token.map(|token| read_token(&token)).transpose()?.map(encode),
            contents: list.contents,
            common_prefixes: list.common_prefixes,
            encoding_type: list.encoding_type,
            request_charged: None,
        })
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
        let dto_object = |object: ObjectInfo| Object {
            key: Some(encode(object.key)),
            size: dto_size(object.size),
            e_tag: dto_etag(&object.etag),
            last_modified: Some(object.last_modified.into()),
            storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
            owner: (input.fetch_owner == Some(true)).then(owner),
            ..Default::default()
        };
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
            contents: Some(objects.into_iter().map(dto_object).collect()),
            common_prefixes: Some(
                common_prefixes.into_iter().map(|prefix| CommonPrefix { prefix: Some(encode(prefix)) }).collect(),
            ),
            encoding_type: input.encoding_type,
            request_charged: None,
        })
    }

    pub(crate) async fn get_bucket_versioning(
        &self,
        request: S3Request<GetBucketVersioningInput>,
    ) -> S3Result<GetBucketVersioningOutput> {
        let keeps_versions = move |store: &Store| {
            store.check_bucket(&request.input.bucket)?;
            store.keeps_versions(&request.input.bucket)
        };
        let enabled = BucketVersioningStatus::from_static(BucketVersioningStatus::ENABLED);
        let status = self.blocking(keeps_versions).await?.then_some(enabled);
        Ok(GetBucketVersioningOutput { status, ..Default::default() })
    }

    pub(crate) async fn put_bucket_versioning(
        &self,
        request: S3Request<PutBucketVersioningInput>,
    ) -> S3Result<PutBucketVersioningOutput> {
        let input = request.input;
        let configuration = input.versioning_configuration;
        if input.mfa.is_some() || configuration.mfa_delete.is_some_and(|mfa| mfa.as_str() != "Disabled") {
            return Err(not_implemented("PutBucketVersioning with MFA delete", "leave it out"));
        }
        match configuration.status.as_ref().map(BucketVersioningStatus::as_str) {
            Some(BucketVersioningStatus::ENABLED) => {}
            Some(BucketVersioningStatus::SUSPENDED) => {
                return Err(not_implemented("PutBucketVersioning with the Status Suspended", "give Enabled"));
            }
            _ => {
                return Err(s3_error!(
                    IllegalVersioningConfigurationException,
                    "the Status of a versioning configuration is Enabled or Suspended"
                ));
            }
        }
        self.blocking(move |store| store.enable_versioning(&input.bucket)).await?;
        Ok(PutBucketVersioningOutput::default())
    }

    pub(crate) async fn list_object_versions(
        &self,
        request: S3Request<ListObjectVersionsInput>,
    ) -> S3Result<ListObjectVersionsOutput> {
        let input = request.input;
        if input.delimiter.is_some() {
            return Err(not_implemented("ListObjectVersions with a delimiter", "give a prefix"));
        }
        let max_keys = max_keys(input.max_keys)?;
        let encode = encoder(input.encoding_type.as_ref())?;
        let marker = |marker: &Option<String>| marker.clone().filter(|marker| !marker.is_empty());
        let (key_marker, version_id_marker) = (marker(&input.key_marker), marker(&input.version_id_marker));
        if version_id_marker.is_some() && key_marker.is_none() {
            return Err(s3_error!(InvalidArgument, "a version-id-marker needs a key-marker"));
        }
        let (bucket, prefix) = (input.bucket.clone(), input.prefix.clone());
        let page = self.blocking(move |store| {
            let query = VersionQuery {
                prefix: prefix.as_deref().unwrap_or_default(),
                key_marker: key_marker.as_deref(),
                version_id_marker: version_id_marker.as_deref(),
                limit: usize::try_from(max_keys).unwrap_or(0),
            };
            store.list_versions(&bucket, query)
        });
        let (versions, is_truncated) = page.await?;
        let is_truncated = is_truncated && !versions.is_empty();
        let last =
            versions.last().filter(|_| is_truncated).map(|last| (last.key.clone(), last.version.id().to_owned()));
        let (next_key_marker, next_version_id_marker) = last.unzip();
        let (mut objects, mut delete_markers) = (Vec::new(), Vec::new());
        for VersionInfo { key, is_latest, version } in versions {
            let (key, version_id, is_latest) = (Some(encode(key)), Some(version.id().to_owned()), Some(is_latest));
            let (last_modified, owner) = (Some(version.modified().time().into()), Some(owner()));
            match version {
                Version::DeleteMarker(_) => {
                    delete_markers.push(DeleteMarkerEntry { is_latest, key, last_modified, owner, version_id });
                }
                Version::Object(record) => objects.push(ObjectVersion {
                    e_tag: dto_etag(&record.etag),
                    is_latest,
                    key,
                    last_modified,
                    owner,
                    size: dto_size(record.file.size),
                    storage_class: Some(ObjectVersionStorageClass::from_static(ObjectVersionStorageClass::STANDARD)),
                    version_id,
                    ..Default::default()
                }),
            }
        }
        Ok(ListObjectVersionsOutput {
            name: Some(input.bucket),
            prefix: Some(encode(input.prefix.unwrap_or_default())),
            key_marker: Some(encode(input.key_marker.unwrap_or_default())),
            version_id_marker: Some(input.version_id_marker.unwrap_or_default()),
            max_keys: Some(max_keys),
            is_truncated: Some(is_truncated),
            next_key_marker: next_key_marker.map(&encode),
            next_version_id_marker,
            versions: Some(objects),
            delete_markers: Some(delete_markers),
            encoding_type: input.encoding_type,
            ..Default::default()
        })
    }
}

fn owner() -> Owner {
    Owner { display_name: Some("local".to_owned()), id: Some("local".to_owned()) }
}

fn max_keys(asked: Option<i32>) -> S3Result<i32> {
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
fn encoder(encoding: Option<&EncodingType>) -> S3Result<impl Fn(String) -> String + use<>> {
    let encode = match encoding.map(EncodingType::as_str) {
        None => false,
        Some(EncodingType::URL) => true,
        Some(_) => return Err(s3_error!(InvalidArgument, "encoding-type can only be `url`")),
    };
    Ok(move |text: String| if encode { utf8_percent_encode(&text, ESCAPED).to_string() } else { text })
}
