//! Versioning of buckets, and the lists of versions, over the wire.

use s3s::dto::{
    BucketVersioningStatus, DeleteMarkerEntry, GetBucketVersioningInput, GetBucketVersioningOutput,
    ListObjectVersionsInput, ListObjectVersionsOutput, ObjectVersion, ObjectVersionStorageClass,
    PutBucketVersioningInput, PutBucketVersioningOutput,
};
use s3s::{S3Error, S3ErrorCode, S3Response, S3Result};

use crate::wire::body::blocking;
use crate::wire::convert::{dto_etag, dto_size, invalid_argument};
use crate::wire::lists::{dto_prefix, encoder, max_keys, owner};
use crate::wire::service::Service;
use crate::{VersionInfo, VersionPage, VersionQuery, Versioning};

impl Service {
    pub(crate) async fn do_get_bucket_versioning(
        &self,
        input: GetBucketVersioningInput,
    ) -> S3Result<S3Response<GetBucketVersioningOutput>> {
        let store = self.store.clone();
        let versioning = blocking(move || store.versioning(&input.bucket)).await?;
        let status = versioning.map(|versioning| BucketVersioningStatus::from_static(versioning.name()));
        Ok(S3Response::new(GetBucketVersioningOutput { status, ..Default::default() }))
    }

    pub(crate) async fn do_put_bucket_versioning(
        &self,
        input: PutBucketVersioningInput,
    ) -> S3Result<S3Response<PutBucketVersioningOutput>> {
        let configuration = input.versioning_configuration;
        if input.mfa.is_some() || configuration.mfa_delete.is_some_and(|mfa| mfa.as_str() != "Disabled") {
            let message = "PutBucketVersioning with MFA delete is not implemented here";
            return Err(S3Error::with_message(S3ErrorCode::NotImplemented, message));
        }
        let status = configuration.status.as_ref().map(BucketVersioningStatus::as_str).and_then(Versioning::from_name);
        let versioning = status.ok_or_else(|| {
            let message = "the Status of a versioning configuration is Enabled or Suspended";
            S3Error::with_message(S3ErrorCode::IllegalVersioningConfigurationException, message)
        })?;
        let store = self.store.clone();
        blocking(move || store.put_versioning(&input.bucket, versioning)).await?;
        Ok(S3Response::new(PutBucketVersioningOutput::default()))
    }

    pub(crate) async fn do_list_object_versions(
        &self,
        input: ListObjectVersionsInput,
    ) -> S3Result<S3Response<ListObjectVersionsOutput>> {
        let max_keys = max_keys(input.max_keys)?;
        let encode = encoder(input.encoding_type.as_ref())?;
        let marker = |marker: &Option<String>| marker.clone().filter(|marker| !marker.is_empty());
        let (key_marker, version_id_marker) = (marker(&input.key_marker), marker(&input.version_id_marker));
        if version_id_marker.is_some() && key_marker.is_none() {
            return Err(invalid_argument("a version-id-marker needs a key-marker"));
        }
        let store = self.store.clone();
        let (bucket, prefix, delimiter) = (input.bucket.clone(), input.prefix.clone(), input.delimiter.clone());
        let VersionPage { versions, common_prefixes, next } = blocking(move || {
            let query = VersionQuery {
                prefix: prefix.as_deref().unwrap_or_default(),
                delimiter: delimiter.as_deref(),
                key_marker: key_marker.as_deref(),
                version_id_marker: version_id_marker.as_deref(),
                limit: usize::try_from(max_keys).unwrap_or(0),
            };
            store.list_versions(&bucket, query)
        })
        .await?;
        let (mut objects, mut delete_markers) = (Vec::new(), Vec::new());
        for VersionInfo { key, version_id, is_latest, last_modified, object } in versions {
            let (key, version_id, is_latest) = (Some(encode(key)), Some(version_id), Some(is_latest));
            let (last_modified, owner) = (Some(last_modified.into()), Some(owner()));
            match object {
                None => delete_markers.push(DeleteMarkerEntry { is_latest, key, last_modified, owner, version_id }),
                Some((size, etag)) => objects.push(ObjectVersion {
                    e_tag: dto_etag(&etag),
                    is_latest,
                    key,
                    last_modified,
                    owner,
                    size: dto_size(size),
                    storage_class: Some(ObjectVersionStorageClass::from_static(ObjectVersionStorageClass::STANDARD)),
                    version_id,
                    ..Default::default()
                }),
            }
        }
        let is_truncated = Some(next.is_some());
        let (next_key_marker, next_version_id_marker) = next.unzip();
        Ok(S3Response::new(ListObjectVersionsOutput {
            name: Some(input.bucket),
            prefix: Some(encode(input.prefix.unwrap_or_default())),
            delimiter: input.delimiter.map(&encode),
            key_marker: Some(encode(input.key_marker.unwrap_or_default())),
            version_id_marker: Some(input.version_id_marker.unwrap_or_default()),
            max_keys: Some(max_keys),
            is_truncated,
            next_key_marker: next_key_marker.map(&encode),
            next_version_id_marker: next_version_id_marker.flatten(),
            versions: Some(objects),
            delete_markers: Some(delete_markers),
            common_prefixes: Some(common_prefixes.into_iter().map(|prefix| dto_prefix(encode(prefix))).collect()),
            encoding_type: input.encoding_type,
            ..Default::default()
        }))
    }
}
